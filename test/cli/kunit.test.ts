import assert from "node:assert/strict";
import { dmascope } from "./support";

const HEAD = "#include <kunit/test.h>\n#include <linux/completion.h>\n";
const suite = (cases: readonly string[], extra = "", name = "mine") =>
	`static struct kunit_case ${name}_cases[] = { ${cases.map((one) => `KUNIT_CASE(${one}),`).join(" ")} {} };\n` +
	`static struct kunit_suite ${name} = { .name = "${name}", .test_cases = ${name}_cases, ${extra} };\nkunit_test_suite(${name});\n`;

const test = (text: string, ...argv: string[]) => dmascope(["test", "a.dma", ...argv], { "a.dma": text });

describe("dmascope test", () => {
	it("runs each case on the machine as it was after loading, statics included", async () => {
		const text = `${HEAD}static int n;
static void one(struct kunit *test) { KUNIT_EXPECT_EQ(test, n++, 0); }
static void two(struct kunit *test) { KUNIT_EXPECT_EQ(test, n++, 0); }
${suite(["one", "two"])}`;
		const { status, out } = await test(text);
		assert.equal(status, 0, out);
		assert.equal(
			out,
			"KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: mine\n    1..2\n    ok 1 one\n    ok 2 two\nok 1 mine\n# Totals: pass:2 fail:0 skip:0 total:2\n",
		);
	});

	it("reports failures with their place, skips and assertions; exit 1", async () => {
		const text = `${HEAD}static void bad(struct kunit *test) { KUNIT_EXPECT_EQ(test, 1 + 1, 3); }
static void skipped(struct kunit *test) { kunit_skip(test, "not today"); }
static void asserted(struct kunit *test) { KUNIT_ASSERT_TRUE(test, false); KUNIT_FAIL(test, "not reached"); }
${suite(["bad", "skipped", "asserted"])}`;
		const { status, out, written } = await test(text, "--junit", "out.xml");
		assert.equal(status, 1);
		assert.match(out, /^ {4}# .*EXPECTATION FAILED at a\.dma:3$/m);
		assert.match(out, /^ {4}not ok 1 bad$/m);
		assert.match(out, /^ {4}ok 2 skipped # SKIP not today$/m);
		assert.match(out, /^ {4}not ok 3 asserted$/m);
		assert.doesNotMatch(out, /not reached/);
		assert.match(out, /^not ok 1 mine$/m);
		assert.match(written["out.xml"]!, /<testsuite name="mine" file="a\.dma" tests="3" failures="2" skipped="1">/);
	});

	it("fails a case that oopses or blocks, and goes on with the next", async () => {
		const text = `${HEAD}static DECLARE_COMPLETION(never);
static void oops(struct kunit *test) { *(volatile int *)8 = 1; }
static void blocks(struct kunit *test) { wait_for_completion(&never); }
static void fine(struct kunit *test) { }
${suite(["oops", "blocks", "fine"])}`;
		const { status, out } = await test(text);
		assert.equal(status, 1);
		assert.match(out, /not ok 1 oops/);
		assert.match(out, /# .*waits for completion.*never[\s\S]*not ok 2 blocks/);
		assert.match(out, /\n {4}ok 3 fine/);
	});

	it("gives each case 60 s of virtual time; exit 3", async () => {
		const text = `${HEAD}#include <linux/delay.h>
static void slow(struct kunit *test) { for (;;) msleep(1000); }
${suite(["slow"])}`;
		const { status, out } = await test(text);
		assert.equal(status, 3, out);
		assert.match(out, /limit/);
	});

	it("runs only what --case names, and says when nothing fits", async () => {
		const text = `${HEAD}static void one(struct kunit *test) { }
static void two(struct kunit *test) { KUNIT_FAIL(test, "no"); }
${suite(["one", "two"])}`;
		const { status, out } = await test(text, "--case", "mine.o*");
		assert.equal(status, 0);
		assert.match(out, /total:1/);
		assert.deepEqual([(await test(text, "--case", "other.*")).status], [2]);
	});

	it("takes a file without suites as one case", async () => {
		const good = await test("#include <linux/module.h>\nstatic int a(void) { return 0; }\nmodule_init(a);\n");
		assert.deepEqual([good.status, /ok 1 a\n/.test(good.out)], [0, true]);
		const bad = await test("#include <linux/module.h>\nstatic int a(void) { return -1; }\nmodule_init(a);\n");
		assert.deepEqual([bad.status, /not ok 1 a\n/.test(bad.out)], [1, true]);
	});
});
