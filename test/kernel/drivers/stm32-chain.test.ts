/** MDMA behind a stream of STM32 DMA: each full half of a buffer in SRAM is a request for MDMA (reference 4.4). */
import assert from "node:assert/strict";
import { DmaStatus } from "../../../src/kernel/dmaengine/constants";
import { dmaSlaveConfig, dmaTxState } from "../../../src/kernel/dmaengine/structs";
import { mdmaConfig } from "../../../src/kernel/drivers/stm32-dma/structs";
import { Client } from "../dmaengine/client";
import type { Rig } from "../dmaengine/rig";
import { mdmaRegister, mdmaXlate, nodesOf } from "./mdma";
import { RDR, read, sgRegs, stm32, streamRegister, TDR, UART4, write } from "./stm32";
import { DEV_TO_MEM, MEM_TO_DEV, pattern } from "./support";

const SRAM = 0x10000000;
const DDR = 0xc2000000;
const HALF = 32;
/** Any request, very high priority, both addresses count up, buffers of 128 bytes, a block for each request. */
const CELLS = [0, 3, 0x1200000a, 0, 0] as const;
const CR3 = UART4 + 8;
const STREAM_LINE = 32 + 11;
const MDMA_LINE = 32 + 122;

interface Uart {
	receive(bytes: Uint8Array): void;
	takeSent(max: number): Uint8Array;
}
const uartOf = (rig: Rig): Uart => rig.k.devices.find((d) => d.labels.includes("uart4"))!.model as unknown as Uart;

/** UART4's stream and an MDMA channel, each told of the other as a client does it. */
function chain(name: "rx" | "tx", dts = "") {
	const rig = stm32({ dts });
	const { space } = rig.k;
	const stream = new Client(rig, rig.call("dma_request_chan", rig.device("uart4"), rig.text(name)));
	const mdma = new Client(rig, mdmaXlate(rig, CELLS));
	const front = rig.memory(dmaSlaveConfig.$size);
	const direction = name === "rx" ? DEV_TO_MEM : MEM_TO_DEV;
	dmaSlaveConfig.direction.set(space, front, direction);
	dmaSlaveConfig.src_addr.set(space, front, RDR);
	dmaSlaveConfig.dst_addr.set(space, front, TDR);
	dmaSlaveConfig.src_addr_width.set(space, front, 1);
	dmaSlaveConfig.dst_addr_width.set(space, front, 1);
	dmaSlaveConfig.peripheral_size.set(space, front, 1);
	assert.equal(rig.call("dmaengine_slave_config", stream.chan, front), 0);
	const behind = rig.memory(dmaSlaveConfig.$size);
	dmaSlaveConfig.direction.set(space, behind, direction);
	dmaSlaveConfig.src_addr.set(space, behind, SRAM);
	dmaSlaveConfig.dst_addr.set(space, behind, SRAM);
	const given = dmaSlaveConfig.peripheral_config.get(space, front);
	dmaSlaveConfig.peripheral_config.set(space, behind, given);
	dmaSlaveConfig.peripheral_size.set(space, behind, dmaSlaveConfig.peripheral_size.get(space, front));
	assert.equal(rig.call("dmaengine_slave_config", mdma.chan, behind), 0);
	return { rig, stream, mdma, given };
}

const halves = (count: number, at: number, step: number, wrap = count) =>
	Array.from({ length: count }, (_, i) => [at + (i % wrap) * step, step] as const);

describe("MDMA behind STM32 DMA", () => {
	it("the stream's driver says its DMAMUX output, where its flag is cleared, and which flag", () => {
		const { rig, given } = chain("rx");
		assert.deepEqual(
			[mdmaConfig.stream_id, mdmaConfig.ifcr, mdmaConfig.tcf].map((word) => word.get(rig.k.space, given)),
			[0, 0x48000008, 1 << 5],
		);
	});

	it("also of a stream of the second controller", () => {
		const rig = stm32();
		const chans = Array.from({ length: 10 }, (_, n) =>
			rig.call(
				"dma_request_chan",
				rig.device(["uart4", "uart5", "uart7", "uart8", "usart2"][n >> 1]),
				rig.text(n % 2 ? "tx" : "rx"),
			),
		);
		const front = rig.memory(dmaSlaveConfig.$size);
		dmaSlaveConfig.peripheral_size.set(rig.k.space, front, 1);
		assert.equal(rig.call("dmaengine_slave_config", chans[9], front), 0);
		const given = dmaSlaveConfig.peripheral_config.get(rig.k.space, front);
		// The tenth output is stream 1 of DMA2.
		assert.deepEqual(
			[mdmaConfig.stream_id, mdmaConfig.ifcr, mdmaConfig.tcf].map((word) => word.get(rig.k.space, given)),
			[9, 0x48001008, 1 << 11],
		);
	});

	it("a capture: nodes alternate between the halves and clear the flag, the stream has no interrupt of its own", () => {
		const { rig, stream, mdma } = chain("rx");
		const filling = stream.slaveSg(halves(6, SRAM, HALF, 2), DEV_TO_MEM);
		const taking = mdma.slaveSg(halves(6, DDR, HALF), DEV_TO_MEM);
		// Double buffer mode: M1AR is the other half.
		assert.deepEqual(
			sgRegs(rig, filling)
				.slice(0, 2)
				.map(({ SM0AR, SM1AR, SCR }) => [SM0AR, SM1AR, (Number(SCR) >>> 18) & 1]),
			[
				["0x10000000", "0x10000020", 1],
				["0x10000020", "0x10000040", 1],
			],
		);
		assert.deepEqual(
			nodesOf(rig, taking).map(({ CSAR, CDAR, CMAR, CMDR }) => [Number(CSAR), Number(CDAR), CMAR, CMDR]),
			Array.from({ length: 6 }, (_, i) => [SRAM + (i % 2) * HALF, DDR + i * HALF, "0x48000008", "0x00000020"]),
		);
		mdma.callback(taking, 1);
		stream.callback(filling, 2);
		const cookie = mdma.submit(taking);
		stream.submit(filling);
		mdma.issue();
		stream.issue();
		assert.equal(read(rig, streamRegister(0, "CR")) & (1 << 4), 0);
		write(rig, CR3, 1 << 6);
		const bytes = pattern(6 * HALF);
		uartOf(rig).receive(bytes);
		// 2.5 halves are in: two of them in DDR.
		rig.run(80 * 86_800_000 + 50_000_000);
		assert.deepEqual(rig.k.machine.memory.readBytes(DDR, 2 * HALF), bytes.subarray(0, 2 * HALF));
		assert.deepEqual(mdma.status(cookie), { status: DmaStatus.IN_PROGRESS, residue: 4 * HALF });
		rig.until(() => rig.callbacks.length > 0, "the end");
		assert.deepEqual(rig.k.machine.memory.readBytes(DDR, bytes.length), bytes);
		assert.deepEqual(
			rig.callbacks.map(({ param }) => param),
			[1],
		);
		assert.equal(rig.k.state.irqs[STREAM_LINE].count, 0);
		assert.equal(rig.k.state.irqs[MDMA_LINE].count, 1);
		assert.equal(rig.call("dmaengine_terminate_sync", stream.chan), 0);
		assert.equal(rig.call("dmaengine_terminate_sync", mdma.chan), 0);
	});

	it("a ring of captures for 100 laps loses nothing", () => {
		const { rig, stream, mdma } = chain("rx");
		const [periods, laps] = [4, 100];
		const filling = stream.cyclic(SRAM, 2 * HALF, HALF, DEV_TO_MEM);
		const taking = mdma.cyclic(DDR, periods * HALF, HALF, DEV_TO_MEM);
		mdma.callback(taking);
		mdma.submit(taking);
		stream.submit(filling);
		mdma.issue();
		stream.issue();
		write(rig, CR3, 1 << 6);
		const bytes = pattern(periods * HALF * laps);
		uartOf(rig).receive(bytes);
		const seen: number[] = [];
		for (let n = 0; n < periods * laps; n++) {
			rig.until(() => rig.callbacks.length === n + 1, `period ${n}`);
			seen.push(...rig.k.machine.memory.readBytes(DDR + (n % periods) * HALF, HALF));
		}
		assert.deepEqual(Uint8Array.from(seen), bytes);
		assert.equal(rig.k.state.irqs[STREAM_LINE].count, 0);
		assert.equal(rig.call("dmaengine_terminate_sync", stream.chan), 0);
		assert.equal(rig.call("dmaengine_terminate_sync", mdma.chan), 0);
	});

	it("a playback: the list's nodes leave the flag to the CPU, MDMA refills the half that has been played", () => {
		const { rig, stream, mdma } = chain("tx");
		const bytes = pattern(6 * HALF);
		const { memory } = rig.k.machine;
		// Both halves are filled before the stream starts; MDMA brings the rest.
		memory.writeBytes(SRAM, bytes.subarray(0, 2 * HALF));
		memory.writeBytes(DDR, bytes.subarray(2 * HALF));
		const playing = stream.cyclic(SRAM, 2 * HALF, HALF, MEM_TO_DEV);
		const feeding = mdma.slaveSg(halves(4, DDR, HALF), MEM_TO_DEV);
		assert.deepEqual(
			nodesOf(rig, feeding).map(({ CDAR, CMAR, CMDR }) => [Number(CDAR), CMAR, CMDR]),
			Array.from({ length: 4 }, (_, i) => [SRAM + (i % 2) * HALF, "0x00000000", "0x00000000"]),
		);
		mdma.callback(feeding, 1);
		stream.callback(playing, 2);
		mdma.submit(feeding);
		stream.submit(playing);
		mdma.issue();
		stream.issue();
		assert.equal(read(rig, streamRegister(0, "CR")) & (1 << 4), 1 << 4);
		write(rig, CR3, 1 << 7);
		rig.until(() => rig.callbacks.filter(({ param }) => param === 2).length === 6, "six periods");
		assert.equal(rig.call("dmaengine_terminate_sync", stream.chan), 0);
		rig.run(300_000_000);
		assert.deepEqual(uartOf(rig).takeSent(bytes.length), bytes);
		assert.equal(rig.callbacks.filter(({ param }) => param === 1).length, 1);
		assert.equal(rig.k.state.irqs[STREAM_LINE].count, 6);
	});

	it("what MDMA has not taken out of SRAM yet is in flight", () => {
		// SRAM that answers after 50 µs: there is time to ask.
		const { rig, stream, mdma } = chain("rx", "&sram { sim,read-latency-ns = <50000>; };");
		const filling = stream.slaveSg(halves(2, SRAM, HALF), DEV_TO_MEM);
		const taking = mdma.slaveSg(halves(2, DDR, HALF), DEV_TO_MEM);
		const cookie = mdma.submit(taking);
		stream.submit(filling);
		mdma.issue();
		stream.issue();
		write(rig, CR3, 1 << 6);
		uartOf(rig).receive(pattern(HALF));
		const state = rig.memory(dmaTxState.$size);
		const inFlight = () => {
			assert.equal(rig.call("dmaengine_tx_status", mdma.chan, cookie, state), DmaStatus.IN_PROGRESS);
			return [dmaTxState.residue, dmaTxState.in_flight_bytes].map((word) => word.get(rig.k.space, state));
		};
		assert.deepEqual(inFlight(), [2 * HALF, 0]);
		for (let n = 0; n < 400 && (read(rig, mdmaRegister(0, "CISR")) & (1 << 16)) === 0; n++) rig.run(10_000_000);
		assert.deepEqual(inFlight(), [2 * HALF, HALF]);
		rig.run(1_000_000_000);
		assert.deepEqual(inFlight(), [HALF, 0]);
	});
});
