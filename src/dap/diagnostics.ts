/** Diagnostics of a scenario: to the console with places to click, and as an event for the Problems view. */
import type { DebugProtocol } from "@vscode/debugprotocol";
import { DIAGNOSTICS_EVENT, type DiagnosticsBody } from "../messages/diagnostics";
import type { Diagnostic } from "../session/api";
import type { Adapter } from "./adapter";
import { source, toClientColumn, toClientLine } from "./convert";

export function reportDiagnostics(
	adapter: Adapter,
	files: readonly string[],
	diagnostics: readonly Diagnostic[],
): void {
	const body: DiagnosticsBody = {
		files: [...files],
		diagnostics: diagnostics.map(({ code, severity, message, file, line, column, endLine, endColumn }) => ({
			code,
			severity,
			message,
			file,
			line,
			column,
			endLine,
			endColumn,
		})),
	};
	adapter.event(DIAGNOSTICS_EVENT, body);
	for (const diagnostic of diagnostics) {
		const { file, line, column, severity, message, code } = diagnostic;
		const output: DebugProtocol.OutputEvent["body"] = {
			category: "stderr",
			output: `${file}:${line}:${column}: ${severity}: ${message} [${code}]\n`,
			source: source({ kind: "file", path: file }),
			line: toClientLine(adapter.client, line),
			column: toClientColumn(adapter.client, column),
		};
		adapter.event("output", output);
	}
}
