/** All suites in order, with what Linux prints of them: KTAP (Documentation/dev-tools/ktap.rst) in the kernel log. */
import { setShadow } from "../../language/vm/shadow";
import { FRAME_INTS, FRAME_SP, type Stack, WINDOW_HIGH } from "../../language/vm/stack";
import { call, goto, type KernelFunction, type Next, next, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { readString } from "../lib/bytes";
import { createThread } from "../sched/threads";
import type { StepFrame, Thread } from "../state";
import { log, logInfo, speedName, testName } from "./report";
import { initTest } from "./run-case";
import type { KunitResult } from "./state";
import { KunitStatus, kunit, kunitCase, kunitSuite, PARAM_DESC_SIZE } from "./structs";
import { caseName, casesOf, listSuites, suiteName } from "./suites";

/** Starts a thread that runs one case of a suite, with suite_init and suite_exit around it and no KTAP in the log. */
export function startCase(k: Kernel, suite: number, testCase: number): Thread {
	k.state.kunit.only = testCase;
	return createThread(k, "kunit", "kthread", "kunit_run_tests", [suite]);
}

/** A variable of a step function on its thread's kernel stack: signed pointer, 16-byte aligned. */
function stackLocal(k: Kernel, stack: Stack, bytes: number): number {
	const at = (stack.depth - 1) * FRAME_INTS + FRAME_SP;
	stack.frames[at] = ((stack.frames[at] ?? 0) - bytes) & -16;
	const address = WINDOW_HIGH * 2 ** 32 + (stack.frames[at] >>> 0);
	// Frames that were here before have left their redzones.
	setShadow(k.space, address, bytes, 0);
	return address;
}

/** A line of KTAP; not when one case runs by itself: then it is not this log that is the report. */
function ktap(k: Kernel, text: string): void {
	if (k.state.kunit.only === 0) logInfo(k, text);
}

const OK = { [KunitStatus.Success]: "ok", [KunitStatus.Failure]: "not ok", [KunitStatus.Skipped]: "ok" };

function okLine(status: KunitStatus, number: number, name: string, comment: string): string {
	return `${OK[status] ?? "invalid"} ${number} ${name}${status === KunitStatus.Skipped ? ` # SKIP ${comment}` : ""}`;
}

interface Stats {
	pass: number;
	fail: number;
	skip: number;
}
const COUNTED = ["pass", "fail", "skip"] as const;

/** Counters live in the frame, under a prefix. */
function count(f: StepFrame, prefix: string, status: KunitStatus): void {
	const key = `${prefix}${COUNTED[status]}`;
	f.locals[key] = (f.locals[key] ?? 0) + 1;
}
function stats(f: StepFrame, prefix: string): Stats {
	return {
		pass: f.locals[`${prefix}pass`] ?? 0,
		fail: f.locals[`${prefix}fail`] ?? 0,
		skip: f.locals[`${prefix}skip`] ?? 0,
	};
}
/** Told only when there is more than one to count. */
function statsLine(k: Kernel, head: string, { pass, fail, skip }: Stats): void {
	const total = pass + fail + skip;
	if (total > 1) ktap(k, `${head}: pass:${pass} fail:${fail} skip:${skip} total:${total}`);
}

const theCase = (f: StepFrame): number => f.locals.case;
const generator = (k: Kernel, f: StepFrame): number => kunitCase.generate_params.get(k.space, theCase(f));

function nextParameter(k: Kernel, f: StepFrame, previous: number): Next {
	k.space.w8(f.locals.desc, 0);
	return call(generator(k, f), [previous, f.locals.desc], "param");
}

function beginCase(k: Kernel, f: StepFrame): void {
	const [suite] = f.args;
	k.state.kunit.results.push({
		suite: suiteName(k, suite),
		name: caseName(k, theCase(f)),
		status: "running",
		comment: "",
		begin: k.machine.time,
		end: -1,
		failures: [],
	});
	kunitCase.status.set(k.space, theCase(f), KunitStatus.Skipped);
}

const STATUS: Readonly<Record<number, KunitResult["status"]>> = {
	[KunitStatus.Success]: "passed",
	[KunitStatus.Failure]: "failed",
	[KunitStatus.Skipped]: "skipped",
};

function endCase(k: Kernel, f: StepFrame): void {
	const status = kunitCase.status.get(k.space, theCase(f));
	const result = k.state.kunit.results.at(-1);
	k.state.kunit.test = 0;
	if (!result) return;
	result.status = STATUS[status] ?? "failed";
	result.comment = status === KunitStatus.Skipped ? comment(k, f.locals.test) : "";
	result.end = k.machine.time;
}

const comment = (k: Kernel, test: number): string => readString(k, kunit.status_comment.at(test));

/** kunit_suite_has_succeeded(). */
function suiteStatus(k: Kernel, suite: number): KunitStatus {
	if ((kunitSuite.suite_init_err.get(k.space, suite) | 0) !== 0) return KunitStatus.Failure;
	const all = casesOf(k, suite).map(({ address }) => kunitCase.status.get(k.space, address));
	if (all.includes(KunitStatus.Failure)) return KunitStatus.Failure;
	return all.includes(KunitStatus.Success) ? KunitStatus.Success : KunitStatus.Skipped;
}

/** "# module: name", "# case.speed: slow". */
function suiteAttributes(k: Kernel, suite: number): void {
	const speed = speedName(k.space.r32(kunitSuite.attr.at(suite)));
	if (speed) ktap(k, `    # speed: ${speed}`);
	const first = casesOf(k, suite)[0];
	const module = first ? kunitCase.module_name.get(k.space, first.address) : 0;
	if (module !== 0) ktap(k, `    # module: ${readString(k, module)}`);
}

export const kunitSuiteFunctions: KernelFunction[] = [
	steps(
		"int kunit_run_all_tests(void)",
		{
			plan: step("Print how many suites there are.", (k, f) => {
				const suites = listSuites(k);
				f.locals.index = 0;
				k.state.kunit.suiteNumber = 1;
				if (suites.length === 0) return ret(0);
				ktap(k, "KTAP version 1");
				ktap(k, `1..${suites.length}`);
				return next;
			}),
			suite: step("Run the next suite.", (k, f) => {
				const suite = listSuites(k)[f.locals.index++];
				return suite ? call("kunit_run_tests", [suite.address], "suite") : ret(0);
			}),
		},
		0,
	),
	steps(
		"int kunit_run_tests(struct kunit_suite *suite)",
		{
			init: step("Call suite_init.", (k, f) => {
				const [suite] = f.args;
				const { stack } = k.current;
				f.locals.test = stackLocal(k, stack, kunit.$size);
				f.locals.desc = stackLocal(k, stack, PARAM_DESC_SIZE);
				f.locals.index = 0;
				kunitSuite.suite_init_err.set(k.space, suite, 0);
				const fn = kunitSuite.suite_init.get(k.space, suite);
				return fn === 0 ? goto("start") : call(fn, [suite]);
			}),
			initialized: step("When suite_init fails, no case runs.", (k, f) => {
				const [suite] = f.args;
				const result = f.result | 0;
				if (result === 0) return next;
				kunitSuite.suite_init_err.set(k.space, suite, result);
				const name = suiteName(k, suite);
				k.state.kunit.failedSuites.push(name);
				log(k, 3, `    # ${name}:     # failed to initialize (${result})`);
				return goto("end");
			}),
			start: step("Print the head of the suite.", (k, f) => {
				const [suite] = f.args;
				ktap(k, "    KTAP version 1");
				ktap(k, `    # Subtest: ${suiteName(k, suite)}`);
				suiteAttributes(k, suite);
				ktap(k, `    1..${casesOf(k, suite).length}`);
				return next;
			}),
			case: step("Take the next case; one with parameters runs once for each of them.", (k, f) => {
				const info = casesOf(k, f.args[0])[f.locals.index++];
				if (!info) return goto("exit");
				f.locals.case = info.address;
				initTest(k, f.locals.test, kunitCase.name.get(k.space, info.address));
				for (const key of COUNTED) f.locals[`param${key}`] = 0;
				beginCase(k, f);
				return generator(k, f) !== 0 ? nextParameter(k, f, 0) : goto("run");
			}),
			run: step("Run the case.", (_, f) => call("kunit_run_case_catch_errors", [f.args[0], theCase(f), f.locals.test])),
			ran: step("Count it.", (k, f) => {
				count(f, "param", kunit.status.get(k.space, f.locals.test));
				return goto("print");
			}),
			param: step("Run the case with this parameter, until there is none.", (k, f) => {
				const { test } = f.locals;
				if (kunit.param_index.get(k.space, test) === 0 && kunit.param_value.get(k.space, test) === 0) {
					ktap(k, "        KTAP version 1");
					ktap(k, `        # Subtest: ${testName(k, test)}`);
				}
				kunit.param_value.set(k.space, test, f.result);
				if (f.result === 0) return goto("print");
				return call("kunit_run_case_catch_errors", [f.args[0], theCase(f), test]);
			}),
			paramRan: step("Print its result and take the next parameter.", (k, f) => {
				const { test, desc } = f.locals;
				const { space } = k;
				const status = kunit.status.get(space, test);
				const index = kunit.param_index.get(space, test);
				const name = readString(k, desc, PARAM_DESC_SIZE) || `param-${index}`;
				ktap(k, `        ${okLine(status, index + 1, name, comment(k, test))}`);
				count(f, "param", status);
				kunit.param_index.set(space, test, index + 1);
				kunit.status.set(space, test, KunitStatus.Success);
				space.w8(kunit.status_comment.at(test), 0);
				kunit.priv.set(space, test, 0);
				return nextParameter(k, f, kunit.param_value.get(space, test));
			}),
			print: step("Print the result of the case.", (k, f) => {
				const { test } = f.locals;
				const status = kunitCase.status.get(k.space, theCase(f));
				const name = testName(k, test);
				const speed = speedName(k.space.r32(kunitCase.attr.at(theCase(f))));
				if (speed) ktap(k, `    # ${name}.speed: ${speed}`);
				statsLine(k, `    # ${name}`, stats(f, "param"));
				ktap(k, `    ${okLine(status, f.locals.index, name, comment(k, test))}`);
				count(f, "suite", status);
				for (const key of COUNTED)
					f.locals[`total${key}`] = (f.locals[`total${key}`] ?? 0) + (f.locals[`param${key}`] ?? 0);
				endCase(k, f);
				return goto("case");
			}),
			exit: step("Call suite_exit.", (k, f) => {
				const fn = kunitSuite.suite_exit.get(k.space, f.args[0]);
				return fn === 0 ? next : call(fn, [f.args[0]]);
			}),
			totals: step("Print how many cases have passed.", (k, f) => {
				statsLine(k, `# ${suiteName(k, f.args[0])}`, stats(f, "suite"));
				statsLine(k, "# Totals", stats(f, "total"));
				return next;
			}),
			end: step("Print the result of the suite.", (k, f) => {
				const [suite] = f.args;
				ktap(k, okLine(suiteStatus(k, suite), k.state.kunit.suiteNumber++, suiteName(k, suite), ""));
				return ret(0);
			}),
		},
		0,
	),
];
