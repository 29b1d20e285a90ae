import assert from "node:assert/strict";
import { preludeText } from "../../../src/kernel/prelude";
import { createPrelude } from "../../../src/language/compile";
import { failures, runSuite, statuses } from "./support";

const FIRST = "    # c: EXPECTATION FAILED at t.c:3\n";

describe("KUnit's checks", () => {
	it("are in a sound prelude", () => {
		assert.deepEqual(createPrelude(preludeText).diagnostics, []);
	});

	it("pass without a word", () => {
		const body = `
	int a = 3; u8 x[4] = { 1 }, y[4] = { 1 }; void *p = x;
	KUNIT_EXPECT_EQ(test, a, 3); KUNIT_EXPECT_NE(test, a, 4); KUNIT_EXPECT_LT(test, a, 4); KUNIT_EXPECT_LE(test, a, 3);
	KUNIT_EXPECT_GT(test, a, 2); KUNIT_EXPECT_GE(test, a, 3); KUNIT_EXPECT_TRUE(test, a); KUNIT_EXPECT_FALSE(test, !a);
	KUNIT_EXPECT_NULL(test, test->priv); KUNIT_EXPECT_NOT_NULL(test, p); KUNIT_EXPECT_PTR_EQ(test, p, x);
	KUNIT_EXPECT_PTR_NE(test, x, y); KUNIT_EXPECT_STREQ(test, "a", "a"); KUNIT_EXPECT_STRNEQ(test, "a", "b");
	KUNIT_EXPECT_MEMEQ(test, x, y, sizeof(x)); KUNIT_EXPECT_MEMNEQ(test, x, &a, sizeof(x));
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, p); KUNIT_SUCCEED(test);
	KUNIT_ASSERT_EQ(test, a, 3); KUNIT_ASSERT_NE_MSG(test, a, 4, "%d", a); KUNIT_ASSERT_TRUE(test, a);
	KUNIT_ASSERT_NOT_ERR_OR_NULL_MSG(test, p, "no %s", "p"); KUNIT_ASSERT_STREQ_MSG(test, "a", "a", "s");
	KUNIT_ASSERT_MEMEQ(test, x, y, 4); KUNIT_ASSERT_NULL(test, test->priv); KUNIT_ASSERT_PTR_EQ_MSG(test, p, x, "m");`;
		const rig = runSuite(`static void c(struct kunit *test) {${body}\n}`, "KUNIT_CASE(c)");
		assert.deepEqual(statuses(rig), ["c passed"]);
	});

	it("compare in the operands' own types", () => {
		const [text] = failures(
			"KUNIT_EXPECT_LT(test, -1, 1); KUNIT_EXPECT_GT(test, ~0ULL, 1ULL); KUNIT_EXPECT_LT(test, ~0ULL, 1ULL);",
		);
		assert.equal(
			text,
			`${FIRST}    Expected ~0ULL < 1ULL, but\n        ~0ULL == -1 (0xffffffffffffffff)\n        1ULL == 1 (0x1)`,
		);
	});

	it("evaluate each operand once", () => {
		const rig = runSuite(
			'static int n;\nstatic void c(struct kunit *test) { KUNIT_EXPECT_EQ(test, ++n, 7); KUNIT_EXPECT_TRUE(test, ++n == 7); KUNIT_ASSERT_EQ(test, n, 2); KUNIT_SUCCEED(test); pr_info("still here\\n"); }',
			"KUNIT_CASE(c)",
		);
		assert.ok(rig.log().includes("6 still here"));
	});

	it("print integers with their hex, a literal not again", () => {
		assert.deepEqual(failures("int a = 3, b = -4; KUNIT_EXPECT_EQ(test, a, b); KUNIT_EXPECT_EQ(test, 5, a);"), [
			`${FIRST}    Expected a == b, but\n        a == 3 (0x3)\n        b == -4 (0xfffffffffffffffc)`,
			`${FIRST}    Expected 5 == a, but\n        a == 3 (0x3)`,
		]);
	});

	it("print truth, and the message behind an empty line", () => {
		assert.deepEqual(
			failures('int a = 3; KUNIT_EXPECT_TRUE(test, a == 4); KUNIT_EXPECT_FALSE_MSG(test, a, "a is %d", a);'),
			[
				`${FIRST}    Expected a == 4 to be true, but is false`,
				`${FIRST}    Expected a to be false, but is true\n\na is 3`,
			],
		);
	});

	it("print pointers with all digits", () => {
		assert.deepEqual(
			failures("void *p = (void *)0x1234; KUNIT_EXPECT_PTR_EQ(test, p, test->priv); KUNIT_EXPECT_NULL(test, p);"),
			[
				`${FIRST}    Expected p == test->priv, but\n        p == 0000000000001234\n        test->priv == 0000000000000000`,
				`${FIRST}    Expected p == ((void *)0), but\n        p == 0000000000001234\n        ((void *)0) == 0000000000000000`,
			],
		);
	});

	it("print errors in pointers", () => {
		assert.deepEqual(
			failures(
				"void *p = (void *)-22L, *q = NULL; KUNIT_EXPECT_NOT_ERR_OR_NULL(test, p); KUNIT_EXPECT_NOT_ERR_OR_NULL(test, q);",
			),
			[`${FIRST}    Expected p is not error, but is: -22`, `${FIRST}    Expected q is not null, but is`],
		);
	});

	it("print strings, a literal not again", () => {
		assert.deepEqual(failures('const char *s = "left"; KUNIT_EXPECT_STREQ(test, s, "right");'), [
			`${FIRST}    Expected s == "right", but\n        s == "left"\n`.replace(/\n$/, ""),
		]);
	});

	it("mark the bytes that differ", () => {
		assert.deepEqual(failures("u8 x[18] = { 1, 2 }, y[18] = { 1, 9 }; KUNIT_EXPECT_MEMEQ(test, x, y, sizeof(x));"), [
			`${FIRST}    Expected x == y, but
        x ==
         01 <02>${" 00 ".repeat(14)}
        ${" 00 ".repeat(2)}
        y ==
         01 <09>${" 00 ".repeat(14)}
        ${" 00 ".repeat(2)}`,
		]);
		assert.deepEqual(failures("u8 x[1]; KUNIT_EXPECT_MEMEQ(test, test->priv, x, 1);"), [
			`${FIRST}    Expected test->priv is not null, but is`,
		]);
	});

	it("fail on demand", () => {
		assert.deepEqual(failures('KUNIT_FAIL(test, "never %s", "here");'), [`${FIRST}never here`]);
	});

	it("say where for the results", () => {
		const rig = runSuite(
			"static void c(struct kunit *test)\n{\n\tKUNIT_EXPECT_EQ(test, 1,\n\t\t2);\n\tKUNIT_ASSERT_TRUE(test, 0);\n}",
			"KUNIT_CASE(c)",
		);
		const [result] = rig.k.state.kunit.results;
		assert.deepEqual(
			result?.failures.map(({ file, line }) => `${file}:${line}`),
			["t.c:4", "t.c:6"],
		);
		assert.equal(result?.failures[1]?.text, "ASSERTION FAILED at t.c:6\n    Expected 0 to be true, but is false");
	});
});
