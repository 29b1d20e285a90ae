import { type DebugAdapterDescriptorFactory, DebugAdapterExecutable, type ExtensionContext } from "vscode";

/**
 * Starts the debug adapter as a process of its own, so that a simulation in full swing never holds up the editor.
 * It runs on the Node that is part of VS Code (or of its server): nothing has to be installed.
 */
export function adapterFactory(context: ExtensionContext): DebugAdapterDescriptorFactory {
	const adapter = context.asAbsolutePath("dist/adapter.js");
	return {
		createDebugAdapterDescriptor: () =>
			new DebugAdapterExecutable(process.execPath, [adapter], { env: { ELECTRON_RUN_AS_NODE: "1" } }),
	};
}
