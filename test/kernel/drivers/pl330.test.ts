import assert from "node:assert/strict";
import fc from "fast-check";
import type { SimFifo } from "../../../src/hardware/sim-fifo";
import { startBoot } from "../../../src/kernel/boot";
import { device } from "../../../src/kernel/device/structs";
import { DmaStatus } from "../../../src/kernel/dmaengine/constants";
import { inspectChannel } from "../../../src/kernel/dmaengine/inspect";
import { channelOfTasklet } from "../../../src/kernel/dmaengine/unfinished";
import { pchanOf } from "../../../src/kernel/drivers/pl330/registers";
import { dmaPl330Chan } from "../../../src/kernel/drivers/pl330/structs";
import { readFile } from "../../../src/kernel/fs/files";
import type { Client } from "../dmaengine/client";
import type { Rig } from "../dmaengine/rig";
import { dmatestMachine, linesOf } from "../dmatest/rig";
import {
	copier,
	DEV_TO_MEM,
	FIFO,
	MEM_TO_DEV,
	NOWHERE,
	pattern,
	programOf,
	Requester,
	read,
	slave,
	xlate,
	zynq,
} from "./pl330";

const SRC = 0x10000000;
const DST = 0x10100000;
const CSR0 = 0x100;

/** The FIFO's channel, with its data register and bursts of four words. */
function fifoClient(rig: Rig, name: "rx" | "tx", maxburst = 4): Client {
	const client = slave(rig, name === "rx" ? 0 : 1);
	const side = name === "rx" ? "src" : "dst";
	client.configure({
		direction: name === "rx" ? DEV_TO_MEM : MEM_TO_DEV,
		[`${side}_addr`]: FIFO,
		[`${side}_addr_width`]: 4,
		[`${side}_maxburst`]: maxburst,
	});
	return client;
}
const fifoOf = (rig: Rig): SimFifo => rig.k.devices.find(({ labels }) => labels.includes("fifo0"))!.model as SimFifo;

describe("pl330 driver: memory to memory", () => {
	it("copies any length between any addresses, byte for byte", () => {
		const rig = zynq();
		const client = copier(rig);
		const at = fc.integer({ min: 0, max: 5000 });
		fc.assert(
			fc.property(at, at, fc.integer({ min: 1, max: 3000 }), (from, to, length) => {
				const bytes = pattern(length, from);
				const { memory } = rig.k.machine;
				memory.fill(DST, 0xee, 10000);
				memory.writeBytes(SRC + from, bytes);
				client.submit(client.memcpy(DST + to, SRC + from, length));
				client.issue();
				rig.run();
				assert.deepEqual(memory.readBytes(DST + to, length), bytes);
				assert.equal(memory.read8(DST + to + length), 0xee);
				if (to > 0) assert.equal(memory.read8(DST + to - 1), 0xee);
			}),
			{ numRuns: 25 },
		);
	});

	it("1,000 iterations of dmatest: zero failures", () => {
		const rig = dmatestMachine("iterations 1000; channel dma0chan0; run 1", {}, {}, "zynq-7000");
		startBoot(rig.k, { tests: false });
		rig.go();
		assert.match(linesOf(rig).at(-1) ?? "", /dma0chan0-copy0: summary 1000 tests, 0 failures/);
	}).timeout(60_000);

	it("dmatest on all eight channels at once: zero failures", () => {
		const channels = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => `channel dma0chan${n}`).join("; ");
		const rig = dmatestMachine(`iterations 10; ${channels}; run 1`, {}, {}, "zynq-7000");
		startBoot(rig.k, { tests: false });
		rig.go();
		assert.equal(linesOf(rig).filter((line) => / summary 10 tests, 0 failures/.test(line)).length, 8);
	});

	it("a bus error is a log line, and for the client a success (reference chapter 10)", () => {
		const rig = zynq();
		const client = copier(rig);
		const tx = client.memcpy(DST, 0x70000000, 64);
		client.callbackResult(tx);
		const cookie = client.submit(tx);
		client.issue();
		rig.run();
		assert.deepEqual(rig.log().slice(-1), ["dma-pl330 f8003000.dma-controller: Reset Channel-0\t CS-f FTC-40000"]);
		assert.deepEqual(
			rig.callbacks.map(({ result }) => result),
			[{ result: 0, residue: 0 }],
		);
		assert.equal(client.status(cookie).status, DmaStatus.COMPLETE);
		// The channel is as good as new.
		rig.k.machine.memory.writeBytes(SRC, pattern(64));
		client.submit(client.memcpy(DST, SRC, 64));
		client.issue();
		rig.run();
		assert.deepEqual(rig.k.machine.memory.readBytes(DST, 64), pattern(64));
	});

	it("a program that does not fit counts as done without having run", () => {
		const rig = zynq();
		const client = copier(rig);
		// Bytes one by one: 123 of them unrolled in 65536 rounds fill the program, and there is more.
		const tx = client.memcpy(DST + 1, SRC, 123 * 65536 + 65537);
		client.callback(tx);
		const cookie = client.submit(tx);
		client.issue();
		assert.equal(client.status(cookie).status, DmaStatus.COMPLETE);
		rig.run();
		const size = 18 + (8 + 2 * 123) + (8 + 2) + 2 + 3;
		assert.deepEqual(rig.log().slice(-2), [
			`dma-pl330 f8003000.dma-controller: pl330_submit_req:1539 Try increasing mcbufsz (${size}/256)`,
			`dma-pl330 f8003000.dma-controller: fill_queue:2063 Bad Desc(${cookie})`,
		]);
		assert.equal(rig.callbacks.length, 1);
		assert.equal(read(rig, CSR0) & 15, 0);
	});

	it("two requests are on the thread, the others wait; a debugger sees them so", () => {
		const rig = zynq();
		const client = copier(rig);
		const cookies = [0, 1, 2, 3].map((n) => client.submit(client.memcpy(DST + n * 8192, SRC, 8192)));
		const queue = (name: "submitted" | "active" | "issued") =>
			inspectChannel(rig.k, client.chan).queues[name].map(({ cookie }) => cookie);
		assert.deepEqual(queue("submitted"), cookies);
		client.issue();
		assert.deepEqual(queue("active"), [cookies[0]]);
		assert.deepEqual(queue("issued"), cookies.slice(1));
		const info = inspectChannel(rig.k, client.chan);
		assert.deepEqual([info.state, info.hardware?.channel], ["running", 0]);
		const { residue } = client.status(cookies[0]);
		assert.ok(residue > 0 && residue < 8192);
		assert.equal(info.queues.active[0].chunks[0].src, SRC);
		rig.run();
		assert.deepEqual(queue("active"), []);
	});
});

describe("pl330 driver: peripherals", () => {
	it("sends and receives every word, singly or in bursts", () => {
		for (const maxburst of [1, 4]) {
			const rig = zynq();
			const [rx, tx] = [fifoClient(rig, "rx", maxburst), fifoClient(rig, "tx", maxburst)];
			rig.k.machine.memory.writeBytes(SRC, pattern(256));
			const [sending, receiving] = [tx.slaveSg([[SRC, 256]], MEM_TO_DEV), rx.slaveSg([[DST, 256]], DEV_TO_MEM)];
			tx.callback(sending, 1);
			rx.callback(receiving, 2);
			tx.submit(sending);
			rx.submit(receiving);
			tx.issue();
			rx.issue();
			fifoOf(rig).receive(pattern(256, 9));
			rig.run();
			assert.deepEqual(fifoOf(rig).takeSent(300), pattern(256));
			assert.deepEqual(rig.k.machine.memory.readBytes(DST, 256), pattern(256, 9));
			assert.deepEqual(rig.callbacks.map(({ param }) => param).sort(), [1, 2]);
		}
	});

	it("a scatter list is a cookie for each entry; the residue sums up to the one that is asked for", () => {
		const rig = zynq();
		const client = slave(rig, 2);
		client.configure({ direction: MEM_TO_DEV, dst_addr: NOWHERE, dst_addr_width: 4, dst_maxburst: 4 });
		const source = new Requester(rig, 2);
		const last = client.submit(
			client.slaveSg(
				[
					[SRC, 64],
					[SRC + 0x1000, 128],
					[SRC + 0x2000, 256],
				],
				MEM_TO_DEV,
			),
		);
		assert.equal(last, 4);
		client.issue();
		source.ask(6);
		rig.run();
		assert.deepEqual(
			[2, 3, 4].map((cookie) => client.status(cookie)),
			[
				{ status: DmaStatus.COMPLETE, residue: 0 },
				{ status: DmaStatus.IN_PROGRESS, residue: 96 },
				{ status: DmaStatus.IN_PROGRESS, residue: 96 + 256 },
			],
		);
	});

	it("what is left behind the last whole burst goes as a shorter one", () => {
		const client = fifoClient(zynq(), "tx");
		assert.equal(
			programOf(client, client.slaveSg([[SRC, 72]], MEM_TO_DEV)),
			[
				"bc0135000d00bc0000000010bc020000c043",
				"22033508320807" + "2b083c07",
				"bc0115000500" + "3508" + "320807" + "2b08" + "340000",
			].join(""),
		);
	});

	it("and that waits for a request for a burst: a capture whose last words are too few for one does not end", () => {
		const rig = zynq();
		const client = fifoClient(rig, "rx");
		const cookie = client.submit(client.slaveSg([[DST, 72]], DEV_TO_MEM));
		client.issue();
		fifoOf(rig).receive(pattern(72));
		rig.run();
		assert.deepEqual(client.status(cookie), { status: DmaStatus.IN_PROGRESS, residue: 8 });
		// Two more words, and there are four: the burst of two takes the two that it wants.
		fifoOf(rig).receive(pattern(8));
		rig.run();
		assert.equal(client.status(cookie).status, DmaStatus.COMPLETE);
		assert.deepEqual(rig.k.machine.memory.readBytes(DST, 72), pattern(72));
	});

	it("bytes behind the last whole word are not moved, and nobody is told", () => {
		const rig = zynq();
		const client = fifoClient(rig, "tx", 1);
		rig.k.machine.memory.writeBytes(SRC, pattern(70));
		const tx = client.slaveSg([[SRC, 70]], MEM_TO_DEV);
		client.callbackResult(tx);
		client.submit(tx);
		client.issue();
		rig.run();
		assert.deepEqual(fifoOf(rig).takeSent(100), pattern(70).subarray(0, 68));
		assert.deepEqual(rig.callbacks[0].result, { result: 0, residue: 0 });
	});

	it("arm,pl330-broken-no-flushp leaves FLUSHP out, arm,pl330-periph-burst always waits for bursts", () => {
		const program = (property: string) => {
			const client = fifoClient(zynq({ dts: `&dmac_s { ${property}; };` }), "tx", 1);
			return programOf(client, client.slaveSg([[SRC, 8]], MEM_TO_DEV)).slice(36);
		};
		assert.equal(program("arm,pl330-broken-no-flushp"), "2201" + "3008" + "05" + "2908" + "3c05" + "340000");
		assert.equal(program("arm,pl330-periph-burst"), "2201" + "3508" + "3208" + "07" + "2b08" + "3c07" + "340000");
	});

	it("r0p0 has barriers between loads and stores", () => {
		const client = copier(zynq({ dts: "&dmac_s { sim,revision = <0>; };" }));
		const program = programOf(client, client.memcpy(DST, SRC, 64));
		assert.equal(program.slice(36), "bc0177c01d00" + "04120813" + "340000");
	});

	it("a ring is a cookie for each period, of which none is ever completed", () => {
		const rig = zynq();
		const client = fifoClient(rig, "rx");
		const tx = client.cyclic(DST, 256, 64, DEV_TO_MEM);
		client.callback(tx);
		const cookie = client.submit(tx);
		assert.equal(cookie, 5);
		client.issue();
		fifoOf(rig).receive(pattern(64 * 9));
		rig.run(2_000_000_000);
		assert.equal(rig.callbacks.length, 9);
		assert.equal(client.status(2).status, DmaStatus.IN_PROGRESS);
		assert.deepEqual(rig.k.machine.memory.readBytes(DST, 64), pattern(64 * 9).subarray(512));
		assert.equal(rig.call("dmaengine_terminate_sync", client.chan), 0);
		// Terminating completes the cookies in the order of the list, which has gone round: 3, 4, 5, and at last 2.
		assert.equal(client.status(2).status, DmaStatus.COMPLETE);
		assert.equal(client.status(cookie).status, DmaStatus.IN_PROGRESS);
	});

	it("a ring of one period stops after it: nothing is queued again before the next tasklet", () => {
		const rig = zynq();
		const client = fifoClient(rig, "rx");
		const tx = client.cyclic(DST, 64, 64, DEV_TO_MEM);
		client.callback(tx);
		client.submit(tx);
		client.issue();
		fifoOf(rig).receive(pattern(64 * 3));
		rig.run(2_000_000_000);
		assert.equal(rig.callbacks.length, 1);
		assert.equal(read(rig, CSR0) & 15, 0);
	});

	it("pausing a list: the entries on the thread are paused, those behind them stay in progress", () => {
		const client = slave(zynq(), 2);
		client.configure({ direction: MEM_TO_DEV, dst_addr: NOWHERE, dst_addr_width: 4 });
		client.submit(
			client.slaveSg(
				[0, 1, 2].map((n) => [SRC + n * 256, 256] as const),
				MEM_TO_DEV,
			),
		);
		client.issue();
		client.rig.run(1_000_000_000);
		assert.equal(client.rig.call("dmaengine_pause", client.chan), 0);
		assert.deepEqual(
			[2, 3, 4].map((cookie) => client.status(cookie).status),
			[DmaStatus.PAUSED, DmaStatus.PAUSED, DmaStatus.IN_PROGRESS],
		);
	});

	it("pause at 50 random points: the residue counts what the controller has taken, and the device got the beginning of that", () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 300_000 }), (wait) => {
				const rig = zynq();
				const client = fifoClient(rig, "tx");
				const bytes = pattern(1024);
				rig.k.machine.memory.writeBytes(SRC, bytes);
				const tx = client.slaveSg([[SRC, 1024]], MEM_TO_DEV);
				client.callback(tx);
				const cookie = client.submit(tx);
				client.issue();
				rig.run(wait * 1000);
				assert.equal(rig.call("dmaengine_pause", client.chan), 0);
				const { status, residue } = client.status(cookie);
				// The last interrupt may come in while these are called.
				const done = rig.callbacks.length > 0;
				const taken = 1024 - residue;
				assert.equal(status, done ? DmaStatus.COMPLETE : DmaStatus.PAUSED);
				rig.run(100_000_000);
				const sent = fifoOf(rig).takeSent(2000);
				assert.deepEqual(sent, bytes.subarray(0, sent.length));
				// SAR is ahead of the device by the burst that is in the MFIFO, which DMAKILL drops.
				assert.ok(taken - sent.length >= 0 && taken - sent.length <= 16, `${taken} taken, ${sent.length} sent`);
				assert.equal(rig.call("dmaengine_resume", client.chan), -38);
				rig.run(100_000_000);
				assert.equal(fifoOf(rig).takeSent(2000).length, 0);
				assert.equal(rig.call("dmaengine_terminate_sync", client.chan), 0);
				client.submit(client.slaveSg([[SRC, 64]], MEM_TO_DEV));
				client.issue();
				rig.run();
				assert.deepEqual(fifoOf(rig).takeSent(2000), bytes.subarray(0, 64));
			}),
			{ numRuns: 50, examples: [[238_487]] },
		);
	});

	it("and of a capture: memory has a beginning of what came, as far as the residue says", () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 300_000 }), (wait) => {
				const rig = zynq();
				const client = fifoClient(rig, "rx");
				const { memory } = rig.k.machine;
				memory.fill(DST, 0xee, 1024);
				const tx = client.slaveSg([[DST, 1024]], DEV_TO_MEM);
				const cookie = client.submit(tx);
				client.issue();
				fifoOf(rig).receive(pattern(1024));
				rig.run(wait * 1000);
				assert.equal(rig.call("dmaengine_pause", client.chan), 0);
				rig.run(1_000_000);
				const stored = 1024 - client.status(cookie).residue;
				const there = memory.readBytes(DST, 1024);
				// A store that waited for the bus is counted in DAR, and dropped: at most one burst.
				const whole = Math.max(0, stored - 16);
				assert.deepEqual(there.subarray(0, whole), pattern(1024).subarray(0, whole));
				assert.deepEqual(there.subarray(stored), new Uint8Array(1024 - stored).fill(0xee));
			}),
			{ numRuns: 50 },
		);
	});
});

describe("pl330 driver: channels", () => {
	it("a devicetree client names one cell, below the number of channels", () => {
		const rig = zynq();
		assert.equal(xlate(rig, 0, 0), 0);
		assert.equal(xlate(rig), 0);
		assert.equal(xlate(rig, 8), 0);
		assert.notEqual(xlate(rig, 7), 0);
		assert.equal(xlate(rig, 7), 0);
	});

	it("a Linux channel gets a thread when it is requested: 32 of them, for 8 threads", () => {
		const rig = zynq({ dts: "&dmac_s { sim,peripherals = <32>; };" });
		const granted = Array.from({ length: 32 }, (_, n) => xlate(rig, 31 - n)).filter((chan) => chan !== 0);
		assert.equal(granted.length, 8);
		assert.equal(
			readFile(rig.k, "/sys/kernel/debug/f8003000.dma-controller"),
			`PL330 physical channels:\nTHREAD:\t\tCHANNEL:\n--------\t-----\n${[0, 1, 2, 3, 4, 5, 6, 7].map((id) => `${id}\t\t${31 - id}\n`).join("")}`,
		);
		rig.call("dma_release_channel", granted[3]);
		const next = xlate(rig, 5);
		assert.equal(inspectChannel(rig.k, next).hardware?.channel, 3);
	});

	it("a peripheral that the hardware does not have: the descriptor counts as done", () => {
		const rig = zynq();
		const client = slave(rig, 6);
		client.configure({ direction: MEM_TO_DEV, dst_addr: NOWHERE, dst_addr_width: 4 });
		const cookie = client.submit(client.slaveSg([[SRC, 64]], MEM_TO_DEV));
		client.issue();
		rig.run();
		assert.deepEqual(rig.log().slice(-2), [
			"dma-pl330 f8003000.dma-controller: pl330_submit_req:1509 Invalid peripheral(6)!",
			`dma-pl330 f8003000.dma-controller: fill_queue:2063 Bad Desc(${cookie})`,
		]);
	});

	it("releasing a channel whose transfer is in flight is fatal: its tasklet runs without a thread", () => {
		const rig = zynq();
		const client = slave(rig, 2);
		client.configure({ direction: MEM_TO_DEV, dst_addr: NOWHERE, dst_addr_width: 4 });
		client.submit(client.slaveSg([[SRC, 64]], MEM_TO_DEV));
		client.issue();
		assert.throws(() => {
			rig.call("dma_release_channel", client.chan);
			rig.run();
			if (rig.oopses.length > 0) throw new Error(rig.oopses[0]);
		});
		assert.ok(rig.log().some((line) => /NULL pointer dereference/.test(line)));
		assert.equal(dmaPl330Chan.thread.get(rig.k.space, pchanOf(client.chan)), 0);
	});

	it("its tasklet is known by the channel's name to who waits for it", () => {
		const rig = zynq();
		const client = slave(rig, 3);
		const tasklet = dmaPl330Chan.task.at(pchanOf(client.chan));
		assert.equal(channelOfTasklet(rig.k, tasklet), "dma0chan3");
		assert.equal(channelOfTasklet(rig.k, tasklet + 8), "");
	});

	it("without anything to issue Linux warns", () => {
		const rig = zynq();
		const client = copier(rig);
		client.issue();
		assert.equal(rig.k.state.warnings, 1);
		assert.ok(rig.log().some((line) => line.includes("drivers/dma/pl330.c:2493 pl330_issue_pending")));
	});

	it("another device at the address is none of the driver's, and one without apb_pclk is refused", () => {
		const other = zynq({ dts: '&uart0 { clocks = <&clkc 27>; clock-names = "apb_pclk"; };' });
		assert.equal(other.call("amba_probe", other.platform("uart0")), -19);
		const clockless = zynq({ dts: "&dmac_s { /delete-property/ clocks; };" });
		assert.equal(device.driver.get(clockless.k.space, clockless.device("dmac_s")), 0);
		assert.deepEqual(clockless.log().slice(-1), [
			"dma-pl330 f8003000.dma-controller: probe with driver dma-pl330 failed with error -2",
		]);
	});

	it("remove gives everything back", () => {
		const rig = zynq();
		const client = copier(rig);
		rig.call("dma_release_channel", client.chan);
		rig.call("pl330_remove", rig.platform("dmac_s"));
		assert.equal(rig.channel(), 0);
		assert.equal(readFile(rig.k, "/sys/kernel/debug/f8003000.dma-controller"), -2);
	});
});
