/** Oops, BUG and panic, in arm64's words. */
import { FaultKind, formatPointer, MemoryFault } from "../../language/vm/fault";
import { popFrame } from "../../language/vm/stack";
import type { Kernel } from "../kernel";
import type { Oops, Thread } from "../state";
import { preemptCount } from "./context";
import { say } from "./say";
import { wakeWaiters } from "./threads";
import { framePlace, stackTrace } from "./trace";

/** BUG() of a kernel function: an oops at the caller's line. The message is what follows "kernel BUG: ". */
export class KernelBug extends MemoryFault {
	override readonly message: string;
	constructor(message: string) {
		super(0, 0, false, FaultKind.Bug);
		this.message = message;
	}
}

const USER_END = 2 ** 48;
const PAGE = 4096;

/** An access that cannot be done: what the virtual machine noted, or what a kernel function threw. */
export function oopsFromFault(k: Kernel, thread: Thread, fault?: MemoryFault): void {
	const kind = fault?.kind ?? k.vm.faultKind;
	const address = fault?.address ?? k.vm.faultAddress;
	const write = fault?.write ?? k.vm.faultWrite;
	if (kind === FaultKind.Bug) {
		const place = framePlace(k, thread, thread.stack.depth - 1);
		const text = fault instanceof KernelBug ? fault.message : k.state.bugText;
		k.state.bugText = "";
		oopsFromBug(k, thread, place && !text ? `${place.file}:${place.line}` : text || "BUG", "");
		return;
	}
	const [message, detail, error] = faultTexts(kind, address, write);
	setOops(k, thread, { message, address, kind: kind === FaultKind.StackOverflow ? "panic" : "fault" }, [
		...detail,
		`Internal error: ${error}`,
	]);
}

function faultTexts(kind: FaultKind, address: number, write: boolean): [string, string[], string] {
	const at = formatPointer(address);
	const esr = write ? "0000000096000045" : "0000000096000005";
	const memory = ["Mem abort info:", `  ESR = 0x${esr}`, "  EC = 0x25: DABT (current EL), IL = 32 bits"];
	switch (kind) {
		case FaultKind.Bus:
			return [
				`synchronous external abort at physical address 0x${address.toString(16)} (${write ? "write" : "read"})`,
				[],
				"synchronous external abort: 0000000096000010 [#1] SMP",
			];
		case FaultKind.Misaligned:
			return [
				`Unable to handle kernel paging request at virtual address ${at}`,
				[
					"Mem abort info:",
					"  ESR = 0x0000000096000061",
					"  EC = 0x25: DABT (current EL), IL = 32 bits",
					"  FSC = 0x21: alignment fault",
				],
				"Oops: 0000000096000061 [#1] SMP",
			];
		case FaultKind.ReadOnly:
			return [
				`Unable to handle kernel write to read-only memory at virtual address ${at}`,
				[
					...memory.slice(0, 1),
					"  ESR = 0x000000009600004f",
					...memory.slice(2),
					"  FSC = 0x0f: level 3 permission fault",
				],
				"Oops: 000000009600004f [#1] SMP",
			];
		case FaultKind.BadCall:
			return [
				address >= 0 && address < PAGE
					? `Unable to handle kernel NULL pointer dereference at virtual address ${at}`
					: `Unable to handle kernel execute from non-executable memory at virtual address ${at}`,
				[
					"Mem abort info:",
					"  ESR = 0x0000000086000005",
					"  EC = 0x21: IABT (current EL), IL = 32 bits",
					`pc : 0x${at}`,
				],
				"Oops: 0000000086000005 [#1] SMP",
			];
		case FaultKind.StackOverflow:
			return ["Insufficient stack space to handle exception!", [], "kernel stack overflow"];
		default: {
			const what = address >= 0 && address < PAGE ? "NULL pointer dereference" : "paging request";
			const canonical = address < 0 && address >= -USER_END;
			const where =
				canonical || address < PAGE
					? []
					: address < USER_END
						? [`[${at}] user address but active_mm is swapper`]
						: [`[${at}] address between user and kernel address ranges`];
			return [
				`Unable to handle kernel ${what} at virtual address ${at}`,
				[...memory, "  FSC = 0x05: level 1 translation fault", ...where],
				`Oops: ${esr} [#1] SMP`,
			];
		}
	}
}

/** BUG(): `where` is "file:line" or what went wrong. */
export function oopsFromBug(k: Kernel, thread: Thread, where: string, suffix = ""): void {
	setOops(k, thread, { message: `kernel BUG at ${where}!${suffix}`, address: 0, kind: "bug" }, [
		"Internal error: Oops - BUG: 00000000f2000800 [#1] SMP",
	]);
}

function setOops(k: Kernel, thread: Thread, oops: Pick<Oops, "message" | "address" | "kind">, lines: string[]): void {
	const trace = stackTrace(k, thread);
	k.state.oops = { ...oops, thread: thread.id, trace };
	k.state.oopses++;
	say(k, oops.kind === "bug" ? 2 : 1, oops.message);
	for (const line of lines) say(k, line.startsWith("Internal error") ? 0 : 1, line);
	dumpStack(k, thread, 0);
	say(k, 0, "---[ end trace 0000000000000000 ]---");
}

/** dump_stack(): who runs, and the call trace. */
export function dumpStack(k: Kernel, thread: Thread, level = 3): void {
	say(k, level, `CPU: 0 UID: 0 PID: ${thread.pid} Comm: ${thread.name}`);
	say(k, level, "Call trace:");
	for (const line of stackTrace(k, thread)) say(k, level, ` ${line}`);
}

/** What Linux does after an oops: a thread is killed; in an interrupt, in the idle thread and in init it panics. */
export function dieAfterOops(k: Kernel): void {
	const oops = k.state.oops;
	k.state.oops = null;
	const thread = oops && k.state.threads[oops.thread];
	if (!oops || !thread) return;
	const fatal = fatalReason(oops, thread);
	if (fatal !== "") {
		panic(k, fatal);
		return;
	}
	if (thread.irqsOff) say(k, 6, `note: ${thread.name}[${thread.pid}] exited with irqs disabled`);
	else if (preemptCount(thread) > 0)
		say(k, 6, `note: ${thread.name}[${thread.pid}] exited with preempt_count ${preemptCount(thread)}`);
	exitThread(k, thread, -11);
}

/** Why the machine cannot go on without this thread; "" when it can. */
export function fatalReason(oops: Oops, thread: Thread): string {
	if (oops.kind === "panic") return "kernel stack overflow";
	if (thread.hardirq > 0 || thread.softirq > 0)
		return `${oops.kind === "bug" ? "Oops - BUG" : "Oops"}: Fatal exception in interrupt`;
	if (thread.role === "idle") return "Attempted to kill the idle task!";
	return thread.pid === 1 ? "Attempted to kill init! exitcode=0x0000000b" : "";
}

/** The end of a thread, whatever it was doing; wakes those who wait for it. */
export function exitThread(k: Kernel, thread: Thread, result: number): void {
	while (thread.stack.depth > 0) popFrame(thread.stack);
	thread.preempt = 0;
	thread.bhDisabled = 0;
	thread.irqsOff = false;
	thread.held = [];
	thread.state = { kind: "done", result };
	wakeWaiters(k, "thread", thread.task);
}

/** panic(): the end of the run. */
export function panic(k: Kernel, text: string): void {
	say(k, 0, `Kernel panic - not syncing: ${text}`);
	say(k, 0, `---[ end Kernel panic - not syncing: ${text} ]---`);
	k.state.oopses = Math.max(1, k.state.oopses);
	k.state.end = { reason: "oops", status: 1 };
}

/** WARN(): the line, the trace; the caller goes on. `where` is "file:line" of the check. */
export function warn(k: Kernel, where: string, text = ""): void {
	const thread = k.current;
	say(k, 4, "------------[ cut here ]------------");
	if (text) say(k, 4, text);
	say(k, 4, `WARNING: CPU: 0 PID: ${thread.pid} at ${where}`);
	dumpStack(k, thread, 4);
	say(k, 4, "---[ end trace 0000000000000000 ]---");
	k.state.warnings++;
	k.machine.observers.kernelWarning(`WARNING at ${where}${text && `: ${text.trimEnd()}`}`);
}
