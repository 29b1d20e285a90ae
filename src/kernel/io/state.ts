/** What drivers have claimed of the bus. */
export interface IoState {
	/** request_mem_region, by start. */
	claimed: { start: number; size: number; name: string }[];
}

export const createIoState = (): IoState => ({ claimed: [] });
