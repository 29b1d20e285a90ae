/** How a model is made from a devicetree node. */
import { cells, type DeviceTree, type DtDiagnostic, phandleList, strings } from "../../devicetree/tree";
import type { HardwareModel } from "../../hardware/model";
import type { Machine } from "../../sim/machine";
import type { BoardDevice } from "../devices";

/** What every model is told. */
export interface Common {
	readonly name: string;
	readonly base: number;
	readonly size: number;
	/** -1: not connected. */
	readonly interrupt: number;
	/** Time before the first beat of a DMA read; -1: the model's own. */
	readonly readLatencyPs: number;
}

export interface ModelContext {
	readonly tree: DeviceTree;
	readonly machine: Machine;
	readonly device: BoardDevice;
	readonly common: Common;
	/** For what the devicetree says wrongly; with an error the machine does not run. */
	readonly diagnostics: DtDiagnostic[];
}

export interface ModelKind {
	/** Any of these in the node's `compatible` makes this model. */
	readonly compatible: readonly string[];
	/** Bytes that its first `reg` must have. */
	smallest(context: ModelContext): number;
	/** The model, attached to the machine. */
	create(context: ModelContext): HardwareModel;
}

/**
 * Hz: the node's own `clock-frequency`, or that of the fixed clock which `clocks` names as `name`, or its first one.
 * At least 1.
 */
export function clockRate({ tree, device }: ModelContext, otherwise: number, name = ""): number {
	const own = cells(device.node, "clock-frequency")?.[0];
	if (own !== undefined) return Math.max(1, own);
	const index = Math.max(0, strings(device.node, "clock-names")?.indexOf(name) ?? 0);
	const clock = phandleList(tree, device.node, "clocks", "#clock-cells")?.[index];
	return Math.max(1, (clock && cells(clock.node, "clock-frequency")?.[0]) ?? otherwise);
}

/** Length of a cycle of a clock, ps; at least 1. */
export const cycleOf = (hz: number): number => Math.max(1, Math.round(1e12 / hz));
