/** Diagnostics as a C compiler prints them. */
import type { Diagnostic } from "../session/api";

/** All of them, each with its source line and a caret. */
export function printDiagnostics(
	diagnostics: readonly Diagnostic[],
	readFile: (path: string) => string | null,
): string {
	const lines = new Map<string, readonly string[]>();
	const sourceLine = (file: string, line: number): string | undefined => {
		let all = lines.get(file);
		if (!all) {
			all = readFile(file)?.split(/\r\n|\r|\n/) ?? [];
			lines.set(file, all);
		}
		return all[line - 1];
	};
	return diagnostics.map((diagnostic) => printOne(diagnostic, sourceLine(diagnostic.file, diagnostic.line))).join("");
}

function printOne(diagnostic: Diagnostic, source: string | undefined): string {
	const { file, line, column, endLine, endColumn, severity, message, code, notes } = diagnostic;
	const place = line > 0 ? `${file}:${line}:${column}` : file;
	let text = `${place}: ${severity}: ${message} [${code}]\n`;
	if (source !== undefined && source.trim() !== "") {
		const number = String(line).padStart(5);
		const before = source.slice(0, column - 1).replace(/[^\t]/g, " ");
		const end = endLine === line ? Math.max(endColumn, column + 1) : source.length + 1;
		const marks = `^${"~".repeat(Math.max(0, Math.min(end, source.length + 1) - column - 1))}`;
		text += `${number} | ${source}\n${" ".repeat(5)} | ${before}${marks}\n`;
	}
	for (const note of notes ?? []) text += `${place}: note: ${note}\n`;
	return text;
}

/** How many errors and warnings, as compilers say it at the end; "" for none. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
	const count = (severity: string, word: string) => {
		const n = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
		return n === 0 ? [] : [`${n} ${word}${n === 1 ? "" : "s"}`];
	};
	const parts = [...count("error", "error"), ...count("warning", "warning")];
	return parts.length === 0 ? "" : `${parts.join(" and ")}.\n`;
}
