/** A machine with a PL330, programmed through its debug port with programs in bytes. */
import { Pl330 } from "../../src/hardware/pl330/controller";
import { Reg } from "../../src/hardware/pl330/registers";
import type { Pl330Config } from "../../src/hardware/pl330/state";
import { Machine } from "../../src/sim/machine";

export const DMAC = 0xf8003000;
export const RAM = 0;
export const PORT = 0x43c00000;
export const CODE = 0x1f0000;
export const CYCLE = 4500;
/** The abort line, and the lines of the events. */
export const ABORT = 45;
export const EVENTS = [46, 47, 48, 49, 72, 73, 74, 75];

export const u32 = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);
/** Instructions as the manual encodes them. */
export const asm = {
	mov: (target: "SAR" | "CCR" | "DAR", value: number) => [0xbc, ["SAR", "CCR", "DAR"].indexOf(target), ...u32(value)],
	ld: [0x04],
	st: [0x08],
	stz: [0x0c],
	rmb: [0x12],
	wmb: [0x13],
	nop: [0x18],
	end: [0x00],
	kill: [0x01],
	lp0: (times: number) => [0x20, times - 1],
	lp1: (times: number) => [0x22, times - 1],
	lpend0: (back: number) => [0x38, back],
	lpend1: (back: number) => [0x3c, back],
	sev: (event: number) => [0x34, event << 3],
	wfe: (event: number) => [0x36, event << 3],
	wfp: (peripheral: number, kind: "single" | "periph" | "burst") => [
		{ single: 0x30, periph: 0x31, burst: 0x32 }[kind],
		peripheral << 3,
	],
	flushp: (peripheral: number) => [0x35, peripheral << 3],
	ldp: (peripheral: number, kind: "S" | "B") => [kind === "S" ? 0x25 : 0x27, peripheral << 3],
	stp: (peripheral: number, kind: "S" | "B") => [kind === "S" ? 0x29 : 0x2b, peripheral << 3],
	addh: (target: "SAR" | "DAR", value: number) => [target === "SAR" ? 0x54 : 0x56, value & 255, value >> 8],
	adnh: (target: "SAR" | "DAR", value: number) => [target === "SAR" ? 0x5c : 0x5e, value & 255, value >> 8],
};

/** CCR with both sides alike, incrementing. */
export const ccr = (size: number, beats: number, source = 1, destination = 1): number =>
	(source |
		(Math.log2(size) << 1) |
		((beats - 1) << 4) |
		(destination << 14) |
		(Math.log2(size) << 15) |
		((beats - 1) << 18)) >>>
	0;

export interface BurstSeen {
	readonly channel: number;
	readonly src: number;
	readonly dst: number;
	readonly length: number;
	readonly beats: number;
	readonly response: number;
	readonly time: number;
}

export class Bench {
	readonly machine = new Machine();
	readonly dmac: Pl330;
	readonly bursts: BurstSeen[] = [];
	readonly done: number[] = [];
	readonly warnings: string[] = [];
	/** What the port has taken, and what it gives: 0, 1, 2 … */
	readonly taken: number[] = [];
	private given = 0;
	private readonly lines: number[];
	private readonly wanted: { bursts: number; singles: number }[] = [];
	acknowledged = 0;

	constructor(config: Partial<Pl330Config> = {}) {
		const { machine } = this;
		machine.memory.addRegion(RAM, 0x400000);
		machine.bus.attach({
			name: "port",
			base: PORT,
			size: 16,
			readLatency: 8,
			readLatencyPs: -1,
			read: (_, size) => {
				let value = 0;
				for (let byte = 0; byte < size; byte++) value += (this.given++ & 255) * 256 ** byte;
				return value;
			},
			write: (_, size, value) => {
				for (let byte = 0; byte < size; byte++) this.taken.push((value >>> (8 * byte)) & 255);
			},
			peek: () => 0,
		});
		this.dmac = new Pl330(machine, {
			name: "f8003000.dma-controller",
			base: DMAC,
			size: 0x1000,
			interrupts: [ABORT, ...EVENTS],
			cyclePs: CYCLE,
			...config,
		});
		this.lines = [0, 1, 2, 3].map((peripheral) => {
			this.wanted.push({ bursts: 0, singles: 0 });
			return this.dmac.connectRequest({ acknowledged: () => this.answer(peripheral) }, peripheral);
		});
		for (const line of [ABORT, ...EVENTS]) machine.interrupts.unmask(line);
		machine.observers.add({
			burst: (_, channel, src, dst, length, beats, response) =>
				this.bursts.push({ channel, src, dst, length, beats, response, time: machine.time }),
			channelDone: (_, channel) => this.done.push(channel),
			warning: (_, __, text) => this.warnings.push(text),
		});
	}

	private answer(peripheral: number): void {
		this.acknowledged++;
		const wanted = this.wanted[peripheral]!;
		if (wanted.bursts > 0) wanted.bursts--;
		else wanted.singles--;
		this.drive(peripheral);
	}

	private drive(peripheral: number): void {
		const { bursts, singles } = this.wanted[peripheral]!;
		this.machine.requests.set(this.lines[peripheral]!, bursts > 0);
		this.machine.requests.setSingle(this.lines[peripheral]!, singles > 0);
	}

	/** A peripheral asks for bursts, then for single items. */
	ask(peripheral: number, bursts: number, singles = 0): void {
		this.wanted[peripheral]!.bursts += bursts;
		this.wanted[peripheral]!.singles += singles;
		this.drive(peripheral);
	}

	read(register: number): number {
		return this.machine.bus.read(DMAC + register, 4);
	}
	write(register: number, value: number): void {
		this.machine.bus.write(DMAC + register, 4, value);
	}
	/** Puts a program into memory; where it begins. */
	program(...code: readonly (readonly number[])[]): number {
		return this.programAt(CODE, ...code);
	}
	programAt(at: number, ...code: readonly (readonly number[])[]): number {
		this.machine.memory.writeBytes(at, Uint8Array.from(code.flat()));
		return at;
	}
	/** An instruction through the debug port; `channel` -1 is the manager. */
	debug(channel: number, bytes: readonly number[]): void {
		const [b0 = 0, b1 = 0, ...rest] = bytes;
		this.write(Reg.DBGINST0, ((channel < 0 ? 0 : 1 | (channel << 8)) | (b0 << 16) | (b1 << 24)) >>> 0);
		this.write(
			Reg.DBGINST1,
			rest.reduce((word, byte, at) => word + byte * 256 ** at, 0),
		);
		this.write(Reg.DBGCMD, 0);
	}
	go(channel: number, at = CODE, nonSecure = false): void {
		this.debug(-1, [nonSecure ? 0xa2 : 0xa0, channel, ...u32(at)]);
	}
	run(ps = 1e12): void {
		this.machine.advanceTo(this.machine.time + ps);
	}
	/** Programs channel 0 and runs it until nothing happens any more. */
	execute(...code: readonly (readonly number[])[]): void {
		this.program(...code);
		this.go(0);
		this.run();
	}
	status(channel: number): number {
		return this.read(Reg.CSR + 8 * channel) & 15;
	}
	register(channel: number, name: "SAR" | "DAR" | "CCR" | "LC0" | "LC1"): number {
		return this.read(Reg.SAR + 0x20 * channel + 4 * ["SAR", "DAR", "CCR", "LC0", "LC1"].indexOf(name));
	}
	fault(channel: number): number {
		return this.read(Reg.FTR + 4 * channel);
	}
	fill(at: number, length: number, seed = 1): Uint8Array {
		const bytes = pattern(length, seed);
		this.machine.memory.writeBytes(at, bytes);
		return bytes;
	}
	memory(at: number, length: number): Uint8Array {
		return this.machine.memory.readBytes(at, length);
	}
}

export const pattern = (length: number, seed = 1): Uint8Array =>
	Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8) * 13 + seed) & 255);
