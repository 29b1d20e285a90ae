/**
 * npm run conformance -- RECORDING.json [FILE.c…]: runs a recording's modules and compares each line. The C files are
 * looked for among those named, then beside the recording, in the folder above it, and here. With --print what steps
 * without recorded lines print is shown too. Differences that test/conformance/explained explains are only counted.
 */
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { differenceLines, explanationsOf } from "./explained";
import { parseRecording } from "./recording";
import { runRecording, type StepResult } from "./run-recording";

function read(path: string): string | null {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return null;
	}
}

/** Prints what differs; returns how many lines are as recorded, and how many are not, with and without explanation. */
function report(
	{ step, lines, printed, problem }: StepResult,
	explained: ReadonlySet<string>,
	all: boolean,
): { passed: number; explained: number; failed: number } {
	const name = step.test ?? (step.insmod ? `insmod ${step.insmod}` : `rmmod ${step.rmmod}`);
	let passed = 0;
	let known = 0;
	let failed = 0;
	const print = (text: string): void => {
		process.stdout.write(`${text}\n`);
	};
	if (problem !== null) {
		failed++;
		print(`${name}: ${problem}`);
	}
	if (all && !step.lines) for (const line of printed) print(`  ${line}`);
	for (const line of lines) {
		if (line.kind === "same") passed++;
		else if (line.kind === "machine") print(`  (this machine) ${line.line}`);
		else if (differenceLines(line).every((text) => explained.has(text))) known++;
		else {
			failed++;
			print(`${name}:`);
			if (line.kind !== "extra") print(`- ${line.recorded}`);
			if (line.kind !== "missing") print(`+ ${line.printed}`);
		}
	}
	return { passed, explained: known, failed };
}

function main(argv: readonly string[]): number {
	const all = argv.includes("--print");
	const recordings = argv.filter((path) => path.endsWith(".json"));
	const sources = argv.filter((path) => path.endsWith(".c"));
	if (recordings.length === 0) {
		process.stderr.write("usage: npm run conformance -- RECORDING.json… [FILE.c…] [--print]\n");
		return 2;
	}
	let passed = 0;
	let explained = 0;
	let failed = 0;
	for (const path of recordings) {
		const text = read(path);
		if (text === null) {
			process.stderr.write(`${path} cannot be read\n`);
			return 2;
		}
		const folder = dirname(path);
		const places = (name: string): string[] => [
			...sources.filter((source) => basename(source) === basename(name)),
			...[folder, join(folder, ".."), "."].map((place) => join(place, name)),
		];
		const host = {
			readFile: (name: string): string | null => {
				for (const place of places(name)) {
					const found = read(place);
					if (found !== null) return found;
				}
				return null;
			},
		};
		const recording = parseRecording(text);
		const known = new Set(explanationsOf(recording.controller).flatMap(({ differences }) => differences));
		for (const result of runRecording(recording, host)) {
			const counted = report(result, known, all);
			passed += counted.passed;
			explained += counted.explained;
			failed += counted.failed;
		}
	}
	if (explained > 0) process.stdout.write(`${explained} more differ as explained in test/conformance/explained/\n`);
	process.stdout.write(`${passed} passed, ${failed} failed\n`);
	return failed > 0 ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2));
