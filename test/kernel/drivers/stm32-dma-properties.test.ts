import { fifoNode, transferProperties } from "./transfer-properties";

const ADDRESS = 0x40030000;

transferProperties({
	name: "stm32-dma",
	board: "stm32mp157",
	// Every request moves one word, so the FIFO asks from one word on.
	dts: fifoNode({ address: ADDRESS, rx: "&dmamux1 1 0x400 0x1", tx: "&dmamux1 2 0x400 0x1", requestWords: 1 }),
	dataRegister: ADDRESS,
	maxburst: 1,
	pauseLosesEnds: true,
});
