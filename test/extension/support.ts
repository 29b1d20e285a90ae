import {
	debug,
	type Extension,
	extensions,
	type Position,
	Range,
	Selection,
	type TextEditor,
	Uri,
	window,
	workspace,
} from "vscode";

/** This extension, wherever it was loaded from. */
export function dmascope(): Extension<unknown> {
	const extension = extensions.getExtension("dmascope.dmascope");
	if (!extension) throw new Error("the extension is not installed");
	return extension;
}

/** A file of the test's workspace, a copy of samples/. */
export function fileOf(name: string): Uri {
	const folder = workspace.workspaceFolders?.[0];
	if (!folder) throw new Error("no folder is open");
	return Uri.joinPath(folder.uri, name);
}

/** Opens a file and puts the cursor before the first occurrence of a text. */
export async function open(name: string, at = ""): Promise<TextEditor> {
	const document = await workspace.openTextDocument(fileOf(name));
	const editor = await window.showTextDocument(document);
	const place = document.positionAt(Math.max(0, document.getText().indexOf(at)));
	editor.selection = new Selection(place, place);
	editor.revealRange(new Range(place, place));
	return editor;
}

/** The position of a text in a document; an error when it is not there. */
export function find(editor: TextEditor, text: string): Position {
	const offset = editor.document.getText().indexOf(text);
	if (offset < 0) throw new Error(`${text} is not in ${editor.document.fileName}`);
	return editor.document.positionAt(offset);
}

/** Waits until a condition gives something; fails with what was waited for. */
export async function until<T>(what: string, probe: () => T | undefined | false, milliseconds = 15_000): Promise<T> {
	const end = performance.now() + milliseconds;
	for (;;) {
		const found = probe();
		if (found !== undefined && found !== false) return found;
		if (performance.now() > end) throw new Error(`waited ${milliseconds} ms for ${what}`);
		await new Promise((settle) => setTimeout(settle, 20));
	}
}

/** Ends every session and forgets every breakpoint. */
export async function cleanUp(): Promise<void> {
	debug.removeBreakpoints(debug.breakpoints);
	// A session that is just ending refuses to be stopped once more.
	if (debug.activeDebugSession) await Promise.resolve(debug.stopDebugging()).catch(() => undefined);
	await until("the sessions to end", () => debug.activeDebugSession === undefined);
}
