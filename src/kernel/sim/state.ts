/** What scenarios hold back on purpose. Tasklet holds are in the CPU's state. */

export interface IrqHold {
	/** Name of the device. */
	readonly device: string;
	readonly lines: readonly number[];
	/** Holds that have not been released. */
	depth: number;
}

export interface SimState {
	holds: IrqHold[];
}

export const createSimState = (): SimState => ({ holds: [] });
