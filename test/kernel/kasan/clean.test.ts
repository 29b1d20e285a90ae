import { checkMarks, moduleText } from "./rig";

/** Programs that do nothing wrong. */
const CLEAN: readonly (readonly [string, string, string?])[] = [
	[
		"copies of structs with padding, by value, by pointer and by memcpy",
		`	struct padded a, b, c[2];
	struct padded *p = kmalloc(sizeof(*p), GFP_KERNEL);
	a.byte = 1; a.word = 2; a.half = 3;
	b = a;
	*p = b;
	memcpy(&c[1], p, sizeof(*p));
	c[0] = pass(c[1]);
	if (c[0].byte + c[0].word + c[0].half != 7)
		pr_err("wrong\\n");
	kfree(p);`,
		`struct padded { u8 byte; u32 word; u16 half; };
static struct padded pass(struct padded x) { x.word++; return x; }`,
	],
	[
		"bit-fields, one after the other, beside other members",
		`	struct bits b;
	struct bits *p = kmalloc(sizeof(*p), GFP_KERNEL);
	b.a = 1; b.b = -1; b.c = 100; b.wide = 1ULL << 39; b.flag = true;
	b.a += 2;
	b.b++;
	*p = b;
	p->c ^= 1;
	if (p->a != 3 || p->b != 0 || p->c != 101 || p->wide != 1ULL << 39 || !p->flag)
		pr_err("wrong\\n");
	kfree(p);`,
		"struct bits { u8 before; u32 a : 3; s32 b : 2; u32 c : 11; u64 wide : 40; bool flag : 1; u8 behind; };",
	],
	[
		"unions and arrays that are written in part and read where they were written",
		`	union { u64 all; u8 bytes[8]; struct { u32 low, high; } half; } u;
	int array[16], i, sum = 0;
	u.half.low = 1; u.half.high = 2;
	sum += u.bytes[0] + (u.all >> 32);
	for (i = 3; i < 9; i++)
		array[i] = i;
	for (i = 3; i < 9; i++)
		sum += array[i];
	if (sum != 36)
		pr_err("wrong\\n");`,
	],
	[
		"initialisers, designated and partial, and compound literals",
		`	struct pair p = { .b = 1 }, list[] = { { 1 }, { .b = 2 }, [3] = { 4, 4 } };
	char text[16] = "abc";
	p.a += sum((struct pair){ .a = 3 }) + sum(list[0]) + list[2].b + text[15];
	if (p.a != 4)
		pr_err("wrong\\n");`,
		"struct pair { int a, b; };\nstatic int sum(struct pair p) { return p.a + p.b; }",
	],
	[
		"container_of lists, on the heap and on the stack",
		`	LIST_HEAD(head);
	struct item on_stack, *it, *next;
	int i, sum = 0;
	for (i = 0; i < 5; i++) {
		it = kmalloc(sizeof(*it), GFP_KERNEL);
		it->value = i;
		list_add_tail(&it->node, &head);
	}
	on_stack.value = 10;
	list_add(&on_stack.node, &head);
	list_for_each_entry(it, &head, node)
		sum += it->value;
	list_del(&on_stack.node);
	list_for_each_entry_safe(it, next, &head, node) {
		list_del(&it->node);
		kfree(it);
	}
	if (sum != 20 || !list_empty(&head))
		pr_err("wrong\\n");`,
		"#include <linux/list.h>\nstruct item { int value; struct list_head node; };",
	],
	[
		"recursion, blocks with variables of their own, variable arguments",
		`	char out[32];
	int n;
	{ int a[4] = { 1, 2, 3, 4 }; n = a[3]; }
	{ char b[24]; memset(b, 1, sizeof(b)); n += b[23]; }
	n += deep(20) + many(3, 1, 2L, 3) + deep(3);
	format(out, sizeof(out), "%d-%s", n, "x");
	if (strcmp(out, "227-x"))
		pr_err("wrong %s\\n", out);`,
		`static int deep(int n) { int a[3]; a[n % 3] = n; return n ? deep(n - 1) + a[n % 3] : 0; }
static int many(int n, ...) { va_list ap; int s = 0; va_start(ap, n); while (n--) s += va_arg(ap, int); va_end(ap); return s; }
static void format(char *p, size_t n, const char *f, ...) { va_list ap; va_start(ap, f); vsnprintf(p, n, f, ap); va_end(ap); }`,
	],
	[
		"memory that the kernel fills: zeroed, duplicated, grown, formatted, random",
		`	char *z = kcalloc(3, 5, GFP_KERNEL), *d = kstrdup("text", GFP_KERNEL), *m = kmemdup("abc", 4, GFP_KERNEL);
	char *s = kasprintf(GFP_KERNEL, "%d", 12), name[8];
	u32 random, *w = kmalloc(8, GFP_KERNEL);
	get_random_bytes(&random, sizeof(random));
	w[0] = 1; w[1] = random;
	w = krealloc(w, 40, GFP_KERNEL);
	strscpy(name, d, sizeof(name));
	if (z[14] + d[4] + m[3] || s[1] != '2' || w[1] != random || name[4])
		pr_err("wrong\\n");
	kfree(z); kfree(d); kfree(m); kfree(s); kfree(w);`,
	],
	[
		"completions, work, timers and wait queues on the stack and on the heap",
		`	struct ctx *c = kmalloc(sizeof(*c), GFP_KERNEL);
	DECLARE_COMPLETION_ONSTACK(local);
	init_completion(&c->done);
	INIT_WORK(&c->work, run);
	c->other = &local;
	schedule_work(&c->work);
	wait_for_completion(&c->done);
	wait_for_completion_timeout(&local, 10);
	flush_work(&c->work);
	kfree(c);`,
		`#include <linux/workqueue.h>
#include <linux/completion.h>
struct ctx { struct work_struct work; struct completion done, *other; };
static void run(struct work_struct *w)
{
	struct ctx *c = container_of(w, struct ctx, work);
	complete(c->other);
	complete(&c->done);
}`,
	],
];

describe("KASAN and KMSAN say nothing of", () => {
	for (const [what, body, before] of CLEAN)
		it(what, () => {
			const { log } = checkMarks(moduleText(body, before));
			if (log.some((line) => line.startsWith("wrong"))) throw new Error(log.join("\n"));
		});
});
