import { commands, type Disposable, debug } from "vscode";
import { TOGGLE_HEX_REQUEST } from "../messages/run";
import { DEBUG_TYPE } from "./launch";

/** "Toggle Hexadecimal": how the session shows numbers in variables, watches and inline values. */
export function toggleHexCommand(): Disposable {
	return commands.registerCommand("dmascope.toggleHex", async () => {
		const session = debug.activeDebugSession;
		if (session?.type === DEBUG_TYPE) await session.customRequest(TOGGLE_HEX_REQUEST);
	});
}
