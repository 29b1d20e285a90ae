/** A client of a stream on the STM32MP157, and its registers. */
import { device, ofPhandleArgs } from "../../../src/kernel/device/structs";
import { ofDma, virtDmaDesc } from "../../../src/kernel/dmaengine/structs";
import { sgAt } from "../../../src/kernel/drivers/stm32-dma/registers";
import { chanReg, sgReq, stm32DmaDesc } from "../../../src/kernel/drivers/stm32-dma/structs";
import { LINEAR, Rig, type RigOptions } from "../dmaengine/rig";

export const DMA1 = 0x48000000;
export const DMAMUX = 0x48002000;
export const UART4 = 0x40010000;
export const RAM = 0xc0000000;
export const TDR = UART4 + 0x28;
export const RDR = UART4 + 0x24;

export const stm32 = (options: RigOptions = {}): Rig => new Rig({ board: "stm32mp157", ...options });

/** The pointer through which the CPU sees a physical address of this board. */
export const pointer = (phys: number): number => LINEAR + (phys - RAM);

export const read = (rig: Rig, phys: number): number => rig.k.machine.bus.read(phys, 4);
export const write = (rig: Rig, phys: number, value: number): void => rig.k.machine.bus.write(phys, 4, value);

export const streamRegister = (stream: number, name: "CR" | "NDTR" | "PAR" | "M0AR" | "M1AR" | "FCR"): number =>
	DMA1 + 0x10 + 0x18 * stream + { CR: 0, NDTR: 4, PAR: 8, M0AR: 12, M1AR: 16, FCR: 20 }[name];

/** The struct of_dma of a controller or router, by label. */
export function controller(rig: Rig, label: string): number {
	const { k } = rig;
	const node = device.of_node.get(k.space, rig.device(label));
	return k.state.dma.controllers.find((entry) => ofDma.of_node.get(k.space, entry) === node) ?? 0;
}

/** A struct of_phandle_args with these cells. */
export function specifier(rig: Rig, cells: readonly number[]): number {
	const spec = rig.memory(ofPhandleArgs.$size);
	ofPhandleArgs.args_count.set(rig.k.space, spec, cells.length);
	cells.forEach((cell, i) => {
		rig.k.space.w32(ofPhandleArgs.args.at(spec) + 4 * i, cell);
	});
	return spec;
}

/** The channel that four cells name on a controller; 0 when it refuses. */
export const xlate = (rig: Rig, label: string, cells: readonly number[]): number =>
	rig.call("stm32_dma_of_xlate", specifier(rig, cells), controller(rig, label));

/** The register images of a prepared transfer, as the cases write them. */
export function sgRegs(rig: Rig, tx: number): Record<string, string | number>[] {
	const { space } = rig.k;
	const desc = stm32DmaDesc.vdesc.container(virtDmaDesc.tx.container(tx));
	const hex = (value: number) => `0x${value.toString(16).padStart(8, "0")}`;
	return Array.from({ length: stm32DmaDesc.num_sgs.get(space, desc) }, (_, i) => {
		const image = sgReq.chan_reg.at(sgAt(desc, i));
		return {
			SCR: hex(chanReg.dma_scr.get(space, image)),
			SFCR: hex(chanReg.dma_sfcr.get(space, image)),
			SNDTR: chanReg.dma_sndtr.get(space, image),
			SPAR: hex(chanReg.dma_spar.get(space, image)),
			SM0AR: hex(chanReg.dma_sm0ar.get(space, image)),
			SM1AR: hex(chanReg.dma_sm1ar.get(space, image)),
		};
	});
}
