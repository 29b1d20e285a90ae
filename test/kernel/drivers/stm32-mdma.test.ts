import assert from "node:assert/strict";
import fc from "fast-check";
import { DmaStatus } from "../../../src/kernel/dmaengine/constants";
import { inspectChannel } from "../../../src/kernel/dmaengine/inspect";
import { dmaSlaveCaps } from "../../../src/kernel/dmaengine/structs";
import { Client } from "../dmaengine/client";
import type { Rig } from "../dmaengine/rig";
import { ccrOf, channelState, LINE, mdmaRegister, mdmaXlate, nodesOf } from "./mdma";
import { read, stm32 } from "./stm32";
import { DEV_TO_MEM, MEM_TO_DEV, pattern, Requester } from "./support";

const [EPERM, EBUSY, ENOENT] = [1, 16, 2] as const;
const FROM = 0xc1000000;
const TO = 0xc2000000;
const SRAM = 0x10000000;
/** A data register that reads 0, of a device without a model. */
const QSPI = 0x58003020;
/** Block mode, the device's address fixed, memory's incremented, buffers of 4 bytes. */
const CAPTURE = [22, 2, 0x10100008, 0, 0] as const;
const PLAYBACK = [22, 2, 0x10100002, 0, 0] as const;

const copier = (rig: Rig): Client => new Client(rig, rig.channel());
const put = (rig: Rig, at: number, bytes: Uint8Array): void => rig.k.machine.memory.writeBytes(at, bytes);
const get = (rig: Rig, at: number, length: number): Uint8Array => rig.k.machine.memory.readBytes(at, length);
const says = (rig: Rig, text: string, channel = 0): void =>
	assert.equal(rig.log().at(-1), `dma dma0chan${channel}: ${text}`);

describe("stm32-mdma driver: memory to memory", () => {
	it("copies any length between any addresses, byte for byte", () => {
		const rig = stm32();
		const client = copier(rig);
		const at = fc.integer({ min: 0, max: 200 });
		fc.assert(
			fc.property(at, at, fc.integer({ min: 1, max: 140_000 }), (from, to, length) => {
				const bytes = pattern(length, from);
				rig.k.machine.memory.fill(TO, 0xee, length + 400);
				put(rig, FROM + from, bytes);
				client.submit(client.memcpy(TO + 100 + to, FROM + from, length));
				client.issue();
				rig.run();
				assert.deepEqual(get(rig, TO + 100 + to, length), bytes);
				assert.equal(get(rig, TO + 99 + to, 1)[0], 0xee);
				assert.equal(get(rig, TO + 100 + to + length, 1)[0], 0xee);
			}),
			{ numRuns: 40 },
		);
	});

	it("up to 128 bytes are one buffer, up to 65536 one block, more a list (reference 4.4)", () => {
		const rig = stm32();
		const client = copier(rig);
		const modes = [128, 129, 65536, 65537].map((length) => {
			const tx = client.memcpy(TO, FROM, length);
			const nodes = nodesOf(rig, tx);
			return [ccrOf(rig, tx), Number(nodes[0].CTCR) >>> 28, nodes.length];
		});
		assert.deepEqual(modes, [
			["0x00000026", 4, 1],
			["0x00000016", 5, 1],
			["0x00000016", 5, 1],
			["0x00000016", 7, 2],
		]);
	});

	it("sides that allow different widths are packed", () => {
		const rig = stm32();
		const [node] = nodesOf(rig, copier(rig).memcpy(TO + 2, FROM, 4096));
		const ctcr = Number(node.CTCR);
		assert.deepEqual([(ctcr >>> 4) & 3, (ctcr >>> 6) & 3, (ctcr >>> 25) & 1], [3, 1, 1]);
	});

	it("queued descriptors start one after the other in the interrupt", () => {
		const rig = stm32();
		const client = copier(rig);
		const cookies = [1, 2, 3].map((n) => {
			const tx = client.memcpy(TO + n * 4096, FROM, 256);
			client.callback(tx, n);
			return client.submit(tx);
		});
		client.issue();
		const info = inspectChannel(rig.k, client.chan);
		assert.deepEqual(
			[info.queues.active, info.queues.issued].map((queue) => queue.map(({ cookie }) => cookie)),
			[[cookies[0]], cookies.slice(1)],
		);
		assert.deepEqual([info.state, info.residue, info.queues.active[0].kind], ["running", 256, "memcpy"]);
		rig.run();
		assert.deepEqual(
			rig.callbacks.map(({ param }) => param),
			[1, 2, 3],
		);
		assert.equal(rig.k.state.irqs[LINE].count, 3);
	});

	it("a bus error leaves the channel busy: nothing is completed, nothing starts, until terminate", () => {
		const rig = stm32();
		const client = copier(rig);
		const tx = client.memcpy(TO, 0x0f000040, 64);
		client.callback(tx);
		const cookie = client.submit(tx);
		client.issue();
		rig.run();
		says(rig, "Transfer Err: stat=0x00000040");
		client.submit(client.memcpy(TO, FROM, 64));
		client.issue();
		rig.run();
		assert.equal(rig.callbacks.length, 0);
		assert.equal(client.status(cookie).status, DmaStatus.IN_PROGRESS);
		// The hardware is off, but nobody has paused it.
		assert.equal(inspectChannel(rig.k, client.chan).state, "running");
		assert.equal(rig.call("dmaengine_terminate_sync", client.chan), 0);
		const again = client.memcpy(TO, FROM, 64);
		client.callback(again, 7);
		client.submit(again);
		client.issue();
		rig.run();
		assert.deepEqual(
			rig.callbacks.map(({ param }) => param),
			[7],
		);
	});

	it("a channel with an AHB address on one side says so in CTBR", () => {
		const rig = stm32({ dts: "&mdma1 { st,ahb-addr-masks = <0x20000000 0x10000000>; };" });
		const client = copier(rig);
		assert.equal(nodesOf(rig, client.memcpy(TO, SRAM, 64))[0].CTBR, "0x00010000");
		assert.equal(nodesOf(rig, client.memcpy(SRAM, FROM, 64))[0].CTBR, "0x00020000");
		assert.equal(nodesOf(rig, client.memcpy(TO, FROM, 64))[0].CTBR, "0x00000000");
	});
});

describe("stm32-mdma driver: pause, resume, terminate", () => {
	it("a copy goes on where it was; it is never said to be paused (controllers.md 10)", () => {
		const rig = stm32();
		const client = copier(rig);
		const bytes = pattern(100_000);
		put(rig, FROM, bytes);
		const tx = client.memcpy(TO, FROM, bytes.length);
		client.callback(tx);
		const cookie = client.submit(tx);
		client.issue();
		assert.equal(rig.call("dmaengine_resume", client.chan), -EPERM);
		for (let n = 0; n < 10; n++) {
			rig.run(5_000_000);
			assert.equal(rig.call("dmaengine_pause", client.chan), 0);
			const { status, residue } = client.status(cookie);
			assert.equal(status, DmaStatus.IN_PROGRESS);
			assert.deepEqual(
				[inspectChannel(rig.k, client.chan).state, inspectChannel(rig.k, client.chan).residue],
				["paused", residue],
			);
			rig.run(50_000_000);
			assert.deepEqual(client.status(cookie), { status, residue });
			assert.equal(rig.call("dmaengine_resume", client.chan), 0);
		}
		rig.run();
		assert.equal(rig.callbacks.length, 1);
		assert.deepEqual(get(rig, TO, bytes.length), bytes);
		assert.equal(rig.call("dmaengine_resume", client.chan), -EPERM);
	});

	it("a pause in the moment of the end loses the interrupt, not the callback", () => {
		const rig = stm32();
		const client = copier(rig);
		const tx = client.memcpy(TO, FROM, 1000);
		client.callback(tx);
		const cookie = client.submit(tx);
		client.issue();
		// The end comes before the interrupt can be taken.
		rig.k.machine.interrupts.mask(LINE);
		rig.run(20_000_000);
		assert.equal(rig.call("dmaengine_pause", client.chan), 0);
		rig.k.machine.interrupts.unmask(LINE);
		assert.equal(read(rig, mdmaRegister(0, "CBNDTR")), 0);
		assert.equal(client.status(cookie).status, DmaStatus.IN_PROGRESS);
		assert.equal(rig.call("dmaengine_resume", client.chan), 0);
		rig.run();
		assert.equal(rig.callbacks.length, 1);
		assert.equal(client.status(cookie).status, DmaStatus.COMPLETE);
	});

	it("terminate: the active cookie stays in progress, and so do the queued ones (controllers.md 10)", () => {
		const rig = stm32();
		const client = copier(rig);
		const cookies = [0, 1].map(() => {
			const tx = client.memcpy(TO, FROM, 10_000);
			client.callback(tx);
			return client.submit(tx);
		});
		client.issue();
		rig.run(5_000_000);
		assert.equal(rig.call("dmaengine_terminate_sync", client.chan), 0);
		for (const cookie of cookies) assert.equal(client.status(cookie).status, DmaStatus.IN_PROGRESS);
		rig.run();
		assert.equal(rig.callbacks.length, 0);
		assert.equal(read(rig, mdmaRegister(0, "CCR")) & 1, 0);
		assert.equal(channelState(rig, client.chan).busy, false);
	});

	it("a second transfer that the interrupt started has the first one's block end: resuming it reads behind its nodes", () => {
		const rig = stm32();
		const client = copier(rig);
		for (let n = 0; n < 2; n++) client.submit(client.memcpy(TO, FROM, 60_000));
		client.issue();
		rig.until(() => inspectChannel(rig.k, client.chan).queues.issued.length === 0, "second transfer");
		rig.run(2_000_000);
		assert.equal(channelState(rig, client.chan).current, 1);
		assert.equal(rig.call("dmaengine_pause", client.chan), 0);
		assert.equal(rig.kinds("finding").length, 0);
		rig.call("stm32_mdma_resume", client.chan);
		assert.deepEqual(
			rig.kinds("finding").map(({ fields }) => [fields.rule, fields.text]),
			[["stm32-mdma", "dma0chan0: node[1] of a descriptor with 1"]],
		);
		assert.equal(rig.oopses.length, 1);
	});

	it("releasing a channel that runs stops it", () => {
		const rig = stm32();
		const client = copier(rig);
		client.submit(client.memcpy(TO, FROM, 60_000));
		client.issue();
		rig.call("dma_release_channel", client.chan);
		assert.equal(read(rig, mdmaRegister(0, "CCR")) & 1, 0);
		assert.equal(rig.channel(), client.chan);
	});
});

describe("stm32-mdma driver: a peripheral's requests", () => {
	const slave = (cells: readonly number[], values: Parameters<Client["configure"]>[0], rig = stm32()) => {
		const client = new Client(rig, mdmaXlate(rig, cells));
		assert.equal(client.configure(values), 0);
		return { rig, client };
	};
	const capture = (rig?: Rig) => slave(CAPTURE, { direction: DEV_TO_MEM, src_addr: QSPI, src_addr_width: 4 }, rig);

	it("a scatter list is one chain: one request each, one interrupt, and the residue is exact", () => {
		const { rig, client } = capture();
		const entries = [
			[TO, 64],
			[TO + 0x1000, 128],
			[TO + 0x2000, 32],
		] as const;
		const tx = client.slaveSg(entries, DEV_TO_MEM);
		client.callback(tx);
		const cookie = client.submit(tx);
		client.issue();
		const source = new Requester(rig, "mdma1", 22);
		assert.deepEqual(
			inspectChannel(rig.k, client.chan).queues.active[0].chunks.map(({ dst, len }) => [dst, len]),
			entries,
		);
		const left = [224, 160, 32];
		for (const residue of left) {
			assert.deepEqual(client.status(cookie), { status: DmaStatus.IN_PROGRESS, residue });
			source.ask(1);
			rig.run(100_000_000);
		}
		assert.equal(client.status(cookie).status, DmaStatus.COMPLETE);
		assert.equal(rig.k.state.irqs[LINE].count, 1);
		assert.equal(rig.callbacks.length, 1);
	});

	it("an issued descriptor's residue has the running one's rest in it; a submitted one's is 0", () => {
		const { rig, client } = capture();
		const cookies = [64, 32, 16].map((length) => client.submit(client.slaveSg([[TO, length]], DEV_TO_MEM)));
		client.issue();
		const late = client.submit(client.slaveSg([[TO, 8]], DEV_TO_MEM));
		assert.deepEqual(
			[...cookies, late].map((cookie) => client.status(cookie).residue),
			// One node each, whose CLAR is the register's: only what CBNDTR says.
			[64, 64, 64, 0],
		);
		assert.equal(rig.oopses.length, 0);
	});

	it("a ring: a period callback for each request, the last node leads to the first", () => {
		const { rig, client } = capture();
		const tx = client.cyclic(TO, 1024, 256, DEV_TO_MEM);
		const nodes = nodesOf(rig, tx);
		assert.equal(nodes[3].CLAR, nodes[0].at);
		assert.equal(ccrOf(rig, tx), "0x00000096");
		client.callback(tx);
		const cookie = client.submit(tx);
		client.issue();
		const source = new Requester(rig, "mdma1", 22);
		const seen = Array.from({ length: 9 }, () => {
			source.ask(1);
			rig.run(100_000_000);
			return [rig.callbacks.length, client.status(cookie).residue, channelState(rig, client.chan).current];
		});
		assert.deepEqual(
			seen,
			seen.map((_, n) => [n + 1, 1024 - 256 * ((n + 1) % 4), (n + 1) % 4]),
		);
		assert.equal(inspectChannel(rig.k, client.chan).cyclic, true);
		assert.equal(rig.call("dmaengine_terminate_sync", client.chan), 0);
	});

	it("after a playback the residue of a capture is rounded up to the playback's burst", () => {
		const { rig, client } = capture();
		client.configure({ direction: MEM_TO_DEV, dst_addr: QSPI, dst_addr_width: 4 });
		client.slaveSg([[FROM, 4]], MEM_TO_DEV);
		// Buffers of 4 bytes: items of a word, one in a burst.
		assert.deepEqual([channelState(rig, client.chan).burst, channelState(rig, client.chan).width], [1, 4]);
		client.configure({ direction: DEV_TO_MEM, src_addr: QSPI, src_addr_width: 1 });
		const cookie = client.submit(client.slaveSg([[TO + 2, 30]], DEV_TO_MEM));
		assert.equal(channelState(rig, client.chan).width, 2);
		client.issue();
		assert.equal(client.status(cookie).residue, 30);
		assert.equal(rig.call("dmaengine_terminate_sync", client.chan), 0);
		client.configure({ direction: MEM_TO_DEV, dst_addr: QSPI, dst_addr_width: 4 });
		const wide = slave([22, 2, 0x11000002, 0, 0], { direction: MEM_TO_DEV, dst_addr: QSPI, dst_addr_width: 4 }, rig);
		wide.client.slaveSg([[FROM, 64]], MEM_TO_DEV);
		assert.deepEqual([channelState(rig, wide.client.chan).burst, channelState(rig, wide.client.chan).width], [8, 8]);
		wide.client.configure({ direction: DEV_TO_MEM, src_addr: QSPI, src_addr_width: 4 });
		const rounded = wide.client.submit(wide.client.slaveSg([[TO, 72]], DEV_TO_MEM));
		wide.client.issue();
		assert.equal(wide.client.status(rounded).residue, 128);
	});

	it("SINCOS of the cells stays in a playback's: bytes four apart", () => {
		// The cells of HASH: SINCOS is a word. A buffer at an odd address is read byte by byte.
		const { rig, client } = slave([31, 2, 0x1000a02, 0, 0], {
			direction: MEM_TO_DEV,
			dst_addr: TO,
			dst_addr_width: 4,
		});
		put(rig, FROM, pattern(300));
		const tx = client.slaveSg([[FROM + 1, 64]], MEM_TO_DEV);
		assert.equal((Number(nodesOf(rig, tx)[0].CTCR) >>> 8) & 3, 2);
		client.submit(tx);
		client.issue();
		new Requester(rig, "mdma1", 31).ask(1);
		rig.run(100_000_000);
		const bytes = pattern(300);
		assert.deepEqual(
			[...get(rig, TO, 4)],
			[60, 61, 62, 63].map((n) => bytes[1 + 4 * n]),
		);
	});

	it("a length that the device's width does not divide: BSE, and nobody hears of it", () => {
		const { rig, client } = capture();
		const tx = client.slaveSg([[TO, 30]], DEV_TO_MEM);
		client.callback(tx);
		const cookie = client.submit(tx);
		client.issue();
		rig.run(100_000_000);
		assert.match(rig.log().at(-1) ?? "", /^dma dma0chan0: Transfer Err: stat=0x00000820$/);
		assert.equal(client.status(cookie).status, DmaStatus.IN_PROGRESS);
		assert.equal(rig.callbacks.length, 0);
	});
});

describe("stm32-mdma driver: what it refuses", () => {
	const refusal = (values: Parameters<Client["configure"]>[0], text: string, direction = MEM_TO_DEV) => {
		const rig = stm32();
		const client = new Client(rig, mdmaXlate(rig, PLAYBACK));
		client.configure(values);
		assert.equal(client.slaveSg([[FROM, 64]], direction), 0);
		says(rig, text);
	};

	it("widths, bursts, directions", () => {
		refusal({ dst_addr: QSPI, dst_addr_width: 3 }, "Dma bus width 3 not supported");
		refusal({ dst_addr: QSPI }, "Dma bus width 0 not supported");
		refusal({ dst_addr: QSPI, dst_addr_width: 8, dst_maxburst: 32 }, "burst size * bus width higher than 128 bytes");
		refusal({ dst_addr: QSPI, dst_addr_width: 4, dst_maxburst: 3 }, "burst size must be a power of 2");
		refusal({ dst_addr: QSPI, dst_addr_width: 4 }, "Dma direction is not supported", 3);
	});

	it("cyclic: empty, too long, uneven", () => {
		const rig = stm32();
		const client = new Client(rig, mdmaXlate(rig, PLAYBACK));
		client.configure({ direction: MEM_TO_DEV, dst_addr: QSPI, dst_addr_width: 4 });
		for (const [length, period, text] of [
			[0, 64, "Invalid buffer/period len"],
			[131074, 65537, "Invalid buffer/period len"],
			[100, 64, "buf_len not multiple of period_len"],
		] as const) {
			assert.equal(client.cyclic(FROM, length, period, MEM_TO_DEV), 0);
			says(rig, text);
		}
	});

	it("cells: too few, no such request, no such priority, no channel left", () => {
		const rig = stm32();
		const refused = (cells: readonly number[], text: string) => {
			assert.equal(mdmaXlate(rig, cells), 0);
			assert.equal(rig.log().at(-1), `stm32-mdma 58000000.dma-controller: ${text}`);
		};
		refused([22, 2, 0, 0], "Bad number of args");
		refused([48, 2, 0, 0, 0], "Bad request line");
		refused([22, 4, 0, 0, 0], "Priority level not supported");
		for (let n = 0; n < 32; n++) assert.notEqual(mdmaXlate(rig, [22, 0, 0, 0, 0]), 0);
		refused([22, 2, 0, 0, 0], "No more channels available");
	});

	it("channels that firmware has made secure", () => {
		const rig = stm32({ dts: "&mdma1 { sim,secure-channels = <0x3>; };" });
		assert.equal(inspectChannel(rig.k, mdmaXlate(rig, PLAYBACK)).id, 2);
	});

	it("suspend while a channel is enabled", () => {
		const rig = stm32();
		const client = new Client(rig, mdmaXlate(rig, PLAYBACK));
		assert.equal(rig.call("stm32_mdma_pm_suspend", rig.device("mdma1")), 0);
		client.configure({ direction: MEM_TO_DEV, dst_addr: QSPI, dst_addr_width: 4 });
		client.submit(client.slaveSg([[FROM, 64]], MEM_TO_DEV));
		client.issue();
		assert.equal(rig.call("stm32_mdma_pm_suspend", rig.device("mdma1")), -EBUSY);
		assert.ok(rig.log().at(-1)?.endsWith("Suspend is prevented by Chan 0"));
	});
});

describe("stm32-mdma driver: probe", () => {
	const lines = (dts: string) =>
		stm32({ dts })
			.log()
			.filter((line) => line.includes("58000000"));

	it("counts that the node does not give", () => {
		const name = "stm32-mdma 58000000.dma-controller:";
		assert.deepEqual(lines("&mdma1 { /delete-property/ dma-channels; /delete-property/ dma-requests; };"), [
			`${name} MDMA defaulting on 32 channels`,
			`${name} MDMA defaulting on 256 request lines`,
			`${name} STM32 MDMA driver registered`,
		]);
	});

	it("capabilities (controllers.md 0)", () => {
		const rig = stm32();
		const caps = rig.memory(dmaSlaveCaps.$size);
		assert.equal(rig.call("dma_get_slave_caps", mdmaXlate(rig, CAPTURE), caps), 0);
		const widths = (1 << 1) | (1 << 2) | (1 << 4) | (1 << 8);
		const names = ["src_addr_widths", "dst_addr_widths", "directions", "max_burst", "residue_granularity"] as const;
		const flags = ["cmd_pause", "cmd_resume", "cmd_terminate", "descriptor_reuse"] as const;
		assert.deepEqual(
			[...names, ...flags].map((name) => dmaSlaveCaps[name].get(rig.k.space, caps)),
			[widths, widths, 7, 128, 2, 1, 1, 1, 1],
		);
	});

	it("no clock, no driver", () => {
		const rig = stm32({ dts: "&mdma1 { /delete-property/ clocks; };" });
		assert.equal(rig.call("stm32_mdma_probe", rig.platform("mdma1")), -ENOENT);
		assert.ok(rig.log().at(-1)?.endsWith("Missing clock controller"));
	});
});
