/** The language server: the protocol's requests over one connection. */
import {
	type Connection,
	type Diagnostic,
	type InitializeParams,
	type InitializeResult,
	TextDocumentSyncKind,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { completion, TRIGGERS } from "./completion";
import { definition } from "./definition";
import { hover } from "./hover";
import { outline } from "./outline";
import { fixesOf, problemsOf } from "./problems";
import type { Services } from "./services";
import { signatureHelp } from "./signature-help";
import { type FoundTests, findTests } from "./tests";
import { pathOf } from "./uri";
import { builtinText, Workspace } from "./workspace";

/** Milliseconds without typing before a scenario is checked. */
const CHECK_DELAY = 200;

export interface OwnRequests {
	/** `{uri}` to `FoundTests`: the suites and init functions of a scenario, open or on disk */
	readonly tests: string;
	/** `{uri}` to the text of a `dmascope:` page, or null */
	readonly page: string;
}

interface At {
	readonly textDocument: { readonly uri: string };
	readonly position: { readonly line: number; readonly character: number };
}

/** Answers requests from now on. Two requests of our own have names that the caller chooses. */
export function startServer(connection: Connection, services: Services, own: OwnRequests): void {
	const workspace = new Workspace(services);
	const checker = new Checker(connection, workspace);

	connection.onInitialize((params) => initialize(params, workspace));
	connection.onDidOpenTextDocument(({ textDocument }) => {
		const { uri, languageId, version, text } = textDocument;
		workspace.put(TextDocument.create(uri, languageId, version, text));
		checker.soon();
	});
	connection.onDidChangeTextDocument(({ textDocument, contentChanges }) => {
		const document = workspace.document(textDocument.uri);
		if (!document) return;
		workspace.put(TextDocument.update(document, contentChanges, textDocument.version));
		checker.soon();
	});
	connection.onDidCloseTextDocument(({ textDocument }) => {
		workspace.close(textDocument.uri);
		checker.closed(pathOf(textDocument.uri));
		checker.soon();
	});
	connection.onDidChangeWatchedFiles(() => {
		workspace.forget();
		checker.soon();
	});

	const at = <R>(params: At, answer: (workspace: Workspace, path: string, offset: number) => R): R | null => {
		const document = workspace.document(params.textDocument.uri);
		return document ? answer(workspace, pathOf(document.uri), document.offsetAt(params.position)) : null;
	};
	connection.onCompletion((params) =>
		at(params, (_, path, offset) => completion(workspace, path, offset, params.context?.triggerCharacter)),
	);
	connection.onHover((params) => at(params, hover));
	connection.onSignatureHelp((params) => at(params, signatureHelp));
	connection.onDefinition((params) => at(params, definition));
	connection.onDocumentSymbol(({ textDocument }) => {
		const path = pathOf(textDocument.uri);
		const document = workspace.document(textDocument.uri);
		const analysis = document && workspace.analysis(path);
		return document && analysis ? outline(analysis, document, path) : [];
	});
	connection.onCodeAction(({ textDocument, context }) => fixesOf(textDocument.uri, context.diagnostics));
	connection.onRequest(own.tests, ({ uri }: { uri: string }): FoundTests => {
		const analysis = workspace.analysis(pathOf(uri));
		return analysis ? findTests(analysis) : { suites: [], inits: [] };
	});
	connection.onRequest(own.page, ({ uri }: { uri: string }): string | null => builtinText(services, uri));
	connection.listen();
}

function initialize(params: InitializeParams, workspace: Workspace): InitializeResult {
	const options: unknown = params.initializationOptions;
	workspace.showsBuiltins =
		typeof options === "object" && options !== null && "builtinPages" in options && options.builtinPages === true;
	return {
		serverInfo: { name: "dmascope" },
		capabilities: {
			textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
			completionProvider: { triggerCharacters: TRIGGERS },
			hoverProvider: true,
			signatureHelpProvider: { triggerCharacters: ["(", ","] },
			definitionProvider: true,
			documentSymbolProvider: true,
			codeActionProvider: { codeActionKinds: ["quickfix"] },
		},
	};
}

/** Checks the open scenarios a moment after the last change, and takes back what no longer holds. */
class Checker {
	private timer: ReturnType<typeof setTimeout> | null = null;
	/** by scenario: what was found in which file */
	private readonly found = new Map<string, Map<string, Diagnostic[]>>();
	/** by URI: what the client was told last */
	private readonly told = new Map<string, string>();

	constructor(
		private readonly connection: Connection,
		private readonly workspace: Workspace,
	) {}

	soon(): void {
		if (this.timer !== null) clearTimeout(this.timer);
		this.timer = setTimeout(() => this.check(), CHECK_DELAY);
	}

	closed(path: string): void {
		this.found.delete(path);
	}

	private check(): void {
		this.timer = null;
		for (const path of this.workspace.paths()) {
			try {
				this.found.set(path, problemsOf(this.workspace, path));
			} catch (error) {
				this.connection.console.error(`${path}: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
			}
		}
		const all = new Map<string, Diagnostic[]>();
		for (const byUri of this.found.values()) {
			for (const [uri, list] of byUri) {
				const known = all.get(uri) ?? [];
				const seen = new Set(known.map((one) => JSON.stringify(one)));
				all.set(uri, [...known, ...list.filter((one) => !seen.has(JSON.stringify(one)))]);
			}
		}
		for (const uri of this.told.keys()) if (!all.has(uri)) all.set(uri, []);
		for (const [uri, diagnostics] of all) {
			const text = JSON.stringify(diagnostics);
			if (this.told.get(uri) === text) continue;
			if (diagnostics.length === 0) this.told.delete(uri);
			else this.told.set(uri, text);
			void this.connection.sendDiagnostics({ uri, diagnostics });
		}
	}
}
