/**
 * What each controller moves through its Linux driver: dmaengine memcpy of 4 MiB on a board, nothing observing. Bursts a
 * second beside those of dw-axi-dmac, bytes a second beside the DMA of `rp2040js`, all in this process.
 */
import { Client } from "../test/kernel/dmaengine/client";
import { Rig } from "../test/kernel/dmaengine/rig";
import { print } from "./print";
import { rp2040BytesPerSecond } from "./rp2040";

interface Row {
	readonly name: string;
	readonly board: string;
	/** Devicetree behind the board's, so that the first channel for memcpy is one of this controller. */
	readonly dts?: string;
}

/** One row for each controller that copies memory. dw-axi-dmac comes first: the others are held against it. */
const CONTROLLERS: readonly Row[] = [
	{ name: "dw-axi-dmac", board: "generic-axi-dmac" },
	{ name: "stm32-mdma", board: "stm32mp157" },
	{ name: "stm32-dma", board: "stm32mp157", dts: '&mdma1 { status = "disabled"; };' },
	{ name: "bcm2835-dma", board: "bcm2837" },
	{ name: "pl330", board: "zynq-7000" },
];

const BYTES = 4 << 20;
const ROUNDS = 8;

class Copier {
	private readonly rig: Rig;
	private readonly client: Client;
	private readonly ram: number;

	constructor(row: Row) {
		this.rig = new Rig(row);
		this.client = new Client(this.rig, this.rig.channel());
		this.ram = this.rig.k.machine.memory.regions[0]!.base;
	}

	/** Copies once. Throws when a byte is wrong. */
	copy(round: number): void {
		const { rig, client, ram } = this;
		const { memory } = rig.k.machine;
		const [from, to] = [ram + (16 << 20), ram + (32 << 20)];
		memory.write32(from + BYTES - 4, round);
		client.submit(client.memcpy(to, from, BYTES));
		client.issue();
		rig.run();
		if (memory.read32(to + BYTES - 4) !== round) throw new Error("the copy is not complete");
	}

	bursts(): number {
		let count = 0;
		const observer = { burst: () => void count++ };
		this.rig.k.machine.observers.add(observer);
		this.copy(1);
		this.rig.k.machine.observers.remove(observer);
		return count;
	}
}

/** Bursts and bytes a second, of the best of several rounds. */
function measure(row: Row): { bursts: number; bytes: number } {
	const copier = new Copier(row);
	const bursts = copier.bursts();
	for (let warm = 2; warm < 5; warm++) copier.copy(warm);
	let best = Number.POSITIVE_INFINITY;
	for (let round = 0; round < ROUNDS; round++) {
		const start = performance.now();
		copier.copy(100 + round);
		best = Math.min(best, (performance.now() - start) / 1000);
	}
	return { bursts: bursts / best, bytes: BYTES / best };
}

const yardstick = rp2040BytesPerSecond(65536, 40);
/** dw-axi-dmac against its target (design.md 6), the others against dw-axi-dmac. */
let baseline = 5e6;
for (const row of CONTROLLERS) {
	const { bursts, bytes } = measure(row);
	print(`${row.name} memcpy through its driver`, bursts, "bursts/s", baseline);
	if (row === CONTROLLERS[0]) baseline = bursts;
	print(`${row.name} memcpy through its driver, bytes`, bytes, "bytes/s", yardstick);
}
