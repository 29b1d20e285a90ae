/** A workspace over texts in memory, and texts with a cursor in them. */

import { TextDocument } from "vscode-languageserver-textdocument";
import { boardNames, boardSource, DEFAULT_BOARD } from "../../src/board/boards";
import { kernelDocs } from "../../src/kernel/docs";
import { preludeText } from "../../src/kernel/prelude";
import type { Services } from "../../src/lsp/services";
import { uriOf } from "../../src/lsp/uri";
import { Workspace } from "../../src/lsp/workspace";
import { kernelPrelude } from "../../src/session/kernel-prelude";
import { checkFiles } from "../../src/session/load";

/** Where the cursor is in a text. */
const CURSOR = "<|>";

export const MAIN = "/scenarios/main.dma";

export function services(disk: Readonly<Record<string, string>> = {}): Services {
	return {
		prelude: kernelPrelude(),
		preludeText,
		docs: kernelDocs,
		boards: boardNames(),
		boardSource,
		defaultBoard: DEFAULT_BOARD,
		readFile: (path) => disk[path] ?? null,
		check: (path, readFile) => checkFiles({ program: [path] }, { readFile }),
	};
}

/** An open document; the cursor's mark is taken out of it. */
export function edit(marked: string, disk: Readonly<Record<string, string>> = {}) {
	const offset = marked.indexOf(CURSOR);
	const text = marked.replace(CURSOR, "");
	const workspace = new Workspace(services(disk));
	workspace.showsBuiltins = true;
	const document = TextDocument.create(uriOf(MAIN), "dma", 1, text);
	workspace.put(document);
	return { workspace, document, offset, path: MAIN };
}

/** The text that a location covers, or its start when it is another file. */
export function covered(
	document: TextDocument,
	location: { uri: string; range: { start: { line: number; character: number } } } | null,
): string {
	if (!location) return "nothing";
	const { line, character } = location.range.start;
	return location.uri === document.uri ? `${line + 1}:${character + 1}` : `${location.uri}:${line + 1}`;
}
