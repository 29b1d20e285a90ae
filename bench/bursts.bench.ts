/**
 * Memory-to-memory bursts of 128 bytes through dw-axi-dmac, nothing observing, beside the DMA of `rp2040js` in the same
 * process (targets: 5 M bursts/s and ten times its bytes).
 */

import { DwAxiDmac } from "../src/hardware/dw-axi-dmac/controller";
import { Machine } from "../src/sim/machine";
import { print } from "./print";
import { rp2040BytesPerSecond } from "./rp2040";

const RAM = 0x80000000;
const ITEMS = RAM + 0x100000;
const SOURCE = RAM + 0x200000;
const TARGET = RAM + 0x400000;
const BLOCKS = 64;
const BLOCK_BYTES = 32768;
const DMAC = 0x80000;
const CHANNEL = DMAC + 0x100;

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

function run(): void {
	for (let block = 0; block < BLOCKS; block++)
		machine.memory.write32(ITEMS + block * 64 + 36, block === BLOCKS - 1 ? 0xc0108840 : 0x80108840);
	machine.bus.write(DMAC + 0x10, 4, 3);
	machine.bus.write(CHANNEL + 0x20, 4, 0xf);
	machine.bus.write(CHANNEL + 0x24, 4, 0);
	machine.bus.write(CHANNEL + 0x28, 4, ITEMS);
	machine.bus.write(DMAC + 0x18, 4, 0x101);
	machine.advanceTo(Number.POSITIVE_INFINITY);
}

for (let warm = 0; warm < 10; warm++) run();
let best = 0;
for (let round = 0; round < 10; round++) {
	const start = performance.now();
	for (let repeat = 0; repeat < 10; repeat++) run();
	const seconds = (performance.now() - start) / 1000;
	best = Math.max(best, (10 * BLOCKS * (BLOCK_BYTES / 128)) / seconds);
}
const yardstick = rp2040BytesPerSecond(65536, 40);
print("dw-axi-dmac mem-to-mem bursts of 128 bytes", best, "bursts/s", 5e6);
print("dw-axi-dmac mem-to-mem beside rp2040js", best * 128, "bytes/s", yardstick);
