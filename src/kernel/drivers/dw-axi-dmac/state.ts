/**
 * Linux's dw-axi-dmac driver. Knobs, properties of the controller's node:
 *
 * | property | meaning |
 * | --- | --- |
 * | `sim,start-next-in-irq` | the interrupt starts the next issued descriptor, as older kernels do (1); 6.12 waits for the next issue_pending (0) |
 * | `sim,fix-desc-put` | repairs the error path of prep, which in 6.12 frees items that were never taken: an oops (0) |
 * | `sim,burst-field-raw` | the devicetree's burst length goes into ARLEN and AWLEN as it is (1), or less one, as the hardware means it (0) |
 */
export interface DwAxiKnobs {
	readonly startNextInIrq: boolean;
	readonly fixDescPut: boolean;
	readonly burstFieldRaw: boolean;
}

export interface DwAxiState {
	/** By chip address. */
	knobs: Record<string, DwAxiKnobs>;
	/** By chip address: users that keep the controller powered. */
	users: Record<string, number>;
}

export const createDwAxiState = (): DwAxiState => ({ knobs: {}, users: {} });

const LINUX: DwAxiKnobs = { startNextInIrq: false, fixDescPut: false, burstFieldRaw: true };

export const knobsOf = (state: DwAxiState, chip: number): DwAxiKnobs => state.knobs[chip] ?? LINUX;

/** The knobs of a controller's node; `cell` gives a property's first cell or the default. */
export const readKnobs = (cell: (name: string, otherwise: number) => number): DwAxiKnobs => ({
	startNextInIrq: cell("sim,start-next-in-irq", 0) !== 0,
	fixDescPut: cell("sim,fix-desc-put", 0) !== 0,
	burstFieldRaw: cell("sim,burst-field-raw", 1) !== 0,
});
