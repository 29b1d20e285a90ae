/** PL330: what each instruction does. */

import { ObserverBit } from "../../sim/observers";
import { Waits } from "./core";
import { Outcome } from "./data-path";
import {
	CONDITIONAL,
	COUNTER_1,
	destinationBeats,
	destinationIncrements,
	destinationSize,
	FINITE,
	IF_BURST,
	OPS,
	Op,
	SECOND,
	SIZES,
	sourceBeats,
	sourceIncrements,
	sourceSize,
	swapUnit,
	Target,
} from "./instructions";
import { Fault, Status } from "./registers";
import { ENTRY_PERIPHERAL_SHIFT, ENTRY_SWAP_SHIFT, Entry, type ThreadState } from "./state";
import { summarize } from "./summary";
import { Pl330Threads } from "./threads";

/** AxPROT[1] in a side's protection bits: set for a non-secure access. */
const SOURCE_NON_SECURE = 1 << 9;
const DESTINATION_NON_SECURE = 1 << 23;

export abstract class Pl330Execution extends Pl330Threads {
	private byte(c: ThreadState, at: number): number {
		return this.machine.memory.read8(c.pc + at);
	}

	protected immediate(c: ThreadState): number {
		const { memory } = this.machine;
		return (memory.read16(c.pc + 2) | (memory.read16(c.pc + 4) << 16)) >>> 0;
	}

	/** Runs the instruction at PC; whether PC moves on to the next one. */
	protected execute(n: number, c: ThreadState, opcode: number): boolean {
		const op: Op = OPS[opcode]!;
		if (n === this.channelCount) return this.executeManager(n, c, op, opcode);
		switch (op) {
			case Op.LD:
				return !this.applies(c, opcode) || this.loads(n, c, (opcode & 3) === CONDITIONAL, 0);
			case Op.ST:
				return !this.applies(c, opcode) || this.stores(n, c, (opcode & 3) === CONDITIONAL, 0);
			case Op.LDP:
			case Op.STP:
				return this.peripheralTransfer(n, c, op, opcode);
			case Op.STZ:
				return this.stores(n, c, false, Entry.ZEROS);
			case Op.LP:
				if (opcode & SECOND) c.lc1 = this.byte(c, 1);
				else c.lc0 = this.byte(c, 1);
				return true;
			case Op.LPEND:
				return this.loopEnd(c, opcode);
			case Op.MOV:
				return this.moves(n, c);
			case Op.ADDH:
			case Op.ADNH:
				this.add(c, opcode, op);
				return true;
			case Op.WFP:
				return this.waitForPeripheral(n, c, opcode);
			case Op.FLUSHP:
				return this.mayUse(n, c, this.byte(c, 1) >>> 3);
			case Op.RMB:
				return this.barrier(c, c.readCount, Waits.READ);
			case Op.WMB:
				return this.barrier(c, c.writeCount, Waits.WRITE);
			case Op.GO:
				this.fault(n, Fault.UNDEF_INSTR);
				return false;
			default:
				return this.executeCommon(n, c, op);
		}
	}

	/** What the manager may do. */
	private executeManager(n: number, c: ThreadState, op: Op, opcode: number): boolean {
		if (op === Op.GO) return this.go(this.byte(c, 1) & 7, (opcode & SECOND) !== 0, this.immediate(c), 0);
		return this.executeCommon(n, c, op);
	}

	/** What manager and channels may do. */
	private executeCommon(n: number, c: ThreadState, op: Op): boolean {
		switch (op) {
			case Op.END:
				c.status = Status.COMPLETING;
				this.settle(n);
				return false;
			case Op.KILL:
				this.kill(n);
				return false;
			case Op.NOP:
				return true;
			case Op.SEV:
				return this.signal(n, c, this.byte(c, 1) >>> 3, 0);
			case Op.WFE:
				return this.waitForEvent(n, c, this.byte(c, 1));
			default:
				this.fault(n, Fault.UNDEF_INSTR);
				return false;
		}
	}

	/** Whether a load, a store or a loop's end with a condition is more than a NOP. */
	private applies(c: ThreadState, opcode: number): boolean {
		return (opcode & CONDITIONAL) === 0 || ((opcode & IF_BURST) !== 0) === c.burstRequest;
	}

	/** The outcome of a load or store as `execute` says it. */
	private after(c: ThreadState, outcome: Outcome): boolean {
		if (outcome === Outcome.BUSY_READ || outcome === Outcome.BUSY_WRITE) {
			c.status = Status.QUEUE_BUSY;
			c.waitsFor = outcome === Outcome.BUSY_READ ? Waits.READ : Waits.WRITE;
		}
		return outcome === Outcome.DONE;
	}

	private loads(n: number, c: ThreadState, single: boolean, flags: number): boolean {
		const { ccr } = c;
		if (c.nonSecure && (ccr & SOURCE_NON_SECURE) === 0) return this.refused(n, Fault.RDWR_ERR);
		const swapped = flags | (swapUnit(ccr) << ENTRY_SWAP_SHIFT);
		const beats = single ? 1 : sourceBeats(ccr);
		return this.after(c, this.load(n, beats, sourceSize(ccr), sourceIncrements(ccr), swapped));
	}

	private stores(n: number, c: ThreadState, single: boolean, flags: number): boolean {
		const { ccr } = c;
		if (c.nonSecure && (ccr & DESTINATION_NON_SECURE) === 0) return this.refused(n, Fault.RDWR_ERR);
		const beats = single ? 1 : destinationBeats(ccr);
		return this.after(c, this.store(n, beats, destinationSize(ccr), destinationIncrements(ccr), flags));
	}

	private refused(n: number, why: number): boolean {
		this.fault(n, why);
		return false;
	}

	/** LDP and STP: for the request that the last WFP has seen, else a NOP. */
	private peripheralTransfer(n: number, c: ThreadState, op: Op, opcode: number): boolean {
		const peripheral = this.byte(c, 1) >>> 3;
		if (!this.mayUse(n, c, peripheral)) return false;
		const burst = (opcode & SECOND) !== 0;
		if (burst !== c.burstRequest) return true;
		const flags = Entry.PERIPHERAL | (peripheral << ENTRY_PERIPHERAL_SHIFT);
		return op === Op.LDP ? this.loads(n, c, !burst, flags) : this.stores(n, c, !burst, flags);
	}

	/** Whether the peripheral exists and the thread may see it; else the thread faults. */
	private mayUse(n: number, c: ThreadState, peripheral: number): boolean {
		if (peripheral >= this.peripherals) return this.refused(n, Fault.OPERAND_INVALID);
		if (c.nonSecure && (this.peripheralsNonSecure & (1 << peripheral)) === 0) return this.refused(n, Fault.PERIPH_ERR);
		return true;
	}

	private loopEnd(c: ThreadState, opcode: number): boolean {
		if (!this.applies(c, opcode)) return true;
		if (opcode & FINITE) {
			const left = opcode & COUNTER_1 ? c.lc1 : c.lc0;
			if (left === 0) return true;
			if (opcode & COUNTER_1) c.lc1 = left - 1;
			else c.lc0 = left - 1;
		}
		c.pc -= this.byte(c, 1);
		return false;
	}

	private moves(n: number, c: ThreadState): boolean {
		const value = this.immediate(c);
		switch (this.byte(c, 1) & 7) {
			case Target.SAR:
				c.sar = value;
				return true;
			case Target.CCR:
				c.ccr = value;
				return true;
			case Target.DAR:
				c.dar = value;
				return true;
			default:
				return this.refused(n, Fault.OPERAND_INVALID);
		}
	}

	private add(c: ThreadState, opcode: number, op: Op): void {
		const half = this.machine.memory.read16(c.pc + 1);
		const value = op === Op.ADNH ? 0xffff0000 + half : half;
		if (opcode & SECOND) c.dar = (c.dar + value) >>> 0;
		else c.sar = (c.sar + value) >>> 0;
	}

	private barrier(c: ThreadState, pending: number, over: Waits): boolean {
		if (pending === 0) return true;
		c.waitsFor = over;
		c.status = Status.AT_BARRIER;
		return false;
	}

	// Waiting and waking.

	/** Who waits for this peripheral goes on when it asks for what was waited for. */
	protected wakePeripheral(peripheral: number): void {
		const { threads } = this.state;
		for (let n = 0; n < this.channelCount; n++) {
			const c = threads[n]!;
			if (c.status !== Status.WAITING_FOR_PERIPHERAL || c.waitsFor !== peripheral || !this.requested(c)) continue;
			c.status = Status.EXECUTING;
			this.kick();
		}
	}

	private waitForPeripheral(n: number, c: ThreadState, opcode: number): boolean {
		const peripheral = this.byte(c, 1) >>> 3;
		if (!this.mayUse(n, c, peripheral)) return false;
		c.waitsFor = peripheral;
		c.waitOpcode = opcode;
		if (this.lineOf(peripheral) < 0)
			this.warn(`peripheral ${peripheral}`, `a channel waits for peripheral ${peripheral}, which is not connected`);
		if (!this.requested(c)) {
			c.status = Status.WAITING_FOR_PERIPHERAL;
			return false;
		}
		const burst = this.machine.requests.active(this.lineOf(peripheral));
		c.burstRequest = opcode & CONDITIONAL ? burst : (opcode & SECOND) !== 0;
		return true;
	}

	/** Whether the peripheral asks for what the thread's WFP wants, and has been told of everything before. */
	private requested(c: ThreadState): boolean {
		if (c.acknowledges > 0) return false;
		const line = this.lineOf(c.waitsFor);
		const { requests } = this.machine;
		const onlyBurst = (c.waitOpcode & (SECOND | CONDITIONAL)) === SECOND;
		return requests.active(line) || (!onlyBurst && requests.single(line));
	}

	private waitForEvent(n: number, c: ThreadState, operand: number): boolean {
		const event = operand >>> 3;
		if (!this.mayEvent(n, c, event, 0)) return false;
		const { state } = this;
		const bit = 1 << event;
		if (operand & 2) this.invalidate(n);
		if ((state.events & bit) === 0) {
			c.waitsFor = event;
			c.status = Status.WAITING_FOR_EVENT;
			return false;
		}
		state.events = (state.events & ~bit) >>> 0;
		return true;
	}

	private mayEvent(n: number, c: ThreadState, event: number, debug: number): boolean {
		if (event >= this.eventCount) return this.refused(n, Fault.OPERAND_INVALID | debug);
		if (c.nonSecure && (this.eventsNonSecure & (1 << event)) === 0) return this.refused(n, Fault.EVNT_ERR | debug);
		return true;
	}

	/** SEV: an interrupt, or an event for those who wait for it, else for the first one who will. */
	protected signal(n: number, c: ThreadState, event: number, debug: number): boolean {
		if (!this.mayEvent(n, c, event, debug)) return false;
		const { state } = this;
		if (state.inten & (1 << event)) {
			this.setInterrupt(event, true);
			return true;
		}
		let heard = false;
		for (const other of state.threads) {
			if (other.status !== Status.WAITING_FOR_EVENT || other.waitsFor !== event) continue;
			other.status = Status.EXECUTING;
			other.pc = (other.pc + SIZES[0x36]!) >>> 0;
			heard = true;
		}
		if (heard) this.kick();
		else state.events = (state.events | (1 << event)) >>> 0;
		return true;
	}

	/** DMAGO: starts a channel that is stopped; any other one goes on as it was. */
	protected go(channel: number, nonSecure: boolean, address: number, debug: number): boolean {
		const { threads } = this.state;
		const manager = this.channelCount;
		if (channel >= manager) return this.refused(manager, Fault.OPERAND_INVALID | debug);
		if (threads[manager]!.nonSecure && !nonSecure) return this.refused(manager, Fault.DMAGO_ERR | debug);
		const c = threads[channel]!;
		if (c.status !== Status.STOPPED) return true;
		c.status = Status.EXECUTING;
		c.nonSecure = nonSecure;
		c.pc = address;
		c.entry = address;
		c.burstRequest = false;
		c.loaded = 0;
		c.stored = 0;
		c.bursts = 0;
		c.programs = 0;
		this.announce(channel, address);
		this.tellInstruction(channel, address);
		this.kick();
		return true;
	}

	private announce(channel: number, address: number): void {
		const { observers, memory } = this.machine;
		if (observers.mask & ObserverBit.START) observers.start(this.index, channel);
		if ((observers.mask & ObserverBit.CHUNK) === 0) return;
		const { src, dst, length } = summarize(address, (at) => memory.read8(at));
		observers.chunk(this.index, channel, -1, src, dst, length);
	}
}
