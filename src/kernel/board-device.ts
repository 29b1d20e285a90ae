/**
 * What the kernel knows of a device: its place in the devicetree and the two ends of its line to the outside world.
 * The board's devices fit this shape; the kernel never sees the model behind it (the border hardware | kernel).
 */
import type { DtNode } from "../devicetree/tree";

/** A device's line to the outside: what `sim_dev_receive` and `sim_dev_sent` reach. */
export interface OutsideLine {
	receive(bytes: Uint8Array): void;
	takeSent(max: number): Uint8Array;
}

export interface BoardDevice {
	readonly node: DtNode;
	readonly path: string;
	readonly labels: readonly string[];
	/** dev_name(): "10000000.serial". */
	readonly name: string;
	/** Bus addresses. */
	readonly reg: readonly { base: number; size: number }[];
	readonly interrupts: readonly number[];
	readonly compatible: readonly string[];
	/** Component index of the hardware behind it, for debuggers that match kernel and hardware channels; null: none. */
	readonly model: { readonly index: number } | null;
}

/** The device's line to the outside, when it has one. */
export function outsideLine(device: BoardDevice): OutsideLine | null {
	const model = device.model as Partial<OutsideLine> | null;
	return model?.receive && model.takeSent ? (model as OutsideLine) : null;
}
