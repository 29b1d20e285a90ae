/**
 * Which model belongs to which `compatible`, and its options from the node's properties. Simulation knobs:
 *
 * | property | where | meaning |
 * | --- | --- | --- |
 * | `sim,read-latency-ns` | memory, any device | time before the first beat of a DMA read |
 * | `sim,max-beats` | dw-axi-dmac | longest AXI burst, and what ARLEN and AWLEN are cut to; 16 |
 * | `sim,fifo-depth` | dw-axi-dmac | FIFO bytes of a channel, rounded up to a power of two; one longest burst |
 * | `sim,llp-advances-on-fetch` | dw-axi-dmac | LLP moves on when an item is fetched (1), or when its block ends (0) |
 * | `sim,write-back-clears-valid` | dw-axi-dmac | the end of a block clears VALID in the item in memory; 1 |
 * | `sim,tx-request-level` | 16550 | TX request while the FIFO holds at most this many bytes; 12 |
 * | `sim,depth` | sim,fifo | words each way; 16 |
 * | `sim,word-rate` | sim,fifo | words a second, both ways; 1000000 |
 * | `sim,request-words` | sim,fifo | words filled (RX) or free (TX) from which on it asks; 4 |
 * | `sim,burst-bytes` | sim,mem2mem | bytes of its longest burst; 64 |
 * | `sim,illegal-fifo-raises-fei` | STM32 DMA | an illegal FIFO configuration sets FEIF and does not start; 1 |
 */

import { cell, cells, type DeviceTree, type DtDiagnostic, hasProperty, phandleList, strings } from "../devicetree/tree";
import { DwAxiDmac } from "../hardware/dw-axi-dmac/controller";
import type { HardwareModel } from "../hardware/model";
import { Ns16550 } from "../hardware/ns16550";
import { SimFifo } from "../hardware/sim-fifo";
import { CHANNEL_BASE, CHANNEL_STRIDE, MOST_CHANNELS, SimMem2Mem } from "../hardware/sim-mem2mem";
import { Stm32Dma } from "../hardware/stm32-dma/controller";
import { Stm32Dmamux } from "../hardware/stm32-dmamux";
import { Stm32Usart } from "../hardware/stm32-usart";
import type { Machine } from "../sim/machine";
import { type BoardDevice, problem } from "./devices";
import { dmaMasters } from "./dma-masters";

const DW_AXI = ["snps,axi-dma-1.01a", "intel,kmb-axi-dma", "starfive,jh7110-axi-dma", "starfive,jh8100-axi-dma"];
const UARTS = ["ns16550a", "ns16550", "snps,dw-apb-uart"];

interface Common {
	name: string;
	base: number;
	size: number;
	/** -1: not connected. */
	interrupt: number;
	readLatencyPs: number;
}

/** The model of a device, attached to the machine; null when there is none. */
export function createModel(
	tree: DeviceTree,
	machine: Machine,
	device: BoardDevice,
	diagnostics: DtDiagnostic[],
): HardwareModel | null {
	const place = device.reg[0];
	if (place === undefined) return null;
	const has = (names: readonly string[]) => device.compatible.some((name) => names.includes(name));
	const ns = cells(device.node, "sim,read-latency-ns")?.[0];
	const common: Common = {
		name: device.name,
		base: place.base,
		size: place.size,
		interrupt: device.interrupts[0] ?? -1,
		readLatencyPs: ns === undefined ? -1 : ns * 1000,
	};
	const fits = (bytes: number): boolean => {
		if (place.size >= bytes) return true;
		const at = device.node.properties.get("reg")?.valuePosition ?? device.node.position;
		const message = `reg of ${device.node.name} is too small: expected at least 0x${bytes.toString(16)} bytes`;
		diagnostics.push(problem("DT022", message, at));
		return false;
	};
	if (has(DW_AXI)) {
		const channels = Math.min(32, Math.max(1, cell(device.node, "dma-channels", 1)));
		return fits(0x100 * (channels + 1)) ? dwAxi(tree, machine, device, common, channels) : null;
	}
	if (has(UARTS)) {
		const regShift = Math.min(4, cell(device.node, "reg-shift", 0));
		if (!fits(8 << regShift)) return null;
		return new Ns16550(machine, {
			...common,
			clock: Math.max(1, clockRate(tree, device, 0, 1843200)),
			regShift,
			txRequestLevel: cell(device.node, "sim,tx-request-level", 12),
		});
	}
	if (has(["st,stm32-dma"])) {
		if (!fits(0xd0)) return null;
		const hz = Math.max(1, clockRate(tree, device, 0, 209e6));
		return new Stm32Dma(machine, {
			...common,
			interrupts: device.interrupts,
			cyclePs: Math.max(1, Math.round(1e12 / hz)),
			illegalFifoRaisesFei: cell(device.node, "sim,illegal-fifo-raises-fei", 1) !== 0,
		});
	}
	if (has(["st,stm32h7-dmamux"])) {
		const wanted = dmaMasters(tree, device.node).reduce((sum, { requests }) => sum + requests, 0);
		const outputs = Math.min(32, wanted);
		return fits(4 * outputs) ? new Stm32Dmamux(machine, { ...common, outputs }) : null;
	}
	if (has(["st,stm32h7-uart"])) {
		if (!fits(0x30)) return null;
		return new Stm32Usart(machine, { ...common, clock: Math.max(1, clockRate(tree, device, 0, 64e6)) });
	}
	if (has(["sim,fifo"])) {
		if (!fits(4)) return null;
		return new SimFifo(machine, {
			...common,
			depth: Math.max(1, cell(device.node, "sim,depth", 16)),
			wordRate: Math.max(1, cell(device.node, "sim,word-rate", 1e6)),
			requestWords: cell(device.node, "sim,request-words", 4),
		});
	}
	if (has(["sim,mem2mem"])) {
		const channels = Math.min(MOST_CHANNELS, Math.max(1, cell(device.node, "dma-channels", 1)));
		if (!fits(CHANNEL_BASE + CHANNEL_STRIDE * channels)) return null;
		const burstBytes = Math.min(4096, Math.max(1, cell(device.node, "sim,burst-bytes", 64)));
		return new SimMem2Mem(machine, { ...common, channels, burstBytes });
	}
	return null;
}

/**
 * A model stands for what is soldered in: values that the driver would refuse are cut to what hardware can have,
 * so that the driver's own check is what the user sees.
 */
function dwAxi(
	tree: DeviceTree,
	machine: Machine,
	device: BoardDevice,
	common: Common,
	channels: number,
): HardwareModel {
	const { node } = device;
	return new DwAxiDmac(machine, {
		...common,
		channels,
		masters: Math.min(2, Math.max(1, cell(node, "snps,dma-masters", 1))),
		dataWidth: Math.min(6, cell(node, "snps,data-width", 3)),
		layoutB: device.compatible.includes("starfive,jh7110-axi-dma"),
		cyclePs: Math.max(1, Math.round(1e12 / Math.max(1, clockRate(tree, device, 0, 200e6)))),
		maxBeats: Math.max(1, cell(node, "sim,max-beats", 16)),
		...(hasProperty(node, "sim,fifo-depth") ? { fifoDepth: cell(node, "sim,fifo-depth", 128) } : {}),
		llpAdvancesOnFetch: cell(node, "sim,llp-advances-on-fetch", 1) !== 0,
		writeBackClearsValid: cell(node, "sim,write-back-clears-valid", 1) !== 0,
	});
}

/** Hz: the node's own `clock-frequency`, or that of the fixed clock which `clocks` names at `index`. */
function clockRate(tree: DeviceTree, device: BoardDevice, index: number, otherwise: number): number {
	const own = cells(device.node, "clock-frequency")?.[0];
	if (own !== undefined) return own;
	const names = strings(device.node, "clock-names");
	const at = names === undefined ? index : Math.max(0, names.indexOf("core-clk"));
	const clock = phandleList(tree, device.node, "clocks", "#clock-cells")?.[at];
	return (clock && cells(clock.node, "clock-frequency")?.[0]) ?? otherwise;
}
