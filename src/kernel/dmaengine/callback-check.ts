/** A client's callback must not be called with a spinlock of the driver held: the callback may come back into the driver. */
import { functionAddress } from "../../language/vm/vm";
import type { Kernel } from "../kernel";
import { spinlocksHeldHere } from "../locks/lockdep";
import { showHeldLocks } from "../locks/lockdep-report";
import { lockdepOn, once } from "../locks/lockdep-state";
import { warn } from "../sched/oops";
import { callerInC } from "./records";
import { dmaAsyncTxDescriptor } from "./structs";

/** The C file of a function; "" for the kernel's own. */
function fileOf(k: Kernel, fn: number): string {
	const entry = k.vm.functions[fn];
	return entry?.kind === "c" ? entry.info.file : "";
}

/** Says so, once, at the line of C that calls. A lock of the client's, around its call of the driver, is none of this. */
export function checkCallbackLocks(k: Kernel): void {
	if (!lockdepOn(k) || k.current.held.length === 0) return;
	const caller = callerInC(k);
	const driver = caller ? fileOf(k, caller.fn) : "";
	if (!spinlocksHeldHere(k).some(({ fn }) => fileOf(k, fn) === driver || fileOf(k, fn) === "")) return;
	if (!once(k, "callback under a lock")) return;
	const place = caller && k.debug.symbols?.positionAt(caller.pc);
	const where = place ? `${place.file}:${place.line}` : "drivers/dma/dmaengine.h:132";
	warn(k, where, "dmaengine: the client's callback is called with a lock held");
	showHeldLocks(k, k.current);
}

/** C has called a function by a pointer: whether that is the callback of a descriptor, with its parameter. */
export function checkPointerCall(k: Kernel, index: number, first: number): void {
	if (k.current.held.length === 0 || !lockdepOn(k) || spinlocksHeldHere(k).length === 0) return;
	const target = functionAddress(index);
	for (const tx of Object.keys(k.state.dma.prepared).map(Number)) {
		if (!k.space.isMapped(tx, dmaAsyncTxDescriptor.$size)) continue;
		if (dmaAsyncTxDescriptor.callback_param.get(k.space, tx) !== first) continue;
		const { callback, callback_result } = dmaAsyncTxDescriptor;
		if (callback.get(k.space, tx) !== target && callback_result.get(k.space, tx) !== target) continue;
		checkCallbackLocks(k);
		return;
	}
}
