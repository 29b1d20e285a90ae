/** What extension and language server say to each other beyond the protocol. */

/** `{uri}` to {@link TestsMessage}. */
export const TESTS_REQUEST = "dmascope/tests";
/** `{uri}` of a `dmascope:` page to its text, or null. */
export const PAGE_REQUEST = "dmascope/page";
/** Scheme of the read-only pages. */
export const PAGE_SCHEME = "dmascope";

/** 0-based. */
export interface PlaceMessage {
	readonly line: number;
	readonly character: number;
}

export interface SuiteMessage extends PlaceMessage {
	readonly name: string;
	readonly cases: readonly (PlaceMessage & { readonly name: string })[];
}

/** What can be run in a scenario. */
export interface TestsMessage {
	readonly suites: readonly SuiteMessage[];
	/** Functions of module_init() and its relatives. */
	readonly inits: readonly (PlaceMessage & { readonly name: string })[];
}
