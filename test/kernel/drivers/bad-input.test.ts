/** Arguments that no driver wants, on every controller: what its 6.12 driver answers, and what it does when it does not look. */
import assert from "node:assert/strict";
import { scatterlist, sgInitTable } from "../../../src/kernel/dma-mapping/scatterlist";
import type { Client } from "../dmaengine/client";
import { type ControllerName, copier, fifoChannel, PLACES } from "./places";

/** 0: NULL. "descriptor": taken as it is. An address: the oops of a kernel that does not look. */
type Answer = 0 | "descriptor" | { readonly faultAt: number };

/** Members of struct scatterlist on arm64. Where a call takes both, the compiler chooses which one is loaded first. */
const [PAGE_LINK, DMA_ADDRESS, DMA_LENGTH] = [0x00, 0x10, 0x18];
/** kcalloc() of no elements gives the pointer 16; the second pointer of an element there. */
const BEHIND_ZERO_SIZE = 0x10 + 8;
const at = (faultAt: number): Answer => ({ faultAt });

const [MEM_TO_MEM, MEM_TO_DEV, DEV_TO_DEV] = [0, 1, 3];
const INTERRUPT = 1;

interface Bad {
	readonly what: string;
	readonly prep: (client: Client, memory: number) => number;
	readonly config?: Readonly<Record<string, number>>;
	readonly copies?: true;
	readonly answers: Readonly<Record<ControllerName, Answer>>;
}

function sg(
	client: Client,
	memory: number,
	count: number,
	claimed: number,
	direction = MEM_TO_DEV,
	length = 64,
): number {
	const { rig } = client;
	const list = rig.memory(scatterlist.$size * count);
	sgInitTable(rig.k.space, list, count);
	for (let n = 0; n < count; n++) {
		scatterlist.dma_address.set(rig.k.space, list + n * scatterlist.$size, memory + n * 0x1000);
		scatterlist.dma_length.set(rig.k.space, list + n * scatterlist.$size, length);
	}
	return rig.call("dmaengine_prep_slave_sg", client.chan, list, claimed, direction, 0);
}

const ring =
	(length: number, period: number, direction = MEM_TO_DEV) =>
	(client: Client, memory: number) =>
		client.rig.call("dmaengine_prep_dma_cyclic", client.chan, memory, length, period, direction, INTERRUPT);

const CASES: readonly Bad[] = [
	{
		what: "no list at all",
		prep: (client) => client.rig.call("dmaengine_prep_slave_sg", client.chan, 0, 1, MEM_TO_DEV, 0),
		answers: {
			"dw-axi-dmac": at(DMA_ADDRESS),
			"stm32-dma": at(DMA_ADDRESS),
			"stm32-mdma": at(DMA_LENGTH),
			pl330: 0,
			"bcm2835-dma": at(DMA_LENGTH),
		},
	},
	{
		what: "more entries than the list has",
		prep: (client, memory) => sg(client, memory, 2, 3),
		answers: {
			"dw-axi-dmac": at(DMA_LENGTH),
			"stm32-dma": at(DMA_ADDRESS),
			"stm32-mdma": at(DMA_LENGTH),
			pl330: at(DMA_ADDRESS),
			"bcm2835-dma": at(DMA_LENGTH),
		},
	},
	{
		what: "a list of 0 entries",
		prep: (client, memory) => sg(client, memory, 1, 0),
		// stm32-mdma does not count.
		answers: { "dw-axi-dmac": 0, "stm32-dma": 0, "stm32-mdma": "descriptor", pl330: 0, "bcm2835-dma": 0 },
	},
	{
		what: "a list between two devices",
		prep: (client, memory) => sg(client, memory, 1, 1, DEV_TO_DEV),
		// pl330 finds out when it writes the program: "Bad Desc", and the transfer counts as done. bcm2835-dma takes it for
		// memory to device.
		answers: {
			"dw-axi-dmac": 0,
			"stm32-dma": 0,
			"stm32-mdma": 0,
			pl330: "descriptor",
			"bcm2835-dma": "descriptor",
		},
	},
	{
		what: "a list from memory to memory",
		prep: (client, memory) => sg(client, memory, 1, 1, MEM_TO_MEM),
		answers: { "dw-axi-dmac": 0, "stm32-dma": 0, "stm32-mdma": 0, pl330: "descriptor", "bcm2835-dma": 0 },
	},
	{
		what: "an entry of no bytes",
		prep: (client, memory) => sg(client, memory, 1, 1, MEM_TO_DEV, 0),
		answers: {
			"dw-axi-dmac": at(BEHIND_ZERO_SIZE),
			"stm32-dma": "descriptor",
			"stm32-mdma": "descriptor",
			pl330: "descriptor",
			"bcm2835-dma": 0,
		},
	},
	{
		what: "a device width of 3 bytes",
		config: { dst_addr_width: 3 },
		prep: (client, memory) => sg(client, memory, 1, 1),
		// Where only the lowest bit counts, 3 is 1.
		answers: { "dw-axi-dmac": "descriptor", "stm32-dma": 0, "stm32-mdma": 0, pl330: "descriptor", "bcm2835-dma": 0 },
	},
	{
		what: "a slave transfer without slave_config",
		config: {},
		prep: (client, memory) => sg(client, memory, 1, 1),
		answers: { "dw-axi-dmac": "descriptor", "stm32-dma": 0, "stm32-mdma": 0, pl330: "descriptor", "bcm2835-dma": 0 },
	},
	{
		what: "a ring of no bytes",
		prep: ring(0, 64),
		answers: { "dw-axi-dmac": at(BEHIND_ZERO_SIZE), "stm32-dma": 0, "stm32-mdma": 0, pl330: 0, "bcm2835-dma": 0 },
	},
	{
		what: "periods of no bytes",
		prep: ring(64, 0),
		answers: { "dw-axi-dmac": at(BEHIND_ZERO_SIZE), "stm32-dma": 0, "stm32-mdma": 0, pl330: 0, "bcm2835-dma": 0 },
	},
	{
		what: "a ring that is no whole number of periods",
		prep: ring(160, 64),
		answers: {
			"dw-axi-dmac": "descriptor",
			"stm32-dma": 0,
			"stm32-mdma": 0,
			pl330: 0,
			"bcm2835-dma": "descriptor",
		},
	},
	{
		what: "a ring between two devices",
		prep: ring(128, 64, DEV_TO_DEV),
		answers: {
			"dw-axi-dmac": 0,
			"stm32-dma": 0,
			"stm32-mdma": 0,
			pl330: "descriptor",
			"bcm2835-dma": "descriptor",
		},
	},
	{
		what: "a ring from memory to memory",
		prep: ring(128, 64, MEM_TO_MEM),
		answers: { "dw-axi-dmac": 0, "stm32-dma": 0, "stm32-mdma": 0, pl330: 0, "bcm2835-dma": 0 },
	},
	{
		what: "a copy of no bytes",
		copies: true,
		prep: (client, memory) => client.memcpy(memory, memory + 0x1000, 0),
		answers: {
			// The slot before the first one: u32 index -1, 24 bytes each, from the pointer 16 on.
			"dw-axi-dmac": at(0x10 + 0xffffffff * 24),
			"stm32-dma": "descriptor",
			// The first of no nodes.
			"stm32-mdma": at(0),
			pl330: 0,
			"bcm2835-dma": 0,
		},
	},
];

const word = (answer: Answer): string =>
	answer === 0 ? "NULL" : answer === "descriptor" ? "a descriptor" : `an oops at 0x${answer.faultAt.toString(16)}`;

for (const { what, prep, config, copies, answers } of CASES)
	describe(`bad input: ${what}`, () => {
		for (const [name, answer] of Object.entries(answers) as [ControllerName, Answer][])
			it(`${name}: ${word(answer)}`, () => {
				const place = PLACES[name];
				const client = copies ? copier(place) : fifoChannel(place, "tx");
				const { rig } = client;
				const values = { direction: MEM_TO_DEV, dst_addr: place.register, dst_addr_width: 4, dst_maxburst: 1 };
				if (!copies && (config === undefined || Object.keys(config).length > 0))
					assert.equal(client.configure({ ...values, ...config }), 0);
				const tx = prep(client, place.memory);
				if (typeof answer === "object") {
					assert.equal(rig.oopses.length, 1);
					assert.ok(rig.oopses[0]!.endsWith(`at virtual address ${answer.faultAt.toString(16).padStart(16, "0")}`));
				} else {
					assert.deepEqual(rig.oopses, []);
					assert.equal(tx !== 0, answer === "descriptor");
				}
			});
	});

describe("bad input: dma_map_sg of more entries than the list has", () => {
	it("looks for the page of an entry that is not there", () => {
		const client = fifoChannel(PLACES["dw-axi-dmac"], "tx");
		const { rig } = client;
		const list = rig.memory(scatterlist.$size * 2);
		const buffer = rig.memory(64);
		rig.call("sg_init_table", list, 2);
		for (const n of [0, 1]) rig.call("sg_set_buf", list + n * scatterlist.$size, buffer, 64);
		rig.call("dma_map_sg_attrs", rig.device("peer"), list, 3, MEM_TO_DEV, 0);
		assert.ok(rig.oopses[0]?.endsWith(`at virtual address ${PAGE_LINK.toString(16).padStart(16, "0")}`), rig.oopses[0]);
	});
});
