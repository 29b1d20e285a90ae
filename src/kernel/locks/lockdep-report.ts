/** What the locking validator says, in the format of kernel/locking/lockdep.c. */
import { formatPointer } from "../../language/vm/fault";
import type { Kernel } from "../kernel";
import { dumpStack } from "../sched/oops";
import { say } from "../sched/say";
import { baseName, stackTrace } from "../sched/trace";
import type { HeldLock, Thread } from "../state";
import { release } from "../version";
import { classOf, type LockClass, Usage } from "./lockdep-state";

const WARNING = 4;
const USAGE_NAMES: Readonly<Record<number, string>> = {
	[Usage.InHardirq]: "IN-HARDIRQ-W",
	[Usage.InSoftirq]: "IN-SOFTIRQ-W",
	[Usage.HardirqOn]: "HARDIRQ-ON-W",
	[Usage.SoftirqOn]: "SOFTIRQ-ON-W",
	[Usage.InHardirqRead]: "IN-HARDIRQ-R",
	[Usage.InSoftirqRead]: "IN-SOFTIRQ-R",
	[Usage.HardirqOnRead]: "HARDIRQ-ON-R",
	[Usage.SoftirqOnRead]: "SOFTIRQ-ON-R",
};

const who = (thread: Thread): string => `${thread.name}/${thread.pid}`;

function usageCharacter(cls: LockClass, inside: Usage, on: Usage): string {
	const enabled = (cls.used & on) !== 0;
	return cls.used & inside ? (enabled ? "?" : "-") : enabled ? "+" : ".";
}

/** "init/1 [HC0[0]:SC0[0]:HE1:SE1]": in which interrupts a thread is, and which of them are on. */
function contextText(thread: Thread): string {
	const bit = (on: boolean): number => (on ? 1 : 0);
	const softirqs = thread.softirq + 2 * thread.bhDisabled;
	return `${who(thread)} [HC${bit(thread.hardirq > 0)}[${thread.hardirq}]:SC${bit(thread.softirq > 0)}[${softirqs}]:HE${bit(!thread.irqsOff)}:SE${bit(softirqs === 0)}]`;
}

const shortName = (cls: LockClass): string => (cls.subclass > 0 ? `${cls.name}/${cls.subclass}` : cls.name);

/** "(&vc->lock){-...}-{2:2}": name, use in hard and soft interrupts (writers, readers), kind of waiting. */
function className(cls: LockClass): string {
	const usage = [
		usageCharacter(cls, Usage.InHardirq, Usage.HardirqOn),
		usageCharacter(cls, Usage.InHardirqRead, Usage.HardirqOnRead),
		usageCharacter(cls, Usage.InSoftirq, Usage.SoftirqOn),
		usageCharacter(cls, Usage.InSoftirqRead, Usage.SoftirqOnRead),
	].join("");
	return `(${shortName(cls)}){${usage}}-{${cls.wait}:${cls.wait}}`;
}

/** "function (file:line)" of where a lock was taken. */
function placeText(k: Kernel, { fn, pc }: HeldLock): string {
	const name = k.vm.functions[fn]?.name ?? "?";
	const place = pc < 0 ? null : k.debug.symbols?.positionAt(pc);
	return place ? `${name} (${baseName(place.file)}:${place.line})` : name;
}

export function heldText(k: Kernel, held: HeldLock): string {
	const cls = classOf(k, held.cls);
	return `${formatPointer(held.lock)} ${cls ? className(cls) : "(?)"}, at: ${placeText(k, held)}`;
}

/** debug_show_held_locks(): nothing when none is held. */
export function showHeldLocks(k: Kernel, thread: Thread, level = WARNING): void {
	const { held } = thread;
	if (held.length === 0) return;
	say(k, level, `${held.length} lock${held.length === 1 ? "" : "s"} held by ${who(thread)}:`);
	held.forEach((one, i) => {
		say(k, level, ` #${i}: ${heldText(k, one)}`);
	});
}

function heading(k: Kernel, title: string, rule: number): void {
	say(k, WARNING, "");
	say(k, WARNING, "=".repeat(rule));
	say(k, WARNING, `WARNING: ${title}`);
	say(k, WARNING, `${release(k.version)} Not tainted`);
	say(k, WARNING, "-".repeat(rule));
}

function ending(k: Kernel): void {
	const thread = k.current;
	if (thread.held.length === 0) say(k, WARNING, `no locks held by ${who(thread)}.`);
	showHeldLocks(k, thread);
	say(k, WARNING, "\nstack backtrace:");
	dumpStack(k, thread, WARNING);
}

function lines(k: Kernel, texts: readonly string[]): void {
	for (const text of texts) say(k, WARNING, text);
}

const trace = (texts: readonly string[], indent: number): string[] =>
	texts.map((text) => `${" ".repeat(indent)}${text}`);

/** A lock that is taken in an interrupt and with that interrupt on. */
export function reportUsage(k: Kernel, held: HeldLock, before: Usage, now: Usage): void {
	const cls = classOf(k, held.cls);
	if (!cls) return;
	heading(k, "inconsistent lock state", 32);
	lines(k, [
		`inconsistent {${USAGE_NAMES[before]}} -> {${USAGE_NAMES[now]}} usage.`,
		`${contextText(k.current)} takes:`,
		heldText(k, held),
		`{${USAGE_NAMES[before]}} state was registered at:`,
		...trace(cls.traces[before] ?? [], 1),
		"\nother info that might help us debug this:",
		" Possible unsafe locking scenario:\n",
		"       CPU0",
		"       ----",
		`  lock(${shortName(cls)});`,
		"  <Interrupt>",
		`    lock(${shortName(cls)});`,
		"\n *** DEADLOCK ***\n",
	]);
	ending(k);
}

/** Memory with a lock in it that the thread holds is freed, or the lock is initialised again. */
export function reportFreed(k: Kernel, held: HeldLock, from: number, length: number): void {
	heading(k, "held lock freed!", 25);
	const range = `${formatPointer(from)}-${formatPointer(from + length - 1)}`;
	say(k, WARNING, `${who(k.current)} is freeing memory ${range}, with a lock still held there!`);
	say(k, WARNING, heldText(k, held));
	ending(k);
}

/** A lock of a class is taken while one of the same class is held. */
export function reportRecursion(k: Kernel, previous: HeldLock, next: HeldLock): void {
	const cls = classOf(k, next.cls);
	if (!cls) return;
	heading(k, "possible recursive locking detected", 44);
	lines(k, [
		`${who(k.current)} is trying to acquire lock:`,
		heldText(k, next),
		"\nbut task is already holding lock:",
		heldText(k, previous),
		"\nother info that might help us debug this:",
		" Possible unsafe locking scenario:\n",
		"       CPU0",
		"       ----",
		`  lock(${shortName(cls)});`,
		`  lock(${shortName(cls)});`,
		"\n *** DEADLOCK ***\n",
		" May be due to missing lock nesting notation\n",
	]);
	ending(k);
}

/** The order of two locks is the other way round than it was before; `path` leads from the new one to the held one. */
export function reportCircle(
	k: Kernel,
	previous: HeldLock,
	next: HeldLock,
	path: readonly { cls: number; trace: readonly string[] }[],
): void {
	const name = (number: number): string => {
		const cls = classOf(k, number);
		return cls ? shortName(cls) : "?";
	};
	const entry = (number: number, depth: number, texts: readonly string[]): string[] => {
		const cls = classOf(k, number);
		return [`\n-> #${depth} ${cls ? className(cls) : "(?)"}:`, ...trace(texts, 6)];
	};
	const parent = path.length > 1 ? path[path.length - 2]!.cls : next.cls;
	const chain =
		parent === next.cls
			? []
			: ["Chain exists of:", `  ${name(next.cls)} --> ${name(parent)} --> ${name(previous.cls)}\n`];
	heading(k, "possible circular locking dependency detected", 54);
	lines(k, [
		`${who(k.current)} is trying to acquire lock:`,
		heldText(k, next),
		"\nbut task is already holding lock:",
		heldText(k, previous),
		"\nwhich lock already depends on the new lock.\n",
		"\nthe existing dependency chain (in reverse order) is:",
		...[...path].reverse().flatMap(({ cls, trace: texts }, i) => entry(cls, path.length - i, texts)),
		...entry(next.cls, 0, stackTrace(k, k.current)),
		"\nother info that might help us debug this:\n",
		...chain,
		" Possible unsafe locking scenario:\n",
		"       CPU0                    CPU1",
		"       ----                    ----",
		`  lock(${name(previous.cls)});`,
		`                               lock(${name(parent)});`,
		`                               lock(${name(previous.cls)});`,
		`  lock(${name(next.cls)});`,
		"\n *** DEADLOCK ***\n",
	]);
	ending(k);
}

/** A lock that interrupts take is held while one is taken that interrupts may interrupt. */
export function reportInterruptOrder(
	k: Kernel,
	previous: HeldLock,
	next: HeldLock,
	safe: number,
	unsafe: number,
	inside: Usage,
	on: Usage,
): void {
	const [held, wanted, first, last] = [previous.cls, next.cls, safe, unsafe].map((number) => classOf(k, number));
	if (!held || !wanted || !first || !last) return;
	const kind = inside === Usage.InHardirq ? "HARDIRQ" : "SOFTIRQ";
	const middle = first === held ? (last === wanted ? null : wanted) : held;
	const chain = middle
		? ["Chain exists of:", `  ${shortName(first)} --> ${shortName(middle)} --> ${shortName(last)}\n`]
		: [];
	heading(k, `${kind}-safe -> ${kind}-unsafe lock order detected`, 53);
	lines(k, [
		`${contextText(k.current)} is trying to acquire:`,
		heldText(k, next),
		"\nand this task is already holding:",
		heldText(k, previous),
		"which would create a new lock dependency:",
		` ${className(held)} -> ${className(wanted)}`,
		`\nbut this new dependency connects a ${kind}-irq-safe lock:`,
		` ${className(first)}`,
		`\n... which became ${kind}-irq-safe at:`,
		...trace(first.traces[inside] ?? [], 1),
		`\nto a ${kind}-irq-unsafe lock:`,
		` ${className(last)}`,
		`\n... which became ${kind}-irq-unsafe at:`,
		...trace(last.traces[on] ?? [], 1),
		"\nother info that might help us debug this:\n",
		...chain,
		" Possible interrupt unsafe locking scenario:\n",
		"       CPU0                    CPU1",
		"       ----                    ----",
		`  lock(${shortName(last)});`,
		"                               local_irq_disable();",
		`                               lock(${shortName(first)});`,
		`                               lock(${shortName(middle ?? last)});`,
		"  <Interrupt>",
		`    lock(${shortName(first)});`,
		"\n *** DEADLOCK ***\n",
	]);
	ending(k);
}

/** A lock on the heap that nobody has initialised. */
export function reportUnkeyed(k: Kernel): void {
	for (const text of [
		"INFO: trying to register non-static key.",
		"The code is fine but needs lockdep annotation, or maybe",
		"you didn't initialize this object before use?",
	])
		say(k, 3, text);
	dumpStack(k, k.current);
}

/** A lock is given back that is not held. */
export function reportUnbalanced(k: Kernel, name: string): void {
	heading(k, "bad unlock balance detected!", 37);
	lines(k, [
		`${who(k.current)} is trying to release lock (${name}) at:`,
		stackTrace(k, k.current)[0] ?? "",
		"but there are no more locks to release!",
		"\nother info that might help us debug this:",
	]);
	ending(k);
}
