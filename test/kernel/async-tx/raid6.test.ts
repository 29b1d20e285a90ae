/** RAID6 (core-semantics 5.4 and 5.5, chapter 12): recovery and check, by the controllers and on the CPU. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { GF_EXI, GF_EXP, GF_INV, GF_LOG, gfMultiply } from "../../../src/kernel/raid6/field";
import { type Controllers, linesOf, own } from "./rig";

const run = (body: string, controllers?: Controllers): string[] => own(linesOf(body, controllers));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Loses blocks 1 and 3 of the four, recovers them and prints all six. */
const LOSE_TWO = (scribble: string): string => `
	struct page *blocks[6];
	vectors();
	memcpy(blocks, page, sizeof(blocks));
	memset(at(1), 0xee, 4);
	memset(at(3), 0xee, 4);
	init_async_submit(&s, ASYNC_TX_ACK, NULL, cb, NULL, ${scribble});
	t = async_raid6_2data_recov(6, 4, 3, 1, blocks, offsets, &s);
	async_tx_issue_pending(t);
	pr_info("T null=%d called=%d same=%d\\n", !t, called, !memcmp(blocks, page, sizeof(blocks)));
	pr_info("T %4ph %4ph %4ph %4ph %4ph %4ph\\n", at(0), at(1), at(2), at(3), at(4), at(5));`;
const WHOLE = "01 ff 10 80 02 0f 20 40 03 f0 30 20 04 aa 40 10 04 aa 40 f0 29 3f aa 00";

describe("RAID6", () => {
	it("the tables (test vectors of chapter 12)", () => {
		equal(hex(GF_INV.subarray(0, 8)), "00018ef447a77aba");
		equal(hex(GF_EXI.subarray(0, 6)), "00f4a79d72ed");
		equal(GF_INV[GF_EXP[2]!], 0x47);
		for (let v = 1; v < 256; v++) {
			equal(gfMultiply(v, GF_INV[v]!), 1);
			equal(GF_EXP[GF_LOG[v]!], v);
		}
		for (let i = 1; i < 255; i++) equal(gfMultiply(GF_EXI[i]!, GF_EXP[i]! ^ 1), 1);
	});

	it("C sees the tables and the selected algorithm", () => {
		const all = run(
			`vectors();
			memset(at(4), 0, 4);
			memset(at(5), 0, 4);
			{
				void *ptrs[6] = { at(0), at(1), at(2), at(3), at(4), at(5) };
				raid6_call.gen_syndrome(6, 4, ptrs);
				pr_info("T %4ph %4ph\\n", at(4), at(5));
				raid6_call.xor_syndrome(6, 0, 3, 4, ptrs);
				pr_info("T %4ph %4ph %zu\\n", at(4), at(5), sizeof(raid6_gfmul));
			}
			pr_info("T %02x %02x %02x %02x %d\\n", raid6_gfexp[254], raid6_gfinv[2], raid6_gfexi[2], raid6_gfmul[0x53][0xca],
				raid6_gflog[0x80]);`,
			"alone",
		);
		deepEqual(all, ["04 aa 40 f0 29 3f aa 00", "00 00 00 00 00 00 00 00 65536", "8e 8e a7 8f 7"]);
	});

	it("two lost data blocks on the CPU: without a channel, and without scribble space", () => {
		deepEqual(run(LOSE_TWO("scribble"), "alone"), ["null=1 called=1 same=1", WHOLE]);
		// The array of blocks is used for the addresses.
		deepEqual(run(LOSE_TWO("NULL")), ["null=1 called=1 same=0", WHOLE]);
	});

	it("two lost of four by the controller: the differences, then the data", () => {
		deepEqual(run(LOSE_TWO("scribble")), [
			"submit q n=2 first=source flags=0x20 callback=0 cookie=2",
			"submit x n=2 first=dest flags=0x20 callback=0 cookie=3",
			"submit x n=2 first=dest flags=0x20 callback=0 cookie=4",
			// DISABLE_P 0x4: only Q, the sum of the products.
			"submit q n=2 first=source flags=0x24 callback=0 cookie=5",
			"submit x n=2 first=dest flags=0x1 callback=1 cookie=6",
			"null=0 called=1 same=1",
			WHOLE,
		]);
	});

	it("two lost of three: the one that is left is copied and multiplied; channels are switched by waiting", () => {
		// Disk 2 is not there: P = D0 ^ D1 ^ D3, Q = D0 ^ 2·D1 ^ 8·D3.
		const all = run(`
			struct page *blocks[6];
			int i;
			vectors();
			memcpy(blocks, page, sizeof(blocks));
			blocks[2] = NULL;
			for (i = 0; i < 4; i++) {
				at(4)[i] = at(0)[i] ^ at(1)[i] ^ at(3)[i];
				at(5)[i] = at(0)[i] ^ raid6_gfmul[2][at(1)[i]] ^ raid6_gfmul[8][at(3)[i]];
			}
			memset(at(0), 0xee, 4);
			memset(at(3), 0xee, 4);
			init_async_submit(&s, ASYNC_TX_ACK, NULL, cb, NULL, scribble);
			t = async_raid6_2data_recov(6, 4, 0, 3, blocks, offsets, &s);
			async_tx_issue_pending(t);
			pr_info("T called=%d %4ph %4ph\\n", called, at(0), at(3));`);
		deepEqual(all, [
			"submit c n=1 first=source flags=0x20 callback=0 cookie=2",
			"submit q n=1 first=source flags=0x24 callback=0 cookie=2",
			"submit x n=2 first=dest flags=0x20 callback=0 cookie=3",
			"submit x n=2 first=dest flags=0x20 callback=0 cookie=4",
			"submit q n=2 first=source flags=0x24 callback=0 cookie=5",
			"submit x n=2 first=dest flags=0x1 callback=1 cookie=6",
			"called=1 01 ff 10 80 04 aa 40 10",
		]);
	});

	it("two lost of two: P and Q alone give both", () => {
		const all = run(`
			struct page *blocks[4] = { page[0], page[1], page[4], page[5] };
			int i;
			vectors();
			for (i = 0; i < 4; i++) {
				at(4)[i] = at(0)[i] ^ at(1)[i];
				at(5)[i] = at(0)[i] ^ raid6_gfmul[2][at(1)[i]];
			}
			memset(at(0), 0xee, 4);
			memset(at(1), 0xee, 4);
			init_async_submit(&s, ASYNC_TX_ACK, NULL, cb, NULL, scribble);
			t = async_raid6_2data_recov(4, 4, 0, 1, blocks, offsets, &s);
			async_tx_issue_pending(t);
			pr_info("T called=%d %4ph %4ph\\n", called, at(0), at(1));`);
		deepEqual(all, [
			"submit q n=2 first=source flags=0x24 callback=0 cookie=2",
			"submit x n=2 first=source flags=0x1 callback=1 cookie=3",
			"called=1 01 ff 10 80 02 0f 20 40",
		]);
	});

	const LOSE_DATA_AND_P = `
		struct page *blocks[6];
		vectors();
		memcpy(blocks, page, sizeof(blocks));
		memset(at(2), 0xee, 4);
		memset(at(4), 0xee, 4);
		init_async_submit(&s, ASYNC_TX_ACK, NULL, cb, NULL, scribble);
		t = async_raid6_datap_recov(6, 4, 2, blocks, offsets, &s);
		async_tx_issue_pending(t);
		pr_info("T null=%d called=%d same=%d\\n", !t, called, !memcmp(blocks, page, sizeof(blocks)));
		pr_info("T %4ph %4ph %4ph %4ph %4ph %4ph\\n", at(0), at(1), at(2), at(3), at(4), at(5));`;

	it("a lost data block and P", () => {
		deepEqual(run(LOSE_DATA_AND_P, "alone"), ["null=1 called=1 same=1", WHOLE]);
		deepEqual(run(LOSE_DATA_AND_P), [
			"submit q n=3 first=source flags=0x20 callback=0 cookie=2",
			"submit x n=2 first=dest flags=0x20 callback=0 cookie=3",
			"submit q n=1 first=source flags=0x24 callback=0 cookie=4",
			"submit x n=2 first=dest flags=0x1 callback=1 cookie=5",
			"null=0 called=1 same=1",
			WHOLE,
		]);
	});

	const CHECK = `
		enum sum_check_flags sum = 7;
		vectors();
		init_async_submit(&s, 0, NULL, cb, NULL, scribble);
		t = async_syndrome_val(page, offsets, 6, 4, &sum, page[9], 0, &s);
		async_tx_issue_pending(t);
		pr_info("T null=%d called=%d sum=%d\\n", !t, called, sum);
		at(4)[1] ^= 1;
		init_async_submit(&s, 0, NULL, NULL, NULL, scribble);
		async_tx_issue_pending(async_syndrome_val(page, offsets, 6, 4, &sum, page[9], 0, &s));
		pr_info("T sum=%d\\n", sum);
		at(5)[3] ^= 0x80;
		init_async_submit(&s, 0, NULL, NULL, NULL, scribble);
		async_tx_issue_pending(async_syndrome_val(page, offsets, 6, 4, &sum, page[9], 0, &s));
		pr_info("T sum=%d\\n", sum);
		at(4)[1] ^= 1;
		init_async_submit(&s, 0, NULL, NULL, NULL, scribble);
		async_tx_issue_pending(async_syndrome_val(page, offsets, 6, 4, &sum, page[9], 0, &s));
		pr_info("T sum=%d\\n", sum);`;
	const VERDICTS = ["sum=1", "sum=3", "sum=2"];

	it("async_syndrome_val: bit 0 for P, bit 1 for Q", () => {
		deepEqual(run(CHECK, "alone"), ["null=1 called=1 sum=0", ...VERDICTS]);
		const byController = run(CHECK, "checks");
		deepEqual(
			byController.filter((line) => !line.startsWith("submit")),
			["null=0 called=1 sum=0", ...VERDICTS],
		);
		deepEqual(
			byController.filter((line) => line.startsWith("submit")),
			[
				"submit Q n=4 first=source flags=0x1 callback=1 cookie=2",
				"submit Q n=4 first=source flags=0x0 callback=0 cookie=3",
				"submit Q n=4 first=source flags=0x0 callback=0 cookie=4",
				"submit Q n=4 first=source flags=0x0 callback=0 cookie=5",
			],
		);
	});

	it("async_syndrome_val with channels that compute but do not check: P and Q again, and a comparison", () => {
		const all = run(`vectors();
			{
				enum sum_check_flags sum = 7;
				at(5)[0] ^= 1;
				init_async_submit(&s, ASYNC_TX_ACK, NULL, cb, NULL, scribble);
				prov_hold(false);
				t = async_syndrome_val(page, offsets, 6, 4, &sum, page[9], 16, &s);
				pr_info("T null=%d called=%d sum=%d flags=%d\\n", !t, called, sum, s.flags);
			}`);
		deepEqual(all, [
			"submit x n=4 first=source flags=0x0 callback=0 cookie=2",
			"submit q n=4 first=source flags=0x4 callback=0 cookie=3",
			"null=1 called=1 sum=2 flags=4",
		]);
	});

	it("async_xor_val by the controller", () => {
		const all = run(
			`enum sum_check_flags sum = 7;
			struct page *list[3] = { page[2], page[0], page[1] };
			/* 3 = 1 ^ 2 */
			init_async_submit(&s, ASYNC_TX_FENCE, NULL, cb, NULL, scribble);
			async_tx_issue_pending(async_xor_val(page[2], list, 0, 3, 64, &sum, &s));
			pr_info("T called=%d sum=%d\\n", called, sum);
			at(0)[63] ^= 4;
			init_async_submit(&s, 0, NULL, NULL, NULL, scribble);
			async_tx_issue_pending(async_xor_val(page[2], list, 0, 3, 64, &sum, &s));
			pr_info("T sum=%d\\n", sum);`,
			"checks",
		);
		deepEqual(all, [
			"submit X n=3 first=source flags=0x21 callback=1 cookie=2",
			"called=1 sum=0",
			"submit X n=3 first=source flags=0x0 callback=0 cookie=3",
			"sum=1",
		]);
	});

	it("P or Q alone; adding to P and Q is for the CPU", () => {
		const all = run(
			`struct page *blocks[6];
			vectors();
			memset(at(4), 0, 4);
			memset(at(5), 0, 4);
			memcpy(blocks, page, sizeof(blocks));
			blocks[5] = NULL;
			init_async_submit(&s, ASYNC_TX_ACK, NULL, NULL, NULL, scribble);
			async_tx_issue_pending(async_gen_syndrome(blocks, offsets, 6, 4, &s));
			blocks[4] = NULL;
			blocks[5] = page[5];
			init_async_submit(&s, ASYNC_TX_ACK, NULL, NULL, NULL, scribble);
			async_tx_issue_pending(async_gen_syndrome(blocks, offsets, 6, 4, &s));
			pr_info("T %4ph %4ph\\n", at(4), at(5));
			blocks[4] = page[4];
			init_async_submit(&s, ASYNC_TX_ACK | ASYNC_TX_PQ_XOR_DST, NULL, NULL, NULL, scribble);
			t = async_gen_syndrome(blocks, offsets, 6, 4, &s);
			pr_info("T null=%d %4ph %4ph\\n", !t, at(4), at(5));`,
			"checks",
		);
		deepEqual(all, [
			"submit q n=4 first=source flags=0x8 callback=0 cookie=2",
			"submit q n=4 first=source flags=0x4 callback=0 cookie=3",
			"04 aa 40 f0 29 3f aa 00",
			"null=1 00 00 00 00 00 00 00 00",
		]);
	});

	const bugs: Record<string, string> = {
		"the same block lost twice": "async_raid6_2data_recov(6, 4, 1, 1, page, offsets, &s);",
		"neither P nor Q": "page[4] = page[5] = NULL; async_gen_syndrome(page, offsets, 6, 4, &s);",
		"a check of three disks":
			"{ enum sum_check_flags r; async_syndrome_val(page, offsets, 3, 4, &r, page[9], 0, &s); }",
		"a check on the CPU without spare page":
			"{ enum sum_check_flags r; async_syndrome_val(page, offsets, 6, 4, &r, NULL, 0, &s); }",
		"more than 255 disks": "async_gen_syndrome(page, offsets, 256, 4, &s);",
	};
	for (const [what, code] of Object.entries(bugs))
		it(`${what} is a BUG`, () => {
			const all = linesOf(
				`init_async_submit(&s, 0, NULL, NULL, NULL, scribble);\n${code}\npr_info("T not reached\\n");`,
				"alone",
			);
			ok(all.some((line) => line.startsWith("kernel BUG at crypto/async_tx/")));
			deepEqual(own(all), []);
		});

	it("loads async_tx before the module that uses it, also for a first use under a spinlock", () => {
		const all = linesOf(
			`static DEFINE_SPINLOCK(lock);
			pr_info("T init\\n");
			spin_lock(&lock);
			init_async_submit(&s, ASYNC_TX_ACK, NULL, NULL, NULL, NULL);
			async_memcpy(page[1], page[0], 0, 0, 64, &s);
			spin_unlock(&lock);`,
			"alone",
		);
		const loaded = all.indexOf("async_tx: api initialized (async)");
		ok(loaded >= 0 && loaded < all.indexOf("T init"));
		ok(!all.some((line) => line.includes("sleeping function")));
	});
});
