import { fifoNode, transferProperties } from "./transfer-properties";

const ADDRESS = 0x5a000000;
/** Buffers of 16 bytes, one for each request: what the FIFO has, or has room for, when it asks. */
const [INTO_MEMORY, OUT_OF_MEMORY] = [0x00400008, 0x00400002];
const cells = (config: number, request: number) => `&mdma1 ${request} 2 ${config} 0 0`;

transferProperties({
	name: "stm32-mdma",
	board: "stm32mp157",
	dts: fifoNode({ address: ADDRESS, rx: cells(INTO_MEMORY, 40), tx: cells(OUT_OF_MEMORY, 41) }),
	dataRegister: ADDRESS,
});
