import { fifoNode, transferProperties } from "./transfer-properties";

const ADDRESS = 0x10002000;
/** Disabling a channel drops its FIFO: one longest burst of the bus. */
const FIFO_WORDS = 32;

transferProperties({
	name: "dw-axi-dmac",
	board: "generic-axi-dmac",
	dts: fifoNode({ address: ADDRESS, rx: "&dmac 4", tx: "&dmac 5" }),
	dataRegister: ADDRESS,
	lostByTerminate: FIFO_WORDS,
});

transferProperties({
	name: "dw-axi-dmac of 32 channels",
	board: "generic-axi-dmac",
	// The handler looks at 32 channels, which takes longer than a period at ten million words a second.
	dts: `${fifoNode({ address: ADDRESS, rx: "&dmac 100", tx: "&dmac 101", wordRate: 2_000_000 })}
&dmac {
	reg = <0x80000 0x4000>; dma-channels = <32>;
	snps,block-size = <${new Array(32).fill(1024).join(" ")}>;
	snps,priority = <${Array.from({ length: 32 }, (_, n) => n).join(" ")}>;
};`,
	dataRegister: ADDRESS,
	lostByTerminate: FIFO_WORDS,
});

transferProperties({
	name: "dw-axi-dmac behind Keem Bay's glue",
	board: "generic-axi-dmac",
	dts: `${fifoNode({ address: ADDRESS, rx: "&dmac 40", tx: "&dmac 41" })}
&dmac { compatible = "intel,kmb-axi-dma"; reg = <0x80000 0x1000>, <0x90000 0x24>; };`,
	dataRegister: ADDRESS,
	lostByTerminate: FIFO_WORDS,
});
