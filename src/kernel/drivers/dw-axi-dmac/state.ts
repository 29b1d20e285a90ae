/** The driver's knobs, and its runtime power management counts. */
export interface DwAxiState {
	/** Older kernels start the next issued descriptor in the interrupt; 6.12 waits for the next issue_pending. */
	startNextInIrq: boolean;
	/** Repairs the driver's error path, which in 6.12 frees LLIs that were never taken: an oops. */
	fixDescPut: boolean;
	/** By chip address: users that keep the controller powered. */
	users: Record<string, number>;
}

export const createDwAxiState = (): DwAxiState => ({ startNextInIrq: false, fixDescPut: false, users: {} });
