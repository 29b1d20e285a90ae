/** An exception in words, for those who ask what stopped the machine: what, where, on whose behalf, and what comes next. */
import { contextName } from "../kernel/sched/context";
import { fatalReason } from "../kernel/sched/oops";
import type { Oops } from "../kernel/state";
import type { ExceptionStory } from "./api";
import { channelFrames } from "./channel-frames";
import { type ChannelEntry, currentDescriptor, physicalOf, viewOf } from "./channels";
import { itemName } from "./descriptor-chain";
import { descriptorOf, failedAddress } from "./event-detail";
import type { EventHit } from "./event-filters";
import type { Simulation } from "./simulation";

/** What is known of the exception that stopped the machine. */
export interface Story extends ExceptionStory {
	readonly threadId: number;
}

const hex = (value: number) => `0x${value.toString(16)}`;

export function oopsStory(simulation: Simulation, threadId: number, oops: Oops): Story {
	const { k } = simulation;
	const thread = k.state.threads[oops.thread];
	const lines = [`${sentence(oops.message)}`];
	const [where] = oops.trace;
	if (where) lines.push(`It happened in ${where}.`);
	if (oops.kind === "fault") lines.push(addressText(simulation, oops.address));
	if (thread) {
		const context = thread.hardirq > 0 ? "hardirq" : thread.softirq > 0 ? "softirq" : "process";
		lines.push(`Thread ${thread.name} (pid ${thread.pid}) was in ${context} context.`);
		const fatal = fatalReason(oops, thread);
		lines.push(
			fatal === ""
				? `When you continue, the kernel kills ${thread.name} and the machine goes on.`
				: `When you continue, the kernel panics: ${fatal}.`,
		);
	}
	return {
		threadId,
		id: "Oops",
		description: lines.filter((line) => line !== "").join("\n"),
		details: oops.message,
		stackTrace: oops.trace.join("\n"),
	};
}

/** What an address is that could not be used. */
function addressText({ k, code }: Simulation, address: number): string {
	if (address >= 0 && address < 4096)
		return address === 0
			? "The pointer was NULL."
			: `The pointer was NULL: ${hex(address)} is the distance of the member that was meant.`;
	if (address < 0 && address >= -4095 - 256)
		return `The pointer is near ERR_PTR(${Math.max(-4095, address)}): an error code that nobody checked with IS_ERR().`;
	if (k.machine.memory.regionOf(address) !== null)
		return `${hex(address)} is a physical or bus address, not a pointer of the CPU.`;
	const device = k.devices.find(({ reg }) => reg.some(({ base, size }) => address >= base && address < base + size));
	if (device) return `${hex(address)} is the bus address of ${device.name}: map it with ioremap() first.`;
	const name = code.globals.find((one) => address >= one.address && address < one.address + one.size)?.name;
	return name ? `The address is in ${name}.` : "";
}

export function busErrorStory(simulation: Simulation, threadId: number, hit: EventHit, entry: ChannelEntry): Story {
	const { code, machine } = simulation;
	const lines = [`${sentence(hit.text)}`];
	if (hit.burst) {
		const { side, address } = failedAddress(simulation, hit.burst, entry);
		const phys = physicalOf(entry, address);
		lines.push(
			`The ${side} at ${hex(address)} (${whatIsAt(simulation, phys)}) got ${hit.burst.decode ? "DECERR" : "SLVERR"}.`,
		);
		const fault = machine.bus.state.faults.find(({ base, size }) => phys >= base && phys < base + size);
		if (fault)
			lines.push(`sim_fault_bus() asked for errors from ${hex(fault.base)} to ${hex(fault.base + fault.size - 1)}.`);
		else if (hit.burst.decode) lines.push("No memory and no device answers there: was the address mapped for DMA?");
	}
	const descriptor = descriptorOf(hit, entry) ?? currentDescriptor(entry);
	const view = viewOf(entry);
	if (view && view.descriptor >= 0) {
		const chunks = descriptor?.chunks ?? [];
		const at = chunks.findIndex(({ address }) => address === view.descriptor);
		const which = at < 0 ? "" : `, chunk ${at + 1} of ${chunks.length}`;
		lines.push(
			`${itemName(entry, view.descriptor)} ${hex(view.descriptor)}${which}: ${hex(view.blockSrc)} → ${hex(view.blockDst)}, ${view.blockLength} bytes, ` +
				`${view.blockDone} of them moved.`,
		);
	}
	if (descriptor) {
		const { cookie, kind, len, origin } = descriptor;
		const position = origin ? code.positionAt(origin.pc) : null;
		const fn = origin ? code.functionAt(origin.pc)?.name : null;
		const by = position ? `, prepared by ${fn ?? "?"} (${baseName(position.file)}:${position.line})` : "";
		lines.push(`Descriptor: cookie ${cookie}${kind ? `, ${kind}` : ""} of ${len} bytes${by}.`);
	}
	lines.push(`Channel ${entry.name} of ${entry.controllerName}, client ${entry.info?.client ?? "nobody"}.`);
	const frames = channelFrames(entry, code, null);
	return {
		threadId,
		id: "Bus error",
		description: lines.join("\n"),
		details: hit.text,
		stackTrace: frames
			.map(({ name, source }) => (source.kind === "none" ? name : `${name} (${nameOf(source)}:${source.line})`))
			.join("\n"),
	};
}

/** A report after which the kernel goes on: WARN(), or one of the memory checkers. */
export function reportStory({ k }: Simulation, threadId: number, hit: EventHit): Story {
	const { id = "Memory error", stack = [] } = hit.report ?? {};
	const where = stack[0] ? `It happened in ${stack[0]}, in ${contextName(k)} context.` : "";
	return {
		threadId,
		id,
		description: [sentence(hit.text), where, id === "Warning" ? "The kernel goes on." : ""]
			.filter((line) => line !== "")
			.join("\n"),
		details: hit.text,
		stackTrace: stack.join("\n"),
	};
}

function whatIsAt({ machine, k }: Simulation, address: number): string {
	if (machine.memory.regionOf(address) !== null) return "memory";
	const device = k.devices.find(({ reg }) => reg.some(({ base, size }) => address >= base && address < base + size));
	return device ? device.name : "nothing";
}

function nameOf(
	source: { readonly kind: "file"; readonly path: string } | { readonly kind: "page"; readonly page: string },
): string {
	return source.kind === "file" ? baseName(source.path) : source.page;
}

function baseName(path: string): string {
	return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

function sentence(text: string): string {
	return /[.!?]$/.test(text) ? text : `${text}.`;
}
