/**
 * 16550 UARTs. Knobs:
 *
 * | property | meaning |
 * | --- | --- |
 * | `sim,tx-request-level` | TX request while the FIFO holds at most this many bytes; 12 |
 */
import { cell, type DtNode } from "../../devicetree/tree";
import { Ns16550 } from "../../hardware/ns16550";
import { clockRate, type ModelKind } from "./model-kind";

const regShiftOf = (node: DtNode): number => Math.min(4, cell(node, "reg-shift", 0));

export const ns16550: ModelKind = {
	compatible: ["ns16550a", "ns16550", "snps,dw-apb-uart"],
	smallest: ({ device }) => 8 << regShiftOf(device.node),
	create: (context) =>
		new Ns16550(context.machine, {
			...context.common,
			clock: clockRate(context, 1843200),
			regShift: regShiftOf(context.device.node),
			txRequestLevel: cell(context.device.node, "sim,tx-request-level", 12),
		}),
};
