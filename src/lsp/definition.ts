/** Go to definition. */
import type { Location } from "vscode-languageserver";
import type { Place } from "../language/source";
import type { Analysis } from "./analysis";
import { nameOf, placeOf } from "./describe";
import { locate } from "./locate";
import type { Workspace } from "./workspace";

/** Where the thing at a place is declared; null when it is nowhere that the client could show. */
export function definition(workspace: Workspace, path: string, offset: number): Location | null {
	const analysis = workspace.analysis(path);
	const document = workspace.documentOf(path);
	if (!analysis || !document) return null;
	const found = locate(analysis, workspace.services, document, path, offset);
	if (!found) return null;
	if (found.kind === "include") {
		const file = found.board === null ? found.path : `boards/${found.board}.dtsi`;
		return file === null || workspace.documentOf(file) === null ? null : at(workspace, file, 1, 1, 0);
	}
	if (found.kind === "label") {
		const { line, character } = document.positionAt(found.at);
		return at(workspace, path, line + 1, character + 1, found.word.text.length);
	}
	if (found.kind === "node") {
		const { file, line, column, endColumn } = found.node.position;
		return at(workspace, file, line, column, endColumn - column);
	}
	const place = placeOf(found.target);
	return place ? locationOf(workspace, analysis, place, nameOf(found.target)) : null;
}

/** A place of the compiler's as the client sees it. */
function locationOf(workspace: Workspace, analysis: Analysis, place: Place, name: string): Location | null {
	// a name in a macro's argument is declared there; one that the kernel's macro made, where the macro is used
	const { file, line, column, length } = place.spelled && place.spelled.file > 0 ? place.spelled : place;
	if (file === 0) {
		// macros that the compiler defines by itself are on no page
		const text = workspace.services.preludeText.split("\n")[line - 1] ?? "";
		if (!text.startsWith(name, column - 1)) return null;
	}
	return at(workspace, analysis.result.unit.files[file] ?? "", line, column, length);
}

function at(workspace: Workspace, file: string, line: number, column: number, length: number): Location | null {
	const uri = workspace.uri(file);
	if (uri === null) return null;
	const start = { line: line - 1, character: column - 1 };
	return { uri, range: { start, end: { line: line - 1, character: column - 1 + length } } };
}
