/** Oops, BUG and panic. */
import { FaultKind, MemoryFault } from "../../language/vm/fault";
import type { Kernel } from "../kernel";
import type { Thread } from "../state";

/** BUG() of a kernel function: an oops at the caller's line. The message is what follows "kernel BUG: ". */
export class KernelBug extends MemoryFault {
	override readonly message: string;
	constructor(message: string) {
		super(0, 0, false, FaultKind.Bug);
		this.message = message;
	}
}

export function oopsFromFault(k: Kernel, thread: Thread, fault?: MemoryFault): void {
	k.state.oops = {
		message: `fault ${fault?.message ?? FaultKind[k.vm.faultKind]}`,
		thread: thread.id,
		address: fault?.address ?? k.vm.faultAddress,
		kind: "fault",
		trace: [],
	};
}

export function oopsFromBug(k: Kernel, thread: Thread, message: string): void {
	k.state.oops = { message, thread: thread.id, address: 0, kind: "bug", trace: [] };
}

export function dieAfterOops(k: Kernel): void {
	k.state.oops = null;
	k.state.end = { reason: "oops", status: 1 };
}
