/** How a run went: its exit status and what to say about it (machine.md, Runs). */
import type { Kernel } from "../kernel/kernel";
import { failedCaseTexts } from "../kernel/kunit/outcome";
import { flushLog } from "../kernel/printk/log";
import { heldTexts } from "../kernel/sim/holds";
import type { Thread } from "../kernel/state";
import { formatPointer } from "../language/vm/fault";
import type { RunOptions } from "./options";

export interface RunReport {
	readonly reason: "idle" | "limit" | "oops" | "exit";
	readonly exitCode: number;
	/** Why the exit status is not 0. */
	readonly problems: readonly string[];
	/** What else is worth saying. */
	readonly notes: readonly string[];
	/** Threads that still sleep, and on what. */
	readonly blocked: readonly string[];
	/** All of it for a person, "" when there is nothing to say. */
	readonly text: string;
}

export const EXIT_FAILED = 1;
export const EXIT_LIMIT = 3;

/** Judges a run that has ended. Call once: it closes the kernel log. */
export function judge(k: Kernel, _options: RunOptions): RunReport {
	flushLog(k);
	const { end } = k.state;
	const reason = end?.reason ?? "idle";
	const sleeping = k.state.threads.filter((thread) => thread.state.kind === "blocked");
	const blocked = sleeping.filter((thread) => !isIdleService(thread)).map(describeBlocked);
	const problems: string[] = [];
	if (k.state.oopses > 0)
		problems.push(k.state.oopses === 1 ? "there was an oops" : `there were ${k.state.oopses} oopses`);
	const { reports } = k.state.kasan;
	if (reports > 0) problems.push(reports === 1 ? "there was a memory error" : `there were ${reports} memory errors`);
	problems.push(...failedInits(k), ...failedCases(k));
	if (reason === "idle") {
		for (const thread of sleeping) if (thread.role === "init") problems.push(`${thread.name} is blocked for ever`);
	}
	const notes = heldTexts(k);
	const failed = problems.length > 0;
	const exitCode =
		reason === "limit"
			? EXIT_LIMIT
			: reason === "exit"
				? (end?.status ?? 0)
				: failed || reason === "oops"
					? EXIT_FAILED
					: 0;
	const text = [...problems, ...notes, ...blocked.map((line) => `blocked: ${line}`)].join("\n");
	return { reason, exitCode, problems, notes, blocked, text };
}

/** The kernel's own threads wait for work all their life: nobody wants to hear of it. */
function isIdleService({ role, name, state }: Thread): boolean {
	return role === "kthread" && state.kind === "blocked" && /^(ksoftirqd|kworker)\//.test(name);
}

/** "uart_tx (waits for completion done)" */
function describeBlocked(thread: Thread): string {
	if (thread.state.kind !== "blocked") return thread.name;
	const { kind, name, address } = thread.state.on;
	const what = name ? ` ${name}` : address !== 0 ? ` at 0x${formatPointer(address)}` : "";
	return `${thread.name} waits for ${kind}${what}`;
}

function failedInits(k: Kernel): string[] {
	return k.state.modules.modules
		.filter(({ state }) => state === "failed")
		.map(({ name, result }) => `module ${name}: init returned ${result}`);
}

function failedCases(k: Kernel): string[] {
	return failedCaseTexts(k);
}
