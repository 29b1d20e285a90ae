import { workspace } from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";

/** A running language server. */
export interface RunningServer {
	request<R>(method: string, params: unknown): Promise<R>;
	stop(): Promise<void>;
}

/**
 * Starts the language server as a process of its own. This module is a bundle of its own (dist/client.js), which is
 * loaded when the first scenario is opened: the protocol's client is large, and the extension is to start fast.
 * @param server path of dist/server.js
 * @param languages ids of the languages whose documents it looks after
 */
export async function startLanguageClient(server: string, languages: readonly string[]): Promise<RunningServer> {
	const module = { module: server, transport: TransportKind.ipc };
	const client = new LanguageClient("dmascope", "DMAscope", module, {
		documentSelector: languages.flatMap((language) =>
			["file", "untitled", "vscode-vfs"].map((scheme) => ({ language, scheme })),
		),
		initializationOptions: { builtinPages: true },
		// files that scenarios include
		synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.{dma,c,h,dts,dtsi}") },
	});
	await client.start();
	return {
		request: (method, params) => client.sendRequest(method, params),
		stop: () => client.dispose(),
	};
}
