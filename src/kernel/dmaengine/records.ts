/** What dmaengine tells observers, and where the C call came from. */
import { FRAME_FUNCTION, FRAME_INTS, FRAME_PC, isHostFrame } from "../../language/vm/stack";
import { ObserverBit, type RecordFields, type RecordKind } from "../../sim/observers";
import type { Kernel } from "../kernel";
import { contextName } from "../sched/context";
import { channelName } from "./names";
import type { Origin } from "./state";

/** Step functions that the CPU puts on top of what it interrupts: what lies below has not called anything. */
const ENTRIES: ReadonlySet<string> = new Set(["handle_irq_event", "handle_local_timer_irq", "handle_softirqs"]);

/** Tells observers about a channel, with the C line that asked for it. Costs nothing when nobody listens. */
export function record(k: Kernel, kind: RecordKind, chan: number, fields: RecordFields = {}): void {
	const { observers } = k.machine;
	if (!(observers.mask & ObserverBit.RECORD)) return;
	const caller = callerInC(k);
	const place = caller && k.debug.symbols?.positionAt(caller.pc);
	const where = place ? { file: place.file, line: place.line } : {};
	observers.record(kind, { chan: channelName(k, chan), ctx: contextName(k), ...where, ...fields });
}

/** The innermost C frame that led here and a pc inside the statement that called; null when there is none. */
export function callerInC(k: Kernel): Origin | null {
	const { stack } = k.current;
	for (let depth = stack.depth - 1; depth >= 0; depth--) {
		const at = depth * FRAME_INTS;
		const fn = stack.frames[at + FRAME_FUNCTION];
		if (!isHostFrame(stack, depth)) return { fn, pc: stack.frames[at + FRAME_PC] - 1 };
		if (ENTRIES.has(k.functions[fn]?.signature.name ?? "")) return null;
	}
	return null;
}

/** Remembers which C call prepared a descriptor, and tells observers of the prep. */
export function notePrepared(k: Kernel, chan: number, tx: number, kind: string, len: number): void {
	if (tx !== 0) k.state.dma.prepared[tx] = { origin: callerInC(k), len, kind, cookie: 0 };
	record(k, "prep", chan, { kind, len, ok: tx !== 0 });
}

/** A descriptor that moves `len` bytes of what the same call has prepared as `tx`, with a cookie of its own. */
export function noteFellow(k: Kernel, fellow: number, tx: number, len: number): void {
	const { origin, kind } = k.state.dma.prepared[tx] ?? { origin: null, kind: "" };
	k.state.dma.prepared[fellow] = { origin, kind, len, cookie: 0 };
}

/** Forgets a descriptor that is about to be freed. */
export function forgetPrepared(k: Kernel, tx: number): void {
	delete k.state.dma.prepared[tx];
}

export function noteCookie(k: Kernel, tx: number, cookie: number): void {
	const prepared = k.state.dma.prepared[tx];
	if (prepared) prepared.cookie = cookie;
	else k.state.dma.prepared[tx] = { origin: null, len: 0, kind: "", cookie };
}

/** The last cookie of a descriptor, also after it has been completed. */
export function cookieOfPrepared(k: Kernel, tx: number): number {
	return k.state.dma.prepared[tx]?.cookie ?? 0;
}
