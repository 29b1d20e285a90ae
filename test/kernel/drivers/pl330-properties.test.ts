import { fifoNode, transferProperties } from "./transfer-properties";

const ADDRESS = 0x43d00000;
/** The request ports are the new FIFO's: the board's own ones leave them. */
const ALONE = `&fifo0 { status = "disabled"; }; &fifo1 { status = "disabled"; };`;

transferProperties({
	name: "pl330",
	board: "zynq-7000",
	dts: ALONE + fifoNode({ address: ADDRESS, rx: "&dmac_s 0", tx: "&dmac_s 3" }),
	dataRegister: ADDRESS,
	resumes: false,
	// DMAKILL drops what is in the MFIFO: a burst that has just been loaded, and one whose store waits for the bus.
	lostByTerminate: 8,
});
