import {
	Disposable,
	EventEmitter,
	type ExtensionContext,
	l10n,
	type TextDocument,
	type TextDocumentContentProvider,
	type Uri,
	window,
	workspace,
} from "vscode";
import { PAGE_REQUEST, TESTS_REQUEST, type TestsMessage } from "../messages/language";
import type { RunningServer } from "./language-client";

/** Setting: look after C files too. */
const C_FILES = "dmascope.editor.cFiles";

/** The language server: started when the first scenario is opened, asked by the views that need it. */
export class LanguageSupport implements TextDocumentContentProvider {
	private server: Promise<RunningServer> | null = null;
	private running = false;
	private readonly started = new EventEmitter<void>();
	readonly onStarted = this.started.event;

	constructor(private readonly context: ExtensionContext) {}

	/** Watches for scenarios to be opened. */
	subscribe(): Disposable {
		const open = (document: TextDocument): void => {
			if (this.looksAfter(document)) this.begin();
		};
		workspace.textDocuments.forEach(open);
		return Disposable.from(
			this.started,
			workspace.onDidOpenTextDocument(open),
			workspace.onDidChangeConfiguration((change) => {
				if (change.affectsConfiguration(C_FILES)) void this.restart();
			}),
			workspace.registerTextDocumentContentProvider("dmascope", this),
			{ dispose: () => void this.stop() },
		);
	}

	/** Whether the server tells what is wrong with this document. */
	looksAfter(document: TextDocument): boolean {
		return this.languages().includes(document.languageId);
	}

	/** Whether the server tells what is wrong with this file right now. */
	shows(path: string): boolean {
		return this.running && workspace.textDocuments.some((one) => one.uri.fsPath === path && this.looksAfter(one));
	}

	/** The suites and init functions of a scenario, open or on disk. */
	async tests(uri: Uri): Promise<TestsMessage> {
		const server = await this.start();
		return server.request<TestsMessage>(TESTS_REQUEST, { uri: uri.toString() });
	}

	async provideTextDocumentContent(uri: Uri): Promise<string | null> {
		const server = await this.start();
		return server.request<string | null>(PAGE_REQUEST, { uri: uri.toString() });
	}

	private languages(): string[] {
		return workspace.getConfiguration().get(C_FILES, false) ? ["dma", "c"] : ["dma"];
	}

	/** Starts it unless it runs; nobody waits. */
	private begin(): void {
		if (this.server) return;
		this.start().catch((error: unknown) => {
			const reason = error instanceof Error ? error.message : String(error);
			void window.showErrorMessage(l10n.t("DMAscope's language server did not start: {0}", reason));
		});
	}

	private start(): Promise<RunningServer> {
		this.server ??= this.launch();
		return this.server;
	}

	private async launch(): Promise<RunningServer> {
		// Not in the middle of activation: loading the client takes longer than all the rest of it.
		await new Promise((settle) => setTimeout(settle, 0));
		const load: { startLanguageClient: typeof import("./language-client").startLanguageClient } = require(
			this.context.asAbsolutePath("dist/client.js"),
		);
		const server = await load.startLanguageClient(this.context.asAbsolutePath("dist/server.js"), this.languages());
		this.running = true;
		this.started.fire();
		return server;
	}

	private async restart(): Promise<void> {
		if (!this.server) {
			if (workspace.textDocuments.some((document) => this.looksAfter(document))) this.begin();
			return;
		}
		await this.stop();
		this.begin();
	}

	private async stop(): Promise<void> {
		const server = this.server;
		this.server = null;
		this.running = false;
		await (await server)?.stop();
	}
}
