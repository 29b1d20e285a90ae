/** KUnit results out of KTAP: of `dmascope test`, and of the kernel log of a debug session. */

export interface Failure {
	/** The file as the program was told it. */
	readonly file: string;
	/** 1-based. */
	readonly line: number;
	readonly message: string;
}

export interface CaseOutcome {
	readonly suite: string;
	readonly name: string;
	readonly status: "passed" | "failed" | "skipped";
	/** Why it was skipped. */
	readonly reason: string;
	/** Failed expectations, in their order. */
	readonly failures: readonly Failure[];
	/** What else the kernel said. */
	readonly log: readonly string[];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the console's colours are control characters
const COLOUR = /\u001b\[[\d;]*m/g;
const RESULT = /^ {4}(ok|not ok) \d+ (.*?)(?: # SKIP ?(.*))?$/;
const FAILED = /^(?:.*: )?((?:EXPECTATION|ASSERTION) FAILED) at (.+):(\d+)$/;

/** The cases that a text reports. Text that is no KTAP is passed over. */
export function parseKtap(text: string): CaseOutcome[] {
	const cases: CaseOutcome[] = [];
	let suite = "";
	let lines: string[] = [];
	for (const line of text.replace(COLOUR, "").split(/\r?\n/)) {
		const begin = /^ {4}# Subtest: (.*)$/.exec(line);
		if (begin) {
			suite = begin[1] ?? "";
			lines = [];
			continue;
		}
		const result = RESULT.exec(line);
		if (!result) {
			lines.push(line.trim().replace(/^# ?/, ""));
			continue;
		}
		const [, word, name = "", reason] = result;
		const status = reason !== undefined ? "skipped" : word === "ok" ? "passed" : "failed";
		cases.push({ suite, name, status, reason: reason ?? "", ...sorted(lines) });
		lines = [];
	}
	return cases;
}

/** Takes the failures out of a case's log: each goes on to the next one. */
function sorted(lines: readonly string[]): { failures: Failure[]; log: string[] } {
	const log: string[] = [];
	const failures: { file: string; line: number; text: string[] }[] = [];
	for (const line of lines) {
		const begin = FAILED.exec(line);
		const last = failures[failures.length - 1];
		if (begin) failures.push({ file: begin[2] ?? "", line: Number(begin[3]), text: [] });
		else if (last) last.text.push(line);
		else if (line !== "" && !/^(KTAP version|module: |\d+\.\.\d+)/.test(line)) log.push(line);
	}
	return {
		failures: failures.map(({ file, line, text }) => ({ file, line, message: oneSentence(text.join("\n").trim()) })),
		log,
	};
}

/** An editor shows the first line only: "Expected a == b, but" goes on with what it was. */
function oneSentence(text: string): string {
	return text.replace(/, but\n/, ", but ");
}
