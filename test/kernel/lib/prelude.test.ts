import assert from "node:assert/strict";
import { preludeText } from "../../../src/kernel/prelude";
import { createPrelude } from "../../../src/language/compile";
import { bootAndRun } from "../harness";

/** The lines that begin with "> ". */
function said(body: string, head = ""): string[] {
	const { log } = bootAndRun({ "test.c": `${head}\nstatic int f(void)\n{\n${body}\n\treturn 0;\n}\nmodule_init(f);` });
	return log()
		.filter((line) => line.slice(2).startsWith("> "))
		.map((line) => line.slice(4));
}

/** Expressions of C and what `%lld` prints of them; values by the macros' definitions. */
const VALUES: readonly (readonly [string, number | bigint])[] = [
	["min(3, 5)", 3],
	["max(-1, 5)", 5],
	["min_t(u8, 300, 50)", 44],
	["clamp(12, 0, 10)", 10],
	["clamp_t(u32, -1, 0, 10)", 10],
	["max3(1, 9, 4)", 9],
	["min_not_zero(0, 7)", 7],
	["DIV_ROUND_UP(10, 4)", 3],
	["DIV_ROUND_CLOSEST(10, 4)", 3],
	["DIV64_U64_ROUND_UP(10, 3)", 4],
	// A ring of 16 with 3 bytes up to its end and 2 from its start on: 16 less 5 and the one that stays free.
	["sizeof(struct circ_buf)", 16],
	["CIRC_CNT(2, 13, 16)", 5],
	["CIRC_CNT_TO_END(2, 13, 16)", 3],
	["CIRC_CNT_TO_END(13, 2, 16)", 11],
	["CIRC_SPACE(2, 13, 16)", 10],
	["CIRC_SPACE_TO_END(2, 13, 16)", 10],
	["CIRC_SPACE_TO_END(13, 2, 16)", 3],
	["CIRC_SPACE_TO_END(13, 0, 16)", 2],
	["DIV_ROUND_CLOSEST(-10, 4)", -3],
	["ALIGN(13, 8)", 16],
	["ALIGN_DOWN(13, 8)", 8],
	["IS_ALIGNED(16, 8)", 1],
	["round_up(13, 4)", 16],
	["round_down(13, 4)", 12],
	["roundup(13, 5)", 15],
	["rounddown(13, 5)", 10],
	["BIT(31)", 2147483648],
	["(s64)BIT_ULL(63)", -9223372036854775808n],
	["GENMASK(7, 4)", 0xf0],
	["GENMASK_ULL(39, 32)", 0xff00000000],
	["FIELD_PREP(GENMASK(15, 8), 0x5a)", 0x5a00],
	["FIELD_GET(GENMASK(15, 8), 0x12345678)", 0x56],
	["ffs(0)", 0],
	["ffs(0x80)", 8],
	["fls(0)", 0],
	["fls(0x80)", 8],
	["fls(~0u)", 32],
	["fls64(1ULL << 40)", 41],
	["__ffs(0x80)", 7],
	["__fls(0x80)", 7],
	["ilog2(4096)", 12],
	["ilog2(4097)", 12],
	["order_base_2(4097)", 13],
	["order_base_2(1)", 0],
	["roundup_pow_of_two(5)", 8],
	["roundup_pow_of_two(8)", 8],
	["rounddown_pow_of_two(9)", 8],
	["is_power_of_2(64)", 1],
	["is_power_of_2(0)", 0],
	["hweight32(0xf0f0)", 8],
	["hweight64(~0ULL)", 64],
	["upper_32_bits(0x123456789aULL)", 0x12],
	["lower_32_bits(0x123456789aULL)", 0x3456789a],
	["swab32(0x12345678)", 0x78563412],
	["(s64)swab64(0x0102030405060708ULL)", 0x0807060504030201n],
	["be16_to_cpu(0x1234)", 0x3412],
	["cpu_to_le32(0x12345678)", 0x12345678],
	["sign_extend32(0x80, 7)", -128],
	["mul_u32_u32(0xffffffff, 2)", 0x1fffffffe],
	["div64_u64(1000000000000ULL, 7)", 142857142857n],
	["div_s64(-7, 2)", -3],
	["ARRAY_SIZE(((int[5]){}))", 5],
	["offsetof(struct list_head, prev)", 8],
	["sizeof(struct page)", 64],
	["PTR_ERR(ERR_PTR(-12))", -12],
	["IS_ERR(ERR_PTR(-4095))", 1],
	["IS_ERR(ERR_PTR(-4096))", 0],
	["IS_ERR(NULL)", 0],
	["IS_ERR_OR_NULL(NULL)", 1],
	["PTR_ERR_OR_ZERO(ERR_PTR(-5))", -5],
	["IS_ENABLED(CONFIG_DEBUG_FS)", 1],
	["IS_ENABLED(CONFIG_NO_SUCH_THING)", 0],
	["LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)", 1],
	["array_size(SIZE_MAX, 2) == SIZE_MAX", 1],
	["INT_MAX", 2147483647],
	["(s64)U64_MAX", -1],
	["GFP_KERNEL", 0xcc0],
	["GFP_ATOMIC", 0x820],
	["EPROBE_DEFER", 517],
	["BITS_TO_LONGS(65)", 2],
	["DIV_ROUND_UP_ULL(10000000001ULL, 10)", 1000000001],
	["abs(-5)", 5],
	["strlen(UTS_RELEASE) > 3", 1],
];

describe("prelude", () => {
	it("compiles without a word", () => {
		assert.deepEqual(createPrelude(preludeText).diagnostics, []);
	});

	it("has Linux's values", () => {
		const lines = said(VALUES.map(([e]) => `\tpr_info("> %lld\\n", (long long)(${e}));`).join("\n"));
		assert.deepEqual(
			lines.map((line, i) => `${VALUES[i]?.[0]} = ${line}`),
			VALUES.map(([e, value]) => `${e} = ${value}`),
		);
	});

	it("evaluates the arguments of min, max and swap once", () => {
		assert.deepEqual(said(`int a = 1, b = 9, n = min(a++, 5); swap(a, b); pr_info("> %d %d %d\\n", n, a, b);`), [
			"1 9 2",
		]);
	});

	it("walks lists", () => {
		const lines = said(
			`struct item items[3] = { { 1 }, { 2 }, { 3 } }, *it, *tmp; int i;
			for (i = 0; i < 3; i++) list_add_tail(&items[i].node, &list);
			list_for_each_entry(it, &list, node) pr_info("> %d\\n", it->v);
			list_for_each_entry_reverse(it, &list, node) pr_info("> %d\\n", it->v);
			list_for_each_entry_safe(it, tmp, &list, node) if (it->v != 2) list_del(&it->node);
			pr_info("> %d %d %zu\\n", list_first_entry(&list, struct item, node)->v, list_empty(&list), list_count_nodes(&list));
			list_del_init(&items[1].node);
			pr_info("> %d\\n", list_first_entry_or_null(&list, struct item, node) == NULL);`,
			"struct item { int v; struct list_head node; };\nstatic LIST_HEAD(list);",
		);
		assert.deepEqual(lines, ["1", "2", "3", "3", "2", "1", "2 0 1", "1"]);
	});

	it("queues with kfifo", () => {
		const lines = said(
			`int v = 0, out[4]; u8 bytes[4] = { 1, 2, 3, 4 };
			pr_info("> %d %d\\n", kfifo_put(&fifo, 11), kfifo_put(&fifo, 22));
			pr_info("> %u %u %d\\n", kfifo_len(&fifo), kfifo_avail(&fifo), kfifo_is_empty(&fifo));
			pr_info("> %d", kfifo_get(&fifo, &v)); pr_cont(" %d\\n", v);
			INIT_KFIFO(small);
			pr_info("> %u %u\\n", kfifo_in(&small, bytes, 4), kfifo_len(&small));
			pr_info("> %u %d\\n", kfifo_out(&fifo, out, 4), out[0]);
			if (kfifo_alloc(&dynamic, 3, GFP_KERNEL)) return -ENOMEM;
			pr_info("> %u\\n", kfifo_size(&dynamic)); kfifo_free(&dynamic);`,
			"static DEFINE_KFIFO(fifo, int, 4); static DECLARE_KFIFO(small, u8, 2); static DECLARE_KFIFO_PTR(dynamic, int);",
		);
		assert.deepEqual(lines, ["1 1", "2 2 0", "1 11", "2 2", "1 22", "4"]);
	});

	it("formats through va_list and %pV", () => {
		const lines = said(
			`char text[16]; int n = show(text, "%d-%s", 7, "seven");
			pr_info("> %d %s\\n", n, text);`,
			`static int show(char *buf, const char *fmt, ...)
			{
				struct va_format vaf; va_list args; int n;
				va_start(args, fmt);
				n = vsnprintf(buf, 6, fmt, args);
				va_end(args);
				va_start(args, fmt);
				vaf.fmt = fmt;
				vaf.va = &args;
				pr_info("> [%pV]\\n", &vaf);
				va_end(args);
				return n;
			}`,
		);
		assert.deepEqual(lines, ["[7-seven]", "7 7-sev"]);
	});

	it("sorts and searches with C's own comparison", () => {
		const lines = said(
			`int a[5] = { 5, 1, 4, 2, 3 }, key = 4, *found;
			sort(a, 5, sizeof(int), cmp, NULL);
			pr_info("> %*ph\\n", 20, a);
			found = bsearch(&key, a, 5, sizeof(int), cmp);
			pr_info("> %td\\n", found - a);`,
			"static int cmp(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }",
		);
		assert.deepEqual(lines, ["01 00 00 00 02 00 00 00 03 00 00 00 04 00 00 00 05 00 00 00", "3"]);
	});

	it("says WARN_ON_ONCE once, and gives its condition each time", () => {
		const { log } = bootAndRun({
			"test.c": `static int f(void) { int i, n = 0; for (i = 0; i < 3; i++) if (WARN_ON_ONCE(i >= 0)) n++; pr_info("> %d\\n", n); return 0; } module_init(f);`,
		});
		assert.equal(
			log().filter((line) => /^4 WARNING: CPU: 0 PID: \d+ at test\.c:1 f\+0x[0-9a-f]+\/0x[0-9a-f]+/.test(line)).length,
			1,
		);
		assert.ok(log().includes("6 > 3"));
	});

	it("prints pr_debug only where DEBUG is defined", () => {
		assert.deepEqual(said(`pr_debug("> no\\n");`), []);
		assert.deepEqual(said(`pr_debug("> yes\\n");`, "#define DEBUG"), ["yes"]);
		assert.deepEqual(said(`pr_debug("> yes\\n");`, "#define DEBUG 1"), ["yes"]);
	});

	it("uses the file's own pr_fmt", () => {
		assert.deepEqual(said(`pr_info("x\\n");`, `#define pr_fmt(fmt) "> me: " fmt`), ["me: x"]);
	});

	it("drops the last reference with kref_put", () => {
		const lines = said(
			`struct thing *t = kzalloc(sizeof(*t), GFP_KERNEL);
			kref_init(&t->ref); kref_get(&t->ref);
			pr_info("> %d\\n", kref_put(&t->ref, gone));
			pr_info("> %d\\n", kref_put(&t->ref, gone));`,
			`struct thing { int v; struct kref ref; };
			static void gone(struct kref *ref) { pr_info("> gone\\n"); kfree(container_of(ref, struct thing, ref)); }`,
		);
		assert.deepEqual(lines, ["0", "gone", "1"]);
	});

	it("stops at BUG and at a double free", () => {
		for (const body of ["BUG();", "char *p = kmalloc(8, GFP_KERNEL); kfree(p); kfree(p);"]) {
			const { k, log } = bootAndRun({ "test.c": `static int f(void) { ${body} return 0; } module_init(f);` });
			assert.equal(k.state.oopses, 1, log().join("\n"));
		}
	});

	it("reads and polls registers", () => {
		const lines = said(
			`void __iomem *regs = ioremap(0x10000000, 0x100); u32 v; int ret; u64 t = sim_time_ns();
			pr_info("> %x\\n", readb(regs + 5) & 0x60);
			ret = readb_poll_timeout(regs + 5, v, v & 0x80, 10, 100);
			pr_info("> %d %d\\n", ret, sim_time_ns() - t >= 100000);
			ret = readb_poll_timeout_atomic(regs + 5, v, v & 0x20, 1, 100);
			pr_info("> %d\\n", ret);
			iounmap(regs);
			pr_info("> %d\\n", ioremap(0x80000000, 4096) == NULL);`,
		);
		assert.deepEqual(lines, ["60", "-110 1", "0", "1"]);
	});

	it("uses caches with a constructor, and pools", () => {
		const lines = said(
			`struct kmem_cache *c = kmem_cache_create("things", 24, 0, 0, ctor);
			char *p = kmem_cache_alloc(c, GFP_KERNEL); mempool_t *pool;
			pr_info("> %c %u\\n", p[0], kmem_cache_size(c));
			kmem_cache_free(c, p); kmem_cache_destroy(c);
			pool = mempool_create_kmalloc_pool(2, 64);
			p = mempool_alloc(pool, GFP_KERNEL);
			pr_info("> %d\\n", p != NULL);
			mempool_free(p, pool); mempool_destroy(pool);`,
			"static void ctor(void *p) { *(char *)p = 'x'; }",
		);
		assert.deepEqual(lines, ["x 24", "1"]);
	});
});
