/** How the machine tells what happens: nothing is computed while nobody listens. */

/** Answers of the bus, with the AXI encoding. */
export enum Response {
	OKAY = 0,
	SLVERR = 2,
	DECERR = 3,
}

/** Bits of `Observers.mask`. */
export enum ObserverBit {
	START = 1,
	CHUNK = 2,
	BURST = 4,
	DONE = 8,
	IRQ = 16,
	OUTPUT = 32,
	RECORD = 64,
	WARNING = 128,
	ACCESS = 256,
	CPU = 512,
	LEVEL = 1024,
	INSTRUCTION = 2048,
	MMIO = 4096,
}

export type RecordKind =
	| "prep"
	| "submit"
	| "issue_pending"
	| "start"
	| "complete"
	| "callback"
	| "terminate"
	| "pause"
	| "resume"
	| "synchronize"
	| "chunk"
	| "burst"
	| "irq"
	| "map"
	| "unmap"
	| "sync"
	| "printk"
	| "output"
	| "finding"
	| "mark"
	| "end";

/** Fields of a record, as the `--json` events have them. */
export interface RecordFields {
	chan?: string;
	cookie?: number;
	ctx?: "process" | "softirq" | "hardirq" | "hw";
	cpu?: number;
	file?: string;
	line?: number;
	kind?: string;
	len?: number;
	ok?: boolean;
	residue?: number;
	addr?: number;
	src?: number;
	dst?: number;
	beats?: number;
	resp?: "OKAY" | "SLVERR" | "DECERR";
	irq?: number;
	dev?: string;
	dma?: number;
	dir?: string;
	level?: number;
	text?: string;
	rule?: string;
	severity?: string;
	label?: string;
	reason?: string;
	blocked?: string[];
}

/** What an observer wants to hear. Addresses are bus addresses; `controller` is a component index. */
export interface Observer {
	/** A channel fetches the first item of a transfer. */
	start?(controller: number, channel: number): void;
	/** A channel has loaded a block: from the item at `address` (-1: from its registers), `length` bytes. */
	chunk?(controller: number, channel: number, address: number, src: number, dst: number, length: number): void;
	/** A channel that runs programs is about to execute the instruction at `address`. */
	instruction?(controller: number, channel: number, address: number): void;
	/** A burst has ended: `beats` items moved from `src` to `dst`. */
	burst?(
		controller: number,
		channel: number,
		src: number,
		dst: number,
		length: number,
		beats: number,
		response: Response,
	): void;
	/** A channel has become idle (end of transfer, error or disable). */
	channelDone?(controller: number, channel: number): void;
	/** An interrupt line has changed its level (0 or 1). */
	irq?(line: number, level: number): void;
	/** A device (component index) has sent bytes out. */
	output?(device: number, bytes: Uint8Array): void;
	/** The kernel side reports something. */
	record?(kind: RecordKind, fields: RecordFields): void;
	/** A device was used in a way that its hardware does not support; said once for each `code`. */
	warning?(device: number, code: string, text: string): void;
	/** The kernel says that something is wrong and goes on: WARN(). */
	kernelWarning?(text: string): void;
	/** A bus master other than the CPU has read or written memory. */
	access?(address: number, length: number, write: boolean): void;
	/** Since `time` (ps) a CPU runs this thread in this context; told often, also when nothing has changed. */
	cpu?(time: number, cpu: number, context: CpuContext, thread: number): void;
	/** A CPU begins to serve a softirq (its number in Linux). */
	softirq?(cpu: number, softirq: number): void;
	/** The CPU has read or is about to write `size` bytes (1, 2 or 4) of a device's registers. */
	mmio?(address: number, size: number, value: number, write: boolean): void;
	/** A FIFO of a device holds `level` of `depth` entries; of a controller `fifo` is the channel, else a `Fifo`. */
	level?(device: number, fifo: number, level: number, depth: number): void;
}

/** What a CPU is doing. */
export enum CpuContext {
	Idle = 0,
	Process = 1,
	Softirq = 2,
	Hardirq = 3,
}

/** FIFOs of a peripheral. */
export enum Fifo {
	Receive = 0,
	Transmit = 1,
}

export class Observers {
	/** OR of `ObserverBit`s that somebody listens to; test it before calling. */
	mask = 0;
	private list: Observer[] = [];

	add(observer: Observer): void {
		this.list = [...this.list, observer];
		this.update();
	}

	remove(observer: Observer): void {
		this.list = this.list.filter((other) => other !== observer);
		this.update();
	}

	start(controller: number, channel: number): void {
		for (const observer of this.list) observer.start?.(controller, channel);
	}

	chunk(controller: number, channel: number, address: number, src: number, dst: number, length: number): void {
		for (const observer of this.list) observer.chunk?.(controller, channel, address, src, dst, length);
	}

	instruction(controller: number, channel: number, address: number): void {
		const { list } = this;
		for (let at = 0; at < list.length; at++) list[at]!.instruction?.(controller, channel, address);
	}

	burst(
		controller: number,
		channel: number,
		src: number,
		dst: number,
		length: number,
		beats: number,
		response: Response,
	): void {
		const { list } = this;
		for (let at = 0; at < list.length; at++) list[at]!.burst?.(controller, channel, src, dst, length, beats, response);
	}

	channelDone(controller: number, channel: number): void {
		for (const observer of this.list) observer.channelDone?.(controller, channel);
	}

	irq(line: number, level: number): void {
		for (const observer of this.list) observer.irq?.(line, level);
	}

	output(device: number, bytes: Uint8Array): void {
		for (const observer of this.list) observer.output?.(device, bytes);
	}

	record(kind: RecordKind, fields: RecordFields): void {
		for (const observer of this.list) observer.record?.(kind, fields);
	}

	warning(device: number, code: string, text: string): void {
		for (const observer of this.list) observer.warning?.(device, code, text);
	}

	kernelWarning(text: string): void {
		for (const observer of this.list) observer.kernelWarning?.(text);
	}

	access(address: number, length: number, write: boolean): void {
		for (const observer of this.list) observer.access?.(address, length, write);
	}

	cpu(time: number, cpu: number, context: CpuContext, thread: number): void {
		for (const observer of this.list) observer.cpu?.(time, cpu, context, thread);
	}

	softirq(cpu: number, softirq: number): void {
		for (const observer of this.list) observer.softirq?.(cpu, softirq);
	}

	level(device: number, fifo: number, level: number, depth: number): void {
		const { list } = this;
		for (let at = 0; at < list.length; at++) list[at]!.level?.(device, fifo, level, depth);
	}

	mmio(address: number, size: number, value: number, write: boolean): void {
		const { list } = this;
		for (let at = 0; at < list.length; at++) list[at]!.mmio?.(address, size, value, write);
	}

	private update(): void {
		this.mask = 0;
		for (const observer of this.list) {
			if (observer.start) this.mask |= ObserverBit.START;
			if (observer.chunk) this.mask |= ObserverBit.CHUNK;
			if (observer.burst) this.mask |= ObserverBit.BURST;
			if (observer.channelDone) this.mask |= ObserverBit.DONE;
			if (observer.irq) this.mask |= ObserverBit.IRQ;
			if (observer.output) this.mask |= ObserverBit.OUTPUT;
			if (observer.record) this.mask |= ObserverBit.RECORD;
			if (observer.warning) this.mask |= ObserverBit.WARNING;
			if (observer.access) this.mask |= ObserverBit.ACCESS;
			if (observer.cpu || observer.softirq) this.mask |= ObserverBit.CPU;
			if (observer.instruction) this.mask |= ObserverBit.INSTRUCTION;
			if (observer.level) this.mask |= ObserverBit.LEVEL;
			if (observer.mmio) this.mask |= ObserverBit.MMIO;
		}
	}
}
