import assert from "node:assert/strict";
import { DmaStatus } from "../../../src/kernel/dmaengine/constants";
import { virtDmaDesc } from "../../../src/kernel/dmaengine/structs";
import { bcmChannel } from "../../../src/kernel/drivers/bcm2835-dma/registers";
import { bcm2835Chan, bcm2835Desc } from "../../../src/kernel/drivers/bcm2835-dma/structs";
import { Client } from "../dmaengine/client";
import type { Rig } from "../dmaengine/rig";
import { clientOf, controlBlocks, numberOf, pi, placePool, RAM_ALIAS, readRegister, registerOf } from "./bcm2835";
import text from "./bcm2835-dma-cases.json";
import { casesOf, configureAs, MEM_TO_DEV, pattern } from "./support";

interface Operation {
	readonly config?: Readonly<Record<string, string | number>>;
	readonly sg?: readonly (readonly [string, number])[];
	readonly src?: string;
	readonly dst?: string;
	readonly len?: number;
	readonly buf?: string;
	readonly period?: number;
	readonly state?: { readonly cbs: readonly number[]; readonly SOURCE_AD: string };
}
interface Case {
	readonly id: string;
	readonly provider: { readonly lite: boolean; readonly cbPool: string };
	readonly ops: readonly Operation[];
	readonly expect: {
		readonly cbs?: readonly Readonly<Record<string, string | number>>[];
		readonly prep?: null;
		readonly residue?: number;
		readonly position?: number;
		readonly csWrite?: string;
		readonly pause?: string;
		readonly resume?: string;
	};
}
const cases = casesOf<Case>(text);

const PREP_INTERRUPT = 1;
const ENOSYS = 38;
const PCM_FIFO = 0x7e203004;
const FREE = 48 << 20;

/** The client of a case: a channel of its kind, its pool of control blocks where the case says. */
function clientFor(rig: Rig, { provider }: Case): Client {
	placePool(rig, Number(provider.cbPool));
	return clientOf(rig, provider.lite);
}

const cyclic = (client: Client, { buf, len, period }: Operation): number =>
	client.rig.call("dmaengine_prep_dma_cyclic", client.chan, Number(buf), len!, period!, MEM_TO_DEV, PREP_INTERRUPT);

describe("bcm2835-dma driver and model (controller-cases.json)", () => {
	for (const id of ["bcm-01-memcpy-normal", "bcm-02-memcpy-lite"])
		it(id, () => {
			const one = cases[id];
			const rig = pi();
			const client = clientFor(rig, one);
			const { dst, src, len } = one.ops[0];
			assert.deepEqual(controlBlocks(rig, client.memcpy(Number(dst), Number(src), len!)), one.expect.cbs);
			// The case's destination is where this kernel has its own memory: the copy itself is made 48 MiB further on.
			const [from, to] = [Number(src) + FREE, Number(dst) + FREE];
			const tx = client.memcpy(to, from, len!);
			const bytes = pattern(len!);
			const { memory } = rig.k.machine;
			memory.writeBytes(from - RAM_ALIAS, bytes);
			client.callback(tx);
			const cookie = client.submit(tx);
			client.issue();
			rig.run();
			assert.equal(rig.callbacks.length, 1);
			assert.equal(client.status(cookie).status, DmaStatus.COMPLETE);
			assert.deepEqual(memory.readBytes(to - RAM_ALIAS, len!), bytes);
			assert.equal(memory.read8(to - RAM_ALIAS + len!), 0);
		});

	it("bcm-03-i2s-tx-cyclic", () => {
		const one = cases["bcm-03-i2s-tx-cyclic"];
		const rig = pi();
		placePool(rig, Number(one.provider.cbPool));
		const client = new Client(rig, rig.call("dma_request_chan", rig.device("i2s"), rig.text("tx")));
		configureAs(client, one.ops[0].config);
		const tx = cyclic(client, one.ops[1]);
		assert.deepEqual(controlBlocks(rig, tx), one.expect.cbs);
		const { buf, len, period } = one.ops[1];
		const bytes = pattern(len!);
		rig.k.machine.memory.writeBytes(Number(buf) - RAM_ALIAS, bytes);
		client.callback(tx);
		const cookie = client.submit(tx);
		client.issue();
		for (let n = 1; n <= len! / period! + 1; n++) {
			rig.until(() => rig.callbacks.length === n, `period ${n}`);
			assert.equal(client.status(cookie).status, DmaStatus.IN_PROGRESS);
		}
		const fifo = rig.k.devices.find((d) => d.labels.includes("i2s"))!.model as unknown as {
			takeSent(max: number): Uint8Array;
		};
		const sent = fifo.takeSent(len!);
		assert.ok(sent.length >= len! - 64 * 4);
		assert.deepEqual(sent, bytes.subarray(0, sent.length));
		assert.equal(rig.call("dmaengine_terminate_sync", client.chan), 0);
	});

	it("bcm-06-width", () => {
		const one = cases["bcm-06-width"];
		const rig = pi();
		const client = clientFor(rig, one);
		configureAs(client, one.ops[0].config);
		const list = one.ops[1].sg!.map(([at, len]) => [Number(at), len] as const);
		assert.equal(client.slaveSg(list, MEM_TO_DEV), 0);
		assert.equal(one.expect.prep, null);
	});

	it("bcm-07-residue-cyclic", () => {
		const one = cases["bcm-07-residue-cyclic"];
		const ring = cases["bcm-03-i2s-tx-cyclic"];
		const { cbs, SOURCE_AD } = one.ops[0].state!;
		const rig = pi();
		placePool(rig, Number(one.provider.cbPool));
		const client = new Client(rig, rig.call("dma_request_chan", rig.device("i2s"), rig.text("tx")));
		configureAs(client, ring.ops[0].config);
		const tx = cyclic(client, ring.ops[1]);
		assert.deepEqual(
			controlBlocks(rig, tx).map(({ length }) => length),
			cbs,
		);
		const cookie = client.submit(tx);
		client.issue();
		// A word every 20.8 µs: steps of 5 µs miss none.
		while (readRegister(rig, numberOf(client), "SOURCE_AD") < Number(SOURCE_AD)) rig.run(5_000_000);
		assert.equal(Number(SOURCE_AD) - Number(ring.ops[1].buf), one.expect.position);
		assert.deepEqual(client.status(cookie), { status: DmaStatus.IN_PROGRESS, residue: one.expect.residue });
	});

	it("bcm-08-irq", () => {
		const one = cases["bcm-08-irq"];
		const rig = pi();
		const client = clientFor(rig, one);
		const [first, second] = ["A", "B"].map((_, n) => {
			const tx = client.memcpy(0xc0200000 + n * 4096, 0xc0100000, 1024);
			client.callback(tx, n + 1);
			return { tx, cookie: client.submit(tx) };
		});
		client.issue();
		const running = () => bcm2835Chan.desc.get(rig.k.space, bcmChannel(client.chan));
		const descOf = (tx: number) => bcm2835Desc.vd.container(virtDmaDesc.tx.container(tx));
		assert.equal(running(), descOf(first.tx));
		rig.writes.length = 0;
		const blockOfB = Number(controlBlocks(rig, second.tx)[0].at);
		rig.until(() => rig.writes.length >= 3, "the start of B");
		assert.equal(running(), descOf(second.tx));
		const n = numberOf(client);
		assert.deepEqual(rig.writes.slice(0, 2), [
			[registerOf(n, "CS"), Number(one.expect.csWrite)],
			[registerOf(n, "CONBLK_AD"), blockOfB],
		]);
		assert.equal(client.status(first.cookie).status, DmaStatus.COMPLETE);
		assert.equal(client.status(second.cookie).status, DmaStatus.IN_PROGRESS);
		rig.run();
		assert.deepEqual(
			rig.callbacks.map(({ param }) => param),
			[1, 2],
		);
	});

	it("bcm-10-no-pause", () => {
		const one = cases["bcm-10-no-pause"];
		const rig = pi();
		const client = clientFor(rig, one);
		const names = { pause: "dmaengine_pause", resume: "dmaengine_resume" } as const;
		for (const op of ["pause", "resume"] as const) {
			assert.equal(one.expect[op], "-ENOSYS");
			assert.equal(rig.call(names[op], client.chan), -ENOSYS);
		}
	});

	it("bcm-11-memcpy-zero", () => {
		const one = cases["bcm-11-memcpy-zero"];
		const rig = pi();
		const client = clientFor(rig, one);
		const { src, dst, len } = one.ops[0];
		assert.equal(client.memcpy(Number(dst), Number(src), len!), 0);
		assert.equal(client.memcpy(0, Number(dst), len!), 0);
		assert.equal(client.memcpy(Number(dst), PCM_FIFO, 0), 0);
		assert.equal(one.expect.prep, null);
	});
});
