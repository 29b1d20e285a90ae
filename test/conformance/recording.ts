/** Recordings of a real kernel: what modules printed there, to be compared with what they print here. */
import { standIn } from "./stand-ins";

export interface RecordedStep {
	/** C file to load, with its parameters as insmod takes them. */
	readonly insmod?: string;
	readonly params?: string;
	/** Module to unload. */
	readonly rmmod?: string;
	readonly test?: string;
	/** What the step printed, without the `PROBE ` or `SOFTDMA ` in front. Steps without lines only run. */
	readonly lines?: readonly string[];
}

/** One boot of a board. */
export interface RecordedSession {
	readonly board: string;
	readonly steps: readonly RecordedStep[];
}

export interface Recording {
	readonly controller: string;
	readonly kernel: string;
	/** Patterns of lines that describe the machine of the recording: printed, not compared. */
	readonly machine: readonly string[];
	readonly sessions: readonly RecordedSession[];
}

/** A recording, with the devices that stand in for those of its machine. Throws when the text is no recording. */
export function parseRecording(text: string): Recording {
	const { controller } = recordingOf(text);
	const value = recordingOf(standIn(textOf(controller) ?? "", text));
	const sessions = value.sessions.map((session: unknown): RecordedSession => {
		if (!isObject(session) || !Array.isArray(session.steps)) throw new Error("a session has no steps");
		return { board: textOf(session.board) ?? "", steps: session.steps.map(stepOf) };
	});
	return {
		controller: textOf(value.controller) ?? "",
		kernel: textOf(value.kernel) ?? "",
		machine: textsOf(value.machine) ?? [],
		sessions,
	};
}

function recordingOf(text: string): Record<string, unknown> & { sessions: unknown[] } {
	const value: unknown = JSON.parse(text);
	if (!isObject(value) || !Array.isArray(value.sessions)) throw new Error("no recording: it has no sessions");
	return { ...value, sessions: value.sessions };
}

function stepOf(step: unknown): RecordedStep {
	if (!isObject(step)) throw new Error("a step is no object");
	const given = {
		insmod: textOf(step.insmod),
		params: textOf(step.params),
		rmmod: textOf(step.rmmod),
		test: textOf(step.test),
		lines: textsOf(step.lines),
	};
	if (given.insmod === undefined && given.rmmod === undefined) throw new Error("a step is neither insmod nor rmmod");
	return Object.fromEntries(Object.entries(given).filter(([, entry]) => entry !== undefined));
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null;
}
function textOf(value: unknown): string | undefined {
	return typeof value === "string" ? value : undefined;
}
function textsOf(value: unknown): string[] | undefined {
	return Array.isArray(value) ? value.map(String) : undefined;
}
