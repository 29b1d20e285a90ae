import assert from "node:assert/strict";
import { DmaStatus } from "../../../src/kernel/dmaengine/constants";
import { dmaSlaveCaps } from "../../../src/kernel/dmaengine/structs";
import { descOf, pchanOf, reqAt, threadOf } from "../../../src/kernel/drivers/pl330/registers";
import { prepareCcr } from "../../../src/kernel/drivers/pl330/request";
import { dmaPl330Desc, pl330Req } from "../../../src/kernel/drivers/pl330/structs";
import { ENOSYS } from "../../../src/kernel/errno";
import type { Client } from "../dmaengine/client";
import type { Rig } from "../dmaengine/rig";
import {
	copier,
	DMAC,
	MEM_TO_DEV,
	modelOf,
	NOWHERE,
	pattern,
	programIn,
	programOf,
	Requester,
	read,
	slave,
	zynq,
} from "./pl330";
import text from "./pl330-cases.json";

interface Operation {
	readonly src?: string;
	readonly dst?: string;
	readonly len?: number;
	readonly period?: number;
	readonly config?: Readonly<Record<string, string | number>>;
	readonly sg?: readonly (readonly [string, number])[];
	readonly peri?: number;
	readonly state?: { readonly running: { readonly bytes: number; readonly src: string; readonly SAR: string } };
}
interface Case {
	readonly id: string;
	readonly provider: Readonly<Record<string, string | number | boolean>>;
	readonly ops: readonly Operation[];
	readonly expect: {
		readonly CCR?: string;
		readonly mcLen?: number;
		readonly bursts?: number;
		readonly dregs?: number;
		readonly microcode?: string;
		readonly writes?: readonly (readonly [string, string])[];
		readonly running?: number;
		readonly queued?: number;
		readonly pause?: number;
		readonly caps?: { readonly cmd_pause: boolean; readonly cmd_resume: boolean };
	};
}
const cases: Readonly<Record<string, Case>> = Object.fromEntries(
	(text as unknown as { cases: Case[] }).cases.map((entry) => [entry.id, entry]),
);
const SAR0 = 0x400;
const [INTEN, DBGINST0, DBGINST1, DBGCMD] = [0x020, 0xd08, 0xd0c, 0xd04].map((offset) => DMAC + offset);

const hex = (value: number) => `0x${value.toString(16)}`;
const ccrOf = (rig: Rig, tx: number) => hex(prepareCcr(rig.k, dmaPl330Desc.rqcfg.at(descOf(tx))));

/** Compares what a case says of a program, then runs it: what the driver has written into memory is the same. */
function checkProgram(client: Client, tx: number, { expect }: Case): number {
	const { rig } = client;
	assert.equal(ccrOf(rig, tx), expect.CCR);
	assert.equal(programOf(client, tx), expect.microcode);
	assert.equal(expect.microcode!.length / 2, expect.mcLen);
	client.callback(tx);
	const cookie = client.submit(tx);
	client.issue();
	assert.equal(programIn(client, 0, expect.mcLen!), expect.microcode);
	return cookie;
}

describe("pl330 driver and model (controller-cases.json)", () => {
	it("the board is what the cases ask for", () => {
		const rig = zynq();
		const { provider } = cases["pl330-01-memcpy-10000"];
		const { dataBusBits, dataBufDep, numChan, numPeri, numEvents } = provider;
		assert.deepEqual(rig.log().slice(-2), [
			"dma-pl330 f8003000.dma-controller: Loaded driver for PL330 DMAC-241330",
			`dma-pl330 f8003000.dma-controller: \tDBUFF-${dataBufDep}x${Number(dataBusBits) / 8}bytes Num_Chans-${numChan} Num_Peri-${numPeri} Num_Events-${numEvents}`,
		]);
	});

	for (const id of ["pl330-01-memcpy-10000", "pl330-02-memcpy-1MiB"])
		it(id, () => {
			const one = cases[id];
			const rig = zynq();
			const client = copier(rig);
			const [src, dst, len] = [Number(one.ops[0].src), Number(one.ops[0].dst), one.ops[0].len!];
			const bytes = pattern(len);
			rig.k.machine.memory.writeBytes(src, bytes);
			const cookie = checkProgram(client, client.memcpy(dst, src, len), one);
			const bursts: number[] = [];
			rig.k.machine.observers.add({ burst: (_, __, ___, ____, length) => bursts.push(length) });
			rig.run();
			assert.equal(bursts.filter((length) => length === 128).length, one.expect.bursts);
			assert.equal(
				bursts.slice(one.expect.bursts).reduce((sum, length) => sum + length / 8, 0),
				one.expect.dregs,
			);
			assert.equal(rig.callbacks.length, 1);
			assert.equal(client.status(cookie).status, DmaStatus.COMPLETE);
			assert.deepEqual(rig.k.machine.memory.readBytes(dst, len), bytes);
			assert.equal(rig.k.machine.memory.read8(dst + len), 0);
		});

	it("pl330-04-slave-tx-single", () => {
		const one = cases["pl330-04-slave-tx-single"];
		const rig = zynq();
		const [{ config }, { peri, sg }] = one.ops;
		const client = slave(rig, peri!);
		const { dst_addr, dst_addr_width, dst_maxburst } = config!;
		client.configure({
			direction: MEM_TO_DEV,
			dst_addr: Number(dst_addr),
			dst_addr_width: Number(dst_addr_width),
			dst_maxburst: Number(dst_maxburst),
		});
		const source = new Requester(rig, peri!);
		const tx = client.slaveSg(
			sg!.map(([at, len]) => [Number(at), len] as const),
			MEM_TO_DEV,
		);
		const cookie = checkProgram(client, tx, one);
		source.ask(one.expect.bursts! - 1);
		rig.run();
		assert.deepEqual(client.status(cookie), { status: DmaStatus.IN_PROGRESS, residue: 1 });
		source.ask(1);
		rig.run();
		assert.equal(source.answered, one.expect.bursts);
		assert.equal(rig.callbacks.length, 1);
	});

	it("pl330-06-dmago", () => {
		const one = cases["pl330-06-dmago"];
		const rig = zynq();
		const client = copier(rig);
		const { mcodeBus, event } = one.provider;
		const thrd = threadOf(rig.k, pchanOf(client.chan));
		pl330Req.mc_bus.set(rig.k.space, reqAt(thrd, 0), Number(mcodeBus));
		pl330Req.mc_cpu.set(rig.k.space, reqAt(thrd, 0), rig.k.space.fromPhys(Number(mcodeBus)));
		client.submit(client.memcpy(0x10100000, 0x10000000, 64));
		rig.writes.length = 0;
		client.issue();
		const expected = one.expect.writes!.map(([register, value]) => [
			{ INTEN, DBGINST0, DBGINST1, DBGCMD }[register],
			register === "INTEN" ? 1 << Number(event) : Number(value),
		]);
		assert.deepEqual(rig.writes, expected);
		rig.run();
		assert.deepEqual(rig.oopses, []);
		assert.equal(modelOf(rig).state.threads[0]!.entry, Number(mcodeBus));
	});

	it("pl330-07-residue", () => {
		const one = cases["pl330-07-residue"];
		const rig = zynq();
		const client = slave(rig, 2);
		const { bytes, src, SAR } = one.ops[0].state!.running;
		client.configure({ direction: MEM_TO_DEV, dst_addr: NOWHERE, dst_addr_width: 4, dst_maxburst: 16 });
		const source = new Requester(rig, 2);
		const [running, queued] = [0, 1].map(() => client.submit(client.slaveSg([[Number(src), bytes]], MEM_TO_DEV)));
		client.issue();
		source.ask((Number(SAR) - Number(src)) / 64);
		rig.run(1_000_000_000);
		assert.equal(read(rig, SAR0), Number(SAR));
		assert.deepEqual(client.status(running), { status: DmaStatus.IN_PROGRESS, residue: one.expect.running });
		assert.deepEqual(client.status(queued), { status: DmaStatus.IN_PROGRESS, residue: one.expect.queued });
	});

	it("pl330-09-pause", () => {
		const one = cases["pl330-09-pause"];
		const rig = zynq();
		const client = slave(rig, 2);
		client.configure({ direction: MEM_TO_DEV, dst_addr: NOWHERE, dst_addr_width: 4 });
		const caps = rig.memory(dmaSlaveCaps.$size);
		assert.equal(rig.call("dma_get_slave_caps", client.chan, caps), 0);
		assert.deepEqual(
			{
				cmd_pause: dmaSlaveCaps.cmd_pause.get(rig.k.space, caps) === 1,
				cmd_resume: dmaSlaveCaps.cmd_resume.get(rig.k.space, caps) === 1,
			},
			one.expect.caps,
		);
		const source = new Requester(rig, 2);
		const cookie = client.submit(client.slaveSg([[0x10000000, 4096]], MEM_TO_DEV));
		client.issue();
		source.ask(10);
		rig.run(1_000_000_000);
		assert.equal(rig.call("dmaengine_pause", client.chan), one.expect.pause);
		assert.deepEqual(client.status(cookie), { status: DmaStatus.PAUSED, residue: 4056 });
		assert.equal(rig.call("dmaengine_resume", client.chan), -ENOSYS);
		source.ask(10);
		rig.run();
		// The thread is stopped for good.
		assert.equal(source.answered, 10);
		assert.equal(read(rig, 0x100) & 15, 0);
	});

	it("pl330-10-cyclic-bad-len", () => {
		const one = cases["pl330-10-cyclic-bad-len"];
		const client = slave(zynq(), 2);
		client.configure({ direction: MEM_TO_DEV, dst_addr: NOWHERE, dst_addr_width: 4 });
		assert.equal(client.cyclic(0x10000000, one.ops[0].len!, one.ops[0].period!, MEM_TO_DEV), 0);
	});
});
