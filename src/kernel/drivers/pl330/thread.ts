/** Starting and stopping a hardware thread through the debug port. */
import { devErr, devInfo } from "../../dmaengine/external";
import { call, goto, type KernelFunction, next, ret, spin, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import type { StepFrame } from "../../state";
import { go, KILL } from "./microcode";
import {
	DBGCMD,
	DBGINST0,
	DBGINST1,
	DBGSTATUS,
	deviceOf,
	dmacOfThread,
	INTCLR,
	INTEN,
	isManager,
	isManagerNonSecure,
	read,
	reqAt,
	reqDesc,
	State,
	stateOf,
	write,
} from "./registers";
import { dmaPl330Desc, pl330Req, pl330Reqcfg, pl330Thread } from "./structs";

/** cpu_relax(). */
const POLL_PS = 1_000_000;
const DEBUG_LIMIT_PS = 5_000_000_000;

/** The debug port's words for an instruction, executed as the manager or by the thread itself. */
const debugWord = (k: Kernel, thrd: number, first: number, second: number, asManager: boolean): number =>
	((first << 16) | (second << 24) | (asManager ? 0 : 1 | (pl330Thread.id.get(k.space, thrd) << 8))) >>> 0;

const eventBit = (k: Kernel, thrd: number): number => 1 << pl330Thread.ev.get(k.space, thrd);

/** Whether the thread is not on its way to a fault any more; while it is: look again. */
function settles(k: Kernel, f: StepFrame): boolean {
	return (stateOf(k, f.args[0]) & (State.FAULTING | State.KILLING)) !== 0;
}

/** The request that is to run next: the one enqueued first; -1 for none. */
function nextRequest(k: Kernel, thrd: number): number {
	const last = pl330Thread.lstenq.get(k.space, thrd);
	return reqDesc(k, thrd, 1 - last) !== 0 ? 1 - last : reqDesc(k, thrd, last) !== 0 ? last : -1;
}

export const pl330ThreadFunctions: KernelFunction[] = [
	steps("void _execute_DBGINSN(struct pl330_thread *thrd, u32 dbginst0, u32 dbginst1)", {
		begin: step("The debug port must be idle.", (k, f) => {
			f.locals.begin = k.machine.time;
			return next;
		}),
		idle: step("DBGSTATUS: wait until it is, 5 ms at most.", (k, f) => {
			const dmac = dmacOfThread(k, f.args[0]);
			if ((read(k, dmac, DBGSTATUS) & 1) === 0) return next;
			if (k.machine.time - f.locals.begin < DEBUG_LIMIT_PS) return spin(POLL_PS, "idle");
			devErr(k, deviceOf(k, dmac), "DMAC halted!\n");
			return ret();
		}),
		execute: step("Write the instruction to DBGINST0 and DBGINST1, and 0 to DBGCMD: it is executed.", (k, f) => {
			const dmac = dmacOfThread(k, f.args[0]);
			write(k, dmac, DBGINST0, f.args[1]);
			write(k, dmac, DBGINST1, f.args[2]);
			write(k, dmac, DBGCMD, 0);
			return ret();
		}),
	}),
	steps("void _stop(struct pl330_thread *thrd)", {
		state: step("A thread that is about to fault has to get there first.", (k, f) => {
			const [thrd] = f.args;
			f.locals.inten = read(k, dmacOfThread(k, thrd), INTEN);
			return stateOf(k, thrd) === State.FAULT_COMPLETING ? next : goto("kill");
		}),
		settle: step("Look at its state until it is faulting or killed.", (k, f) =>
			settles(k, f) ? next : spin(POLL_PS, "settle"),
		),
		kill: step("Nothing to do for one that is ending or stopped; else DMAKILL through the debug port.", (k, f) => {
			const [thrd] = f.args;
			if (stateOf(k, thrd) & (State.COMPLETING | State.KILLING | State.STOPPED)) return ret();
			return call("_execute_DBGINSN", [thrd, debugWord(k, thrd, KILL, 0, isManager(k, thrd)), 0]);
		}),
		quiet: step("Clear its event, and let it be no interrupt any more.", (k, f) => {
			const [thrd] = f.args;
			const dmac = dmacOfThread(k, thrd);
			const bit = eventBit(k, thrd);
			if (f.locals.inten & bit) write(k, dmac, INTCLR, bit);
			write(k, dmac, INTEN, f.locals.inten & ~bit);
			return ret();
		}),
	}),
	steps("bool _trigger(struct pl330_thread *thrd)", {
		start: step(
			"When the thread is stopped and has a request that does not run yet: INTEN for its event, DMAGO by the manager.",
			(k, f) => {
				const [thrd] = f.args;
				const dmac = dmacOfThread(k, thrd);
				if (stateOf(k, thrd) !== State.STOPPED) return ret(1);
				const index = nextRequest(k, thrd);
				if (index < 0 || index === pl330Thread.req_running.get(k.space, thrd)) return ret(1);
				const desc = reqDesc(k, thrd, index);
				const nonSecure = pl330Reqcfg.nonsecure.get(k.space, dmaPl330Desc.rqcfg.at(desc)) !== 0;
				if (isManagerNonSecure(k, dmac) && !nonSecure)
					devInfo(k, deviceOf(k, dmac), "_trigger:1041 Recipe for ABORT!\n");
				const address = pl330Req.mc_bus.get(k.space, reqAt(thrd, index));
				const [first, second] = go(pl330Thread.id.get(k.space, thrd), address, nonSecure);
				f.locals.index = index;
				write(k, dmac, INTEN, read(k, dmac, INTEN) | eventBit(k, thrd));
				return call("_execute_DBGINSN", [thrd, debugWord(k, thrd, first, second, true), address]);
			},
		),
		running: step("That request runs.", (k, f) => {
			pl330Thread.req_running.set(k.space, f.args[0], f.locals.index);
			return ret(1);
		}),
	}),
	steps("bool pl330_start_thread(struct pl330_thread *thrd)", {
		state: step("What the thread does now decides what is to be done first.", (k, f) => {
			switch (stateOf(k, f.args[0])) {
				case State.FAULT_COMPLETING:
					return goto("settle");
				case State.FAULTING:
					return goto("stop");
				case State.KILLING:
				case State.COMPLETING:
					return goto("stopped");
				case State.STOPPED:
					return goto("trigger");
				case State.WFP:
				case State.QUEUEBUSY:
				case State.ATBARRIER:
				case State.UPDTPC:
				case State.CACHEMISS:
				case State.EXECUTING:
					return ret(1);
				default:
					return ret(0);
			}
		}),
		settle: step("About to fault: look until it is faulting or killed.", (k, f) => {
			if (!settles(k, f)) return spin(POLL_PS, "settle");
			return stateOf(k, f.args[0]) === State.KILLING ? goto("stopped") : next;
		}),
		stop: step("Faulty: kill it.", (_, f) => call("_stop", [f.args[0]])),
		stopped: step("Look at its state until it is stopped.", (k, f) =>
			stateOf(k, f.args[0]) === State.STOPPED ? next : spin(POLL_PS, "stopped"),
		),
		trigger: step("Stopped: start the next request.", (_, f) => call("_trigger", [f.args[0]])),
		done: step("Return its result.", (_, f) => ret(f.result)),
	}),
];
