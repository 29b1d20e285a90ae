import assert from "node:assert/strict";
import { hasCap } from "../../../src/kernel/dmaengine/caps";
import { Cap, DmaStatus } from "../../../src/kernel/dmaengine/constants";
import { channelFileText, summaryText } from "../../../src/kernel/dmaengine/files";
import { inspectChannel } from "../../../src/kernel/dmaengine/inspect";
import { QUEUES } from "../../../src/kernel/dmaengine/inspector";
import { channelDevice } from "../../../src/kernel/dmaengine/names";
import { dmaAsyncTxDescriptor, dmaChan } from "../../../src/kernel/dmaengine/structs";
import { axiChannel } from "../../../src/kernel/drivers/dw-axi-dmac/registers";
import { axiDmaChan } from "../../../src/kernel/drivers/dw-axi-dmac/structs";
import { listDirectory, readFile } from "../../../src/kernel/fs/files";
import { call, ret, step, steps } from "../../../src/kernel/functions";
import { Client, DEVICE_WORD } from "./client";
import { Rig } from "./rig";

const SRC = 0x81000000;
const DST = 0x82000000;
const { IN_PROGRESS, COMPLETE } = DmaStatus;
const EPROBE_DEFER = -517;
const ENODEV = -19;

/** The queues as in the reference's tables: names of the descriptors on A, S, I, active, C, T, and ck, cc. */
function table(client: Client, names: Record<number, string>): string {
	const info = inspectChannel(client.rig.k, client.chan);
	const cells = QUEUES.map((queue) => info.queues[queue].map((d) => names[d.tx] ?? "?").join(" ") || "-");
	return [...cells, info.lastCookie, info.completedCookie].join(" | ");
}

const holdTasklets = (rig: Rig, by: number): void => {
	rig.k.state.cpu.taskletHolds += by;
};

describe("golden traces on dw-axi-dmac (core-semantics chapter 11)", () => {
	it("G1: three memcpy in one batch, late tasklet, no start in the interrupt", () => {
		const rig = new Rig();
		const client = new Client(rig, rig.channel());
		const names: Record<number, string> = {};
		assert.equal(table(client, names), "- | - | - | - | - | - | 1 | 1");
		assert.equal(client.status(2).status, COMPLETE);
		const txs = ["d1", "d2", "d3"].map((name, i) => {
			const tx = client.memcpy(DST + i * 0x10000, SRC, 4096);
			names[tx] = name;
			client.callback(tx, i + 1);
			return tx;
		});
		assert.equal(table(client, names), "d1 d2 d3 | - | - | - | - | - | 1 | 1");
		assert.deepEqual(
			txs.map((tx) => client.submit(tx)),
			[2, 3, 4],
		);
		assert.equal(table(client, names), "- | d1 d2 d3 | - | - | - | - | 4 | 1");
		assert.deepEqual(
			[2, 3, 4, 5].map((c) => client.status(c).status),
			[IN_PROGRESS, IN_PROGRESS, IN_PROGRESS, COMPLETE],
		);
		holdTasklets(rig, 1);
		client.issue();
		assert.equal(table(client, names), "- | - | d2 d3 | d1 | - | - | 4 | 1");
		rig.run();
		// The interrupt completes d1; d2 waits for the next issue_pending.
		assert.equal(table(client, names), "- | - | d2 d3 | - | d1 | - | 4 | 2");
		assert.equal(client.status(2).status, COMPLETE);
		assert.equal(rig.callbacks.length, 0);
		client.issue();
		rig.run();
		assert.equal(table(client, names), "- | - | d3 | - | d1 d2 | - | 4 | 3");
		client.issue();
		assert.equal(table(client, names), "- | - | - | d3 | d1 d2 | - | 4 | 3");
		holdTasklets(rig, -1);
		rig.until(() => rig.callbacks.length === 2, "the tasklet");
		assert.deepEqual(
			rig.callbacks.map((c) => c.param),
			[1, 2],
		);
		rig.run();
		assert.equal(table(client, names), "- | - | - | - | - | - | 4 | 4");
		assert.deepEqual(
			rig.callbacks.map((c) => c.param),
			[1, 2, 3],
		);
	});

	it("G2: terminate with work in every list", () => {
		const rig = new Rig();
		const client = new Client(rig, rig.channel());
		const names: Record<number, string> = {};
		const make = (name: string, len: number) => {
			const tx = client.memcpy(DST, SRC, len);
			names[tx] = name;
			client.callback(tx, 1);
			return tx;
		};
		holdTasklets(rig, 1);
		client.submit(make("d1", 64));
		client.submit(make("d2", 1 << 20));
		client.submit(make("d3", 64));
		client.issue();
		rig.until(() => inspectChannel(rig.k, client.chan).completedCookie === 2, "the first interrupt");
		rig.run(100_000_000);
		client.issue();
		client.submit(make("d4", 64));
		make("d5", 64);
		assert.equal(table(client, names), "d5 | d4 | d3 | d2 | d1 | - | 5 | 2");
		assert.equal(rig.call("dmaengine_terminate_async", client.chan), 0);
		assert.equal(table(client, names), "- | - | - | - | - | - | 5 | 2");
		assert.equal(client.status(2).status, COMPLETE);
		for (const cookie of [3, 4, 5]) assert.deepEqual(client.status(cookie), { status: IN_PROGRESS, residue: 0 });
		holdTasklets(rig, -1);
		rig.run();
		assert.equal(rig.callbacks.length, 0);
		assert.equal(client.submit(make("d6", 64)), 6);
		client.issue();
		rig.run();
		for (const cookie of [3, 4, 5, 6]) assert.equal(client.status(cookie).status, COMPLETE);
		assert.equal(rig.callbacks.length, 1);
	});

	it("G3: periods are coalesced into one callback", () => {
		const rig = new Rig();
		const client = new Client(rig, rig.channel());
		client.configure({ direction: 1, dst_addr: DEVICE_WORD, dst_addr_width: 4 });
		axiDmaChan.hw_handshake_num.set(rig.k.space, axiChannel(client.chan), 3);
		const tx = client.cyclic(SRC, 4096, 1024, 1);
		client.callback(tx);
		const cookie = client.submit(tx);
		const until = (residue: number) => {
			rig.until(() => inspectChannel(rig.k, client.chan).residue === residue, `residue ${residue}`);
			assert.deepEqual(client.status(cookie), { status: IN_PROGRESS, residue });
		};
		holdTasklets(rig, 1);
		client.issue();
		until(3072);
		until(2048);
		assert.equal(rig.callbacks.length, 0);
		holdTasklets(rig, -1);
		rig.until(() => rig.callbacks.length > 0, "the tasklet");
		assert.equal(rig.callbacks.length, 1);
		until(1024);
		rig.until(() => rig.callbacks.length === 2, "the second tasklet");
		until(4096);
		rig.until(() => rig.callbacks.length === 3, "the third tasklet");
		// Terminate while a period's callback is pending: it is suppressed.
		holdTasklets(rig, 1);
		until(3072);
		assert.equal(rig.call("dmaengine_terminate_async", client.chan), 0);
		holdTasklets(rig, -1);
		rig.run(1_000_000_000);
		assert.equal(rig.callbacks.length, 3);
		assert.equal(client.status(cookie).status, IN_PROGRESS);
	});

	it("G4: a callback prepares, submits and issues the next transfer", () => {
		let chan = 0;
		const seen: string[] = [];
		const again = steps("void test_again(void *param)", {
			prep: step("Prepare the next.", () => call("dmaengine_prep_dma_memcpy", [chan, DST, SRC, 64, 0])),
			submit: step("Submit it.", (k, f) => {
				dmaAsyncTxDescriptor.callback.set(k.space, f.result, k.address("test_callback"));
				dmaAsyncTxDescriptor.callback_param.set(k.space, f.result, 2);
				f.locals.tx = f.result;
				return call("dmaengine_submit", [f.result]);
			}),
			issue: step("Start it.", (_, f) => {
				seen.push(`cookie ${f.result}`);
				return call("dma_async_issue_pending", [chan]);
			}),
			done: step("Look where things are.", (k, f) => {
				const info = inspectChannel(k, chan);
				seen.push(`${info.state} ${info.queues.active.map((d) => d.tx === f.locals.tx)} softirq ${k.current.softirq}`);
				return ret();
			}),
		});
		const rig = new Rig({ functions: [again] });
		const client = new Client(rig, rig.channel());
		chan = client.chan;
		const tx = client.memcpy(DST, SRC, 64);
		dmaAsyncTxDescriptor.callback.set(rig.k.space, tx, rig.k.address("test_again"));
		assert.equal(client.submit(tx), 2);
		client.issue();
		rig.run();
		assert.deepEqual(seen, ["cookie 3", "running true softirq 1"]);
		assert.deepEqual(
			rig.callbacks.map((c) => c.param),
			[2],
		);
		assert.deepEqual(client.status(3).status, COMPLETE);
		assert.deepEqual(
			rig.kinds("complete", "callback").map((n) => `${n.kind} ${n.fields.cookie} ${n.fields.ctx}`),
			["complete 2 hardirq", "callback 2 softirq", "complete 3 hardirq", "callback 3 softirq"],
		);
	});

	it("G7: lookup by name gives any free channel, the cell is its handshake", () => {
		const dts = `/ { spi: spi@40013000 { compatible = "acme,spi"; reg = <0x40013000 0x400>; dmas = <&dmac 3>; dma-names = "rx"; }; };`;
		const rig = new Rig({ dts, probe: false });
		const { k } = rig;
		const spi = rig.device("spi");
		assert.equal(rig.call("dma_request_chan", spi, rig.text("rx")), EPROBE_DEFER);
		rig.call("dw_axi_dmac_driver_init");
		const chan = rig.call("dma_request_chan", spi, rig.text("rx"));
		assert.equal(rig.deviceName(channelDevice(k, chan)), "dma0chan0");
		assert.equal(axiDmaChan.hw_handshake_num.get(k.space, axiChannel(chan)), 3);
		assert.equal(channelFileText(k, channelDevice(k, chan), "in_use"), "1\n");
		assert.equal(k.space.cstring(dmaChan.name.get(k.space, chan)), "dma:rx");
		assert.equal(dmaChan.slave.get(k.space, chan), spi);
		assert.equal(readFile(k, "/sys/class/dma/dma0chan0/in_use"), "1\n");
		assert.equal(readFile(k, "/sys/class/dma/dma0chan0/slave/dma:rx/in_use"), "1\n");
		assert.equal(
			readFile(k, "/sys/kernel/debug/dmaengine/summary"),
			"dma0 (80000.dma-controller): number of channels: 4\n dma0chan0    | 40013000.spi:rx\n",
		);
		const others = [1, 2, 3].map(() => rig.call("dma_request_chan", spi, rig.text("rx")));
		assert.deepEqual(
			others.map((c) => rig.deviceName(channelDevice(k, c))),
			["dma0chan1", "dma0chan2", "dma0chan3"],
		);
		assert.equal(rig.call("dma_request_chan", spi, rig.text("rx")), ENODEV);
		assert.equal(rig.call("dma_request_chan", spi, rig.text("tx")), ENODEV);
		const device = dmaChan.device.get(k.space, chan);
		assert.ok(hasCap(k, device, Cap.PRIVATE));
		for (const each of [chan, ...others]) rig.call("dma_release_channel", each);
		assert.equal(channelFileText(k, channelDevice(k, chan), "in_use"), "0\n");
		assert.equal(hasCap(k, device, Cap.PRIVATE), false);
		assert.equal(summaryText(k), "dma0 (80000.dma-controller): number of channels: 4\n");
		assert.deepEqual(listDirectory(k, "/sys/class/dma/dma0chan0"), [
			"bytes_transferred",
			"device",
			"in_use",
			"memcpy_count",
			"subsystem",
		]);
	});
});
