/**
 * Properties that every controller with slave channels has: a long transfer, a ring over 100 laps, pauses and
 * terminations at random moments neither lose nor double a word. The client is C (transfer-properties.c), the other
 * end a `sim,fifo`, so the whole way from prep to the peripheral's register is under test. `transferProperties`
 * defines the mocha tests; fast-check prints seed and counterexample of a failure.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { startBoot } from "../../../src/kernel/boot";
import type { Kernel } from "../../../src/kernel/kernel";
import { machineWith } from "../harness";
import client from "./transfer-properties.c";

export interface TransferSetup {
	/** Begins the tests' names. */
	readonly name: string;
	readonly board: string;
	/** Devicetree behind the board's, with a FIFO labelled `peer` (`fifoNode`) and what else is to be changed. */
	readonly dts: string;
	/** The FIFO's data register as the client writes it into its slave config. */
	readonly dataRegister: number;
	/** src_maxburst and dst_maxburst, in words; 4. */
	readonly maxburst?: number;
	/** Bytes of a scatterlist entry; 16384. */
	readonly entryBytes?: number;
	/** Bytes of one of the ring's four periods; 256. */
	readonly periodBytes?: number;
	/** False where the driver has no resume. */
	readonly resumes?: boolean;
	/** True where the driver ignores the end of an entry that comes while it pauses: the transfer may never end. */
	readonly pauseLosesEnds?: boolean;
	/** Words of a capture that terminating may lose: taken from the peripheral, not yet in memory; 0. */
	readonly lostByTerminate?: number;
	/** Knobs of the driver, set before boot. */
	readonly knobs?: (k: Kernel) => void;
}

export interface FifoPlace {
	readonly address: number;
	/** `dmas` entries, such as "&dmac 2". */
	readonly rx: string;
	readonly tx: string;
	/** Words filled or free from which on it asks; 4. A controller that takes words one by one needs 1. */
	readonly requestWords?: number;
	/** Words a second, both ways; 10 million. */
	readonly wordRate?: number;
}

/** A `sim,fifo` at the top level of a board whose root has one cell for addresses and one for sizes. */
export function fifoNode(place: FifoPlace): string {
	const { address, rx, tx, requestWords = 4, wordRate = 10_000_000 } = place;
	return `/ { peer: fifo@${address.toString(16)} {
	compatible = "sim,fifo"; reg = <0x${address.toString(16)} 0x100>; sim,word-rate = <${wordRate}>;
	sim,request-words = <${requestWords}>; dmas = <${rx}>, <${tx}>; dma-names = "rx", "tx";
}; };`;
}

type Direction = "to the device" | "from the device";
const DIRECTIONS: readonly Direction[] = ["to the device", "from the device"];
const LAPS = 100;
const POINTS = 50;
/** More virtual time than any of this takes. A ring faster than the CPU never comes to an end. */
const MOST_PS = 2e12;

interface Work {
	readonly what: "transfer" | "ring" | "terminate";
	readonly direction: Direction;
	readonly bytes: number;
	/** Nanoseconds from the start, or from the last point. */
	readonly points: readonly number[];
}

/** Boots the board, does the work, and gives what the client printed, and oopses if there are any. */
function perform(setup: TransferSetup, work: Work): string[] {
	const out = work.direction === "to the device";
	const defines = {
		WHAT: ["transfer", "ring", "terminate"].indexOf(work.what),
		TO_DEVICE: out ? 1 : 0,
		DIRECTION: out ? "DMA_MEM_TO_DEV" : "DMA_DEV_TO_MEM",
		MAPPING: out ? "DMA_TO_DEVICE" : "DMA_FROM_DEVICE",
		BYTES: work.bytes,
		ENTRY_BYTES: setup.entryBytes ?? 16384,
		PERIOD_BYTES: setup.periodBytes ?? 256,
		RING_PERIODS: 4,
		LAPS,
		POINTS: work.points.length === 0 ? 0 : work.points.join(", "),
		POINT_COUNT: work.points.length,
		HELD_NS: 20_000,
		DRAIN_US: 50,
		PAUSE_LOSES_ENDS: setup.pauseLosesEnds ? 1 : 0,
		LOST_WORDS: setup.lostByTerminate ?? 0,
		MAXBURST: setup.maxburst ?? 4,
		DATA_REGISTER: `0x${setup.dataRegister.toString(16)}`,
	};
	const head = Object.entries(defines)
		.map(([name, value]) => `#define ${name} ${value}\n`)
		.join("");
	const rig = machineWith({ "transfer.c": head + client }, setup.dts, {}, setup.board);
	setup.knobs?.(rig.k);
	startBoot(rig.k, { tests: false });
	rig.go(MOST_PS);
	const { oopses, warnings } = rig.k.state;
	const lines = rig.log().filter((line) => /^\d transfer: /.test(line));
	return oopses + warnings === 0 ? lines : [...lines, ...rig.log().slice(-20)];
}

/** Defines the tests of one controller. */
export function transferProperties(setup: TransferSetup): void {
	const points = (longest: number) =>
		fc.array(fc.integer({ min: 0, max: longest }), { minLength: POINTS, maxLength: POINTS });
	const holds = (work: Work) => assert.deepEqual(perform(setup, work), ["6 transfer: ok"]);

	describe(`${setup.name}: no word is lost or doubled`, () => {
		for (const direction of DIRECTIONS) {
			it(`1 MiB ${direction}`, () => holds({ what: "transfer", direction, bytes: 1 << 20, points: [] }));

			it(`a ring over ${LAPS} laps ${direction}`, () => holds({ what: "ring", direction, bytes: 4, points: [] }));

			if (setup.resumes !== false)
				it(`pause and resume at ${POINTS} random points ${direction}`, () => {
					fc.assert(
						fc.property(points(12_000), (at) => holds({ what: "transfer", direction, bytes: 32768, points: at })),
						{ numRuns: 3 },
					);
				});

			it(`terminate at ${POINTS} random points ${direction}`, () => {
				fc.assert(
					fc.property(points(60_000), (at) => holds({ what: "terminate", direction, bytes: 2048, points: at })),
					{ numRuns: 3 },
				);
			});
		}
	});
}
