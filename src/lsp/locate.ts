/** What stands at the cursor: a name, a devicetree label, an included file. */
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { DtNode } from "../language/devicetree";
import { resolvePath } from "../language/preprocessor/headers";
import type { Place } from "../language/source";
import { type Analysis, globalMeaning, isDevicetree, nodeOf, type Target, useAt, written } from "./analysis";
import { gotoLabels, lineAround, surroundings, type Word, wordAt } from "./scan";
import type { Services } from "./services";

export type Located =
	| { readonly kind: "target"; readonly target: Target; readonly word: Word }
	| { readonly kind: "node"; readonly node: DtNode; readonly word: Word }
	/** a goto label, declared at an offset of the document */
	| { readonly kind: "label"; readonly at: number; readonly word: Word }
	/** `path` is null for a header that is built in */
	| { readonly kind: "include"; readonly path: string | null; readonly board: string | null; readonly word: Word };

/** Finds it; null when there is nothing to say. `file` is the document's path in the analysis. */
export function locate(
	analysis: Analysis,
	services: Services,
	document: TextDocument,
	file: string,
	offset: number,
): Located | null {
	const text = document.getText();
	const include = includeAt(text, offset, file);
	if (include) return include;
	const around = surroundings(text, offset);
	const { line } = document.positionAt(offset);
	if (around.inside === "comment" || around.inside === "character") return null;
	if (around.inside === "string") return deviceString(analysis, text, around.start, offset);
	const word = wordAt(text, offset);
	if (word.text === "" || /^\d/.test(word.text)) return null;
	if (isDevicetree(analysis, file, line + 1)) {
		const isLabel = text[word.start - 1] === "&" || /^\s*:/.test(text.slice(word.end));
		const node = isLabel ? nodeOf(analysis.tree, word.text) : undefined;
		if (node) return { kind: "node", node, word };
	}
	const before = text.slice(Math.max(0, word.start - 40), word.start);
	const label = gotoLabels(text, offset).get(word.text);
	if (label !== undefined && (label === word.start || /\bgoto\s+$/.test(before)))
		return { kind: "label", at: label, word };
	const { character } = document.positionAt(word.start);
	const use = useAt(analysis, file, line + 1, character + 1);
	if (use && use.column === character + 1) return { kind: "target", target: use.target, word };
	if (/(\.|->)\s*$/.test(before)) return null;
	const declared = declaredHere(analysis, file, line + 1, character + 1);
	const target = declared ?? globalMeaning(analysis, services, word.text, /\b(struct|union|enum)\s+$/.test(before));
	return target ? { kind: "target", target, word } : null;
}

/** A local, parameter, function, global or member whose declaration is right there. */
function declaredHere(analysis: Analysis, file: string, line: number, column: number): Target | null {
	const { unit } = analysis.result;
	const index = unit.files.indexOf(file);
	const here = (of: Place): boolean => {
		const place = written(of);
		return place.file === index && place.line === line && place.column === column;
	};
	for (const { symbol, locals } of unit.functions) {
		if (here(symbol.place)) return { kind: "symbol", symbol };
		for (const local of locals) if (here(local.place)) return { kind: "symbol", symbol: local };
	}
	for (const { symbol } of unit.globals) if (here(symbol.place)) return { kind: "symbol", symbol };
	for (const type of unit.scope.tags.values()) {
		if (type.kind !== "record") continue;
		for (const member of type.definition.members)
			if (here(member.place)) return { kind: "member", member, record: type.definition };
	}
	return null;
}

/** `#include "file"` or `#include <board/NAME.dtsi>` with the cursor on its line. */
function includeAt(text: string, offset: number, file: string): Located | null {
	const { text: line, start } = lineAround(text, offset);
	const match = /^(\s*#\s*include\s*)(?:"([^"]*)"|<([^>]*)>)/.exec(line);
	if (!match) return null;
	const from = start + match[1]!.length;
	const word = { text: match[2] ?? match[3] ?? "", start: from, end: start + match[0].length };
	if (offset < from) return null;
	if (match[2] !== undefined) return { kind: "include", path: resolvePath(file, match[2]), board: null, word };
	const board = /^board\/(.+)\.dtsi$/.exec(word.text)?.[1] ?? null;
	return { kind: "include", path: null, board, word };
}

/** The label or path in `sim_device("…")`. */
function deviceString(analysis: Analysis, text: string, start: number, offset: number): Located | null {
	if (!isDeviceString(text, start)) return null;
	const rest = /^[^"\n]*/.exec(text.slice(start + 1))?.[0] ?? "";
	if (offset > start + 1 + rest.length) return null;
	const node = nodeOf(analysis.tree, rest);
	return node ? { kind: "node", node, word: { text: rest, start: start + 1, end: start + 1 + rest.length } } : null;
}

/** Is the string that opens at `start` the argument of sim_device()? */
export function isDeviceString(text: string, start: number): boolean {
	return /\bsim_device\s*\(\s*$/.test(text.slice(Math.max(0, start - 60), start));
}
