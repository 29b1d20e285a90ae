/** The outline of a file: functions, types, variables, devicetree nodes. */
import { type DocumentSymbol, type Position, SymbolKind } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { printType } from "../language/print-type";
import type { DtsChunk, Place } from "../language/source";
import type { Analysis } from "./analysis";

/** Symbols of one file, in the order of its lines. */
export function outline(analysis: Analysis, document: TextDocument, file: string): DocumentSymbol[] {
	const { unit, dts } = analysis.result;
	const index = unit.files.indexOf(file);
	const found: DocumentSymbol[] = [];
	const add = (
		place: Place,
		endLine: number,
		name: string,
		detail: string,
		kind: SymbolKind,
	): DocumentSymbol | null => {
		const at = place.spelled && place.spelled.file === index ? place.spelled : place;
		if (at.file !== index) return null;
		const symbol = symbolAt(document, at.line, at.column, at.length, Math.max(endLine, at.line), name, detail, kind);
		found.push(symbol);
		return symbol;
	};
	for (const { symbol, end } of unit.functions)
		add(symbol.place, end.line, symbol.name, printType(symbol.type), SymbolKind.Function);
	for (const { symbol } of unit.globals) {
		if (symbol.owner !== null || symbol.name.startsWith(".") || symbol.name.startsWith("__dmascope")) continue;
		const isHidden = symbol.place.macro !== null && (symbol.place.spelled?.file ?? 0) === 0;
		if (!isHidden)
			add(symbol.place, endOf(document, symbol.place), symbol.name, printType(symbol.type), SymbolKind.Variable);
	}
	for (const type of unit.scope.tags.values()) {
		if ((type.kind !== "record" && type.kind !== "enum") || !type.definition.complete) continue;
		const { place, tag } = type.definition;
		const kind = type.kind === "enum" ? SymbolKind.Enum : SymbolKind.Struct;
		const made = add(place, endOf(document, place), printType(type), "", kind);
		if (!made || tag === null || type.kind !== "record") continue;
		made.children = type.definition.members.flatMap((member) =>
			member.name === null || member.place.file !== index
				? []
				: [
						symbolAt(
							document,
							member.place.line,
							member.place.column,
							member.place.length,
							member.place.line,
							member.name,
							printType(member.type),
							SymbolKind.Field,
						),
					],
		);
	}
	for (const chunk of dts) if (chunk.file === file) found.push(...nodes(document, chunk));
	return found.sort(
		(a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character,
	);
}

function symbolAt(
	document: TextDocument,
	line: number,
	column: number,
	length: number,
	endLine: number,
	name: string,
	detail: string,
	kind: SymbolKind,
): DocumentSymbol {
	const from = { line: line - 1, character: column - 1 };
	const selectionRange = { start: from, end: { line: line - 1, character: column - 1 + length } };
	const range = { start: { line: line - 1, character: 0 }, end: lineEnd(document, endLine) };
	return { name, detail, kind, range, selectionRange };
}

/** Where a line (1-based) ends. */
function lineEnd(document: TextDocument, line: number): Position {
	const start = document.offsetAt({ line: line - 1, character: 0 });
	const end = document.getText().indexOf("\n", start);
	return document.positionAt(end < 0 ? document.getText().length : end);
}

/** The line (1-based) of the `}` or `;` that ends a declaration. */
function endOf(document: TextDocument, place: Place): number {
	const text = document.getText();
	let depth = 0;
	for (let at = document.offsetAt({ line: place.line - 1, character: place.column - 1 }); at < text.length; at++) {
		const c = text[at];
		if (c === "{") depth++;
		else if (c === "}") depth--;
		else if (c === ";" && depth <= 0) return document.positionAt(at).line + 1;
		if (depth < 0) break;
	}
	return place.line;
}

/** The nodes of devicetree source, whole or broken. */
function nodes(document: TextDocument, chunk: DtsChunk): DocumentSymbol[] {
	const roots: DocumentSymbol[] = [];
	const open: DocumentSymbol[] = [];
	const token = /"(?:\\.|[^"\\\n])*"|((?:\w+\s*:\s*)*)(&?[\w,.+@-]+|\/)\s*\{|\{|\}/g;
	const lineOf = (offset: number): number => chunk.line + (chunk.text.slice(0, offset).match(/\n/g)?.length ?? 0);
	for (const match of chunk.text.matchAll(token)) {
		if (match[0].startsWith('"')) continue;
		if (match[0] === "}") {
			const node = open.pop();
			if (node) node.range.end = lineEnd(document, lineOf(match.index));
			continue;
		}
		const start = match.index + (match[1]?.length ?? 0);
		const line = lineOf(start);
		const column = start - chunk.text.lastIndexOf("\n", start - 1);
		const name = match[2] ?? "{";
		const labels = (match[1] ?? "").replace(/\s*:\s*/g, " ").trim();
		const node = symbolAt(document, line, column, name.length, line, name, labels, SymbolKind.Module);
		const parent = open[open.length - 1];
		if (parent) parent.children = [...(parent.children ?? []), node];
		else roots.push(node);
		open.push(node);
	}
	return roots;
}
