/** The simulator's own functions: the few that no Linux has (language.md section 6). */
import { ObserverBit } from "../../sim/observers";
import { type BoardDevice, outsideLine } from "../board-device";
import { deviceByLabel, findDevice } from "../device/devices";
import { EINVAL } from "../errno";
import { fileHooks, readFile, writeFile } from "../fs/files";
import { call, type KernelFunction, next, plain, ret, step, steps, yieldCpu } from "../functions";
import { checkRead, checkWrite } from "../kasan/check";
import type { Kernel } from "../kernel";
import { readString, toByteString, writeString } from "../lib/bytes";
import { bytesToText } from "../printk/log";
import { inAtomic } from "../sched/context";
import { softirqsMayRun } from "../sched/interrupts";
import { KernelBug } from "../sched/oops";
import { say } from "../sched/say";
import { readText } from "../text";
import { holdDevice, releaseDevice, releaseTasklets } from "./holds";

/** Bits of the `how` of sim_fault_bus. */
const FAULT_READ = 1;
const FAULT_WRITE = 2;

/** The device of a label or path; says which label is missing, since the NULL is likely to be an oops soon. */
function labelledDevice(k: Kernel, label: string): number {
	const device = deviceByLabel(k, label);
	if (device === 0 && k.machine.observers.mask & ObserverBit.WARNING) {
		const labels = k.devices.flatMap((board) => board.labels);
		const text = `sim_device("${label}") is NULL: no device of the board has that label or path; there are ${labels.join(", ")}`;
		k.machine.observers.warning(k.component, `label ${label}`, text);
	}
	return device;
}

/** The board's device behind a struct device. Any other pointer is a BUG at the caller's line. */
function boardDevice(k: Kernel, dev: number, caller: string): BoardDevice {
	const record = findDevice(k, dev);
	const found = record && record.board >= 0 ? k.devices[record.board] : undefined;
	if (!found)
		throw new KernelBug(`${caller}: ${dev === 0 ? "NULL" : (record?.name ?? "this")} is no device of the board`);
	return found;
}

function receive(k: Kernel, dev: number, data: number, length: number): void {
	const device = boardDevice(k, dev, "sim_dev_receive");
	const line = outsideLine(device);
	if (!line) throw new KernelBug(`sim_dev_receive: ${device.name} has no line to the outside`);
	checkRead(k, data, length);
	if (length > 0) line.receive(k.space.readBytes(data, length));
}

function sent(k: Kernel, dev: number, buffer: number, length: number): number {
	const device = boardDevice(k, dev, "sim_dev_sent");
	const line = outsideLine(device);
	if (!line) throw new KernelBug(`sim_dev_sent: ${device.name} has no line to the outside`);
	const bytes = line.takeSent(length);
	checkWrite(k, buffer, bytes.length);
	k.space.writeBytes(buffer, bytes);
	return bytes.length;
}

/** As much of a virtual file as fits, always with a zero byte behind it; bytes without that, or -errno. */
function readInto(k: Kernel, path: number, buffer: number, length: number): number {
	const content = readFile(k, readText(k, path));
	if (typeof content === "number") return content;
	if (length === 0) return -EINVAL;
	const bytes = toByteString(content).slice(0, length - 1);
	writeString(k, buffer, bytes);
	return bytes.length;
}

function writeText(k: Kernel, path: number, text: number): number {
	if (text === 0) return -EINVAL;
	return writeFile(k, readText(k, path), readText(k, text));
}

function releaseIrq(k: Kernel, dev: number): void {
	const device = boardDevice(k, dev, "sim_irq_release");
	if (!releaseDevice(k, device.name)) say(k, 4, `sim_irq_release: ${device.name} is not held`);
}

function mark(k: Kernel, label: number): void {
	if (k.machine.observers.mask & ObserverBit.RECORD)
		k.machine.observers.record("mark", { label: bytesToText(readString(k, label)) });
}

export const simFunctions: KernelFunction[] = [
	...plain({
		"struct device *sim_device(const char *label)": (k, label) =>
			label === 0 ? 0 : labelledDevice(k, readText(k, label)),
		"u64 sim_time_ns(void)": (k) => Math.floor(k.machine.time / 1000),
		"void sim_dev_receive(struct device *dev, const void *data, size_t len)": receive,
		"size_t sim_dev_sent(struct device *dev, void *buf, size_t len)": sent,
		"void sim_fault_bus(phys_addr_t addr, size_t len, unsigned int how)": (k, address, length, how) =>
			k.machine.bus.fault(address, length, (how & FAULT_READ) !== 0, (how & FAULT_WRITE) !== 0),
		"void sim_fault_alloc(unsigned int nth)": (k, nth) => {
			k.state.mm.failNth = nth;
		},
		"void sim_irq_hold(struct device *dev)": (k, dev) => {
			const device = boardDevice(k, dev, "sim_irq_hold");
			holdDevice(k, device.name, device.interrupts);
		},
		"void sim_irq_release(struct device *dev)": releaseIrq,
		"void sim_softirq_hold(void)": (k) => {
			k.state.cpu.taskletHolds++;
		},
		// There is no sanitizer yet: nothing is found, and nothing is expected.
		"int sim_findings(const char *rule)": () => 0,
		"void sim_expect_finding(const char *rule)": () => undefined,
		"void sim_mark(const char *label)": mark,
		"void sim_exit(int status)": (k, status) => {
			k.state.end = { reason: "exit", status: status & 0xff };
		},
	}),
	steps("ssize_t sim_read_file(const char *path, char *buf, size_t len)", {
		before: step("Some files do something before they are read.", (k, f) => {
			const { before, arg } = fileHooks(k, readText(k, f.args[0]));
			return before === "" ? next : call(before, [arg]);
		}),
		read: step("Copy as much of the file as fits.", (k, f) => ret(readInto(k, f.args[0], f.args[1], f.args[2]))),
	}),
	steps("ssize_t sim_write_file(const char *path, const char *text)", {
		write: step("Give the text to the file.", (k, f) => {
			f.locals.taken = writeText(k, f.args[0], f.args[1]);
			if (f.locals.taken < 0) return ret(f.locals.taken);
			const { after, arg } = fileHooks(k, readText(k, f.args[0]));
			f.result = 0;
			return after === "" ? next : call(after, [arg]);
		}),
		after: step("Some files do something with what was written: its error is the write's.", (k, f) => {
			if ((f.result | 0) !== 0) f.locals.taken = f.result | 0;
			return k.state.cpu.queue.length > 0 && !inAtomic(k.current) ? yieldCpu() : next;
		}),
		done: step("The way back to user space let other threads run.", (_, f) => ret(f.locals.taken)),
	}),
	// For the debug console, which reads the file itself.
	steps("int __sim_before_read(const char *path)", {
		before: step("Some files do something before they are read.", (k, f) => {
			const { before, arg } = fileHooks(k, readText(k, f.args[0]));
			return before === "" ? ret(0) : call(before, [arg]);
		}),
		done: step("It can be read now.", () => ret(0)),
	}),
	steps("void sim_softirq_release(void)", {
		release: step("Let tasklets run again. Pending ones run now, as at local_bh_enable().", (k) => {
			if (!releaseTasklets(k)) say(k, 4, "sim_softirq_release: tasklets are not held");
			return softirqsMayRun(k) && !k.current.irqsOff ? call("handle_softirqs", []) : ret();
		}),
		done: step("Tasklets run as usual.", () => ret()),
	}),
];

export const simHeader: string = `
#define SIM_FAULT_READ ${FAULT_READ}u
#define SIM_FAULT_WRITE ${FAULT_WRITE}u
`;
