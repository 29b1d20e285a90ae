/** PL330: which thread runs, cycle by cycle, and where its instructions come from. */

import { ObserverBit, Response } from "../../sim/observers";
import { CACHE_LINE_BYTES, CACHE_LINES, Kind } from "./core";
import { Pl330DataPath } from "./data-path";
import { SIZES } from "./instructions";
import { Fault, Status } from "./registers";
import type { ThreadState } from "./state";

/** Bytes of MOV and GO. */
const LONGEST = 6;

export abstract class Pl330Threads extends Pl330DataPath {
	/** An event is being handled: what can run afterwards is seen at its end. Never set between events. */
	private busy = false;

	onEvent(kind: number, n: number): void {
		this.busy = true;
		this.handle(kind, n);
		this.busy = false;
		this.run();
	}

	private handle(kind: number, n: number): void {
		switch (kind) {
			case Kind.EXECUTE:
				this.state.scheduled = false;
				this.step(this.nextThread());
				return;
			case Kind.FETCHED:
				this.fetched(n);
				return;
			case Kind.READ:
				this.completeRead(n);
				return;
			case Kind.WRITTEN:
				this.completeWrite(n);
				return;
			default:
				this.executeDebug();
		}
	}

	/** Instructions, a cycle each, for as long as nothing else is due; then the next one is an event. */
	private run(): void {
		const { state, machine } = this;
		if (state.scheduled) return;
		for (let n = this.nextThread(); n >= 0; n = this.nextThread()) {
			if (!machine.continueAt(machine.time + this.cyclePs)) {
				this.kick();
				return;
			}
			this.busy = true;
			this.step(n);
			this.busy = false;
		}
	}

	protected kick(): void {
		const { state, machine } = this;
		if (this.busy || state.scheduled) return;
		state.scheduled = true;
		machine.schedule(machine.time + this.cyclePs, this.index, Kind.EXECUTE, 0);
	}

	/** The instruction that software has put into the debug port. */
	protected abstract executeDebug(): void;
	/** Runs the instruction at PC; whether PC moves on to the next one. */
	protected abstract execute(n: number, c: ThreadState, opcode: number): boolean;

	private nextThread(): number {
		const { threads, last } = this.state;
		for (let n = last + 1; n < threads.length; n++) if (threads[n]!.status === Status.EXECUTING) return n;
		for (let n = 0; n <= last; n++) if (threads[n]!.status === Status.EXECUTING) return n;
		return -1;
	}

	// Fetching.

	private isCached(n: number, line: number): boolean {
		const { cacheLines, cacheOwners, threads } = this.state;
		const c = threads[n]!;
		if (c.line === line || c.lineBefore === line) return true;
		for (let at = 0; at < CACHE_LINES; at++) if (cacheLines[at] === line && cacheOwners[at] === n) return true;
		return false;
	}

	/** Address of the line that the next instruction lacks; -1 when it is all there. */
	private missingLine(n: number, pc: number): number {
		const line = (pc & -CACHE_LINE_BYTES) >>> 0;
		if (!this.isCached(n, line)) return line;
		// Only the longest instructions may begin this far from the end of the line and leave it.
		if (pc - line <= CACHE_LINE_BYTES - LONGEST) return -1;
		const end = pc + (SIZES[this.machine.memory.read8(pc)] || 1) - 1;
		return end < line + CACHE_LINE_BYTES || this.isCached(n, line + CACHE_LINE_BYTES) ? -1 : line + CACHE_LINE_BYTES;
	}

	private fetch(n: number, c: ThreadState, line: number): void {
		const { machine } = this;
		c.status = Status.CACHE_MISS;
		c.fetching = true;
		const beats = CACHE_LINE_BYTES / Math.min(CACHE_LINE_BYTES, this.busBytes);
		const ps = machine.bus.readLatency(line, this.cyclePs) + beats * this.cyclePs;
		machine.schedule(machine.time + machine.bus.claim(line, false, ps, machine.time), this.index, Kind.FETCHED, n);
	}

	private fetched(n: number): void {
		const { state, machine } = this;
		const c = state.threads[n]!;
		c.fetching = false;
		if (c.status !== Status.CACHE_MISS) {
			this.settle(n);
			return;
		}
		const line = this.missingLine(n, c.pc);
		const memory = machine.memory.regionOf(line) !== null;
		if (!memory || machine.bus.burstRead(line, CACHE_LINE_BYTES, 1, false, this.linePool) !== Response.OKAY) {
			this.fault(n, Fault.INSTR_FETCH_ERR);
			return;
		}
		c.lineBefore = c.line;
		c.line = line;
		state.cacheLines[state.cacheNext] = line;
		state.cacheOwners[state.cacheNext] = n;
		state.cacheNext = (state.cacheNext + 1) % CACHE_LINES;
		c.status = Status.EXECUTING;
		this.kick();
	}

	// Instructions.

	private step(n: number): void {
		const { machine, state } = this;
		const c = state.threads[n];
		if (c === undefined) return;
		state.last = n;
		const { pc } = c;
		const missing = this.missingLine(n, pc);
		if (missing >= 0) {
			this.fetch(n, c, missing);
			return;
		}
		const opcode = machine.memory.read8(pc);
		if (this.execute(n, c, opcode)) c.pc = (pc + SIZES[opcode]!) >>> 0;
		if (c.pc !== pc) this.tellInstruction(n, c.pc);
	}

	/** A channel has come to an instruction: it runs in the next cycle at the earliest, so whoever listens can stop it there. */
	protected tellInstruction(n: number, pc: number): void {
		const { observers } = this.machine;
		if (observers.mask & ObserverBit.INSTRUCTION && n < this.channelCount) observers.instruction(this.index, n, pc);
	}
}
