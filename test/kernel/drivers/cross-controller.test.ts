/** What a client can observe differently from controller to controller: each line of controllers.md, chapter 10. */
import assert from "node:assert/strict";
import { DmaStatus } from "../../../src/kernel/dmaengine/constants";
import { ENOSYS } from "../../../src/kernel/errno";
import { Client } from "../dmaengine/client";
import { Rig } from "../dmaengine/rig";
import { fifoNode } from "./transfer-properties";

interface Controller {
	readonly name: string;
	readonly board: string;
	readonly dts: string;
	/** The FIFO's data register and a free megabyte of RAM, as the controller addresses them. */
	readonly register: number;
	readonly memory: number;
	/** Where nothing answers. */
	readonly hole?: number;
	/** Interrupt lines of the channels. */
	readonly lines: readonly number[];
	/** Copies on the FIFO's channel: any channel that can copy would be one of another controller. */
	readonly copiesOnFifo?: true;
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

const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, n) => first + n);
const { IN_PROGRESS, COMPLETE, PAUSED } = DmaStatus;

const CONTROLLERS: readonly Controller[] = [
	{
		name: "dw-axi-dmac",
		board: "generic-axi-dmac",
		dts: fifoNode({ address: 0x10002000, rx: "&dmac 4", tx: "&dmac 5" }),
		register: 0x10002000,
		memory: 0x82000000,
		lines: [27],
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
		board: "stm32mp157",
		dts: fifoNode({ address: 0x40030000, rx: "&dmamux1 1 0x400 0x1", tx: "&dmamux1 2 0x400 0x1", requestWords: 1 }),
		register: 0x40030000,
		memory: 0xc2000000,
		lines: range(32 + 11, 7),
		copiesOnFifo: true,
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
		board: "stm32mp157",
		// Buffers of 16 bytes, one for each request.
		dts: fifoNode({ address: 0x5a000000, rx: "&mdma1 40 2 0x00400008 0 0", tx: "&mdma1 41 2 0x00400002 0 0" }),
		register: 0x5a000000,
		memory: 0xc2000000,
		lines: [32 + 122],
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
		board: "zynq-7000",
		dts: `&fifo0 { status = "disabled"; }; &fifo1 { status = "disabled"; };
			${fifoNode({ address: 0x43d00000, rx: "&dmac_s 0", tx: "&dmac_s 3" })}`,
		register: 0x43d00000,
		memory: 0x10000000,
		lines: [45, 46, 47, 48, 49, 72, 73, 74, 75],
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
		board: "bcm2837",
		dts: fifoNode({ address: 0x3f230000, rx: "&dma 20", tx: "&dma 21", requestWords: 1 }),
		register: 0x7e230000,
		memory: 0xc2000000,
		// Peripherals lie there for the CPU, not for the controller.
		hole: 0x3f203004,
		lines: range(48, 12),
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
const HOLE = 0x0f000000;
const SECOND = 1e12;

/** A capture's channel of one controller: from a FIFO into memory. */
class Capture {
	readonly rig: Rig;
	readonly client: Client;
	moved = 0;

	constructor(readonly controller: Controller) {
		const { board, dts, register } = controller;
		this.rig = new Rig({ board, dts });
		this.client = new Client(this.rig, this.rig.call("dma_request_chan", this.rig.device("peer"), this.rig.text("rx")));
		const values = { direction: DEV_TO_MEM, src_addr: register, src_addr_width: 4, src_maxburst: 4 };
		if (controller.name !== "stm32-dma") assert.equal(this.client.configure(values), 0);
		else assert.equal(this.client.configure({ ...values, src_maxburst: 1 }), 0);
		const { memory } = controller;
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
		const { memory } = this.controller;
		const tx = this.client.slaveSg(
			range(0, entries).map((n) => [memory + n * 0x1000, ENTRY] as const),
			DEV_TO_MEM,
		);
		this.client.callback(tx, 1);
		const cookie = this.client.submit(tx);
		this.client.issue();
		return { tx, cookie };
	}

	interrupts(): number {
		const { irqs } = this.rig.k.state;
		return this.controller.lines.reduce((sum, line) => sum + (irqs[line]?.count ?? 0), 0);
	}

	mask(): void {
		for (const line of this.controller.lines) this.rig.k.machine.interrupts.mask(line);
	}
}

function copier(controller: Controller): Client {
	const rig = new Rig({ board: controller.board, dts: controller.dts });
	const chan = controller.copiesOnFifo
		? rig.call("dma_request_chan", rig.device("peer"), rig.text("rx"))
		: rig.channel();
	return new Client(rig, chan);
}

for (const controller of CONTROLLERS) {
	const { expect, memory } = controller;

	describe(`${controller.name}: what differs between controllers (controllers.md 10)`, () => {
		it(`terminate: the running transfer's cookie ${expect.afterTerminate === COMPLETE ? "is complete" : "stays in progress"}, no callback`, () => {
			const capture = new Capture(controller);
			const { cookie } = capture.list();
			capture.feed(ENTRY / 2);
			capture.rig.run(SECOND);
			assert.equal(capture.client.status(cookie).status, IN_PROGRESS);
			assert.equal(capture.rig.call("dmaengine_terminate_sync", capture.client.chan), 0);
			assert.equal(capture.client.status(cookie).status, expect.afterTerminate);
			assert.equal(capture.rig.callbacks.length, 0);
		});

		it(`a bus error: ${expect.busError[0] === 1 ? "for the client a success" : "the client hears nothing"}`, () => {
			const client = copier(controller);
			const tx = client.memcpy(memory, controller.hole ?? HOLE, 64);
			client.callbackResult(tx);
			const cookie = client.submit(tx);
			client.issue();
			client.rig.run(SECOND);
			assert.deepEqual([client.rig.callbacks.length, client.status(cookie).status], expect.busError);
			for (const { result } of client.rig.callbacks) assert.deepEqual(result, { result: 0, residue: 0 });
		});

		it(`the second of two issued copies starts ${expect.secondStarts}`, () => {
			const client = copier(controller);
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
			const served = new Capture(controller);
			const { cookie } = served.list();
			served.feed(3 * ENTRY);
			served.rig.run(SECOND);
			assert.equal(served.client.status(cookie).status, COMPLETE);
			assert.equal(served.rig.callbacks.length, 1);
			const alone = new Capture(controller);
			alone.mask();
			alone.list();
			alone.feed(3 * ENTRY);
			alone.rig.run(SECOND);
			assert.deepEqual([served.interrupts(), alone.moved], [expect.list[0], expect.list[1] * ENTRY]);
		});

		it(`the residue in the middle of a list is ${expect.halfResidue === "exact" ? "exact" : "its full length"}`, () => {
			const capture = new Capture(controller);
			const { cookie } = capture.list();
			capture.feed(1.5 * ENTRY);
			capture.rig.run(SECOND);
			const residue = (expect.halfResidue === "exact" ? 1.5 : 3) * ENTRY;
			assert.deepEqual(capture.client.status(cookie), { status: IN_PROGRESS, residue });
		});

		it(`paused: ${expect.paused === "no pause" ? "it cannot be" : `the status is ${DmaStatus[expect.paused]}`}`, () => {
			const capture = new Capture(controller);
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
			const served = new Capture(controller);
			ring(served);
			for (let period = 1; period <= 8; period++) {
				served.feed(ENTRY);
				served.rig.run(1e9);
				assert.deepEqual([served.rig.callbacks.length, served.interrupts()], [period, period]);
			}
			const alone = new Capture(controller);
			alone.mask();
			ring(alone);
			alone.feed(8 * ENTRY);
			alone.rig.run(1e9);
			assert.equal(alone.moved, expect.unattendedPeriods * ENTRY);
		});
	});
}
