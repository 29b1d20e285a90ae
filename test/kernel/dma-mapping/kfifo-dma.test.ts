import assert from "node:assert/strict";
import { bootAndRun } from "../harness";

function lines(body: string): string[] {
	const rig = bootAndRun({
		"ring.c": `static DEFINE_KFIFO(ring, unsigned char, 4096);
			static DEFINE_KFIFO(words, u32, 8);
			static int ring_init(void)
			{
				struct scatterlist sgl[2];
				unsigned int n, i;
				${body}
				return 0;
			}
			module_init(ring_init);`,
	});

	return rig
		.log()
		.filter((line) => line.includes("> "))
		.map((line) => line.replace(/^\d+ > /, ""));
}

const SHOW = `pr_info("> %u", n);
	for (i = 0; i < n; i++)
		pr_cont(" %llx+%u", (u64)sgl[i].dma_address, sgl[i].dma_length);
	pr_cont("\\n");`;

/** What waits from position `tail` on, `count` bytes of it, at most `limit` in `entries` pieces; mapped at c0040000. */
const out = (tail: number, count: number, limit: number, entries: number) => `
	sg_init_table(sgl, 2);
	ring.kfifo.out = ${tail};
	ring.kfifo.in = ${tail + count};
	n = kfifo_dma_out_prepare_mapped(&ring, sgl, ${entries}, ${limit}, 0xc0040000);
	${SHOW}`;

describe("kfifo and DMA", () => {
	it("what waits is one piece, or two when it goes over the end", () => {
		assert.deepEqual(lines(out(4000, 200, 4096, 2)), ["2 c0040fa0+96 c0040000+104"]);
		assert.deepEqual(lines(out(4000, 96, 4096, 2)), ["1 c0040fa0+96"]);
		assert.deepEqual(lines(out(0, 4096, 4096, 2)), ["1 c0040000+4096"]);
		assert.deepEqual(lines(out(8192 + 10, 5, 4096, 2)), ["1 c004000a+5"]);
	});

	it("no more than asked for, no more entries than there are, nothing when nothing waits", () => {
		assert.deepEqual(lines(out(4000, 200, 100, 2)), ["2 c0040fa0+96 c0040000+4"]);
		assert.deepEqual(lines(out(4000, 200, 4096, 1)), ["1 c0040fa0+96"]);
		assert.deepEqual(lines(out(7, 0, 4096, 2)), ["0"]);
	});

	it("room is handed out the same way; lengths count elements", () => {
		assert.deepEqual(
			lines(`sg_init_table(sgl, 2);
				words.kfifo.out = 6;
				words.kfifo.in = 7;
				n = kfifo_dma_in_prepare_mapped(&words, sgl, 2, 100, 0x1000);
				${SHOW}
				kfifo_dma_in_finish(&words, 12);
				pr_info("> %u\\n", kfifo_len(&words));
				kfifo_dma_out_finish(&words, 8);
				pr_info("> %u\\n", kfifo_len(&words));`),
			["2 101c+4 1000+24", "4", "2"],
		);
	});

	it("unmapped: entries name the memory, and their DMA addresses stay as they were", () => {
		assert.deepEqual(
			lines(`sg_init_table(sgl, 2);
				DECLARE_KFIFO_PTR(queue, unsigned char);
				if (kfifo_alloc(&queue, 64, GFP_KERNEL))
					return -ENOMEM;
				queue.kfifo.in = 10;
				n = kfifo_dma_out_prepare(&queue, sgl, 2, 64);
				pr_info("> %u %u %d %u\\n", n, sgl[0].length, sg_virt(&sgl[0]) == queue.kfifo.data, sgl[0].dma_length);
				kfifo_free(&queue);`),
			["1 10 1 0"],
		);
	});
});
