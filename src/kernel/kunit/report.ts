/** What KUnit prints and remembers of the case that runs. */
import type { VarArgs } from "../functions";
import type { Kernel } from "../kernel";
import { readString } from "../lib/bytes";
import { formatAt, formatString } from "../lib/format";
import { printk } from "../printk/log";
import { type Check, checkText } from "./failure-text";
import type { KunitResult } from "./state";
import { KunitStatus, kunit, kunitTryCatch } from "./structs";

const ERR = 3;
const WARNING = 4;
const INFO = 6;
/** Names of enum kunit_speed that are told. */
const SPEEDS: Readonly<Record<number, string>> = { 1: "very_slow", 2: "slow" };
const SLOW_PS = 2e12;

/** kunit_log(): one record. */
export function log(k: Kernel, level: number, text: string): void {
	printk(k, level, text.endsWith("\n") ? text : `${text}\n`);
}
export const logInfo = (k: Kernel, text: string): void => log(k, INFO, text);

/** kunit_err(): "    # case: text". */
export function logError(k: Kernel, test: number, text: string, level = ERR): void {
	log(k, level, `    # ${testName(k, test)}: ${text}`);
}

export const testName = (k: Kernel, test: number): string => readString(k, kunit.name.get(k.space, test));

/** The result of the case that runs, when `test` is its. */
function currentResult(k: Kernel, test: number): KunitResult | undefined {
	return k.state.kunit.test === test ? k.state.kunit.results.at(-1) : undefined;
}

export function setFailure(k: Kernel, test: number): void {
	kunit.status.set(k.space, test, KunitStatus.Failure);
}

/** The place of the last check of the case. */
export function setLastSeen(k: Kernel, test: number, file: number, line: number): void {
	k.space.w32(kunit.last_seen.at(test), line);
	k.space.w64(kunit.last_seen.at(test) + 8, file);
}
export function lastSeen(k: Kernel, test: number): { file: string; line: number } | null {
	const file = k.space.r64(kunit.last_seen.at(test) + 8);
	return file === 0 ? null : { file: readString(k, file), line: k.space.s32(kunit.last_seen.at(test)) };
}

export function setTryResult(k: Kernel, test: number, result: number): void {
	kunitTryCatch.try_result.set(k.space, kunit.try_catch.at(test), result);
}
export const tryResult = (k: Kernel, test: number): number =>
	kunitTryCatch.try_result.get(k.space, kunit.try_catch.at(test)) | 0;

/** Varargs from the nth on. */
function argumentsFrom(args: VarArgs, first: number): VarArgs {
	return {
		count: Math.max(0, args.count - first),
		low: (index) => args.low(index + first),
		high: (index) => args.high(index + first),
		value: (index) => args.value(index + first),
	};
}

/**
 * A check has failed: prints it and enters it in the results. `args`: left, right, size, then the user's format (NULL
 * for none) and its arguments.
 */
export function reportFailure(
	k: Kernel,
	test: number,
	assertion: boolean,
	check: Check,
	place: { file: string; line: number },
	operands: { left: string; operator: string; right: string },
	args: VarArgs,
): void {
	setFailure(k, test);
	const format = args.value(3);
	const own = format === 0 ? "" : formatAt(k, format, argumentsFrom(args, 4));
	const what = checkText(k, check, operands, args);
	const message = check === 0 ? own : own === "" && format === 0 ? what : `${what}\n${own}`;
	const text = `${assertion ? "ASSERTION" : "EXPECTATION"} FAILED at ${place.file}:${place.line}\n${message}`;
	addFailure(k, test, place, text);
	logError(k, test, text);
}

export function addFailure(k: Kernel, test: number, place: { file: string; line: number }, text: string): void {
	currentResult(k, test)?.failures.push({ file: place.file, line: place.line, text: text.replace(/\n$/, "") });
}

/** kunit_fail_current_test(). */
export function failCurrent(k: Kernel, file: number, line: number, format: number, args: VarArgs): void {
	const { test } = k.state.kunit;
	if (test === 0) return;
	setFailure(k, test);
	const place = { file: readString(k, file), line };
	const text = `${place.file}:${line}: ${formatString(k, readString(k, format), args)}`;
	addFailure(k, test, place, text);
	logError(k, test, text);
}

/** "# case.speed: slow" for a case that says so. */
export const speedName = (speed: number): string => SPEEDS[speed] ?? "";

/** A case that takes 2 s and more should say that it is slow. */
export function checkSpeed(k: Kernel, test: number, speed: number, duration: number): void {
	if (duration < SLOW_PS || speedName(speed) !== "") return;
	const seconds = Math.floor(duration / 1e12);
	const rest = Math.floor((duration % 1e12) / 1e3);
	logError(k, test, `Test should be marked slow (runtime: ${seconds}.${String(rest).padStart(9, "0")}s)`, WARNING);
}
