import assert from "node:assert/strict";
import { DmaStatus } from "../../../src/kernel/dmaengine/constants";
import { stmChannel } from "../../../src/kernel/drivers/stm32-dma/registers";
import { chanReg, stm32DmaChan } from "../../../src/kernel/drivers/stm32-dma/structs";
import { Client } from "../dmaengine/client";
import type { Rig } from "../dmaengine/rig";
import { DMA1, RDR, read, sgRegs, stm32, streamRegister, write, xlate } from "./stm32";
import text from "./stm32-dma-cases.json";
import { casesOf, configureAs, DEV_TO_MEM, MEM_TO_DEV, Requester } from "./support";

interface Operation {
	readonly config?: Readonly<Record<string, string | number>>;
	readonly sg?: readonly (readonly [string, number])[];
	readonly src?: string;
	readonly dst?: string;
	readonly len?: number;
	readonly buf?: string;
	readonly period?: number;
	readonly pauseWhen?: { readonly NDTR: number };
	readonly state?: {
		readonly periods: number;
		readonly period: number;
		readonly nextSg: number;
		readonly CT: number;
		readonly NDTR: number;
	};
	readonly stream?: number;
}
interface Case {
	readonly id: string;
	readonly provider: { readonly stream: number; readonly cells?: readonly (string | number)[] };
	readonly ops: readonly Operation[];
	readonly expect: {
		readonly sgRegs?: readonly Readonly<Record<string, string | number>>[];
		readonly SCRatStart?: string;
		readonly atStart?: { readonly SM0AR: string; readonly SM1AR: string; readonly CT: number; readonly nextSg: number };
		readonly irq?: readonly { readonly CTafter: number; readonly nextSgAfter: number }[];
		readonly residue?: number;
		readonly position?: number;
		readonly pause?: { readonly savedNDTR: number };
		readonly txStatus?: { readonly paused: { readonly residue: number } };
		readonly resumeWrites?: { readonly SPAR: string; readonly SM0AR: string; readonly SNDTR: number };
		readonly isr?: readonly (readonly [string, string])[];
		readonly log?: string;
	};
}
const cases = casesOf<Case>(text);

const EPERM = 1;

/** The client of a case, its channel taken with the case's cells. */
function clientFor(rig: Rig, { provider }: Case): Client {
	const cells = (provider.cells ?? [provider.stream, 0, 0x400, 0]).map(Number);
	return new Client(rig, xlate(rig, "dma1", cells));
}

/** Compares those members of each image that the case names. */
function checkImages(rig: Rig, tx: number, { expect }: Case): void {
	const images = sgRegs(rig, tx);
	assert.equal(images.length, expect.sgRegs!.length);
	expect.sgRegs!.forEach((wanted, i) => {
		const seen = Object.fromEntries(Object.keys(wanted).map((name) => [name, images[i][name]]));
		assert.deepEqual(seen, wanted);
	});
}

describe("stm32-dma driver and model (controller-cases.json)", () => {
	it("stm32dma-01-uart4-tx", () => {
		const one = cases["stm32dma-01-uart4-tx"];
		const rig = stm32();
		const client = clientFor(rig, one);
		configureAs(client, one.ops[0].config);
		const tx = client.slaveSg(
			one.ops[1].sg!.map(([at, len]) => [Number(at), len] as const),
			MEM_TO_DEV,
		);
		checkImages(rig, tx, one);
		client.callback(tx);
		const cookie = client.submit(tx);
		client.issue();
		assert.equal(read(rig, streamRegister(0, "CR")), Number(one.expect.SCRatStart));
		write(rig, 0x48002000, 100);
		new Requester(rig, "dmamux1", 100).ask(64);
		rig.writes.length = 0;
		rig.run();
		// TCIF0 is what the handler finds and clears.
		assert.ok(rig.writes.some(([at, value]) => at === DMA1 + 8 && value === 0x20));
		assert.equal(rig.callbacks.length, 1);
		assert.equal(client.status(cookie).status, DmaStatus.COMPLETE);
	});

	it("stm32dma-02-uart4-rx-cyclic-2", () => {
		const one = cases["stm32dma-02-uart4-rx-cyclic-2"];
		const rig = stm32();
		const client = clientFor(rig, one);
		configureAs(client, one.ops[0].config);
		const { buf, len, period } = one.ops[1];
		const tx = client.cyclic(Number(buf), len!, period!, DEV_TO_MEM);
		checkImages(rig, tx, one);
		client.callback(tx);
		client.submit(tx);
		client.issue();
		const register = (name: "CR" | "M0AR" | "M1AR") => read(rig, streamRegister(0, name));
		const ct = () => (register("CR") >>> 19) & 1;
		const nextSg = () => stm32DmaChan.next_sg.get(rig.k.space, stmChannel(client.chan));
		const { atStart, irq } = one.expect;
		assert.deepEqual(
			{ SM0AR: register("M0AR"), SM1AR: register("M1AR"), CT: ct(), nextSg: nextSg() },
			{ ...atStart, SM0AR: Number(atStart!.SM0AR), SM1AR: Number(atStart!.SM1AR) },
		);
		write(rig, 0x48002000, 100);
		const source = new Requester(rig, "dmamux1", 100);
		irq!.forEach((expected, index) => {
			rig.writes.length = 0;
			source.ask(period!);
			rig.until(() => rig.callbacks.length === index + 1, `period ${index}`);
			assert.deepEqual({ CT: ct(), nextSg: nextSg() }, { CT: expected.CTafter, nextSg: expected.nextSgAfter });
			const addresses = [streamRegister(0, "M0AR"), streamRegister(0, "M1AR")];
			assert.deepEqual(
				rig.writes.filter(([at]) => addresses.includes(at)),
				[],
			);
		});
	});

	for (const id of ["stm32dma-04-memcpy-10000", "stm32dma-06-memcpy-odd-length"])
		it(id, () => {
			const one = cases[id];
			const rig = stm32();
			const client = clientFor(rig, one);
			const { dst, src, len } = one.ops[0];
			const tx = client.memcpy(Number(dst), Number(src), len!);
			checkImages(rig, tx, one);
			const bytes = Uint8Array.from({ length: len! }, (_, i) => (i * 7 + (i >> 8)) & 255);
			rig.k.machine.memory.writeBytes(Number(src), bytes);
			client.callback(tx);
			client.submit(tx);
			client.issue();
			rig.run();
			assert.equal(rig.callbacks.length, 1);
			assert.deepEqual(rig.k.machine.memory.readBytes(Number(dst), len!), bytes);
			assert.equal(rig.k.machine.memory.read8(Number(dst) + len!), 0);
		});

	for (const id of ["stm32dma-07-residue-cyclic", "stm32dma-09-residue-last-period"])
		it(id, () => {
			const one = cases[id];
			const { periods, period, nextSg, CT, NDTR } = one.ops[0].state!;
			const rig = stm32();
			const client = clientFor(rig, one);
			client.configure({ direction: DEV_TO_MEM, src_addr: RDR, src_addr_width: 1 });
			const tx = client.cyclic(0xc0002000, periods * period, period, DEV_TO_MEM);
			const cookie = client.submit(tx);
			client.issue();
			write(rig, 0x48002000, 100);
			const source = new Requester(rig, "dmamux1", 100);
			const laps = (nextSg + periods - 1) % periods;
			source.ask(laps * period + (period - NDTR));
			rig.run(1_000_000_000);
			const chan = stmChannel(client.chan);
			assert.equal(stm32DmaChan.next_sg.get(rig.k.space, chan), nextSg);
			assert.equal((read(rig, streamRegister(0, "CR")) >>> 19) & 1, CT);
			assert.equal(read(rig, streamRegister(0, "NDTR")), NDTR);
			assert.deepEqual(client.status(cookie), { status: DmaStatus.IN_PROGRESS, residue: one.expect.residue });
			assert.equal(periods * period - client.status(cookie).residue, one.expect.position);
		});

	it("stm32dma-11-pause-resume", () => {
		const one = cases["stm32dma-11-pause-resume"];
		const rig = stm32();
		const client = clientFor(rig, one);
		configureAs(client, one.ops[0].config);
		const tx = client.slaveSg([[0xc0000000, 4096]], MEM_TO_DEV);
		const cookie = client.submit(tx);
		client.issue();
		write(rig, 0x48002000, 100);
		const source = new Requester(rig, "dmamux1", 100);
		const ndtr = () => read(rig, streamRegister(0, "NDTR"));
		assert.equal(rig.call("dmaengine_resume", client.chan), -EPERM);
		source.ask(2048 - one.ops[4].pauseWhen!.NDTR);
		rig.run(100_000_000_000);
		assert.equal(ndtr(), 500);
		assert.equal(rig.call("dmaengine_pause", client.chan), 0);
		assert.equal(read(rig, streamRegister(0, "CR")) & 1, 0);
		const saved = stm32DmaChan.chan_reg.at(stmChannel(client.chan));
		assert.equal(chanReg.dma_sndtr.get(rig.k.space, saved), one.expect.pause!.savedNDTR);
		assert.deepEqual(client.status(cookie), {
			status: DmaStatus.PAUSED,
			residue: one.expect.txStatus!.paused.residue,
		});
		assert.equal(rig.call("dmaengine_pause", client.chan), -EPERM);
		rig.writes.length = 0;
		assert.equal(rig.call("dmaengine_resume", client.chan), 0);
		const { SPAR, SM0AR, SNDTR } = one.expect.resumeWrites!;
		assert.deepEqual(rig.writes.slice(0, 3), [
			[streamRegister(0, "PAR"), Number(SPAR)],
			[streamRegister(0, "M0AR"), Number(SM0AR)],
			[streamRegister(0, "NDTR"), SNDTR],
		]);
		source.ask(500);
		rig.run();
		assert.equal(client.status(cookie).status, DmaStatus.COMPLETE);
	});

	it("stm32dma-14-status-flags", () => {
		const one = cases["stm32dma-14-status-flags"];
		const rig = stm32();
		one.ops.forEach(({ stream }, index) => {
			const n = stream!;
			// One byte from memory to memory, with all interrupts off.
			write(rig, streamRegister(n, "PAR"), 0xc0000000);
			write(rig, streamRegister(n, "M0AR"), 0xc0001000);
			write(rig, streamRegister(n, "NDTR"), 1);
			write(rig, streamRegister(n, "FCR"), 0x4);
			write(rig, streamRegister(n, "CR"), 0x681);
			rig.run(1_000_000);
			const [name, value] = one.expect.isr![index];
			const half = 0x10 << [0, 6, 16, 22][n % 4];
			const at = DMA1 + (name === "LISR" ? 0 : 4);
			assert.equal(read(rig, at) & ~half, Number(value));
			write(rig, at + 8, 0xffffffff);
			assert.equal(read(rig, at), 0);
		});
	});

	it("stm32dma-15-not-configured", () => {
		const one = cases["stm32dma-15-not-configured"];
		const rig = stm32();
		const client = clientFor(rig, one);
		assert.equal(client.slaveSg([[0xc0000000, 64]], MEM_TO_DEV), 0);
		assert.ok(rig.log().includes(`dma dma1chan0: ${one.expect.log}`));
	});
});
