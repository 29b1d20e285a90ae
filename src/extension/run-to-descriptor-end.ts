import { commands, type Disposable, debug, window } from "vscode";
import { RUN_TO_DESCRIPTOR_END_REQUEST, type RunToDescriptorEndArguments } from "../messages/run";

/** "Run to End of Descriptor", for the channel that is selected in the call stack. */
export function runToDescriptorEndCommand(): Disposable {
	return commands.registerCommand("dmascope.runToDescriptorEnd", async () => {
		const item = debug.activeStackItem;
		if (!item) {
			void window.showInformationMessage("Select a DMA channel in the Call Stack first.");
			return;
		}
		const request: RunToDescriptorEndArguments = { threadId: item.threadId };
		try {
			await item.session.customRequest(RUN_TO_DESCRIPTOR_END_REQUEST, request);
		} catch (error) {
			void window.showInformationMessage(error instanceof Error ? error.message : String(error));
		}
	});
}
