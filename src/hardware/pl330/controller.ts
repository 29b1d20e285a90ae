/** ARM PL330, its register interface and its debug port (reference chapter 5). */

import type { Machine } from "../../sim/machine";
import type { ChannelView, DmaController, ProgramLine } from "../model";
import { Kind } from "./core";
import { programAt, programLine } from "./disassemble";
import { Pl330Execution } from "./execution";
import { OPS, Op, SECOND } from "./instructions";
import {
	CHANNEL_STRIDE,
	Channel,
	CSR_NON_SECURE,
	CSR_WFP_BURST,
	CSR_WFP_PERIPHERAL,
	DSR_NON_SECURE,
	Fault,
	idByte,
	Reg,
	STATUS_STRIDE,
	Status,
} from "./registers";
import type { Pl330Config, ThreadState } from "./state";
import { summarize } from "./summary";

/** From the write of DBGCMD to the execution. */
const DEBUG_CYCLES = 2;

export class Pl330 extends Pl330Execution implements DmaController {
	readonly kind = "pl330";

	constructor(machine: Machine, config: Pl330Config) {
		super(machine, config);
		machine.bus.attach(this);
	}

	/** Bus interface: 32 bits; the registers have no narrower accesses, of which the bus takes the bytes it wants. */
	read(offset: number, size: number): number {
		const word = this.peek(offset - (offset % 4), 4);
		return size === 4 ? word : (word >>> ((offset % 4) * 8)) & (size === 1 ? 0xff : 0xffff);
	}

	peek(offset: number, _size: number): number {
		return this.peekWord(offset) >>> 0;
	}

	private peekWord(offset: number): number {
		const { state } = this;
		const manager = state.threads[this.channelCount]!;
		switch (offset) {
			case Reg.DSR:
				return this.statusWord(manager) | (manager.nonSecure ? DSR_NON_SECURE : 0);
			case Reg.DPC:
				return manager.pc;
			case Reg.INTEN:
				return state.inten;
			case Reg.INT_EVENT_RIS:
				return state.events | state.interrupts;
			case Reg.INTMIS:
				return state.interrupts;
			case Reg.FSRD:
				return manager.status === Status.FAULTING ? 1 : 0;
			case Reg.FSRC:
				return this.faulty();
			case Reg.FTRD:
				return manager.fault;
			case Reg.DBGSTATUS:
				return state.debugBusy ? 1 : 0;
			case Reg.WD:
				return state.watchdog;
			default:
				if (offset >= Reg.PERIPH_ID) return idByte(offset, this.revision);
				return this.fixed[offset] ?? this.peekChannel(offset);
		}
	}

	private peekChannel(offset: number): number {
		const { threads } = this.state;
		const channel = (first: number, stride: number): ThreadState | undefined => {
			const n = Math.floor((offset - first) / stride);
			return n < this.channelCount ? threads[n] : undefined;
		};
		if (offset >= Reg.SAR) {
			const c = channel(Reg.SAR, CHANNEL_STRIDE);
			return c === undefined ? 0 : channelRegister(c, (offset - Reg.SAR) % CHANNEL_STRIDE);
		}
		if (offset >= Reg.CSR) {
			const c = channel(Reg.CSR, STATUS_STRIDE);
			if (c === undefined) return 0;
			if ((offset - Reg.CSR) % STATUS_STRIDE !== 0) return c.pc;
			const wait = c.status === Status.WAITING_FOR_PERIPHERAL ? c.waitOpcode : 0;
			return (
				this.statusWord(c) |
				(c.nonSecure ? CSR_NON_SECURE : 0) |
				(wait & SECOND ? CSR_WFP_BURST : 0) |
				(wait & 1 ? CSR_WFP_PERIPHERAL : 0)
			);
		}
		return offset >= Reg.FTR ? (channel(Reg.FTR, 4)?.fault ?? 0) : 0;
	}

	private statusWord(c: ThreadState): number {
		const waits = c.status === Status.WAITING_FOR_EVENT || c.status === Status.WAITING_FOR_PERIPHERAL;
		return c.status | (waits ? c.waitsFor << 4 : 0);
	}

	private faulty(): number {
		let bits = 0;
		for (let n = 0; n < this.channelCount; n++)
			if (this.state.threads[n]!.status >= Status.FAULTING_COMPLETING) bits |= 1 << n;
		return bits;
	}

	write(offset: number, size: number, value: number): void {
		if (size !== 4) {
			this.warn("narrow", "a register was written with less than 32 bits; it is ignored");
			return;
		}
		const { state, machine } = this;
		const word = value >>> 0;
		switch (offset) {
			case Reg.INTEN:
				this.writeInten(word);
				return;
			case Reg.INTCLR:
				for (let n = 0; n < this.eventCount; n++) if (word & (1 << n)) this.setInterrupt(n, false);
				return;
			case Reg.DBGINST0:
				if (state.debugBusy) this.warn("debug", "the debug port was written while it is busy; it is ignored");
				else state.debug0 = word;
				return;
			case Reg.DBGINST1:
				if (!state.debugBusy) state.debug1 = word;
				return;
			case Reg.DBGCMD:
				if (state.debugBusy || (word & 3) !== 0) return;
				state.debugBusy = true;
				machine.schedule(machine.time + DEBUG_CYCLES * this.cyclePs, this.index, Kind.DEBUG, 0);
				return;
			case Reg.WD:
				state.watchdog = word & 1;
				return;
			default:
				return;
		}
	}

	/** An event that is no interrupt any more has no active one. */
	private writeInten(value: number): void {
		const { state } = this;
		state.inten = (value & (2 ** this.eventCount - 1)) >>> 0;
		for (let n = 0; n < this.eventCount; n++) if ((state.inten & (1 << n)) === 0) this.setInterrupt(n, false);
	}

	/** The debug port knows GO for the manager, and KILL and SEV for every thread. */
	protected executeDebug(): void {
		const { state } = this;
		state.debugBusy = false;
		const { debug0, debug1 } = state;
		const manager = (debug0 & 1) === 0;
		const n = manager ? this.channelCount : (debug0 >>> 8) & 7;
		const c = state.threads[n];
		if (c === undefined) return;
		const opcode = (debug0 >>> 16) & 0xff;
		const operand = debug0 >>> 24;
		const op: Op = OPS[opcode]!;
		if (op === Op.KILL) this.kill(n);
		else if (c.status >= Status.FAULTING_COMPLETING)
			this.warn("faulty", "a faulty thread takes nothing but DMAKILL from the debug port");
		else if (op === Op.GO && manager) this.go(operand & 7, (opcode & SECOND) !== 0, debug1, Fault.DBG_INSTR);
		else if (op === Op.SEV) this.signal(n, c, operand >>> 3, Fault.DBG_INSTR);
		else this.fault(n, Fault.UNDEF_INSTR | Fault.DBG_INSTR);
	}

	// For people who look.

	program(channel: number): ProgramLine[] {
		const { entry } = this.state.threads[channel]!;
		return entry < 0 ? [] : programAt(entry, (at) => this.machine.memory.read8(at)).map(programLine);
	}

	programCounter(channel: number): number {
		const c = this.state.threads[channel]!;
		return c.status === Status.STOPPED ? -1 : c.pc;
	}

	channelView(channel: number): ChannelView {
		const c = this.state.threads[channel]!;
		const none = { src: 0, dst: 0, length: 0, bursts: 0, from: -1, to: -1 };
		const what = c.entry < 0 ? none : summarize(c.entry, (at) => this.machine.memory.read8(at));
		const at = this.fifo(channel) + c.fifoHead;
		return {
			channel,
			enabled: c.status !== Status.STOPPED,
			state: stateName(c.status),
			direction: `${what.from < 0 ? "mem" : "dev"}-to-${what.to < 0 ? "mem" : "dev"}`,
			descriptor: -1,
			nextDescriptor: 0,
			src: c.sar,
			dst: c.dar,
			blockSrc: what.src,
			blockDst: what.dst,
			blockLength: what.length,
			blockDone: c.stored,
			burstsDone: c.bursts,
			burstsTotal: what.bursts,
			blocksDone: c.programs,
			priority: 0,
			srcHandshake: what.from,
			dstHandshake: what.to,
			fifo: this.machine.memory.u8.slice(at, at + c.fifoLevel),
			fifoDepth: this.fifoBytes,
		};
	}
}

function channelRegister(c: ThreadState, register: number): number {
	switch (register) {
		case Channel.SAR:
			return c.sar;
		case Channel.DAR:
			return c.dar;
		case Channel.CCR:
			return c.ccr;
		case Channel.LC0:
			return c.lc0;
		case Channel.LC1:
			return c.lc1;
		default:
			return 0;
	}
}

function stateName(status: Status): ChannelView["state"] {
	switch (status) {
		case Status.STOPPED:
			return "idle";
		case Status.WAITING_FOR_EVENT:
		case Status.WAITING_FOR_PERIPHERAL:
			return "waiting";
		case Status.KILLING:
		case Status.COMPLETING:
		case Status.FAULTING_COMPLETING:
			return "finishing";
		case Status.FAULTING:
			return "held";
		default:
			return "running";
	}
}
