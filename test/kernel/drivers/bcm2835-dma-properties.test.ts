import { fifoNode, transferProperties } from "./transfer-properties";

/** As the CPU sees it; for the controller it lies at 0x7e230000. */
const ADDRESS = 0x3f230000;

transferProperties({
	name: "bcm2835-dma",
	board: "bcm2837",
	// Every request moves one word, so the FIFO asks from one word on.
	dts: fifoNode({ address: ADDRESS, rx: "&dma 20", tx: "&dma 21", requestWords: 1 }),
	dataRegister: 0x7e230000,
	maxburst: 1,
	resumes: false,
	// What is in the channel's data register when it is reset.
	lostByTerminate: 1,
});
