/** Diagnostics of a scenario as the protocol has them, by the file that they are in. */
import { type CodeAction, CodeActionKind, type Diagnostic, DiagnosticSeverity } from "vscode-languageserver";
import type { Fix, Problem } from "./services";
import type { Workspace } from "./workspace";

/** By URI. The main file is there even without any. What the client cannot open is told at the top of the main file. */
export function problemsOf(workspace: Workspace, path: string): Map<string, Diagnostic[]> {
	const main = workspace.uri(path) ?? path;
	const byUri = new Map<string, Diagnostic[]>([[main, []]]);
	for (const problem of workspace.services.check(path, workspace.readFile)) {
		const uri = workspace.uri(problem.file);
		const made = diagnosticOf(problem);
		if (uri === null) {
			made.message = `${problem.file}:${problem.line}: ${made.message}`;
			made.range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
			delete made.data;
		}
		const list = byUri.get(uri ?? main);
		if (list) list.push(made);
		else byUri.set(uri ?? main, [made]);
	}
	return byUri;
}

function diagnosticOf(problem: Problem): Diagnostic {
	const { line, column, endLine, endColumn, notes, fix } = problem;
	const made: Diagnostic = {
		range: {
			start: { line: Math.max(0, line - 1), character: Math.max(0, column - 1) },
			end: {
				line: Math.max(0, endLine - 1),
				character: Math.max(0, endLine === line ? Math.max(endColumn - 1, column) : endColumn - 1),
			},
		},
		severity: problem.severity === "error" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
		code: problem.code,
		source: "dmascope",
		message: [problem.message, ...(notes ?? [])].join("\n"),
	};
	return fix ? { ...made, data: fix } : made;
}

/** The fixes that came with diagnostics. */
export function fixesOf(uri: string, diagnostics: readonly Diagnostic[]): CodeAction[] {
	return diagnostics.flatMap((diagnostic) => {
		const fix: unknown = diagnostic.data;
		if (!isFix(fix)) return [];
		const range = {
			start: { line: fix.line - 1, character: fix.column - 1 },
			end: { line: fix.endLine - 1, character: fix.endColumn - 1 },
		};
		const edit = { changes: { [uri]: [{ range, newText: fix.text }] } };
		return [{ title: fix.title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], edit, isPreferred: true }];
	});
}

function isFix(value: unknown): value is Fix {
	return typeof value === "object" && value !== null && "text" in value && "line" in value && "endColumn" in value;
}
