/**
 * One case on its thread: init, case, exit. A failed assertion unwinds the thread to the frame of kunit_try_run_case and
 * goes on with exit there; an oops kills the thread, then exit runs on a second one, as in Linux.
 */
import { popFrame } from "../../language/vm/stack";
import { EINTR } from "../errno";
import {
	block,
	call,
	exit,
	goto,
	type KernelFunction,
	type Next,
	next,
	ret,
	type Step,
	step,
	steps,
} from "../functions";
import type { Kernel } from "../kernel";
import { scheduleInAtomic } from "../sched/context";
import { panic } from "../sched/oops";
import { createThread } from "../sched/threads";
import { releaseHolds } from "../sim/holds";
import type { StepFrame, Thread } from "../state";
import { checkSpeed, lastSeen, logError, setFailure, setTryResult, tryResult } from "./report";
import { KunitStatus, kunit, kunitCase, kunitSuite, kunitTryCatch } from "./structs";

/** As Linux's, cut to the length of a task's name. */
const THREAD = "kunit_try_catch";
const TRY_CASE = "kunit_try_run_case";
const TRY_CLEANUP = "kunit_try_run_case_cleanup";

/** Starts the thread of a case (or of its cleanup); the debugger finds the case in `arg`. */
function startTry(k: Kernel, fn: string, suite: number, testCase: number, test: number): void {
	setTryResult(k, test, -EINTR);
	const thread = createThread(k, THREAD, "init", fn, [suite, testCase, test]);
	thread.arg = testCase;
	k.state.kunit.thread = thread.id;
}

/** Sleeps until the thread of the case has ended. */
function waitForTry(k: Kernel, again: string): Next {
	const thread = k.state.threads[k.state.kunit.thread];
	if (!thread || thread.state.kind === "done") return next;
	return block({ kind: "thread", address: thread.task, name: thread.name }, undefined, again);
}

/** The thread has ended without an end: an oops has killed it. */
function faulted(k: Kernel, test: number): boolean {
	if (tryResult(k, test) !== -EINTR) return false;
	const seen = lastSeen(k, test);
	logError(k, test, seen ? `try faulted: last line seen ${seen.file}:${seen.line}` : "try faulted");
	setFailure(k, test);
	return true;
}

/** exit() and the cleanup of what was registered: the last steps of both threads. */
const cleanupSteps: Record<string, Step> = {
	exit: step("Call the suite's exit function: always, whatever the case has done.", (k, f) => {
		k.state.kunit.cleaning = true;
		const fn = kunitSuite.exit.get(k.space, f.args[0]);
		return fn === 0 ? goto("resources") : call(fn, [f.args[2]]);
	}),
	resources: step("Free what the case has allocated, call the actions that it has added.", (_, f) =>
		call("kunit_cleanup", [f.args[2]]),
	),
	done: step("The case is over.", (k, f) => {
		setTryResult(k, f.args[2], 0);
		return ret();
	}),
	aborted: step("An assertion has failed during the cleanup: leave it at that.", (k, f) => {
		setFailure(k, f.args[2]);
		logError(k, f.args[2], "test aborted during cleanup. continuing without cleaning up\n");
		setTryResult(k, f.args[2], 0);
		return ret();
	}),
};

/** The frame at the bottom of a case's thread, to which a failed assertion goes back. */
function tryFrame(k: Kernel, thread: Thread): { frame: StepFrame; steps: readonly { name: string }[] } | null {
	const frame = thread.stack.hosts[0] as StepFrame | null;
	const fn = frame ? k.functions[frame.fn] : undefined;
	const name = fn?.signature.name;
	return frame && fn?.kind === "step" && (name === TRY_CASE || name === TRY_CLEANUP)
		? { frame, steps: fn.steps }
		: null;
}

/** kunit_try_catch_throw(): ends the case from wherever its thread is. */
function abort(k: Kernel): Next {
	const thread = k.current;
	if (thread.hardirq + thread.softirq > 0) {
		panic(k, "Aiee, killing interrupt handler!");
		return next;
	}
	const bottom = thread.id === k.state.kunit.thread ? tryFrame(k, thread) : null;
	if (!bottom) return exit(0);
	scheduleInAtomic(k, thread);
	thread.preempt = 0;
	thread.bhDisabled = 0;
	thread.irqsOff = false;
	while (thread.stack.depth > 1) popFrame(thread.stack);
	const to = k.state.kunit.cleaning ? "aborted" : "exit";
	bottom.frame.step = bottom.steps.findIndex(({ name }) => name === to);
	return next;
}

export const kunitCaseFunctions: KernelFunction[] = [
	steps(
		"void kunit_run_case_catch_errors(struct kunit_suite *suite, struct kunit_case *test_case, struct kunit *test)",
		{
			start: step("Run the case on a thread of its own, so that an error ends only that.", (k, f) => {
				const [suite, testCase, test] = f.args;
				k.state.kunit.test = test;
				k.state.kunit.stubs = [];
				k.state.kunit.cleaning = false;
				startTry(k, TRY_CASE, suite, testCase, test);
				return next;
			}),
			wait: step("Wait until the thread has ended.", (k) => waitForTry(k, "wait")),
			over: step("Has it come to its end? If not, clean up on another thread.", (k, f) => {
				const [suite, testCase, test] = f.args;
				if (!faulted(k, test)) return goto("result");
				if (k.state.kunit.cleaning) {
					logError(k, test, `internal error occurred during test case cleanup: ${-EINTR}\n`);
					return goto("result");
				}
				logError(k, test, `internal error occurred preventing test case from running: ${-EINTR}\n`);
				startTry(k, TRY_CLEANUP, suite, testCase, test);
				return next;
			}),
			cleanup: step("Wait until that has ended.", (k) => waitForTry(k, "cleanup")),
			cleaned: step("Has the cleanup come to its end?", (k, f) => {
				if (faulted(k, f.args[2]))
					logError(k, f.args[2], `internal error occurred during test case cleanup: ${-EINTR}\n`);
				return next;
			}),
			result: step("Give the case its result; what it has held back is released.", (k, f) => {
				const [, testCase, test] = f.args;
				const status = kunit.status.get(k.space, test);
				if (status === KunitStatus.Failure) kunitCase.status.set(k.space, testCase, status);
				else if (kunitCase.status.get(k.space, testCase) !== KunitStatus.Failure && status === KunitStatus.Success)
					kunitCase.status.set(k.space, testCase, status);
				k.state.kunit.actions = k.state.kunit.actions.filter((one) => one.test !== test);
				k.state.kunit.thread = -1;
				releaseHolds(k);
				return ret();
			}),
		},
		0,
	),
	steps(
		"void kunit_try_run_case(struct kunit_suite *suite, struct kunit_case *test_case, struct kunit *test)",
		{
			init: step("Call the suite's init function.", (k, f) => {
				const fn = kunitSuite.init.get(k.space, f.args[0]);
				return fn === 0 ? goto("run") : call(fn, [f.args[2]]);
			}),
			initialized: step("When init fails, the case fails without having run.", (k, f) => {
				const result = f.result | 0;
				if (result === 0) return next;
				logError(k, f.args[2], `failed to initialize: ${result}\n`);
				setFailure(k, f.args[2]);
				return goto("exit");
			}),
			run: step("Call the case.", (k, f) => {
				f.locals.begin = k.machine.time;
				return call(kunitCase.run_case.get(k.space, f.args[1]), [f.args[2]]);
			}),
			ran: step("The case has returned. Was it slow?", (k, f) => {
				const speed = kunitCase.attr.get(k.space, f.args[1]);
				checkSpeed(k, f.args[2], k.space.r32(speed), k.machine.time - f.locals.begin);
				return goto("exit");
			}),
			...cleanupSteps,
		},
		0,
	),
	steps(
		"void kunit_try_run_case_cleanup(struct kunit_suite *suite, struct kunit_case *test_case, struct kunit *test)",
		cleanupSteps,
		0,
	),
	steps("void __kunit_abort(struct kunit *test)", {
		throw: step("The case cannot go on: leave everything that its thread does.", (k) => abort(k)),
	}),
	steps("void kunit_try_catch_throw(struct kunit_try_catch *try_catch)", {
		throw: step("The case cannot go on: leave everything that its thread does.", (k) => abort(k)),
	}),
];

/** The struct kunit of a case that is to begin. */
export function initTest(k: Kernel, test: number, name: number): void {
	const { space } = k;
	space.fill(test, kunit.$size, 0);
	const list = kunit.resources.at(test);
	space.w64(list, list);
	space.w64(list + 8, list);
	kunit.name.set(space, test, name);
	kunitTryCatch.test.set(space, kunit.try_catch.at(test), test);
}
