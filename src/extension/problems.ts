import {
	type DebugSession,
	Diagnostic,
	type DiagnosticCollection,
	DiagnosticSeverity,
	Disposable,
	debug,
	languages,
	Range,
	Uri,
	workspace,
} from "vscode";
import { DIAGNOSTICS_EVENT, type DiagnosticsBody } from "../messages/diagnostics";
import { DEBUG_TYPE } from "./launch";

/**
 * Shows what is wrong with a scenario in the Problems view, from its launch to the next one of the same program.
 * @param isShown whether the language server shows what is wrong with the scenario at a path: then nothing is said twice
 */
export function showProblems(isShown: (path: string) => boolean): Disposable {
	const collection = languages.createDiagnosticCollection(DEBUG_TYPE);
	/** Files that a program's last launch complained about, by the program's files. */
	const shown = new Map<string, Uri[]>();
	const listener = debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
		if (session.type !== DEBUG_TYPE || event !== DIAGNOSTICS_EVENT) return;
		const { files, diagnostics }: DiagnosticsBody = body;
		publish(collection, shown, session, { files, diagnostics: files.every(isShown) ? [] : diagnostics });
	});
	const opened = workspace.onDidOpenTextDocument(() => {
		for (const [program, uris] of shown) {
			if (!program.split("\n").every(isShown)) continue;
			for (const uri of uris) collection.delete(uri);
			shown.delete(program);
		}
	});
	return Disposable.from(collection, listener, opened);
}

function publish(
	collection: DiagnosticCollection,
	shown: Map<string, Uri[]>,
	session: DebugSession,
	body: DiagnosticsBody,
): void {
	const program = body.files.join("\n");
	for (const file of shown.get(program) ?? []) collection.delete(file);
	const byFile = new Map<string, Diagnostic[]>();
	for (const entry of body.diagnostics) {
		// VS Code counts lines and columns from 0, and an empty range is hard to see.
		const [line, column] = [entry.line - 1, entry.column - 1];
		const endColumn = entry.endLine === entry.line ? Math.max(entry.endColumn - 1, column + 1) : entry.endColumn - 1;
		const range = new Range(
			Math.max(line, 0),
			Math.max(column, 0),
			Math.max(entry.endLine - 1, 0),
			Math.max(endColumn, 0),
		);
		const severity = entry.severity === "error" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning;
		const problem = new Diagnostic(range, entry.message, severity);
		problem.source = "dmascope";
		problem.code = entry.code;
		const ofFile = byFile.get(entry.file);
		if (ofFile) ofFile.push(problem);
		else byFile.set(entry.file, [problem]);
	}
	const uris = [...byFile].map(([path, problems]) => {
		const uri = uriOf(session, path);
		collection.set(uri, problems);
		return uri;
	});
	shown.set(program, uris);
}

/** A path of the adapter's, which may be relative to the folder that the session was started in. */
export function uriOf(session: DebugSession, path: string): Uri {
	const absolute = /^([/\\]|[A-Za-z]:)/.test(path);
	const folder = session.workspaceFolder?.uri;
	return absolute || !folder ? Uri.file(path) : Uri.joinPath(folder, path);
}
