/**
 * Which model belongs to which `compatible`. Each kind's file names its simulation knobs. Knobs of every device:
 *
 * | property | where | meaning |
 * | --- | --- | --- |
 * | `sim,read-latency-ns` | memory, any device | time before the first beat of a DMA read; by the kind of target |
 * | `sim,dma-id` | DMA controllers | the number N of `dmaN`; in the order of registration |
 */
import { cells, type DeviceTree, type DtDiagnostic } from "../../devicetree/tree";
import type { HardwareModel } from "../../hardware/model";
import type { Machine } from "../../sim/machine";
import { type BoardDevice, problem } from "../devices";
import { bcm2835Dma } from "./bcm2835";
import { dwAxiDmac } from "./dw-axi-dmac";
import type { ModelContext, ModelKind } from "./model-kind";
import { ns16550 } from "./ns16550";
import { pl330 } from "./pl330";
import { r6040 } from "./r6040";
import { simFifo, simMem2Mem } from "./sim";
import { stm32Dma, stm32Dmamux, stm32Mdma, stm32Usart } from "./stm32";
import { stm32I2c } from "./stm32-i2c";
import { stm32Sai } from "./stm32-sai";
import { stm32Spi } from "./stm32-spi";

export const modelKinds: readonly ModelKind[] = [
	bcm2835Dma,
	dwAxiDmac,
	ns16550,
	pl330,
	stm32Dma,
	stm32Dmamux,
	stm32Mdma,
	stm32I2c,
	stm32Sai,
	stm32Spi,
	stm32Usart,
	r6040,
	simFifo,
	simMem2Mem,
];

/** The model of a device, attached to the machine; null when there is none. */
export function createModel(
	tree: DeviceTree,
	machine: Machine,
	device: BoardDevice,
	diagnostics: DtDiagnostic[],
): HardwareModel | null {
	const place = device.reg[0];
	const kind = modelKinds.find(({ compatible }) => device.compatible.some((name) => compatible.includes(name)));
	if (place === undefined || kind === undefined) return null;
	const ns = cells(device.node, "sim,read-latency-ns")?.[0];
	const common = {
		name: device.name,
		base: place.base,
		size: place.size,
		interrupt: device.interrupts[0] ?? -1,
		readLatencyPs: ns === undefined ? -1 : ns * 1000,
	};
	const context: ModelContext = { tree, machine, device, common, diagnostics };
	const bytes = kind.smallest(context);
	if (place.size >= bytes) return kind.create(context);
	const at = device.node.properties.get("reg")?.valuePosition ?? device.node.position;
	const message = `reg of ${device.node.name} is too small: expected at least 0x${bytes.toString(16)} bytes`;
	diagnostics.push(problem("DT022", message, at));
	return null;
}
