/** Stack traces and names of addresses, as Linux prints them, with the file and line that a debugger knows. */

import { formatPointer } from "../../language/vm/fault";
import { FRAME_FUNCTION, FRAME_INTS, FRAME_PC } from "../../language/vm/stack";
import { functionIndexAt } from "../../language/vm/vm";
import type { Kernel } from "../kernel";
import type { StepFrame, Thread } from "../state";

/** Step functions that the CPU enters by itself: the frame below one of them was interrupted and called nothing. */
const ENTRIES: ReadonlySet<string> = new Set(["handle_irq_event", "handle_local_timer_irq", "handle_softirqs"]);

/** One line for each frame, innermost first: "uart_tx_init (uart-tx.dma:41)", "dmaengine_terminate_sync". */
export function stackTrace(k: Kernel, thread: Thread): string[] {
	const lines: string[] = [];
	for (let index = thread.stack.depth - 1; index >= 0; index--) lines.push(frameLine(k, thread, index));
	return lines;
}

function frameLine(k: Kernel, thread: Thread, index: number): string {
	const { stack } = thread;
	const host = stack.hosts[index] as StepFrame | null;
	if (host) return k.functions[host.fn]?.signature.name ?? "?";
	const name = k.vm.functions[stack.frames[index * FRAME_INTS + FRAME_FUNCTION]]?.name ?? "?";
	const place = framePlace(k, thread, index);
	return place ? `${name} (${baseName(place.file)}:${place.line})` : name;
}

/** Source place of a C frame: that of its statement, or of the statement that made the call above it. */
export function framePlace(k: Kernel, thread: Thread, index: number): { file: string; line: number } | null {
	const { stack } = thread;
	const pc = stack.frames[index * FRAME_INTS + FRAME_PC];
	if (pc < 0 || !k.debug.symbols) return null;
	const above = index < stack.depth - 1 ? (stack.hosts[index + 1] as StepFrame | null) : undefined;
	const interrupted = above && ENTRIES.has(k.functions[above.fn]?.signature.name ?? "");
	const calling = index < stack.depth - 1 && !interrupted;
	return k.debug.symbols.positionAt(calling ? pc - 1 : pc);
}

/** Source place of the innermost C frame of the current thread: the line that called the kernel. */
export function callerPlace(k: Kernel): { file: string; line: number } | null {
	const thread = k.current;
	for (let index = thread.stack.depth - 1; index >= 0; index--) {
		if (!thread.stack.hosts[index]) return framePlace(k, thread, index);
	}
	return null;
}

export function baseName(file: string): string {
	return file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1);
}

/** A function or C global by its address, "" when it is none. */
export function symbolName(k: Kernel, address: number): string {
	const fn = functionIndexAt(address, k.vm.functions.length);
	if (fn >= 0) return k.vm.functions[fn].name;
	const global = k.debug.symbols?.globals.find(
		(g) => address >= g.address && address < g.address + Math.max(1, g.size),
	);
	if (!global) return "";
	return address === global.address ? global.name : `${global.name}+0x${(address - global.address).toString(16)}`;
}

/** As `%pS` prints an address. */
export function symbolText(k: Kernel, address: number): string {
	return symbolName(k, address) || `0x${formatPointer(address)}`;
}
