/** What the memory checkers remember. */
export interface KasanState {
	/** Reports so far: a run with any has failed. */
	reports: number;
	/** Places that have been reported: each one speaks once. */
	seen: Record<string, boolean>;
	/** Freed objects that are not given out again yet, the oldest first: pool offset / 16 of their records. */
	quarantine: number[];
	/** Bytes of the objects in quarantine. */
	quarantineBytes: number;
}

export const createKasanState = (): KasanState => ({ reports: 0, seen: {}, quarantine: [], quarantineBytes: 0 });
