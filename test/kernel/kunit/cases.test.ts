import assert from "node:assert/strict";
import { startBoot } from "../../../src/kernel/boot";
import { startCase } from "../../../src/kernel/kunit/run-suites";
import { listSuites } from "../../../src/kernel/kunit/suites";
import { machineWith } from "../harness";
import { runSuite, statuses } from "./support";

const SAY = '#define SAY(x) pr_info("%s\\n", x)\n';
const said = (log: string[], words: string[]) =>
	log.map((line) => line.slice(2)).filter((line) => words.includes(line));

describe("a KUnit case", () => {
	it("runs between init and exit, on a fresh struct kunit, in one thread", () => {
		const rig = runSuite(
			`${SAY}static int in(struct kunit *test) { SAY("in"); test->priv = current; return 0; }
static void out(struct kunit *test) { SAY(test->priv == current ? "out" : "other"); }
static void c(struct kunit *test) { SAY(test->priv == current ? "case" : "other"); }`,
			"KUNIT_CASE(c)",
			".init = in, .exit = out,",
		);
		assert.deepEqual(said(rig.log(), ["in", "case", "out", "other"]), ["in", "case", "out"]);
	});

	it("is left at a failed assertion however deep, and exit still runs", () => {
		const rig = runSuite(
			`${SAY}static void out(struct kunit *test) { SAY("out"); }
static void deep(struct kunit *test, int n) { if (n) deep(test, n - 1); else KUNIT_ASSERT_EQ(test, 1, 2); SAY("on"); }
static void c(struct kunit *test) { deep(test, 5); SAY("on"); }
static void d(struct kunit *test) { SAY("next"); }`,
			"KUNIT_CASE(c), KUNIT_CASE(d)",
			".exit = out,",
		);
		assert.deepEqual(said(rig.log(), ["on", "out", "next"]), ["out", "next", "out"]);
		assert.deepEqual(statuses(rig), ["c failed", "d passed"]);
	});

	it("does not run when init fails, but exit does", () => {
		const rig = runSuite(
			`${SAY}static int in(struct kunit *test) { return -12; }
static void out(struct kunit *test) { SAY("out"); }
static void c(struct kunit *test) { SAY("case"); }`,
			"KUNIT_CASE(c)",
			".init = in, .exit = out,",
		);
		assert.deepEqual(said(rig.log(), ["case", "out"]), ["out"]);
		assert.ok(rig.log().includes("3     # c: failed to initialize: -12"));
		assert.deepEqual(statuses(rig), ["c failed"]);
	});

	it("fails by an oops; exit runs on another thread, the next case as usual", () => {
		const rig = runSuite(
			`${SAY}static void out(struct kunit *test) { SAY("out"); }
static void c(struct kunit *test) {
	KUNIT_SUCCEED(test);
	*(volatile int *)8 = 1;
}
static void d(struct kunit *test) { }`,
			"KUNIT_CASE(c), KUNIT_CASE(d)",
			".exit = out,",
		);
		const log = rig.log();
		assert.ok(log.includes("3     # c: try faulted: last line seen t.c:5"));
		assert.ok(log.includes("3     # c: internal error occurred preventing test case from running: -4"));
		assert.deepEqual(said(log, ["out"]), ["out", "out"]);
		assert.deepEqual(statuses(rig), ["c failed", "d passed"]);
	});

	it("is skipped with a reason", () => {
		const rig = runSuite(
			`${SAY}static void c(struct kunit *test) { kunit_skip(test, "no %s", "luck"); SAY("on"); }
static void d(struct kunit *test) { kunit_mark_skipped(test, "later"); SAY("on"); }`,
			"KUNIT_CASE(c), KUNIT_CASE(d)",
		);
		assert.deepEqual(said(rig.log(), ["on"]), ["on"]);
		assert.ok(rig.log().includes("6     ok 1 c # SKIP no luck"));
		assert.deepEqual(
			rig.k.state.kunit.results.map(({ status, comment }) => [status, comment]),
			[
				["skipped", "no luck"],
				["skipped", "later"],
			],
		);
	});

	it("frees its memory and calls its actions, the newest first", () => {
		const rig = runSuite(
			`static void act(void *p) { pr_info("act %s\\n", (char *)p); }
static void c(struct kunit *test) {
	char *p = kunit_kzalloc(test, 64, GFP_KERNEL), *q = kunit_kcalloc(test, 4, 4, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p); KUNIT_ASSERT_NOT_NULL(test, q); KUNIT_EXPECT_EQ(test, p[63], 0);
	KUNIT_EXPECT_STREQ(test, kunit_kstrdup(test, "copy", GFP_KERNEL), "copy");
	KUNIT_EXPECT_EQ(test, kunit_add_action(test, act, "1"), 0);
	kunit_add_action(test, act, "2");
	kunit_add_action(test, act, "3");
	kunit_release_action(test, act, "2");
	kunit_kfree(test, p);
}`,
			"KUNIT_CASE(c)",
		);
		assert.deepEqual(statuses(rig), ["c passed"]);
		assert.deepEqual(
			rig.log().filter((line) => line.includes("act ")),
			["6 act 2", "6 act 3", "6 act 1"],
		);
		assert.deepEqual(rig.k.state.kunit.actions, []);
	});

	it("that blocks for ever is still running at the end", () => {
		const rig = runSuite(
			"static DECLARE_COMPLETION(never);\nstatic void c(struct kunit *test) { wait_for_completion(&never); }",
			"KUNIT_CASE(c)",
		);
		assert.equal(rig.k.state.end?.reason, "idle");
		assert.deepEqual(statuses(rig), ["c running"]);
	});

	it("can be started alone, without KTAP in the log", () => {
		const rig = machineWith({
			"t.c": `#include <kunit/test.h>
static void c(struct kunit *test) { pr_info("c\\n"); }
static void d(struct kunit *test) { pr_info("d\\n"); KUNIT_EXPECT_TRUE(test, 0); }
static struct kunit_case cases[] = { KUNIT_CASE(c), KUNIT_CASE(d), {} };
static struct kunit_suite s = { .name = "mine", .test_cases = cases };
kunit_test_suites(&s);
`,
		});
		const { k } = rig;
		startBoot(k, { tests: false });
		rig.go();
		const snapshot = k.machine.snapshot();
		const [suite] = listSuites(k);
		assert.deepEqual(
			suite?.cases.map(({ name }) => name),
			["c", "d"],
		);
		const alone = (index: number) => {
			k.state.end = null;
			const thread = startCase(k, suite!.address, suite!.cases[index]!.address);
			const { id } = thread;
			const before = k.state.printk.count;
			rig.go();
			assert.equal(k.state.threads[id]?.state.kind, "done");
			return [...statuses(rig), ...rig.log().slice(before)];
		};
		const second = [
			"d failed",
			"6 d",
			"3     # d: EXPECTATION FAILED at t.c:3\n    Expected 0 to be true, but is false",
		];
		assert.deepEqual(alone(1), second);
		k.machine.restore(snapshot);
		assert.deepEqual(alone(0), ["c passed", "6 c"]);
		k.machine.restore(snapshot);
		assert.deepEqual(alone(1), second);
	});
});
