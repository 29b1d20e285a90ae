import assert from "node:assert/strict";
import fc from "fast-check";
import { DmaStatus } from "../../../src/kernel/dmaengine/constants";
import { inspectChannel } from "../../../src/kernel/dmaengine/inspect";
import { stmChannel } from "../../../src/kernel/drivers/stm32-dma/registers";
import { stm32DmaChan } from "../../../src/kernel/drivers/stm32-dma/structs";
import { Client } from "../dmaengine/client";
import type { Rig } from "../dmaengine/rig";
import { DMA1, RDR, read, sgRegs, stm32, streamRegister, TDR, UART4, write, xlate } from "./stm32";
import { DEV_TO_MEM, MEM_TO_DEV, pattern } from "./support";

const CR3 = UART4 + 8;
const DMAR = 1 << 6;
const DMAT = 1 << 7;
const LINE_0 = 32 + 11;

interface Uart {
	receive(bytes: Uint8Array): void;
	takeSent(max: number): Uint8Array;
}
const uartOf = (rig: Rig): Uart => rig.k.devices.find((d) => d.labels.includes("uart4"))!.model as unknown as Uart;

/** UART4's channel of a name, through the router, with the address and width of its data register. */
function uartClient(rig: Rig, name: "rx" | "tx"): Client {
	const client = new Client(rig, rig.call("dma_request_chan", rig.device("uart4"), rig.text(name)));
	if (name === "rx") client.configure({ direction: DEV_TO_MEM, src_addr: RDR, src_addr_width: 1 });
	else client.configure({ direction: MEM_TO_DEV, dst_addr: TDR, dst_addr_width: 1 });
	return client;
}

/** Stream 0 of DMA1, asked for by name: any channel that copies would be one of MDMA. */
const copier = (rig: Rig): Client => new Client(rig, xlate(rig, "dma1", [0, 0, 0, 0]));

describe("stm32-dma driver: memory to memory", () => {
	it("200000 bytes are four pieces: four interrupts, one callback (reference 2.6)", () => {
		const rig = stm32();
		const client = copier(rig);
		const bytes = pattern(200000);
		rig.k.machine.memory.writeBytes(0xc1000000, bytes);
		const tx = client.memcpy(0xc2000000, 0xc1000000, bytes.length);
		assert.deepEqual(
			sgRegs(rig, tx).map(({ SNDTR }) => SNDTR),
			[65520, 65520, 65520, 3440],
		);
		client.callback(tx);
		const cookie = client.submit(tx);
		client.issue();
		rig.run();
		assert.equal(rig.k.state.irqs[LINE_0].count, 4);
		assert.equal(rig.callbacks.length, 1);
		assert.equal(client.status(cookie).status, DmaStatus.COMPLETE);
		assert.deepEqual(rig.k.machine.memory.readBytes(0xc2000000, bytes.length), bytes);
	});

	it("copies any length between any addresses, byte for byte", () => {
		const rig = stm32();
		const client = copier(rig);
		const at = fc.integer({ min: 0, max: 5000 });
		fc.assert(
			fc.property(at, at, fc.integer({ min: 1, max: 3000 }), (from, to, length) => {
				const bytes = pattern(length, from);
				const { memory } = rig.k.machine;
				memory.fill(0xc2000000, 0xee, 10000);
				memory.writeBytes(0xc1000000 + from, bytes);
				client.submit(client.memcpy(0xc2000000 + to, 0xc1000000 + from, length));
				client.issue();
				rig.run();
				assert.deepEqual(memory.readBytes(0xc2000000 + to, length), bytes);
				assert.equal(memory.read8(0xc2000000 + to + length), 0xee);
				if (to > 0) assert.equal(memory.read8(0xc2000000 + to - 1), 0xee);
			}),
			{ numRuns: 25 },
		);
	});

	it("a bus error is a log line and nothing else: no callback, the cookie stays (reference 2.5)", () => {
		const rig = stm32();
		const client = copier(rig);
		const tx = client.memcpy(0xc2000000, 0x0f000000, 64);
		client.callback(tx);
		const cookie = client.submit(tx);
		client.issue();
		rig.run();
		assert.deepEqual(
			rig.log().filter((line) => line.startsWith("dma dma1chan0")),
			["dma dma1chan0: DMA error: status=0x00000008", "dma dma1chan0: chan disabled by HW"],
		);
		assert.equal(rig.callbacks.length, 0);
		assert.equal(client.status(cookie).status, DmaStatus.IN_PROGRESS);
		assert.equal(rig.call("dmaengine_terminate_sync", client.chan), 0);
		assert.equal(client.status(cookie).status, DmaStatus.COMPLETE);
	});

	it("queued descriptors start one after the other in the interrupt", () => {
		const rig = stm32();
		const client = copier(rig);
		const cookies = [1, 2, 3].map((n) => {
			const tx = client.memcpy(0xc2000000 + n * 4096, 0xc1000000, 256);
			client.callback(tx, n);
			return client.submit(tx);
		});
		client.issue();
		const info = inspectChannel(rig.k, client.chan);
		assert.deepEqual(
			[info.queues.active, info.queues.issued].map((queue) => queue.map(({ cookie }) => cookie)),
			[[cookies[0]], cookies.slice(1)],
		);
		rig.run();
		assert.deepEqual(
			rig.callbacks.map(({ param }) => param),
			[1, 2, 3],
		);
	});
});

describe("stm32-dma driver: a UART behind the router", () => {
	it("sends and receives every byte", () => {
		const rig = stm32();
		const [rx, tx] = [uartClient(rig, "rx"), uartClient(rig, "tx")];
		const bytes = pattern(64);
		rig.k.machine.memory.writeBytes(0xc1000000, bytes);
		const sending = tx.slaveSg([[0xc1000000, 64]], MEM_TO_DEV);
		const receiving = rx.slaveSg([[0xc2000000, 64]], DEV_TO_MEM);
		tx.callback(sending, 1);
		rx.callback(receiving, 2);
		tx.submit(sending);
		rx.submit(receiving);
		tx.issue();
		rx.issue();
		write(rig, CR3, DMAR | DMAT);
		uartOf(rig).receive(pattern(64, 9));
		rig.run();
		assert.deepEqual(uartOf(rig).takeSent(100), bytes);
		assert.deepEqual(rig.k.machine.memory.readBytes(0xc2000000, 64), pattern(64, 9));
		assert.deepEqual(rig.callbacks.map(({ param }) => param).sort(), [1, 2]);
	});

	it("a scatter list runs entry by entry, chained by software; the residue is exact", () => {
		const rig = stm32();
		const tx = uartClient(rig, "tx");
		const bytes = pattern(100);
		rig.k.machine.memory.writeBytes(0xc1000000, bytes.subarray(0, 33));
		rig.k.machine.memory.writeBytes(0xc1001001, bytes.subarray(33, 50));
		rig.k.machine.memory.writeBytes(0xc1002000, bytes.subarray(50));
		const desc = tx.slaveSg(
			[
				[0xc1000000, 33],
				[0xc1001001, 17],
				[0xc1002000, 50],
			],
			MEM_TO_DEV,
		);
		tx.callback(desc);
		const cookie = tx.submit(desc);
		tx.issue();
		write(rig, CR3, DMAT);
		// After 4 ms at 115200 baud 46 bytes have gone; one is in the shift register, one in TDR.
		rig.run(4_000_000_000);
		const ndtr = read(rig, streamRegister(0, "NDTR"));
		assert.deepEqual(tx.status(cookie), { status: DmaStatus.IN_PROGRESS, residue: ndtr + 50 });
		assert.equal(50 - ndtr, uartOf(rig).takeSent(46).length + 2);
		assert.equal(inspectChannel(rig.k, tx.chan).residue, ndtr + 50);
		rig.run();
		assert.equal(rig.callbacks.length, 1);
		assert.deepEqual(uartOf(rig).takeSent(100), bytes.subarray(46));
	});

	it("a ring of four periods goes round for 100 laps and loses nothing", () => {
		const rig = stm32();
		const rx = uartClient(rig, "rx");
		const [period, laps] = [16, 100];
		const desc = rx.cyclic(0xc2000000, 4 * period, period, DEV_TO_MEM);
		rx.callback(desc);
		const cookie = rx.submit(desc);
		rx.issue();
		write(rig, CR3, DMAR);
		const bytes = pattern(4 * period * laps);
		uartOf(rig).receive(bytes);
		const seen: number[] = [];
		for (let n = 0; n < 4 * laps; n++) {
			rig.until(() => rig.callbacks.length === n + 1, `period ${n}`);
			seen.push(...rig.k.machine.memory.readBytes(0xc2000000 + (n % 4) * period, period));
			assert.equal(rx.status(cookie).status, DmaStatus.IN_PROGRESS);
		}
		assert.deepEqual(Uint8Array.from(seen), bytes);
		assert.equal(rig.call("dmaengine_terminate_sync", rx.chan), 0);
	});

	it("one period is circular mode", () => {
		const rig = stm32();
		const rx = uartClient(rig, "rx");
		const desc = rx.cyclic(0xc2000000, 32, 32, DEV_TO_MEM);
		assert.equal(Number(sgRegs(rig, desc)[0].SCR) & 0x40100, 0x100);
		rx.callback(desc);
		rx.submit(desc);
		rx.issue();
		write(rig, CR3, DMAR);
		uartOf(rig).receive(pattern(80));
		rig.run(10_000_000_000);
		assert.equal(rig.callbacks.length, 2);
		assert.deepEqual(rig.k.machine.memory.readBytes(0xc2000000, 16), pattern(80).subarray(64));
	});

	it("pause and resume at any moment lose and double nothing", () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 1, max: 900_000 }), { minLength: 1, maxLength: 5 }), (waits) => {
				const rig = stm32();
				const tx = uartClient(rig, "tx");
				const bytes = pattern(64);
				rig.k.machine.memory.writeBytes(0xc1000000, bytes);
				const desc = tx.slaveSg([[0xc1000000, 64]], MEM_TO_DEV);
				tx.callback(desc);
				const cookie = tx.submit(desc);
				tx.issue();
				write(rig, CR3, DMAT);
				for (const wait of waits) {
					rig.run(wait * 1000);
					assert.equal(rig.call("dmaengine_pause", tx.chan), 0);
					assert.equal(tx.status(cookie).status, DmaStatus.PAUSED);
					rig.run(300_000_000);
					assert.equal(rig.call("dmaengine_resume", tx.chan), 0);
				}
				rig.run();
				assert.equal(rig.callbacks.length, 1);
				assert.deepEqual(uartOf(rig).takeSent(100), bytes);
			}),
			{ numRuns: 10 },
		);
	});

	it("a ring that is paused in the middle goes on where it was, double buffer and all", () => {
		const rig = stm32();
		const rx = uartClient(rig, "rx");
		const desc = rx.cyclic(0xc2000000, 64, 16, DEV_TO_MEM);
		rx.callback(desc);
		const cookie = rx.submit(desc);
		rx.issue();
		write(rig, CR3, DMAR);
		const bytes = pattern(64 * 3);
		const seen: number[] = [];
		let sent = 0;
		const take = () => {
			while (seen.length + 16 <= sent) {
				const place = seen.length % 64;
				seen.push(...rig.k.machine.memory.readBytes(0xc2000000 + place, 16));
			}
		};
		// Between two pieces, each shorter than a lap, the line is silent: nothing comes in while the stream is off.
		for (const piece of [5, 20, 16, 30, 1, 40, 9, 23, 48]) {
			uartOf(rig).receive(bytes.subarray(sent, sent + piece));
			sent += piece;
			rig.run(piece * 90_000_000);
			assert.equal(rx.status(cookie).residue % 64, (64 - (sent % 64)) % 64);
			take();
			assert.equal(rig.call("dmaengine_pause", rx.chan), 0);
			assert.equal(rig.call("dmaengine_resume", rx.chan), 0);
		}
		assert.equal(sent, bytes.length);
		assert.deepEqual(Uint8Array.from(seen), bytes);
		assert.equal(rig.callbacks.length, 12);
	});

	it("fact 13: terminate completes the active cookie, and the queued ones read complete, too (core-semantics 3.5)", () => {
		const rig = stm32();
		const tx = uartClient(rig, "tx");
		const first = tx.slaveSg([[0xc1000000, 64]], MEM_TO_DEV);
		tx.callback(first);
		const active = tx.submit(first);
		// Before the first issue the channel's own status is 0, which is DMA_COMPLETE.
		assert.equal(tx.status(active).status, DmaStatus.COMPLETE);
		const queued = tx.submit(tx.slaveSg([[0xc1000000, 64]], MEM_TO_DEV));
		tx.issue();
		write(rig, CR3, DMAT);
		rig.run(1_000_000_000);
		assert.equal(tx.status(active).status, DmaStatus.IN_PROGRESS);
		assert.equal(tx.status(queued).status, DmaStatus.IN_PROGRESS);
		assert.equal(rig.call("dmaengine_terminate_sync", tx.chan), 0);
		assert.equal(read(rig, streamRegister(0, "CR")) & 1, 0);
		assert.equal(tx.status(active).status, DmaStatus.COMPLETE);
		assert.equal(tx.status(queued).status, DmaStatus.COMPLETE);
		assert.equal(rig.callbacks.length, 0);
		// The channel is as good as new.
		const again = tx.slaveSg([[0xc1000000, 8]], MEM_TO_DEV);
		tx.callback(again);
		tx.submit(again);
		tx.issue();
		rig.run();
		assert.equal(rig.callbacks.length, 1);
	});
});

describe("stm32-dma driver: terminate", () => {
	it("at any moment leaves a channel that works, and what was sent was sent once", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 6_000_000 }), (wait) => {
				const rig = stm32();
				const tx = uartClient(rig, "tx");
				const bytes = pattern(64);
				rig.k.machine.memory.writeBytes(0xc1000000, bytes);
				const desc = tx.slaveSg([[0xc1000000, 64]], MEM_TO_DEV);
				tx.callback(desc, 1);
				const cookie = tx.submit(desc);
				tx.issue();
				write(rig, CR3, DMAT);
				rig.run(wait * 1000);
				assert.equal(rig.call("dmaengine_terminate_sync", tx.chan), 0);
				assert.equal(tx.status(cookie).status, DmaStatus.COMPLETE);
				rig.run(200_000_000);
				const sent = uartOf(rig).takeSent(100);
				assert.deepEqual(sent, bytes.subarray(0, sent.length));
				const again = tx.slaveSg([[0xc1000000, 8]], MEM_TO_DEV);
				tx.callback(again, 2);
				tx.submit(again);
				tx.issue();
				rig.run();
				assert.equal(rig.callbacks.at(-1)?.param, 2);
				assert.deepEqual(uartOf(rig).takeSent(100), bytes.subarray(0, 8));
			}),
			{ numRuns: 15 },
		);
	});
});

describe("stm32-dma driver: what it refuses", () => {
	const slave = (values: Parameters<Client["configure"]>[0], features = 0): [Rig, Client] => {
		const rig = stm32();
		const client = new Client(rig, xlate(rig, "dma1", [3, 0, 0x400, features]));
		client.configure(values);
		return [rig, client];
	};
	const says = (rig: Rig, text: string) => assert.equal(rig.log().at(-1), `dma dma1chan3: ${text}`);

	it("widths, directions and counts", () => {
		const [rig, client] = slave({ dst_addr: TDR, dst_addr_width: 8 });
		assert.equal(client.slaveSg([[0xc1000000, 64]], MEM_TO_DEV), 0);
		says(rig, "Dma bus width not supported");
		assert.equal(client.slaveSg([[0xc1000000, 64]], 3), 0);
		says(rig, "Dma direction is not supported");
		client.configure({ dst_addr: TDR, dst_addr_width: 1 });
		assert.equal(client.slaveSg([[0xc1000000, 65536]], MEM_TO_DEV), 0);
		says(rig, "nb items not supported");
	});

	it("cyclic: empty, uneven, too long, busy", () => {
		const [rig, client] = slave({ dst_addr: TDR, dst_addr_width: 1 });
		assert.equal(client.cyclic(0xc1000000, 0, 16, MEM_TO_DEV), 0);
		says(rig, "Invalid buffer/period len");
		assert.equal(client.cyclic(0xc1000000, 100, 16, MEM_TO_DEV), 0);
		says(rig, "buf_len not multiple of period_len");
		assert.equal(client.cyclic(0xc1000000, 65536, 65536, MEM_TO_DEV), 0);
		says(rig, "number of items not supported");
		client.submit(client.slaveSg([[0xc1000000, 64]], MEM_TO_DEV));
		client.issue();
		assert.equal(client.cyclic(0xc1000000, 64, 16, MEM_TO_DEV), 0);
		says(rig, "Request not allowed when dma busy");
	});

	it("but not SAI playback: maxburst 4, half-words, half full (reference 2.6)", () => {
		const [rig, client] = slave({ dst_addr: 0x4400b020, dst_addr_width: 2, dst_maxburst: 4 }, 1);
		const desc = client.cyclic(0xc1000000, 16384, 4096, MEM_TO_DEV);
		const [first] = sgRegs(rig, desc);
		assert.deepEqual([first.SCR, first.SFCR, first.SNDTR], ["0x00a42c54", "0x00000085", 2048]);
	});

	it("a burst that no field can say", () => {
		const [rig, client] = slave({ dst_addr: TDR, dst_addr_width: 1, dst_maxburst: 2 }, 1);
		assert.equal(client.slaveSg([[0xc1000000, 64]], MEM_TO_DEV), 0);
		says(rig, "Dma burst size not supported");
	});

	it("an illegal FIFO configuration is a line in the log and nothing else (2.5)", () => {
		const [rig, client] = slave({ dst_addr: TDR, dst_addr_width: 1 }, 1);
		const cookie = client.submit(client.slaveSg([[0xc1000000, 64]], MEM_TO_DEV));
		client.issue();
		const before = rig.log().length;
		const { interrupts } = rig.k.machine;
		const line = LINE_0 + 3;
		// Somebody writes registers behind the driver's back: FIFO mode, a quarter full, INCR16 on the memory side.
		interrupts.mask(line);
		write(rig, streamRegister(3, "CR"), 0);
		rig.run(1_000_000);
		write(rig, DMA1 + 8, 0xffffffff);
		write(rig, streamRegister(3, "FCR"), 0x84);
		write(rig, streamRegister(3, "CR"), (3 << 23) | (1 << 10) | 0x55);
		assert.equal(read(rig, streamRegister(3, "CR")) & 1, 0);
		interrupts.unmask(line);
		rig.run(100_000_000);
		assert.deepEqual(rig.log().slice(before), ["dma dma1chan3: FIFO Error"]);
		assert.equal(read(rig, DMA1), 0);
		assert.equal(client.status(cookie).status, DmaStatus.IN_PROGRESS);
		assert.equal(rig.callbacks.length, 0);
	});

	it("suspend while a stream runs", () => {
		const [rig, client] = slave({ dst_addr: TDR, dst_addr_width: 1 });
		assert.equal(rig.call("stm32_dma_pm_suspend", rig.device("dma1")), 0);
		client.submit(client.slaveSg([[0xc1000000, 64]], MEM_TO_DEV));
		client.issue();
		assert.equal(rig.call("stm32_dma_pm_suspend", rig.device("dma1")), -16);
		assert.ok(rig.log().at(-1)?.endsWith("Suspend is prevented by Chan 3"));
		assert.equal(stm32DmaChan.busy.get(rig.k.space, stmChannel(client.chan)), 1);
	});
});
