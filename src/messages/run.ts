/** Requests of DMAscope's own about running and looking. Shared by adapter and extension. */

/** Runs until the descriptor that a channel works on is done; arguments {@link RunToDescriptorEndArguments}, no result. */
export const RUN_TO_DESCRIPTOR_END_REQUEST = "dmascope/runToDescriptorEnd";

export interface RunToDescriptorEndArguments {
	/** The channel's thread. */
	threadId: number;
}

/** Shows numbers in hexadecimal from now on, or no longer; no arguments, answers {@link ToggleHexResult}. */
export const TOGGLE_HEX_REQUEST = "dmascope/toggleHex";

export interface ToggleHexResult {
	hex: boolean;
}
