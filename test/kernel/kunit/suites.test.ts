import assert from "node:assert/strict";
import { startBoot } from "../../../src/kernel/boot";
import { failedCaseTexts } from "../../../src/kernel/kunit/outcome";
import { globFits } from "../../../src/kernel/kunit/suites";
import { bootAndRun, machineWith } from "../harness";
import { runSuite } from "./support";

const TWO = `#include <kunit/test.h>
static void good(struct kunit *test) { }
static void bad(struct kunit *test) { KUNIT_FAIL(test, "bad"); }
static struct kunit_case first[] = { KUNIT_CASE(good), KUNIT_CASE_SLOW(bad), {} };
static struct kunit_case second[] = { KUNIT_CASE(good), {} };
static struct kunit_suite a = { .name = "a", .test_cases = first };
static struct kunit_suite b = { .name = "b", .test_cases = second };
kunit_test_suites(&a, &b);
`;
/** The log from KTAP's first line on, without levels. */
const ktap = (log: string[]) =>
	log.slice(log.findIndex((line) => line.endsWith("KTAP version 1"))).map((l) => l.slice(2));

describe("KUnit's suites", () => {
	it("run once after the modules, reported as KTAP in the log", () => {
		assert.deepEqual(ktap(bootAndRun({ "two.c": TWO }).log()), [
			"KTAP version 1",
			"1..2",
			"    KTAP version 1",
			"    # Subtest: a",
			"    # module: two",
			"    1..2",
			"    ok 1 good",
			"    # bad: EXPECTATION FAILED at two.c:3\nbad",
			"    # bad.speed: slow",
			"    not ok 2 bad",
			"# a: pass:1 fail:1 skip:0 total:2",
			"# Totals: pass:1 fail:1 skip:0 total:2",
			"not ok 1 a",
			"    KTAP version 1",
			"    # Subtest: b",
			"    # module: two",
			"    1..1",
			"    ok 1 good",
			"ok 2 b",
		]);
	});

	it("can be filtered by suite.case", () => {
		const rig = machineWith({ "two.c": TWO });
		rig.k.state.kunit.filter = "a.b*";
		startBoot(rig.k, { tests: true });
		rig.go();
		assert.deepEqual(
			rig.k.state.kunit.results.map(({ suite, name }) => `${suite}.${name}`),
			["a.bad"],
		);
		assert.deepEqual(failedCaseTexts(rig.k), ["a.bad failed"]);
		assert.ok(globFits("*", "a.b") && globFits("a", "a.b") && globFits("a.?", "a.b") && !globFits("b.*", "a.b"));
	});

	it("run a case once for each parameter", () => {
		const log = runSuite(
			`struct p { int v; const char *name; };
static const struct p all[] = { { 1, "one" }, { 2, "two" } };
KUNIT_ARRAY_PARAM_DESC(named, all, name);
KUNIT_ARRAY_PARAM(plain, all, NULL);
static void c(struct kunit *test) { const struct p *p = test->param_value; KUNIT_EXPECT_LT(test, p->v, 2); }
static void d(struct kunit *test) { KUNIT_EXPECT_PTR_EQ(test, test->param_value, (void *)&all[test->param_index]); }`,
			"KUNIT_CASE_PARAM(c, named_gen_params), KUNIT_CASE_PARAM(d, plain_gen_params)",
		).log();
		assert.deepEqual(
			ktap(log).filter((line) => /^ +(not )?ok|pass:/.test(line) || line.startsWith("#")),
			[
				"        ok 1 one",
				"        not ok 2 two",
				"    # c: pass:1 fail:1 skip:0 total:2",
				"    not ok 1 c",
				"        ok 1 param-0",
				"        ok 2 param-1",
				"    # d: pass:2 fail:0 skip:0 total:2",
				"    ok 2 d",
				"# mine: pass:1 fail:1 skip:0 total:2",
				"# Totals: pass:3 fail:1 skip:0 total:4",
			],
		);
	});

	it("call suite_init and suite_exit once; without suite_init no case runs", () => {
		const text = (
			result: number,
		) => `static int in(struct kunit_suite *s) { pr_info("in %s\\n", s->name); return ${result}; }
static void out(struct kunit_suite *s) { pr_info("out\\n"); }
static void c(struct kunit *test) { pr_info("case\\n"); }`;
		const suite = ".suite_init = in, .suite_exit = out,";
		const words = (log: string[]) => log.map((line) => line.slice(2)).filter((line) => /^(in|out|case)/.test(line));
		const good = runSuite(text(0), "KUNIT_CASE(c), KUNIT_CASE(c)", suite);
		assert.deepEqual(words(good.log()), ["in mine", "case", "case", "out"]);
		const bad = runSuite(text(-19), "KUNIT_CASE(c)", suite);
		assert.deepEqual(words(bad.log()), ["in mine"]);
		assert.ok(bad.log().includes("3     # mine:     # failed to initialize (-19)"));
		assert.equal(bad.log().at(-1), "6 not ok 1 mine");
		assert.deepEqual(failedCaseTexts(bad.k), ["mine: suite_init failed"]);
	});
});
