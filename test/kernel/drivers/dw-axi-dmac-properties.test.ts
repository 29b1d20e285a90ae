import { fifoNode, transferProperties } from "./transfer-properties";

const ADDRESS = 0x10002000;

transferProperties({
	name: "dw-axi-dmac",
	board: "generic-axi-dmac",
	dts: fifoNode({ address: ADDRESS, rx: "&dmac 4", tx: "&dmac 5" }),
	dataRegister: ADDRESS,
	// Disabling a channel drops its FIFO: 128 bytes on this board.
	lostByTerminate: 32,
});
