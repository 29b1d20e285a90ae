/** A dw-axi-dmac that copies 2 MiB in bursts of 128 bytes, from linked-list items: what the burst benches run. */

import { DwAxiDmac } from "../src/hardware/dw-axi-dmac/controller";
import { Machine } from "../src/sim/machine";

const RAM = 0x80000000;
const ITEMS = RAM + 0x100000;
const SOURCE = RAM + 0x200000;
const TARGET = RAM + 0x400000;
const BLOCKS = 64;
const BLOCK_BYTES = 32768;
const DMAC = 0x80000;
const CHANNEL = DMAC + 0x100;

export const BURST_BYTES = 128;
/** Bursts of one copy. */
export const BURSTS = BLOCKS * (BLOCK_BYTES / BURST_BYTES);

export interface Copier {
	readonly machine: Machine;
	/** One copy from start to end. */
	run(): void;
}

export function createCopier(): Copier {
	const machine = new Machine();
	machine.memory.addRegion(RAM, 0x1000000);
	new DwAxiDmac(machine, {
		name: "80000.dma-controller",
		base: DMAC,
		size: 0x1000,
		interrupt: 27,
		channels: 4,
		masters: 2,
		dataWidth: 3,
	});
	for (let block = 0; block < BLOCKS; block++) {
		const at = ITEMS + block * 64;
		machine.memory.write32(at, SOURCE + block * BLOCK_BYTES);
		machine.memory.write32(at + 8, TARGET + block * BLOCK_BYTES);
		machine.memory.write32(at + 16, BLOCK_BYTES / 8 - 1);
		machine.memory.write32(at + 24, block === BLOCKS - 1 ? 0 : at + 64);
		machine.memory.write32(at + 32, 0x45b04);
	}
	const run = (): void => {
		for (let block = 0; block < BLOCKS; block++)
			machine.memory.write32(ITEMS + block * 64 + 36, block === BLOCKS - 1 ? 0xc0108840 : 0x80108840);
		machine.bus.write(DMAC + 0x10, 4, 3);
		machine.bus.write(CHANNEL + 0x20, 4, 0xf);
		machine.bus.write(CHANNEL + 0x24, 4, 0);
		machine.bus.write(CHANNEL + 0x28, 4, ITEMS);
		machine.bus.write(DMAC + 0x18, 4, 0x101);
		machine.advanceTo(Number.POSITIVE_INFINITY);
	};
	return { machine, run };
}

/** Bursts per second of host time: the best of ten rounds, after a warm-up. `between` runs before each round, not counted. */
export function burstsPerSecond({ run }: Copier, between: () => void = () => undefined): number {
	for (let warm = 0; warm < 10; warm++) run();
	let best = 0;
	for (let round = 0; round < 10; round++) {
		between();
		const start = performance.now();
		for (let repeat = 0; repeat < 10; repeat++) run();
		best = Math.max(best, (10 * BURSTS) / ((performance.now() - start) / 1000));
	}
	return best;
}
