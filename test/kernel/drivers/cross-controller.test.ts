/** What a client can observe differently from controller to controller: each line of controllers.md, chapter 10. */
import assert from "node:assert/strict";
import { DmaStatus } from "../../../src/kernel/dmaengine/constants";
import { ENOSYS } from "../../../src/kernel/errno";
import type { Client } from "../dmaengine/client";
import type { Rig } from "../dmaengine/rig";
import { type ControllerName, copier, fifoChannel, PLACES, type Place } from "./places";

interface Controller {
	readonly name: ControllerName;
	readonly expect: {
		/** Row 1: the running transfer's cookie after a terminate. */
		readonly afterTerminate: DmaStatus;
		/** Row 2: callbacks and status after a bus error. */
		readonly busError: readonly [number, DmaStatus];
		/** Row 3: the second of two issued descriptors, when the first one is over. */
		readonly secondStarts: "in the interrupt" | "at the next issue_pending";
		/** Row 4: interrupts of a list of three entries; entries that are moved while nobody serves one. */
		readonly list: readonly [number, number];
		/** Row 5: half of a list is over. */
		readonly halfResidue: "exact" | "full length";
		/** Row 6. */
		readonly paused: DmaStatus | "no pause";
		/** Row 7: periods of a ring that are moved while nobody serves an interrupt, of 8. */
		readonly unattendedPeriods: number;
	};
}

const { IN_PROGRESS, COMPLETE, PAUSED } = DmaStatus;

const CONTROLLERS: readonly Controller[] = [
	{
		name: "dw-axi-dmac",
		expect: {
			afterTerminate: IN_PROGRESS,
			busError: [1, COMPLETE],
			secondStarts: "at the next issue_pending",
			list: [1, 3],
			halfResidue: "full length",
			paused: IN_PROGRESS,
			// DMA_TFR_DONE of each LLI disables the channel: the handler enables it again.
			unattendedPeriods: 1,
		},
	},
	{
		name: "stm32-dma",
		expect: {
			afterTerminate: COMPLETE,
			busError: [0, IN_PROGRESS],
			secondStarts: "in the interrupt",
			list: [3, 1],
			halfResidue: "exact",
			paused: PAUSED,
			// Double buffer: the hardware goes on by itself, if need be over the same two periods.
			unattendedPeriods: 8,
		},
	},
	{
		name: "stm32-mdma",
		expect: {
			afterTerminate: IN_PROGRESS,
			busError: [0, IN_PROGRESS],
			secondStarts: "in the interrupt",
			list: [1, 3],
			halfResidue: "exact",
			paused: IN_PROGRESS,
			unattendedPeriods: 8,
		},
	},
	{
		name: "pl330",
		expect: {
			afterTerminate: COMPLETE,
			busError: [1, COMPLETE],
			secondStarts: "in the interrupt",
			// An entry is a descriptor with a program of its own, which the interrupt of the one before starts.
			list: [3, 1],
			halfResidue: "exact",
			paused: PAUSED,
			unattendedPeriods: 1,
		},
	},
	{
		name: "bcm2835-dma",
		expect: {
			afterTerminate: IN_PROGRESS,
			busError: [0, IN_PROGRESS],
			secondStarts: "in the interrupt",
			list: [1, 3],
			halfResidue: "exact",
			paused: "no pause",
			unattendedPeriods: 8,
		},
	},
];

const DEV_TO_MEM = 2;
/** DMA_PREP_INTERRUPT: without it a ring on the bcm2835 interrupts nobody. */
const INTERRUPT = 1;
const ENTRY = 256;
const SECOND = 1e12;

/** A capture's channel of one controller: from a FIFO into memory. */
class Capture {
	readonly rig: Rig;
	readonly client: Client;
	readonly place: Place;
	moved = 0;

	constructor(name: ControllerName) {
		this.place = PLACES[name];
		this.client = fifoChannel(this.place, "rx");
		this.rig = this.client.rig;
		const { register, memory } = this.place;
		const src_maxburst = name === "stm32-dma" ? 1 : 4;
		const values = { direction: DEV_TO_MEM, src_addr: register, src_addr_width: 4, src_maxburst };
		assert.equal(this.client.configure(values), 0);
		this.rig.k.machine.observers.add({
			burst: (_component, _channel, _src, dst, length) => {
				if (dst >= memory && dst < memory + 0x100000) this.moved += length;
			},
		});
	}

	feed(bytes: number): void {
		const peer = this.rig.k.devices.find(({ labels }) => labels.includes("peer"))!.model as unknown as {
			receive(bytes: Uint8Array): void;
		};
		peer.receive(Uint8Array.from({ length: bytes }, (_, n) => (n * 7 + (n >> 8)) & 255));
	}

	list(entries = 3): { tx: number; cookie: number } {
		const { memory } = this.place;
		const tx = this.client.slaveSg(
			Array.from({ length: entries }, (_, n) => [memory + n * 0x1000, ENTRY] as const),
			DEV_TO_MEM,
		);
		this.client.callback(tx, 1);
		const cookie = this.client.submit(tx);
		this.client.issue();
		return { tx, cookie };
	}

	interrupts(): number {
		const { irqs } = this.rig.k.state;
		return this.place.lines.reduce((sum, line) => sum + (irqs[line]?.count ?? 0), 0);
	}

	mask(): void {
		for (const line of this.place.lines) this.rig.k.machine.interrupts.mask(line);
	}
}

for (const { name, expect } of CONTROLLERS) {
	const { memory, hole } = PLACES[name];

	describe(`${name}: what differs between controllers (controllers.md 10)`, () => {
		it(`terminate: the running transfer's cookie ${expect.afterTerminate === COMPLETE ? "is complete" : "stays in progress"}, no callback`, () => {
			const capture = new Capture(name);
			const { cookie } = capture.list();
			capture.feed(ENTRY / 2);
			capture.rig.run(SECOND);
			assert.equal(capture.client.status(cookie).status, IN_PROGRESS);
			assert.equal(capture.rig.call("dmaengine_terminate_sync", capture.client.chan), 0);
			assert.equal(capture.client.status(cookie).status, expect.afterTerminate);
			assert.equal(capture.rig.callbacks.length, 0);
		});

		it(`a bus error: ${expect.busError[0] === 1 ? "for the client a success" : "the client hears nothing"}`, () => {
			const client = copier(PLACES[name]);
			const tx = client.memcpy(memory, hole, 64);
			client.callbackResult(tx);
			const cookie = client.submit(tx);
			client.issue();
			client.rig.run(SECOND);
			assert.deepEqual([client.rig.callbacks.length, client.status(cookie).status], expect.busError);
			for (const { result } of client.rig.callbacks) assert.deepEqual(result, { result: 0, residue: 0 });
		});

		it(`the second of two issued copies starts ${expect.secondStarts}`, () => {
			const client = copier(PLACES[name]);
			const [first, second] = [0, 1].map((n) => client.submit(client.memcpy(memory + n * 4096, memory + 0x8000, 64)));
			client.issue();
			client.rig.run(SECOND);
			assert.equal(client.status(first).status, COMPLETE);
			const started = client.status(second).status === COMPLETE;
			assert.equal(started, expect.secondStarts === "in the interrupt");
			client.issue();
			client.rig.run(SECOND);
			assert.equal(client.status(second).status, COMPLETE);
		});

		it(`a list of three entries takes ${expect.list[0]} interrupt(s); ${expect.list[1]} of them need no CPU`, () => {
			const served = new Capture(name);
			const { cookie } = served.list();
			served.feed(3 * ENTRY);
			served.rig.run(SECOND);
			assert.equal(served.client.status(cookie).status, COMPLETE);
			assert.equal(served.rig.callbacks.length, 1);
			const alone = new Capture(name);
			alone.mask();
			alone.list();
			alone.feed(3 * ENTRY);
			alone.rig.run(SECOND);
			assert.deepEqual([served.interrupts(), alone.moved], [expect.list[0], expect.list[1] * ENTRY]);
		});

		it(`the residue in the middle of a list is ${expect.halfResidue === "exact" ? "exact" : "its full length"}`, () => {
			const capture = new Capture(name);
			const { cookie } = capture.list();
			capture.feed(1.5 * ENTRY);
			capture.rig.run(SECOND);
			const residue = (expect.halfResidue === "exact" ? 1.5 : 3) * ENTRY;
			assert.deepEqual(capture.client.status(cookie), { status: IN_PROGRESS, residue });
		});

		it(`paused: ${expect.paused === "no pause" ? "it cannot be" : `the status is ${DmaStatus[expect.paused]}`}`, () => {
			const capture = new Capture(name);
			// One entry: on a PL330, whose entries are descriptors, what is not yet on the thread is not paused either.
			const { cookie } = capture.list(1);
			capture.feed(ENTRY / 2);
			capture.rig.run(SECOND);
			const result = capture.rig.call("dmaengine_pause", capture.client.chan);
			if (expect.paused === "no pause") {
				assert.equal(result, -ENOSYS);
				return;
			}
			assert.equal(result, 0);
			assert.equal(capture.client.status(cookie).status, expect.paused);
		});

		it(`a ring: an interrupt and a callback for each period; unattended it moves ${expect.unattendedPeriods} of 8`, () => {
			const ring = (capture: Capture): void => {
				const { rig, client } = capture;
				const tx = rig.call("dmaengine_prep_dma_cyclic", client.chan, memory, 4 * ENTRY, ENTRY, DEV_TO_MEM, INTERRUPT);
				capture.client.callback(tx, 1);
				capture.client.submit(tx);
				capture.client.issue();
			};
			const served = new Capture(name);
			ring(served);
			for (let period = 1; period <= 8; period++) {
				served.feed(ENTRY);
				served.rig.run(1e9);
				assert.deepEqual([served.rig.callbacks.length, served.interrupts()], [period, period]);
			}
			const alone = new Capture(name);
			alone.mask();
			ring(alone);
			alone.feed(8 * ENTRY);
			alone.rig.run(1e9);
			assert.equal(alone.moved, expect.unattendedPeriods * ENTRY);
		});
	});
}
