/** What the dmatest module keeps (core-semantics 6). */

/** One test thread; its key is the address that its callback gets. */
export interface TestThread {
	readonly chan: number;
	/** enum dma_transaction_type: MEMCPY, XOR, PQ or MEMSET. */
	readonly type: number;
	/** task_struct. */
	task: number;
	/** Made, but not run yet. */
	pending: boolean;
	/** It has come to its end. */
	done: boolean;
	/** The callback of the test that runs has come. */
	called: boolean;
	/** Addresses of the buffers. */
	src: number[];
	dst: number[];
	/** DMA addresses of the mapped buffers. */
	srcDma: number[];
	dstDma: number[];
	/** Arrays in memory for prep ops that take some: sources, destinations, coefficients; 0 for none. */
	arrays: number[];
}

export interface TestChannel {
	readonly chan: number;
	/** Keys of its threads. */
	readonly threads: number[];
}

/** The parameters that are numbers or booleans, as module_param declares them. */
export interface DmatestValues {
	nobounce: boolean;
	test_buf_size: number;
	threads_per_chan: number;
	max_channels: number;
	iterations: number;
	dmatest: number;
	xor_sources: number;
	pq_sources: number;
	timeout: number;
	noverify: boolean;
	norandom: boolean;
	verbose: boolean;
	alignment: number;
	transfer_size: number;
	polled: boolean;
}

export interface DmatestState {
	/** The module has been loaded: something has used it. */
	loaded: boolean;
	/** Its init has run. */
	didInit: boolean;
	values: DmatestValues;
	device: string;
	channel: string;
	run: boolean;
	wait: boolean;
	/** The values that the tests run with: taken when channels are added. */
	taken: DmatestValues & { device: string; channel: string };
	channels: TestChannel[];
	threads: Record<number, TestThread>;
	lastError: number;
	/** Wait queue of those who wait for the end of all tests: an address, 0 until somebody does. */
	ends: number;
}

const defaults = (): DmatestValues => ({
	nobounce: false,
	test_buf_size: 16384,
	threads_per_chan: 1,
	max_channels: 0,
	iterations: 0,
	dmatest: 0,
	xor_sources: 3,
	pq_sources: 3,
	timeout: 3000,
	noverify: false,
	norandom: false,
	verbose: false,
	alignment: -1,
	transfer_size: 0,
	polled: false,
});

export const createDmatestState = (): DmatestState => ({
	loaded: false,
	didInit: false,
	values: defaults(),
	device: "",
	channel: "",
	run: false,
	wait: false,
	taken: { ...defaults(), device: "", channel: "" },
	channels: [],
	threads: {},
	lastError: 0,
	ends: 0,
});
