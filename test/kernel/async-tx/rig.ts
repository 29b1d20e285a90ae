/** C code over async_tx with the controllers of provider.c, or alone. */
import { bootAndRun } from "../harness";
import provider from "./provider.c";

const HEAD = `
#include <linux/async_tx.h>
#include <linux/raid/pq.h>
void prov_hold(bool held);
extern bool prov_quiet;
static struct page *page[12];
static int called;
static void cb(void *p) { called++; }
static addr_conv_t scribble[16];
static u8 *at(int i) { return page_address(page[i]); }
static void pages(void)
{
	int i;
	for (i = 0; i < 12; i++) {
		page[i] = alloc_page(GFP_KERNEL);
		memset(at(i), i + 1, 4096);
	}
}
/* Two copies, the second behind the first: takes and drops the first one's lock. */
static void two(void)
{
	struct async_submit_ctl s;
	struct dma_async_tx_descriptor *t;

	init_async_submit(&s, 0, NULL, NULL, NULL, NULL);
	t = async_memcpy(page[1], page[0], 0, 0, 64, &s);
	init_async_submit(&s, ASYNC_TX_ACK, t, cb, NULL, NULL);
	t = async_memcpy(page[2], page[1], 0, 0, 64, &s);
	async_tx_issue_pending(t);
	pr_info("T %02x called=%d\\n", at(2)[0], called);
}
static enum hrtimer_restart fire(struct hrtimer *x) { two(); return HRTIMER_NORESTART; }
static struct hrtimer timer;
static void run_tasklet(struct tasklet_struct *x) { two(); }
static DECLARE_TASKLET(tasklet, run_tasklet);
/* The data blocks of chapter 12 with their P and Q, in pages 0 to 5. */
static void vectors(void)
{
	static const u8 d[6][4] = { { 0x01, 0xff, 0x10, 0x80 }, { 0x02, 0x0f, 0x20, 0x40 }, { 0x03, 0xf0, 0x30, 0x20 },
		{ 0x04, 0xaa, 0x40, 0x10 }, { 0x04, 0xaa, 0x40, 0xf0 }, { 0x29, 0x3f, 0xaa, 0x00 } };
	int i;
	for (i = 0; i < 6; i++)
		memcpy(at(i), d[i], 4);
}
`;
const STAND_IN = "bool prov_quiet; EXPORT_SYMBOL(prov_quiet); void prov_hold(bool h) {} EXPORT_SYMBOL(prov_hold);";

/** `checks`: the XOR controller checks sums as well. `alone`: no controller that async_tx could use. */
export type Controllers = "two" | "checks" | "alone";

/** What a function body prints, and the kernel. */
export function linesOf(body: string, controllers: Controllers = "two"): string[] {
	const text = `${HEAD}static int __init t_init(void)\n{\n	struct async_submit_ctl s;\n	struct dma_async_tx_descriptor *t, *u;\n	unsigned int offsets[12] = {};\n	pages();\n${body}\n	return 0;\n}\nmodule_init(t_init);\n`;
	const off = '&dmac { status = "disabled"; };';
	const files = { "prov.c": controllers === "alone" ? STAND_IN : provider, "t.c": text };
	const rig = bootAndRun(files, off, controllers === "checks" ? { "prov.checks": "1" } : {});
	return rig.log().map((line) => line.slice(2));
}

/** The lines of provider (P) and test (T). */
export const own = (all: readonly string[]): string[] =>
	all.filter((line) => /^[PT] /.test(line)).map((line) => line.slice(2));
