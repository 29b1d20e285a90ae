import type { ExtensionContext } from "vscode";
import { activateExtension } from "../extension/activate";

export function activate(context: ExtensionContext): void {
	activateExtension(context);
}
