/**
 * The RDC R6040's MAC, as a device on the bus: PCI is not modelled. Knobs:
 *
 * | property | meaning |
 * | --- | --- |
 * | `clock-frequency` | of its bus, Hz; 33000000 |
 * | `sim,line-rate` | bits a second on the line; 100000000 |
 * | `sim,rx-fifo` | bytes of the receive FIFO; 2048 |
 * | `sim,crc-error-every` | every n-th frame that comes in is damaged; 0, none |
 */
import { cell } from "../../devicetree/tree";
import { R6040 } from "../../hardware/r6040/mac";
import { REGISTER_BYTES } from "../../hardware/r6040/registers";
import { clockRate, cycleOf, type ModelKind } from "./model-kind";

export const r6040: ModelKind = {
	compatible: ["rdc,r6040"],
	smallest: () => REGISTER_BYTES,
	create: (context) => {
		const { node } = context.device;
		return new R6040(context.machine, {
			...context.common,
			cyclePs: cycleOf(clockRate(context, 33e6)),
			lineRate: Math.max(1, cell(node, "sim,line-rate", 100e6)),
			rxFifo: cell(node, "sim,rx-fifo", 2048),
			crcErrorEvery: cell(node, "sim,crc-error-every", 0),
		});
	},
};
