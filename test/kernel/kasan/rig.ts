/** Runs C from end to end with the memory checkers on. Lines that end in `//! kind` are to be reported, no others. */
import assert from "node:assert/strict";
import { logRecords } from "../../../src/kernel/printk/log";
import { load } from "../../../src/session/load";
import type { RunReport } from "../../../src/session/results";
import type { Simulation } from "../../../src/session/simulation";

export interface Checked {
	readonly simulation: Simulation;
	readonly report: RunReport;
	readonly log: string[];
	/** "line kind" of each report, in order. */
	readonly found: string[];
}

/** A module whose init has this body, after these declarations. */
export const moduleText = (body: string, before = ""): string =>
	`#include <linux/module.h>\n#include <linux/slab.h>\n${before}\nstatic int test_init(void)\n{\n${body}\n\treturn 0;\n}\nmodule_init(test_init);\n`;

export function runText(text: string, findings: "off" | "report" = "report"): Checked {
	const host = { readFile: (path: string) => (path === "t.c" ? text : null) };
	const result = load({ program: ["t.c"], findings, untilNs: 1e9 }, host);
	if (result.kind !== "ok")
		throw new Error(result.diagnostics.map(({ line, message }) => `${line}: ${message}`).join("\n"));
	const { simulation } = result;
	const report = simulation.runToEnd();
	const log = logRecords(simulation.k).map(({ text: line }) => line);
	const found: string[] = [];
	log.forEach((line, at) => {
		const kind = /^BUG: (?:KASAN|KMSAN): (\S+) in \S+\+0x[0-9a-f]+\/0x[0-9a-f]+$/.exec(line)?.[1];
		const place = kind ? /\(t\.c:(\d+)\)/.exec(log.slice(at).find((next) => next.includes("(t.c:")) ?? "")?.[1] : null;
		if (kind) found.push(`${place} ${kind}`);
	});
	return { simulation, report, log, found };
}

/** Runs a text and holds its reports against the marks in it. */
export function checkMarks(text: string): Checked {
	const expected = text.split("\n").flatMap((line, at) => {
		const kind = /\/\/! (\S+)$/.exec(line)?.[1];
		return kind ? [`${at + 1} ${kind}`] : [];
	});
	const result = runText(text);
	assert.deepEqual(result.found.toSorted(), expected.toSorted(), result.log.join("\n"));
	assert.equal(result.report.exitCode, expected.length > 0 ? 1 : 0, result.log.join("\n"));
	return result;
}
