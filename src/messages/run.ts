/** Requests of DMAscope's own that make the machine run. Shared by adapter and extension. */

/** Runs until the descriptor that a channel works on is done; arguments {@link RunToDescriptorEndArguments}, no result. */
export const RUN_TO_DESCRIPTOR_END_REQUEST = "dmascope/runToDescriptorEnd";

export interface RunToDescriptorEndArguments {
	/** The channel's thread. */
	threadId: number;
}
