import assert from "node:assert/strict";
import { scatterlist, sgTable } from "../../../src/kernel/dma-mapping/scatterlist";
import * as structs from "../../../src/kernel/dmaengine/structs";
import { preludeText, preludeTextOf } from "../../../src/kernel/prelude";
import { KERNEL_VERSIONS, type KernelVersion } from "../../../src/kernel/version";
import { compile, createPrelude } from "../../../src/language/compile";

describe("the C text of dmaengine", () => {
	const prelude = createPrelude(preludeText);

	it("is sound", () => {
		assert.deepEqual(prelude.diagnostics.slice(0, 20), []);
	});

	const layouts = (version: KernelVersion): unknown => {
		// 6.12 lacks the last member.
		const lacks = (name: string): boolean => version === "6.12" && name === "device_prep_config_sg";
		const list = [...Object.values(structs), scatterlist, sgTable].filter((s) => "$size" in s);
		const checks = list.flatMap((s) => [
			`_Static_assert(sizeof(struct ${s.$name}) == ${s.$fields.find(([name]) => lacks(name))?.[1].offset ?? s.$size}, "${s.$name}");`,
			...s.$fields
				.filter(([name]) => !lacks(name))
				.map(
					([name, field]) =>
						`_Static_assert(__builtin_offsetof(struct ${s.$name}, ${name}) == ${field.offset}, "${s.$name}.${name}");`,
				),
		]);
		return compile({
			prelude: createPrelude(preludeTextOf(version)),
			files: [{ path: "layout.dma", text: checks.join("\n") }],
			readFile: () => null,
		}).diagnostics;
	};

	it("has the layouts that the accessors use, in each version", () => {
		for (const version of KERNEL_VERSIONS) assert.deepEqual(layouts(version), []);
	});

	it("lets C use masks, requests and scatterlist macros", () => {
		const source = `
static bool pick(struct dma_chan *chan, void *param) { return chan->chan_id == 2; }
static void done(void *param) { }
int use(struct device *dev, struct scatterlist *list)
{
	dma_cap_mask_t mask;
	struct dma_chan *chan;
	struct dma_async_tx_descriptor *tx;
	struct dma_slave_config config = { .direction = DMA_MEM_TO_DEV, .dst_addr_width = DMA_SLAVE_BUSWIDTH_4_BYTES };
	struct scatterlist *sg;
	int i, total = 0;

	dma_cap_zero(mask);
	dma_cap_set(DMA_MEMCPY, mask);
	chan = dma_request_channel(mask, pick, (void *)0);
	for_each_sg(list, sg, 3, i)
		total += sg_dma_len(sg);
	dmaengine_slave_config(chan, &config);
	tx = dmaengine_prep_dma_memcpy(chan, 1, 2, 3, DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
	tx->callback = done;
	return dma_submit_error(dmaengine_submit(tx)) + total;
}
`;
		const result = compile({ prelude, files: [{ path: "use.dma", text: source }], readFile: () => null });
		assert.deepEqual(result.diagnostics, []);
	});
});
