/** Hovers: the declaration, a short text, and numbers. */
import type { Hover } from "vscode-languageserver";
import { cells, type DtNode, strings } from "../language/devicetree";
import type { Analysis, Target } from "./analysis";
import { commentAbove, facts, fullText, macroHead, nameOf, placeOf } from "./describe";
import { locate } from "./locate";
import type { Workspace } from "./workspace";

/** What to show at a place of an open document; null for nothing. */
export function hover(workspace: Workspace, path: string, offset: number): Hover | null {
	const analysis = workspace.analysis(path);
	const document = workspace.documentOf(path);
	if (!analysis || !document) return null;
	const found = locate(analysis, workspace.services, document, path, offset);
	if (!found) return keyword(workspace, document.getText(), offset);
	const range = { start: document.positionAt(found.word.start), end: document.positionAt(found.word.end) };
	if (found.kind === "include") {
		if (found.board === null) return null;
		return { contents: markdown(`Devicetree of the board \`${found.board}\`, built in.`), range };
	}
	if (found.kind === "label")
		return { contents: markdown(`Label at line ${document.positionAt(found.at).line + 1}`), range };
	if (found.kind === "node") return { contents: markdown(nodeText(found.node)), range };
	return { contents: markdown(targetText(workspace, analysis, found.target)), range };
}

/** `module_init` and the like are neither functions nor macros here. */
function keyword(workspace: Workspace, text: string, offset: number): Hover | null {
	const before = /\w*$/.exec(text.slice(0, offset))?.[0] ?? "";
	const word = before + (/^\w*/.exec(text.slice(offset))?.[0] ?? "");
	const { docs } = workspace.services;
	return Object.hasOwn(docs, word) ? { contents: markdown(docs[word]!) } : null;
}

function markdown(value: string): { kind: "markdown"; value: string } {
	return { kind: "markdown", value };
}

/** The text about a name: ours for the kernel's, the comment above it for the user's. */
export function textAbout(workspace: Workspace, analysis: Analysis, target: Target): string {
	const place = placeOf(target);
	if (place && place.file > 0 && target.kind !== "member") {
		const source = workspace.readFile(analysis.result.unit.files[place.file] ?? "");
		return source === null ? "" : commentAbove(source, place.line);
	}
	const { docs } = workspace.services;
	const name = nameOf(target);
	return target.kind !== "member" && Object.hasOwn(docs, name) ? docs[name]! : "";
}

function targetText(workspace: Workspace, analysis: Analysis, target: Target): string {
	const about = textAbout(workspace, analysis, target);
	const isKernelMacro = target.kind === "macro" && target.macro.place.file === 0;
	// a macro with a text is shown as the function that it stands for
	const code = isKernelMacro && about !== "" ? macroHead(target.macro) : fullText(target);
	const parts = [`\`\`\`c\n${code}\n\`\`\``];
	if (about !== "") parts.push(about);
	const numbers = facts(target);
	if (numbers !== "") parts.push(numbers);
	return parts.join("\n\n");
}

/** Path, labels and the properties that say what a node is. */
function nodeText(node: DtNode): string {
	const lines = [`${node.labels.map((label) => `${label}: `).join("")}${node.name} {`];
	const compatible = strings(node, "compatible");
	if (compatible) lines.push(`\tcompatible = ${compatible.map((text) => `"${text}"`).join(", ")};`);
	const reg = cells(node, "reg");
	if (reg) lines.push(`\treg = <${reg.map((value) => `0x${value.toString(16)}`).join(" ")}>;`);
	const status = strings(node, "status");
	if (status) lines.push(`\tstatus = "${status[0]}";`);
	return `\`\`\`dts\n${lines.join("\n")}\n};\n\`\`\`\n\nDevicetree node \`${node.path}\``;
}
