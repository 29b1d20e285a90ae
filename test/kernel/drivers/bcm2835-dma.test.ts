/** The bcm2835-dma driver beside the reference's cases: its probe, its quirks, and what a debugger sees of it. */
import assert from "node:assert/strict";
import { startBoot } from "../../../src/kernel/boot";
import { DmaStatus } from "../../../src/kernel/dmaengine/constants";
import { inspectChannel } from "../../../src/kernel/dmaengine/inspect";
import { bcmChannel } from "../../../src/kernel/drivers/bcm2835-dma/registers";
import { bcm2835Chan } from "../../../src/kernel/drivers/bcm2835-dma/structs";

import { Client } from "../dmaengine/client";
import type { Rig } from "../dmaengine/rig";
import { dmatestMachine, linesOf } from "../dmatest/rig";
import { machineWith } from "../harness";
import { clientOf, controlBlocks, numberOf, pi, RAM_ALIAS, readRegister } from "./bcm2835";
import { DEV_TO_MEM, MEM_TO_DEV, pattern } from "./support";

const PREP_INTERRUPT = 1;
/** Free memory, as the controller sees it. */
const BUFFER = RAM_ALIAS + 0x2000000;
const TARGET = RAM_ALIAS + 0x3000000;
const PCM = 0x7e203004;
const SPI = 0x7e204004;

interface Fifo {
	receive(bytes: Uint8Array): void;
	takeSent(max: number): Uint8Array;
}
const fifoOf = (rig: Rig, label: string): Fifo =>
	rig.k.devices.find((d) => d.labels.includes(label))!.model as unknown as Fifo;
const fill = (rig: Rig, bus: number, bytes: Uint8Array) => rig.k.machine.memory.writeBytes(bus - RAM_ALIAS, bytes);
const bytesAt = (rig: Rig, bus: number, length: number) => rig.k.machine.memory.readBytes(bus - RAM_ALIAS, length);

/** A device's channel, with the address and width of its FIFO. */
function deviceClient(rig: Rig, label: string, name: "rx" | "tx", address: number): Client {
	const client = new Client(rig, rig.call("dma_request_chan", rig.device(label), rig.text(name)));
	if (name === "rx") client.configure({ direction: DEV_TO_MEM, src_addr: address, src_addr_width: 4 });
	else client.configure({ direction: MEM_TO_DEV, dst_addr: address, dst_addr_width: 4 });
	return client;
}
const cyclic = (
	client: Client,
	at: number,
	length: number,
	period: number,
	direction: number,
	flags = PREP_INTERRUPT,
) => client.rig.call("dmaengine_prep_dma_cyclic", client.chan, at, length, period, direction, flags);
const flagsOf = (rig: Rig, client: Client) => bcm2835Chan.irq_flags.get(rig.k.space, bcmChannel(client.chan));
/** Every channel that Linux has, in order. */
function allChannels(rig: Rig): Client[] {
	const out: Client[] = [];
	for (let chan = rig.channel(); chan !== 0; chan = rig.channel()) out.push(new Client(rig, chan));
	return out;
}

const AGAIN = `
static struct dma_chan *chan;
static dma_addr_t at;
static void copied(void *unused)
{
	if (dmaengine_prep_dma_memcpy(chan, at, at + 64, 64, 0))
		pr_info("again: prepared in the callback\\n");
}
static int __init again_init(void)
{
	struct dma_async_tx_descriptor *desc;
	dma_cap_mask_t mask;

	dma_cap_zero(mask);
	dma_cap_set(DMA_MEMCPY, mask);
	chan = dma_request_channel(mask, NULL, NULL);
	if (!chan || !dma_alloc_coherent(dmaengine_get_dma_device(chan), 4096, &at, GFP_KERNEL))
		return -ENODEV;
	desc = dmaengine_prep_dma_memcpy(chan, at, at + 64, 64, DMA_PREP_INTERRUPT);
	desc->callback = copied;
	dmaengine_submit(desc);
	dma_async_issue_pending(chan);
	msleep(10);
	return 0;
}
module_init(again_init);
`;

describe("bcm2835-dma driver: probe", () => {
	it("takes the channels of the mask; 7 and up are lite, 11 to 14 share an interrupt", () => {
		const rig = pi();
		const channels = allChannels(rig);
		assert.deepEqual(channels.map(numberOf), [0, 2, 4, 5, 8, 9, 10, 11, 12, 13, 14]);
		for (const client of channels) {
			const lite = bcm2835Chan.is_lite_channel.get(rig.k.space, bcmChannel(client.chan)) !== 0;
			assert.equal(lite, numberOf(client) >= 7);
			assert.equal(flagsOf(rig, client), numberOf(client) >= 11 ? 0x80 : 0);
		}
		// Lines 48 to 58 are the channels' own, 59 is shared.
		assert.equal(rig.k.state.irqs[59].actions.length, 4);
		assert.equal(rig.k.state.irqs[58].actions.length, 1);
	});

	it("without interrupt-names the first twelve interrupts count, and the log says so once", () => {
		const rig = pi({ dts: "&dma { /delete-property/ interrupt-names; };" });
		assert.equal(allChannels(rig).length, 11);
		assert.equal(
			rig
				.log()
				.filter((line) =>
					line.endsWith("missing interrupt-names property in device tree - legacy interpretation is used"),
				).length,
			1,
		);
		assert.equal(rig.k.state.irqs[59].actions.length, 4);
	});

	it("without a channel mask there is no controller (-EINVAL)", () => {
		const rig = pi({ dts: "&dma { /delete-property/ brcm,dma-channel-mask; };" });
		assert.ok(rig.log().includes("bcm2835-dma 3f007000.dma: Failed to get channel mask"));
		assert.equal(rig.channel(), 0);
	});
});

describe("bcm2835-dma driver: copies", () => {
	it("on the shared interrupt only the channel that asks is served", () => {
		const rig = pi();
		const shared = allChannels(rig).filter((client) => numberOf(client) >= 11);
		const cookies = shared.map((client, n) => {
			fill(rig, BUFFER + n * 4096, pattern(1000, n));
			const tx = client.memcpy(TARGET + n * 4096, BUFFER + n * 4096, 1000);
			client.callback(tx, n);
			return client.submit(tx);
		});
		for (const client of shared) client.issue();
		rig.run();
		assert.deepEqual(rig.callbacks.map(({ param }) => param).sort(), [0, 1, 2, 3]);
		shared.forEach((client, n) => {
			assert.equal(client.status(cookies[n]).status, DmaStatus.COMPLETE);
			assert.deepEqual(bytesAt(rig, TARGET + n * 4096, 1000), pattern(1000, n));
		});
	});

	it("issued: its length is left; running: nothing is, wherever it is", () => {
		const rig = pi();
		const client = clientOf(rig, false);
		const cookies = [0, 1].map((n) => client.submit(client.memcpy(TARGET + n * 0x10000, BUFFER, 50000)));
		client.issue();
		assert.deepEqual(
			cookies.map((cookie) => client.status(cookie)),
			[
				{ status: DmaStatus.IN_PROGRESS, residue: 0 },
				{ status: DmaStatus.IN_PROGRESS, residue: 50000 },
			],
		);
	});

	it("terminating leaves the cookie in progress and calls nothing; the channel runs again", () => {
		const rig = pi();
		const client = clientOf(rig, false);
		const cookies = [0, 1].map((n) => {
			const tx = client.memcpy(TARGET + n * 0x10000, BUFFER, 50000);
			client.callback(tx, n);
			return client.submit(tx);
		});
		client.issue();
		rig.run(10_000_000);
		assert.equal(rig.call("dmaengine_terminate_sync", client.chan), 0);
		rig.run();
		assert.equal(rig.callbacks.length, 0);
		assert.equal(readRegister(rig, numberOf(client), "CONBLK_AD"), 0);
		for (const cookie of cookies)
			assert.deepEqual(client.status(cookie), { status: DmaStatus.IN_PROGRESS, residue: 0 });
		fill(rig, BUFFER, pattern(100));
		const tx = client.memcpy(TARGET, BUFFER, 100);
		client.callback(tx, 7);
		client.submit(tx);
		client.issue();
		rig.run();
		assert.deepEqual(
			rig.callbacks.map(({ param }) => param),
			[7],
		);
		assert.deepEqual(bytesAt(rig, TARGET, 100), pattern(100));
		for (const cookie of cookies) assert.equal(client.status(cookie).status, DmaStatus.COMPLETE);
	});

	it("a read error is nothing to the client: no interrupt, no callback; ERROR stands in CS", () => {
		const rig = pi();
		const client = clientOf(rig, false);
		const tx = client.memcpy(TARGET, 0x3f203004, 64);
		client.callback(tx);
		const cookie = client.submit(tx);
		client.issue();
		rig.run();
		assert.equal(rig.callbacks.length, 0);
		assert.equal(client.status(cookie).status, DmaStatus.IN_PROGRESS);
		assert.equal(readRegister(rig, numberOf(client), "CS") & 0x100, 0x100);
		assert.equal(rig.call("dmaengine_terminate_sync", client.chan), 0);
		assert.equal(readRegister(rig, numberOf(client), "CS") & 0x100, 0);
	});

	it("preparing a copy in a callback is sleeping in a tasklet: the driver allocates with GFP_KERNEL", () => {
		const rig = machineWith({ "again.c": AGAIN }, "", {}, "bcm2837");
		startBoot(rig.k, { tests: false });
		rig.go();
		const log = rig.log();
		assert.ok(log.includes("6 again: prepared in the callback"));
		assert.equal(log.filter((line) => line.includes("sleeping function called from invalid context")).length > 0, true);
	});

	it("1,000 dmatest iterations on a normal and on a lite channel: zero failures", () => {
		const rig = dmatestMachine("iterations 1000; channel dma0chan0; channel dma0chan9; run 1", {}, {}, "bcm2837");
		startBoot(rig.k, { tests: false });
		rig.go();
		assert.deepEqual(
			linesOf(rig)
				.flatMap((line) => /^dmatest: (\S+): summary 1000 tests, 0 failures /.exec(line)?.[1] ?? [])
				.sort(),
			["dma0chan0-copy0", "dma0chan9-copy0"],
		);
	}).timeout(120_000);
});

describe("bcm2835-dma driver: slave transfers", () => {
	it("a list is a chain of control blocks; its descriptor's size is 0 while it is only issued, exact when it runs", () => {
		const rig = pi();
		const client = deviceClient(rig, "spi", "tx", SPI);
		const list = [
			[BUFFER, 400],
			[BUFFER + 0x1000, 800],
		] as const;
		for (const [at, length] of list) fill(rig, at, pattern(length, at >>> 12));
		const first = client.slaveSg(list, MEM_TO_DEV);
		assert.deepEqual(
			controlBlocks(rig, first).map(({ info, src, dst, length }) => ({ info, src, dst, length })),
			[
				{ info: "0x00060148", src: "0xc2000000", dst: "0x7e204004", length: 400 },
				{ info: "0x00060149", src: "0xc2001000", dst: "0x7e204004", length: 800 },
			],
		);
		const cookies = [client.submit(first), client.submit(client.slaveSg(list, MEM_TO_DEV))];
		client.issue();
		assert.deepEqual(client.status(cookies[1]), { status: DmaStatus.IN_PROGRESS, residue: 0 });
		// 200 words at a million a second, and those in the FIFO: somewhere in the second entry.
		rig.run(200_000_000);
		const left = () => 800 - (readRegister(rig, numberOf(client), "SOURCE_AD") - (BUFFER + 0x1000));
		const before = left();
		assert.ok(before > 0 && before < 800);
		const { status, residue } = client.status(cookies[0]);
		assert.equal(status, DmaStatus.IN_PROGRESS);
		assert.ok(left() <= residue && residue <= before);
		const info = inspectChannel(rig.k, client.chan);
		assert.equal(info.residue, left());
		assert.deepEqual(
			[info.queues.active, info.queues.issued].map((queue) => queue.map(({ cookie, len }) => [cookie, len])),
			[[[cookies[0], 1200]], [[cookies[1], 1200]]],
		);
		assert.equal(info.hardware?.channel, numberOf(client));
		rig.run();
		const sent = [...pattern(400, BUFFER >>> 12), ...pattern(800, (BUFFER + 0x1000) >>> 12)];
		assert.deepEqual([...fifoOf(rig, "spi").takeSent(4000)], [...sent, ...sent]);
	});

	it("both ways at once through the SPI's FIFO", () => {
		const rig = pi();
		const [rx, tx] = [deviceClient(rig, "spi", "rx", SPI), deviceClient(rig, "spi", "tx", SPI)];
		fill(rig, BUFFER, pattern(1024));
		rx.submit(rx.slaveSg([[TARGET, 1024]], DEV_TO_MEM));
		tx.submit(tx.slaveSg([[BUFFER, 1024]], MEM_TO_DEV));
		rx.issue();
		tx.issue();
		fifoOf(rig, "spi").receive(pattern(1024, 9));
		rig.run();
		assert.deepEqual(fifoOf(rig, "spi").takeSent(2000), pattern(1024));
		assert.deepEqual(bytesAt(rig, TARGET, 1024), pattern(1024, 9));
	});

	it("a lite channel cuts a long entry at 65532 bytes", () => {
		const rig = pi();
		const client = clientOf(rig, true);
		client.configure({ direction: MEM_TO_DEV, dst_addr: SPI, dst_addr_width: 4 });
		const tx = client.slaveSg([[BUFFER, 100000]], MEM_TO_DEV);
		assert.deepEqual(
			controlBlocks(rig, tx).map(({ src, length, info }) => [src, length, info]),
			[
				["0xc2000000", 65532, "0x00000148"],
				["0xc200fffc", 34468, "0x00000149"],
			],
		);
	});

	it("other directions and widths are refused", () => {
		const rig = pi();
		const client = deviceClient(rig, "spi", "tx", SPI);
		assert.equal(client.slaveSg([[BUFFER, 64]], 0), 0);
		assert.ok(rig.log().includes("bcm2835-dma 3f007000.dma: bcm2835_dma_prep_slave_sg: bad direction?"));
		// Between two devices is a slave's direction for Linux, and then taken for memory to device.
		assert.equal(controlBlocks(rig, client.slaveSg([[BUFFER, 64]], 3))[0].info, "0x00060149");
		// The width of the other direction was never given.
		assert.equal(client.slaveSg([[BUFFER, 64]], DEV_TO_MEM), 0);
	});
});

describe("bcm2835-dma driver: rings", () => {
	it("without DMA_PREP_INTERRUPT the buffer is one block that interrupts nobody", () => {
		const rig = pi();
		const client = deviceClient(rig, "i2s", "tx", PCM);
		const tx = cyclic(client, BUFFER, 4096, 1024, MEM_TO_DEV, 0);
		const blocks = controlBlocks(rig, tx);
		assert.deepEqual(
			blocks.map(({ info, length, next, at }) => [info, length, next === at]),
			[["0x00020148", 4096, true]],
		);
		client.callback(tx);
		client.submit(tx);
		client.issue();
		rig.run(100_000_000_000);
		assert.equal(rig.callbacks.length, 0);
		assert.equal(rig.call("dmaengine_terminate_sync", client.chan), 0);
	});

	it("playing the page of zeros sets SRC_IGNORE on a normal channel", () => {
		const zeros = (lite: boolean) => {
			const rig = pi();
			const client = clientOf(rig, lite);
			client.configure({ direction: MEM_TO_DEV, dst_addr: PCM, dst_addr_width: 4 });
			const page = rig.k.space.toPhys(rig.call("__empty_zero_page"));
			return Number(controlBlocks(rig, cyclic(client, RAM_ALIAS + page, 4096, 1024, MEM_TO_DEV))[0].info) & 0x800;
		};
		assert.equal(zeros(false), 0x800);
		assert.equal(zeros(true), 0);
	});

	it("a buffer that is no multiple of the period is warned of once, and its last period is shorter", () => {
		const rig = pi();
		const client = deviceClient(rig, "i2s", "tx", PCM);
		for (let n = 0; n < 2; n++) cyclic(client, BUFFER, 2500, 1000, MEM_TO_DEV);
		const tx = cyclic(client, BUFFER, 2500, 1000, MEM_TO_DEV);
		assert.deepEqual(
			controlBlocks(rig, tx).map(({ length, info }) => [length, info]),
			[
				[1000, "0x00020149"],
				[1000, "0x00020149"],
				[500, "0x00020149"],
			],
		);
		assert.deepEqual(
			rig.log().filter((line) => line.includes("multiple of period_len")),
			[
				"bcm2835-dma 3f007000.dma: bcm2835_dma_prep_dma_cyclic: buffer_length (2500) is not a multiple of period_len (1000)",
			],
		);
	});

	it("a capture's residue follows DEST_AD", () => {
		const rig = pi();
		const client = deviceClient(rig, "i2s", "rx", PCM);
		const tx = cyclic(client, TARGET, 1024, 256, DEV_TO_MEM);
		client.callback(tx);
		const cookie = client.submit(tx);
		client.issue();
		fifoOf(rig, "i2s").receive(pattern(300));
		rig.run(20_000_000_000);
		assert.equal(readRegister(rig, numberOf(client), "DEST_AD"), TARGET + 300);
		assert.deepEqual(client.status(cookie), { status: DmaStatus.IN_PROGRESS, residue: 724 });
		assert.equal(rig.callbacks.length, 1);
		assert.deepEqual(bytesAt(rig, TARGET, 300), pattern(300));
	});
});
