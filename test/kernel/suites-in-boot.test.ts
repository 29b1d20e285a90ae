import assert from "node:assert/strict";
import { bootAndRun } from "./harness";

describe("KUnit suites of a module", () => {
	it("run once at the end of the boot; an assertion ends its case", () => {
		const { k, log } = bootAndRun({
			"t.c": `static void good(struct kunit *test) { KUNIT_EXPECT_EQ(test, 1 + 1, 2); }
			static void bad(struct kunit *test) { int x = 3; KUNIT_ASSERT_EQ(test, x, 4); pr_info("not reached\\n"); }
			static struct kunit_case cases[] = { KUNIT_CASE(good), KUNIT_CASE(bad), {} };
			static struct kunit_suite suite = { .name = "demo", .test_cases = cases };
			kunit_test_suite(suite);`,
		});
		assert.deepEqual(
			k.state.kunit.results.map((r) => [r.suite, r.name, r.status]),
			[
				["demo", "good", "passed"],
				["demo", "bad", "failed"],
			],
			log().join("\n"),
		);
		const lines = log().map((line) => line.slice(2));
		assert.ok(lines.includes("    ok 1 good"), lines.join("\n"));
		assert.ok(lines.includes("    not ok 2 bad"));
		assert.ok(!lines.includes("not reached"));
		assert.equal(k.state.boot.phase, "done");
	});
});
