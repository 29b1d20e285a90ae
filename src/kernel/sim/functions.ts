/** The simulator's own functions (language.md, section 6). */
import { ObserverBit } from "../../sim/observers";
import { deviceByLabel, findDevice } from "../device/devices";
import { EINVAL } from "../errno";
import { readFile, writeFile } from "../fs/files";
import { call, goto, type KernelFunction, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { softirqsMayRun } from "../sched/interrupts";
import { callerPlace, baseName } from "../sched/trace";
import { readText } from "../text";

const FAULT_READ = 1;
const FAULT_WRITE = 2;

function board(k: Kernel, dev: number) {
	const index = findDevice(k, dev)?.board ?? -1;
	return index < 0 ? undefined : k.devices[index];
}

/** What a peripheral on the board offers to the outside. */
interface Peripheral {
	receive(bytes: Uint8Array): void;
	takeSent(max: number): Uint8Array;
}

function peripheral(k: Kernel, dev: number): Peripheral | undefined {
	const model: unknown = board(k, dev)?.model;
	return typeof model === "object" && model !== null && "receive" in model && "takeSent" in model ? (model as Peripheral) : undefined;
}

function holdLines(k: Kernel, dev: number, hold: boolean): void {
	const device = board(k, dev);
	for (const line of device?.interrupts ?? []) {
		if (hold) k.machine.interrupts.hold(line);
		else k.machine.interrupts.release(line);
	}
	if (!device) return;
	const held = k.state.sim.irqHolds[device.name] ?? 0;
	k.state.sim.irqHolds[device.name] = Math.max(0, held + (hold ? 1 : -1));
}

export interface SimState {
	/** Devices whose interrupts are held, and how often. */
	irqHolds: Record<string, number>;
	/** Findings by rule, and those that were expected. */
	findings: Record<string, number>;
	expected: string[];
}
export const createSimState = (): SimState => ({ irqHolds: {}, findings: {}, expected: [] });

export const simFunctions: KernelFunction[] = [
	...plain({
		"struct device *sim_device(const char *label)": (k, label) => deviceByLabel(k, readText(k, label)),
		"u64 sim_time_ns(void)": (k) => Math.floor(k.machine.time / 1000),
		"void sim_dev_receive(struct device *dev, const void *data, size_t len)": (k, dev, data, length) =>
			peripheral(k, dev)?.receive(k.space.readBytes(data, length)),
		"size_t sim_dev_sent(struct device *dev, void *buf, size_t len)": (k, dev, buffer, length) => {
			const sent = peripheral(k, dev)?.takeSent(length);
			if (!sent) return 0;
			k.space.writeBytes(buffer, sent);
			return sent.length;
		},
		"void sim_fault_bus(phys_addr_t addr, size_t len, unsigned int how)": (k, address, length, how) =>
			k.machine.bus.fault(address, length, (how & FAULT_READ) !== 0, (how & FAULT_WRITE) !== 0),
		"void sim_fault_alloc(unsigned int nth)": (k, nth) => {
			k.state.mm.failNth = nth;
		},
		"void sim_irq_hold(struct device *dev)": (k, dev) => holdLines(k, dev, true),
		"void sim_irq_release(struct device *dev)": (k, dev) => holdLines(k, dev, false),
		"void sim_softirq_hold(void)": (k) => {
			k.state.cpu.taskletHolds++;
		},
		"int sim_findings(const char *rule)": (k, rule) => {
			const { findings } = k.state.sim;
			return rule === 0 ? Object.values(findings).reduce((a, b) => a + b, 0) : (findings[readText(k, rule)] ?? 0);
		},
		"void sim_expect_finding(const char *rule)": (k, rule) => {
			k.state.sim.expected.push(readText(k, rule));
		},
		"ssize_t sim_read_file(const char *path, char *buf, size_t len)": (k, path, buffer, length) => {
			const text = readFile(k, readText(k, path));
			if (typeof text === "number") return text;
			const bytes = new TextEncoder().encode(text);
			if (length <= 0) return -EINVAL;
			const size = Math.min(bytes.length, length - 1);
			k.space.writeBytes(buffer, bytes.subarray(0, size));
			k.space.w8(buffer + size, 0);
			return size;
		},
		"ssize_t sim_write_file(const char *path, const char *text)": (k, path, text) => writeFile(k, readText(k, path), readText(k, text)),
		"void sim_mark(const char *label)": (k, label) => {
			if (!(k.machine.observers.mask & ObserverBit.RECORD)) return;
			const place = callerPlace(k);
			k.machine.observers.record("mark", { label: readText(k, label), ...(place ? { file: baseName(place.file), line: place.line } : {}) });
		},
		"void sim_exit(int status)": (k, status) => {
			k.state.end = { reason: "exit", status: status & 0xff };
			k.vm.requestExit = true;
		},
	}),
	steps("void sim_softirq_release(void)", {
		release: step("Tasklets may run again.", (k) => {
			if (k.state.cpu.taskletHolds > 0) k.state.cpu.taskletHolds--;
			return softirqsMayRun(k) && !k.current.irqsOff ? call("handle_softirqs", []) : goto("done");
		}),
		done: step("Go on.", () => ret()),
	}),
];

export const simHeader: string = `
#define SIM_FAULT_READ ${FAULT_READ}
#define SIM_FAULT_WRITE ${FAULT_WRITE}
`;
