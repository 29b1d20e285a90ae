/** What KUnit knows beside its structs in memory: which suites there are, which case runs, how the others went. */

/** A failed expectation or assertion. */
export interface KunitFailure {
	readonly file: string;
	/** 1-based. */
	readonly line: number;
	/** The text that the log has behind "# case: ". */
	readonly text: string;
}

export interface KunitResult {
	readonly suite: string;
	readonly name: string;
	/** "running" until the case and its exit are done: one that sleeps for ever stays so. */
	status: "running" | "passed" | "failed" | "skipped";
	/** Why it was skipped. */
	comment: string;
	/** ps since boot. */
	readonly begin: number;
	/** ps since boot; -1 while it runs. */
	end: number;
	failures: KunitFailure[];
}

/** Something to undo when a case is over: a call of C by address, or of kfree. */
export interface KunitAction {
	/** Address of the struct kunit. */
	readonly test: number;
	/** Address of the function. */
	readonly action: number;
	readonly context: number;
}

export interface KunitState {
	/** Addresses of the suites of loaded modules, in file order. */
	suites: number[];
	/** Glob over suite.case; "" for all. */
	filter: string;
	/** Address of the one struct kunit_case that is to run, without KTAP lines in the log; 0 for all. */
	only: number;
	/** Address of the struct kunit that runs, 0 for none. */
	test: number;
	/** Thread that runs the case, -1 for none. */
	thread: number;
	/** The case is over: its exit and what it has registered runs. */
	cleaning: boolean;
	/** Number of the next suite in the log. */
	suiteNumber: number;
	/** Suites whose suite_init has failed: none of their cases has run. */
	failedSuites: string[];
	/** One for each case that has begun, in order. */
	results: KunitResult[];
	/** Newest last. */
	actions: KunitAction[];
	/** Functions that the running case has replaced, by address. */
	stubs: { real: number; replacement: number }[];
}

export const createKunitState = (): KunitState => ({
	suites: [],
	filter: "",
	only: 0,
	test: 0,
	thread: -1,
	cleaning: false,
	suiteNumber: 1,
	failedSuites: [],
	results: [],
	actions: [],
	stubs: [],
});
