/** How a run went: its exit status and what to say about it (machine.md, Runs). */

import { channelOfTasklet, unfinishedTexts } from "../kernel/dmaengine/unfinished";
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

const EXIT_FAILED = 1;
export const EXIT_LIMIT = 3;

/** Judges a run that has ended. Call once: it closes the kernel log. */
export function judge(k: Kernel, _options: RunOptions): RunReport {
	flushLog(k);
	const { end } = k.state;
	const reason = end?.reason ?? "idle";
	const sleeping = k.state.threads.filter((thread) => thread.state.kind === "blocked");
	const blocked = sleeping.filter((thread) => !isIdleService(thread)).map((thread) => describeBlocked(k, thread));
	const problems: string[] = [];
	if (k.state.oopses > 0)
		problems.push(k.state.oopses === 1 ? "there was an oops" : `there were ${k.state.oopses} oopses`);
	const { reports } = k.state.kasan;
	if (reports > 0) problems.push(reports === 1 ? "there was a memory error" : `there were ${reports} memory errors`);
	problems.push(...failedInits(k), ...failedCases(k));
	if (reason === "idle") {
		for (const thread of sleeping) if (thread.role === "init") problems.push(`${thread.name} is blocked for ever`);
	}
	const stuck = reason === "idle" && sleeping.some((thread) => !isIdleService(thread));
	const notes = [...heldTexts(k), ...(stuck ? unfinishedTexts(k) : [])];
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

/** The kernel's own threads wait for work all their life: nobody wants to hear of it, unless they wait for something else. */
function isIdleService({ role, name, state }: Thread): boolean {
	if (role !== "kthread" || state.kind !== "blocked") return false;
	return /^ksoftirqd\//.test(name)
		? state.on.kind === "softirqs"
		: /^kworker\//.test(name) && state.on.kind !== "tasklet";
}

/** "uart_tx (waits for completion done)" */
function describeBlocked(k: Kernel, thread: Thread): string {
	if (thread.state.kind !== "blocked") return thread.name;
	const { kind, name, address } = thread.state.on;
	if (kind === "tasklet" && !name) {
		const chan = channelOfTasklet(k, address);
		const own = thread.softirq > 0 ? ", from its own callback: a deadlock" : "";
		if (chan) return `${thread.name} waits for the tasklet of ${chan}${own}`;
	}
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
