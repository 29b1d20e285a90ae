import assert from "node:assert/strict";
import { checkMarks, moduleText, runText } from "./rig";

// What each report is called and says: mm/kasan/report_generic.c, mm/kmsan/report.c of Linux 6.12.
const WRONG: readonly (readonly [string, string, string?])[] = [
	[
		"writes and reads behind what kmalloc was asked for",
		`	char *p = kzalloc(13, GFP_KERNEL);
	p[12] = 1;
	p[13] = 1; //! slab-out-of-bounds
	pr_info("%d\\n", p[15]); //! slab-out-of-bounds
	kfree(p);`,
	],
	[
		"notices the byte behind an object that fills its size class, and the one before it",
		`	char *p = kmalloc(64, GFP_KERNEL);
	u32 *w = kmalloc(4096, GFP_KERNEL);
	p[64] = 1; //! slab-out-of-bounds
	p[-1] = 1; //! slab-out-of-bounds
	w[1024] = 1; //! slab-out-of-bounds
	kfree(p);
	kfree(w);`,
	],
	[
		"notices the end of large kmalloc memory",
		`	char *p = kmalloc(10000, GFP_KERNEL);
	p[9999] = 0;
	p[10000] = 0; //! slab-out-of-bounds
	kfree(p);
	p[0] = 1; //! use-after-free`,
	],
	[
		"notices uses after kfree although others have been allocated since",
		`	struct item *p = kzalloc(sizeof(*p), GFP_KERNEL);
	int i;
	kfree(p);
	for (i = 0; i < 10; i++)
		kfree(kzalloc(sizeof(*p), GFP_KERNEL));
	p->next = NULL; //! slab-use-after-free
	pr_info("%d\\n", p->value); //! slab-use-after-free`,
		"struct item { struct item *next; int value; };",
	],
	[
		"notices double and invalid frees, and goes on",
		`	char *p = kmalloc(32, GFP_KERNEL);
	kfree(p + 8); //! invalid-free
	kfree(p);
	kfree(p); //! double-free
	kfree(&global); //! invalid-free
	pr_info("went on\\n");`,
		"static int global;",
	],
	[
		"notices freed pages and the end of vmalloc memory",
		`	unsigned long page = __get_free_page(GFP_KERNEL | __GFP_ZERO);
	char *v = vzalloc(100);
	*(char *)page = 1;
	free_page(page);
	*(char *)page = 2; //! use-after-free
	v[99] = 1;
	v[100] = 1; //! vmalloc-out-of-bounds
	vfree(v);`,
	],
	[
		"notices the ends of globals, statics and strings",
		`	static short inner[3];
	const char *text = "abc";
	int i = 4;
	table[i - 1] = 1;
	table[i] = 1; //! global-out-of-bounds
	pr_info("%d\\n", table[-1]); //! global-out-of-bounds
	inner[i - 1] = 1; //! global-out-of-bounds
	pr_info("%d\\n", text[i]); //! global-out-of-bounds`,
		"static int table[4];\nstatic int other[4];",
	],
	[
		"notices the ends of locals, in the function that is called too",
		`	int a[4] = { 0 }, b[4] = { 0 };
	char c[3];
	int i = 4;
	fill(a, i);
	a[i] = 1; //! stack-out-of-bounds
	b[-1] = 1; //! stack-out-of-bounds
	c[i - 1] = 1; //! stack-out-of-bounds`,
		`static noinline void fill(int *p, int n)
{
	int i;
	for (i = 0; i <= n; i++)
		p[i] = i; //! stack-out-of-bounds
}`,
	],
	[
		"notices reads of what was never written: heap, pages and locals",
		`	struct item *p = kmalloc(sizeof(*p), GFP_KERNEL);
	unsigned long page = __get_free_page(GFP_KERNEL);
	struct item local;
	p->value = 1;
	local.next = p;
	if (p->next) //! uninit-value
		pr_info("never\\n");
	if (local.value == 3) //! uninit-value
		pr_info("never\\n");
	if (*(int *)page == 3) //! uninit-value
		pr_info("never\\n");
	local = *p;
	if (local.value == 1 && local.next) //! uninit-value
		pr_info("copied what was not there\\n");
	kfree(p);
	free_page(page);`,
		"struct item { struct item *next; int value; };",
	],
	[
		"knows bit-fields byte by byte",
		`	struct bits b;
	b.low = 1;
	b.high = 9;
	if (b.low + b.high != 10)
		pr_err("wrong\\n");
	if (b.other) //! uninit-value
		pr_err("wrong\\n");`,
		"struct bits { u32 low : 3; u32 high : 5; u32 other : 8; };",
	],
	[
		"notices lists, locks, counters and completions in freed memory",
		`	struct ctx *c = kmalloc(sizeof(*c), GFP_KERNEL);
	init_completion(&c->done);
	spin_lock_init(&c->lock);
	list_add(&c->node, &head);
	list_del(&c->node);
	atomic_set(&c->count, 1);
	complete(&c->done);
	wait_for_completion(&c->done);
	kfree(c);
	list_add(&c->node, &head); //! slab-use-after-free
	spin_lock_init(&c->lock); //! slab-use-after-free
	atomic_inc(&c->count); //! slab-use-after-free
	init_completion(&c->done); //! slab-use-after-free
	complete(&c->done); //! slab-use-after-free
	wait_for_completion_timeout(&c->done, 1); //! slab-use-after-free`,
		`#include <linux/list.h>
#include <linux/completion.h>
static LIST_HEAD(head);
struct ctx { struct list_head node; spinlock_t lock; atomic_t count; struct completion done; };`,
	],
	[
		"checks what the memory and string functions do",
		`	char *p = kmalloc(16, GFP_KERNEL), *q = kzalloc(16, GFP_KERNEL);
	char name[8];
	memset(p, 0, 17); //! slab-out-of-bounds
	memcpy(q, p, 20); //! slab-out-of-bounds
	strcpy(name, "12345678"); //! stack-out-of-bounds
	snprintf(name, 12, "%s", "0123456789"); //! stack-out-of-bounds
	memset(q, 'x', 16);
	pr_info("%zu\\n", strlen(q)); //! slab-out-of-bounds
	kfree(p);
	memcpy(q, p, 4); //! slab-use-after-free
	kfree(q);`,
	],
	[
		"reports comparisons and texts of uninitialised bytes, not their copies",
		`	char *p = kmalloc(16, GFP_KERNEL);
	char copy[16], zero[16] = { 0 };
	memcpy(copy, p, 16);
	if (!memcmp(copy, zero, 16)) //! uninit-value
		pr_info("same\\n");
	pr_info("%.4s\\n", p); //! uninit-value
	kfree(p);`,
	],
];

describe("KASAN and KMSAN", () => {
	for (const [what, body, before] of WRONG)
		it(what, () => {
			checkMarks(moduleText(body, before));
		});

	it("say what, where, by whom, and who made and freed the memory", () => {
		const { log } = runText(
			`#include <linux/slab.h>\n#include <linux/module.h>\nstatic char *make(void)\n{\n\treturn kmalloc(20, GFP_KERNEL);\n}\nstatic int f(void)\n{\n\tchar *p = make();\n\n\tkfree(p);\n\tp[4] = 1;\n\treturn 0;\n}\nmodule_init(f);\n`,
		);
		const text = log.slice(log.findIndex((line) => line.startsWith("BUG: KASAN"))).join("\n");
		const address = /at addr ([0-9a-f]{16}) by/.exec(text)?.[1] ?? "";
		const object = (BigInt(`0x${address}`) - 4n).toString(16);
		const end = (BigInt(`0x${address}`) + 16n).toString(16);
		assert.match(text, /^BUG: KASAN: slab-use-after-free in f\+0x/);
		assert.match(text, /\nWrite of size 1 at addr ffff0000[0-9a-f]{8} by task init\/1\n/);
		assert.match(text, /\nCall trace:\n f \(t\.c:12\)\n/);
		assert.match(text, /\nAllocated by task 1:\n make \(t\.c:5\)\nFreed by task 1:\n f \(t\.c:11\)\n/);
		assert.ok(text.includes(`belongs to the object at ${object}\n which belongs to the cache kmalloc-32 of size 32\n`));
		assert.ok(text.includes(`located 4 bytes inside of\n freed 20-byte region [${object}, ${end})\n`), text);
	});

	it("names variables", () => {
		const { log } = runText(
			moduleText("\tint n = 4, array[4];\n\ttable[n] = 1;\n\tarray[n] = 1;\n\tn += array[0];", "static int table[4];"),
		);
		assert.ok(log.includes(" table+0x10/0x10"));
		assert.ok(log.some((line) => /^ \[\d+, \d+\) 'array'$/.test(line)));
		assert.ok(log.includes("Local variable array created at:"));
		assert.ok(log.includes("Bytes 0-3 of 4 are uninitialized"));
	});

	it("report a place once", () => {
		const body =
			"\tchar *p = kmalloc(8, GFP_KERNEL);\n\tint i;\n\tfor (i = 8; i < 12; i++)\n\t\tp[i] = 1; //! slab-out-of-bounds";
		checkMarks(moduleText(body));
	});

	it("are switched off by findings: off", () => {
		const { found, report } = runText(
			moduleText("\tchar *p = kmalloc(8, GFP_KERNEL);\n\tp[8] = p[9];\n\tkfree(p);"),
			"off",
		);
		assert.deepEqual(found, []);
		assert.equal(report.exitCode, 0);
	});

	it("fail the KUnit case that runs, and no other", () => {
		const { simulation, report } = runText(`#include <kunit/test.h>
#include <linux/slab.h>
static void bad(struct kunit *test)
{
	char *p = kunit_kzalloc(test, 4, GFP_KERNEL);

	p[4] = 1;
}
static void good(struct kunit *test)
{
	char *p = kunit_kzalloc(test, 4, GFP_KERNEL);

	KUNIT_EXPECT_EQ(test, p[3], 0);
}
static struct kunit_case cases[] = { KUNIT_CASE(bad), KUNIT_CASE(good), {} };
static struct kunit_suite suite = { .name = "s", .test_cases = cases };
kunit_test_suite(suite);
`);
		assert.deepEqual(
			simulation.k.state.kunit.results.map(({ name, status }) => `${name} ${status}`),
			["bad failed", "good passed"],
		);
		assert.match(
			simulation.k.state.kunit.results[0]?.failures[0]?.text ?? "",
			/^BUG: KASAN: slab-out-of-bounds in bad/,
		);
		assert.equal(report.exitCode, 1);
	});
});
