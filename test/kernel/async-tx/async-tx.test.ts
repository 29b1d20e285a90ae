/** async_tx (core-semantics 5): facts 77 to 80 and golden trace G10. */
import { deepEqual, ok } from "node:assert/strict";
import { GF_EXP, gfMultiply } from "../../../src/kernel/raid6/field";
import { linesOf, own } from "./rig";

const lines = (body: string, alone = false): string[] => linesOf(body, alone ? "alone" : "two");

describe("async_tx", () => {
	it("fact 77: async_memcpy without a channel copies at once, calls back and returns NULL", () => {
		const all = lines(
			`init_async_submit(&s, ASYNC_TX_ACK, NULL, cb, NULL, NULL);
			t = async_memcpy(page[1], page[0], 16, 32, 64, &s);
			pr_info("T null=%d called=%d %02x %02x %02x\\n", !t, called, at(1)[15], at(1)[16], at(1)[80]);`,
			true,
		);
		deepEqual(own(all), ["null=1 called=1 02 01 02"]);
		ok(all.includes("async_tx: api initialized (async)"));
	});

	it("fact 78: async_xor of one source is a BUG", () => {
		const all = lines(
			`init_async_submit(&s, 0, NULL, NULL, NULL, NULL);
			async_xor(page[0], &page[1], 0, 1, 64, &s);
			pr_info("T not reached\\n");`,
			true,
		);
		deepEqual(own(all), []);
		ok(all.some((line) => line.startsWith("kernel BUG at")));
	});

	it("fact 79, golden trace G10: 10 sources with max_xor 4 are three descriptors", () => {
		const all = lines(`
			init_async_submit(&s, ASYNC_TX_ACK | ASYNC_TX_XOR_ZERO_DST, NULL, cb, NULL, NULL);
			memset(at(11), 0, 4096);
			t = async_xor(page[11], page, 0, 10, 64, &s);
			pr_info("T acked=%d called=%d\\n", async_tx_test_ack(t), called);
			async_tx_issue_pending(t);
			/* 1 ^ 2 ^ … ^ 10 = 11 */
			pr_info("T called=%d %02x %02x\\n", called, at(11)[0], at(11)[64]);`);
		// Flags at submission: FENCE 0x20 stays set once it was; the last one asks for an interrupt 0x1.
		deepEqual(own(all), [
			"submit x n=4 first=source flags=0x20 callback=0 cookie=2",
			"submit x n=4 first=dest flags=0x20 callback=0 cookie=3",
			"submit x n=4 first=dest flags=0x21 callback=1 cookie=4",
			"acked=1 called=0",
			"called=1 0b 00",
		]);
	});

	it("fact 80: a dependency that is acknowledged already is a BUG", () => {
		const all = lines(`
			init_async_submit(&s, ASYNC_TX_ACK, NULL, NULL, NULL, NULL);
			t = async_memcpy(page[1], page[0], 0, 0, 64, &s);
			init_async_submit(&s, ASYNC_TX_ACK, t, NULL, NULL, NULL);
			async_memcpy(page[2], page[1], 0, 0, 64, &s);
			pr_info("T not reached\\n");`);
		deepEqual(own(all), ["submit c n=1 first=source flags=0x0 callback=0 cookie=2"]);
		ok(all.some((line) => line.startsWith("kernel BUG at")));
	});

	it("a dependent on another channel is submitted when an interrupt descriptor completes", () => {
		const all = lines(`
			prov_hold(true);
			init_async_submit(&s, ASYNC_TX_XOR_ZERO_DST, NULL, NULL, NULL, NULL);
			memset(at(11), 0, 4096);
			t = async_xor(page[11], page, 0, 2, 64, &s);
			init_async_submit(&s, ASYNC_TX_ACK, t, cb, NULL, NULL);
			u = async_memcpy(page[10], page[11], 0, 0, 64, &s);
			pr_info("T waiting=%d acked=%d called=%d\\n", txd_parent(u) != NULL, async_tx_test_ack(t), called);
			prov_hold(false);
			pr_info("T called=%d %02x\\n", called, at(10)[0]);`);
		ok(!all.some((line) => line.startsWith("INFO: trying to register non-static key")));
		deepEqual(own(all), [
			"submit x n=2 first=source flags=0x0 callback=0 cookie=2",
			"submit i n=0 first=source flags=0x0 callback=0 cookie=3",
			"waiting=1 acked=1 called=0",
			// Acknowledged (0x2) while it waited.
			"submit c n=1 first=source flags=0x3 callback=1 cookie=2",
			"called=1 03",
		]);
	});

	it("contexts (8.1): process and atomic are fine; bottom halves cannot be let in again with interrupts off", () => {
		const contexts: Record<string, { body: string; warnings: string[] }> = {
			process: { body: "two();", warnings: [] },
			atomic: { body: "static DEFINE_SPINLOCK(lock); spin_lock(&lock); two(); spin_unlock(&lock);", warnings: [] },
			callback: { body: "tasklet_schedule(&tasklet); msleep(4);", warnings: [] },
			"interrupts off": {
				body: "local_irq_disable(); two(); local_irq_enable();",
				warnings: ["WARNING: CPU: 0 PID: 1 at kernel/softirq.c:387 __local_bh_enable_ip"],
			},
			"hard interrupt": {
				body: "hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL); timer.function = fire; hrtimer_start(&timer, us_to_ktime(10), HRTIMER_MODE_REL); msleep(4);",
				warnings: [
					"WARNING: CPU: 0 PID: 0 at kernel/softirq.c:386 __local_bh_enable_ip",
					"WARNING: CPU: 0 PID: 0 at kernel/softirq.c:387 __local_bh_enable_ip",
				],
			},
		};
		for (const [context, { body, warnings }] of Object.entries(contexts)) {
			const all = lines(body);
			ok(all.includes("T 01 called=1"), `${context}: ${all.join("\n")}`);
			deepEqual(
				all.filter((line) => /^(WARNING|BUG|INFO)/.test(line)),
				warnings,
				context,
			);
		}
	});

	it("async_xor_val without a channel checks on the CPU", () => {
		const all = lines(
			`enum sum_check_flags sum = 0;
			struct page *list[3];
			list[0] = page[2]; list[1] = page[0]; list[2] = page[1];
			init_async_submit(&s, 0, NULL, cb, NULL, NULL);
			t = async_xor_val(page[2], list, 0, 3, 64, &sum, &s);
			/* 3 = 1 ^ 2: the sum is right */
			pr_info("T null=%d sum=%d\\n", !t, sum);
			at(0)[5] ^= 1;
			memset(at(2), 3, 64);
			list[0] = page[2]; list[1] = page[0]; list[2] = page[1];
			init_async_submit(&s, 0, NULL, NULL, NULL, NULL);
			async_xor_val(page[2], list, 0, 3, 64, &sum, &s);
			pr_info("T sum=%d\\n", sum);`,
			true,
		);
		deepEqual(own(all), ["null=1 sum=0", "sum=1"]);
	});

	it("P and Q without a channel (test vectors of chapter 12)", () => {
		const all = lines(
			`static const u8 d[4][4] = { { 0x01, 0xff, 0x10, 0x80 }, { 0x02, 0x0f, 0x20, 0x40 },
				{ 0x03, 0xf0, 0x30, 0x20 }, { 0x04, 0xaa, 0x40, 0x10 } };
			int i;
			for (i = 0; i < 4; i++)
				memcpy(at(i), d[i], 4);
			init_async_submit(&s, ASYNC_TX_ACK, NULL, cb, NULL, scribble);
			t = async_gen_syndrome(page, offsets, 6, 4, &s);
			pr_info("T null=%d called=%d %4ph %4ph\\n", !t, called, at(4), at(5));`,
			true,
		);
		deepEqual(own(all), ["null=1 called=1 04 aa 40 f0 29 3f aa 00"]);
	});

	it("P and Q of more sources than the controller takes: it goes on from P and Q", () => {
		const all = lines(`
			static const u8 d[4][4] = { { 0x01, 0xff, 0x10, 0x80 }, { 0x02, 0x0f, 0x20, 0x40 },
				{ 0x03, 0xf0, 0x30, 0x20 }, { 0x04, 0xaa, 0x40, 0x10 } };
			int i;
			for (i = 0; i < 4; i++)
				memcpy(at(i), d[i], 4);
			memset(at(4), 0, 4);
			init_async_submit(&s, ASYNC_TX_ACK, NULL, cb, NULL, NULL);
			t = async_gen_syndrome(page, offsets, 7, 4, &s);
			async_tx_issue_pending(t);
			pr_info("T called=%d %4ph %4ph\\n", called, at(5), at(6));`);
		deepEqual(own(all), [
			"submit q n=4 first=source flags=0x20 callback=0 cookie=2",
			// CONTINUE 0x10, FENCE 0x20, INTERRUPT 0x1
			"submit q n=1 first=source flags=0x31 callback=1 cookie=3",
			"called=1 04 aa 40 f0 29 3f aa 00",
		]);
	});

	it("the field: powers of two and products (test vectors of chapter 12)", () => {
		const first = [1, 2, 4, 8, 0x10, 0x20, 0x40, 0x80, 0x1d, 0x3a, 0x74, 0xe8, 0xcd, 0x87, 0x13, 0x26];
		deepEqual([...GF_EXP.subarray(0, 16)], first);
		deepEqual([GF_EXP[254], GF_EXP[255]], [0x8e, 0]);
		deepEqual([gfMultiply(2, 0x80), gfMultiply(0x53, 0xca)], [0x1d, 0x8f]);
	});
});
