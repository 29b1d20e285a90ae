/** Runs a recording's modules and compares what they print. */
import { startInsmod, startRmmod } from "../../src/kernel/boot";
import { logRecords } from "../../src/kernel/printk/log";
import type { SessionHost } from "../../src/session/api";
import { insmod, rmmodTarget } from "../../src/session/insmod";
import { load } from "../../src/session/load";
import type { Simulation } from "../../src/session/simulation";
import { ControllerNumbers, compareLines, type LineResult } from "./compare";
import type { RecordedSession, RecordedStep, Recording } from "./recording";

export interface StepResult {
	readonly step: RecordedStep;
	readonly printed: readonly string[];
	/** Of a step that has lines. */
	readonly lines: readonly LineResult[];
	/** Why the step did not do what it should: it counts as a failure. */
	readonly problem: string | null;
}

/** A step may take this long, ps of virtual time. */
const STEP_LIMIT = 120e12;

/**
 * Runs all sessions; `host` reads the C files by the names that the recording gives, and `program`, files that are
 * loaded before.
 */
export function runRecording(recording: Recording, host: SessionHost, program: readonly string[] = []): StepResult[] {
	return recording.sessions.flatMap((session) => runSession(recording, session, host, program));
}

function runSession(
	recording: Recording,
	session: RecordedSession,
	host: SessionHost,
	program: readonly string[],
): StepResult[] {
	const first: RecordedStep = session.steps[0] ?? {};
	const loaded = load({ program: [...program], board: session.board, findings: "off" }, host, { tests: false });
	if (loaded.kind === "diagnostics") {
		const problem = loaded.diagnostics.map(({ message }) => message).join("\n");
		return [{ step: first, printed: [], lines: [], problem }];
	}
	const { simulation } = loaded;
	simulation.advanceUntil(() => simulation.k.state.end !== null, STEP_LIMIT);
	const controllers = new ControllerNumbers();
	return session.steps.map((step): StepResult => {
		const { k } = simulation;
		const before = k.state.printk.count;
		const oopses = k.state.oopses;
		const problem = runStep(simulation, step) ?? (k.state.oopses > oopses ? "there was an oops" : null);
		const printed = printedSince(simulation, before);
		const lines = step.lines ? compareLines(step.lines, printed, recording.machine, controllers) : [];
		return { step, printed, lines, problem };
	});
}

/** What has gone wrong, or null. */
function runStep(simulation: Simulation, step: RecordedStep): string | null {
	const { k } = simulation;
	const limit = k.machine.time + STEP_LIMIT;
	if (step.insmod !== undefined) {
		const result = insmod(simulation, step.insmod, step.params ?? "");
		if (result.kind === "refused") return result.message;
		if (result.kind === "diagnostics")
			return result.diagnostics.map(({ file, line, message }) => `${file}:${line}: ${message}`).join("\n");
		for (const index of result.modules) {
			startInsmod(k, index);
			const record = k.state.modules.modules[index];
			simulation.advanceUntil(() => record?.state !== "coming", limit);
			if (record?.state !== "live") return `insmod ${step.insmod}: ${record?.state} ${record?.result}`;
		}
	}
	if (step.rmmod !== undefined) {
		const index = rmmodTarget(simulation, step.rmmod);
		if (typeof index === "string") return index;
		const record = k.state.modules.modules[index];
		const thread = k.state.threads.length;
		startRmmod(k, index);
		simulation.advanceUntil(() => k.state.threads[thread]?.state.kind === "done", limit);
		if (record?.state !== "gone") return `rmmod ${step.rmmod}: the module is still there`;
	}
	return null;
}

/** What the probes have printed since log record `before`, without their prefixes. */
function printedSince({ k }: Simulation, before: number): string[] {
	const records = logRecords(k);
	const fresh = records.slice(Math.max(0, records.length - (k.state.printk.count - before)));
	return fresh.flatMap(({ text }) => {
		const line = /^(?:PROBE|SOFTDMA) (.*)$/s.exec(text)?.[1];
		return line === undefined || /^(?:BEGIN|END) test=/.test(line) ? [] : [line];
	});
}
