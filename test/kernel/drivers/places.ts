/** A FIFO with channels of each controller, for tests that go over all of them. */
import { Client } from "../dmaengine/client";
import { Rig } from "../dmaengine/rig";
import { fifoNode } from "./transfer-properties";

export interface Place {
	readonly board: string;
	readonly dts: string;
	/** The FIFO's data register and a free megabyte of RAM, as the controller addresses them. */
	readonly register: number;
	readonly memory: number;
	/** Where nothing answers. */
	readonly hole: number;
	/** Interrupt lines of the channels. */
	readonly lines: readonly number[];
	/** Copies on the FIFO's channel: any channel that can copy would be one of another controller. */
	readonly copiesOnFifo?: true;
}

const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, n) => first + n);
const HOLE = 0x0f000000;

export type ControllerName = "dw-axi-dmac" | "stm32-dma" | "stm32-mdma" | "pl330" | "bcm2835-dma";

export const PLACES: Readonly<Record<ControllerName, Place>> = {
	"dw-axi-dmac": {
		board: "generic-axi-dmac",
		dts: fifoNode({ address: 0x10002000, rx: "&dmac 4", tx: "&dmac 5" }),
		register: 0x10002000,
		memory: 0x82000000,
		hole: HOLE,
		lines: [27],
	},
	"stm32-dma": {
		board: "stm32mp157",
		dts: fifoNode({ address: 0x40030000, rx: "&dmamux1 1 0x400 0x1", tx: "&dmamux1 2 0x400 0x1", requestWords: 1 }),
		register: 0x40030000,
		memory: 0xc2000000,
		hole: HOLE,
		lines: range(32 + 11, 7),
		copiesOnFifo: true,
	},
	"stm32-mdma": {
		board: "stm32mp157",
		// Buffers of 16 bytes, one for each request.
		dts: fifoNode({ address: 0x5a000000, rx: "&mdma1 40 2 0x00400008 0 0", tx: "&mdma1 41 2 0x00400002 0 0" }),
		register: 0x5a000000,
		memory: 0xc2000000,
		hole: HOLE,
		lines: [32 + 122],
	},
	pl330: {
		board: "zynq-7000",
		dts: `&fifo0 { status = "disabled"; }; &fifo1 { status = "disabled"; };
			${fifoNode({ address: 0x43d00000, rx: "&dmac_s 0", tx: "&dmac_s 3" })}`,
		register: 0x43d00000,
		memory: 0x10000000,
		hole: 0x70000000,
		lines: [45, 46, 47, 48, 49, 72, 73, 74, 75],
	},
	"bcm2835-dma": {
		board: "bcm2837",
		dts: fifoNode({ address: 0x3f230000, rx: "&dma 20", tx: "&dma 21", requestWords: 1 }),
		register: 0x7e230000,
		memory: 0xc2000000,
		// Peripherals lie there for the CPU, not for the controller.
		hole: 0x3f203004,
		lines: range(48, 12),
	},
};

/** The FIFO's channel of a name, on a machine of its own. */
export function fifoChannel({ board, dts }: Place, name: "rx" | "tx"): Client {
	const rig = new Rig({ board, dts });
	return new Client(rig, rig.call("dma_request_chan", rig.device("peer"), rig.text(name)));
}

/** A channel that copies memory, on a machine of its own. */
export function copier(place: Place): Client {
	if (place.copiesOnFifo) return fifoChannel(place, "rx");
	const rig = new Rig({ board: place.board, dts: place.dts });
	return new Client(rig, rig.channel());
}
