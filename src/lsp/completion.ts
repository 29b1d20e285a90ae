/** Completion. */
import { type CompletionItem, CompletionItemKind, type CompletionList } from "vscode-languageserver";
import { allNodes } from "../language/devicetree";
import type { Scope } from "../language/parser/parser";
import type { MacroTable } from "../language/preprocessor/macros";
import { KEYWORDS } from "../language/preprocessor/tokens";
import type { OrdinaryName } from "../language/tree";
import type { RecordDefinition } from "../language/types";
import { type Analysis, isDevicetree, type Target } from "./analysis";
import { declarationOf, nameOf, tagOf } from "./describe";
import { textAbout } from "./hover";
import { isDeviceString } from "./locate";
import { probe } from "./probe";
import { gotoLabels, lineBefore, surroundings, wordAt } from "./scan";
import type { Workspace } from "./workspace";

/** Items in one answer; more typing asks again. */
const MOST = 400;

/** Headers that scenarios begin with; any other of the kernel's is accepted too. */
const HEADERS = [
	"linux/completion.h",
	"linux/delay.h",
	"linux/dma-mapping.h",
	"linux/dmaengine.h",
	"linux/interrupt.h",
	"linux/io.h",
	"linux/module.h",
	"linux/of_dma.h",
	"linux/platform_device.h",
	"linux/slab.h",
	"kunit/test.h",
	"sim.h",
];

/** Characters after which an editor asks by itself. */
export const TRIGGERS = [".", ">", '"', "&", "/", "<"];

/**
 * What may be typed at a place of an open document.
 * @param trigger the character that made the editor ask by itself; names are not offered behind every `&`
 */
export function completion(workspace: Workspace, path: string, offset: number, trigger?: string): CompletionList {
	const document = workspace.documentOf(path);
	const analysis = workspace.analysis(path);
	if (!document || !analysis) return list([]);
	const text = document.getText();
	const line = lineBefore(text, offset);
	if (/^\s*#\s*include\b/.test(line)) return list(includes(workspace, line));
	if (/^\s*#/.test(line) && !/^\s*#\s*(define|if|elif)\b/.test(line)) return list([]);
	const around = surroundings(text, offset);
	if (around.inside === "string") return list(isDeviceString(text, around.start) ? labels(analysis, "sim_device") : []);
	if (around.inside !== "code") return list([]);
	const word = wordAt(text, offset);
	const typed = text.slice(word.start, offset);
	const before = text.slice(0, word.start);
	const inTree = isDevicetree(analysis, path, document.positionAt(offset).line + 1);
	if (before.endsWith("&") && (inTree || (around.brackets.length === 0 && /^\s*&\w*$/.test(line))))
		return list(labels(analysis, "reference"));
	if (inTree || /^\d/.test(typed)) return list([]);
	if (/\bgoto\s+$/.test(before.slice(-20)))
		return list([...gotoLabels(text, offset).keys()].map((label) => ({ label, kind: CompletionItemKind.Reference })));
	if (/\b(struct|union|enum)\s+$/.test(before.slice(-20))) return list(tags(workspace, analysis, before, typed));
	const wanted = probe(workspace.services, path, text, word.start, word.end, workspace.readFile);
	if (wanted?.kind === "member") return list(members(workspace, analysis, wanted.record));
	if (/(\.|->)\s*$/.test(before.slice(-20)) && !before.endsWith("..")) return list([]);
	if (trigger !== undefined) return list([]);
	const scope = wanted?.scope ?? null;
	return names(workspace, analysis, scope, wanted?.macros ?? analysis.result.macros, typed);
}

function list(items: CompletionItem[], isIncomplete = false): CompletionList {
	return { isIncomplete, items };
}

function includes(workspace: Workspace, line: string): CompletionItem[] {
	const board = /<board\/([\w.-]*)$/.exec(line);
	const { boards } = workspace.services;
	if (board)
		return boards.map((name) => ({
			label: `${name}.dtsi`,
			kind: CompletionItemKind.File,
			detail: "built-in board",
			insertText: `${name}.dtsi>`,
		}));
	if (!/<[\w/.-]*$/.test(line)) return [];
	const folder = /<((?:[\w.-]+\/)*)[\w.-]*$/.exec(line)?.[1] ?? "";
	const all = [...boards.map((name) => `board/${name}.dtsi`), ...HEADERS];
	return all
		.filter((name) => name.startsWith(folder))
		.map((name) => ({
			label: name,
			kind: CompletionItemKind.File,
			insertText: `${name.slice(folder.length)}>`,
			filterText: name.slice(folder.length),
		}));
}

function labels(analysis: Analysis, use: "sim_device" | "reference"): CompletionItem[] {
	return allNodes(analysis.tree.root).flatMap((node) =>
		node.labels
			.filter(() => use === "reference" || node.name.includes("@") || node.properties.has("compatible"))
			.map((label) => ({ label, kind: CompletionItemKind.Reference, detail: node.path })),
	);
}

function tags(workspace: Workspace, analysis: Analysis, before: string, typed: string): CompletionItem[] {
	const word = /\b(struct|union|enum)\s+$/.exec(before)?.[1];
	const found = new Map<string, CompletionItem>();
	const { unit } = analysis.result;
	for (let scope: typeof unit.scope | null = unit.scope; scope; scope = scope.parent) {
		for (const [name, type] of scope.tags) {
			const kind = type.kind === "record" ? (type.definition.union ? "union" : "struct") : type.kind;
			if (kind !== word || found.has(name) || !fits(name, typed)) continue;
			const target: Target = { kind: "tag", type };
			found.set(name, { ...item(workspace, analysis, target, CompletionItemKind.Struct), label: tagOf(type) });
		}
	}
	return [...found.values()].slice(0, MOST);
}

function members(workspace: Workspace, analysis: Analysis, record: RecordDefinition): CompletionItem[] {
	return record.members.flatMap((member, index): CompletionItem[] => {
		if (member.name === null)
			return member.type.kind === "record" ? members(workspace, analysis, member.type.definition) : [];
		const made = item(workspace, analysis, { kind: "member", member, record }, CompletionItemKind.Field);
		return [{ ...made, sortText: String(index).padStart(4, "0") }];
	});
}

/** Locals first, then the file's own names, then the kernel's. */
function names(
	workspace: Workspace,
	analysis: Analysis,
	from: Scope | null,
	macros: MacroTable,
	typed: string,
): CompletionList {
	const found = new Map<string, CompletionItem>();
	const add = (name: string, rank: number, make: () => CompletionItem): void => {
		if (found.has(name) || !fits(name, typed)) return;
		const near = name.startsWith(typed) ? 0 : 1;
		found.set(name, { ...make(), sortText: `${near}${rank}${name}` });
	};
	const symbol = (one: OrdinaryName): CompletionItem =>
		item(workspace, analysis, { kind: "symbol", symbol: one }, kindOf(one));
	const { unit } = analysis.result;
	const start: Pick<Scope, "ordinary" | "parent"> | typeof unit.scope = from ?? unit.scope;
	let rank = 0;
	for (let scope: typeof unit.scope | Scope | null = start as typeof unit.scope | Scope; scope; scope = scope.parent) {
		const isFile = scope.parent !== null && scope.parent.parent === null;
		rank = scope.parent === null ? 4 : isFile ? 2 : 1;
		for (const [name, one] of scope.ordinary) add(name, rank, () => symbol(one));
	}
	for (const [name, macro] of macros)
		if (macro && macro.place.file > 0)
			add(name, 2, () => item(workspace, analysis, { kind: "macro", macro }, macroKind(macro.parameters)));
	for (const [name, macro] of workspace.services.prelude.macros)
		if (macro) add(name, 5, () => item(workspace, analysis, { kind: "macro", macro }, macroKind(macro.parameters)));
	for (const name of KEYWORDS.keys()) add(name, 3, () => ({ label: name, kind: CompletionItemKind.Keyword }));
	const items = [...found.values()].sort((a, b) => ((a.sortText ?? "") < (b.sortText ?? "") ? -1 : 1));
	return list(items.slice(0, MOST), items.length > MOST);
}

/** The editor matches letters in order; names that begin with an underscore are for those who type one. */
function fits(name: string, typed: string): boolean {
	if (name.startsWith("_") && !typed.startsWith("_")) return false;
	let at = 0;
	const low = name.toLowerCase();
	for (const letter of typed.toLowerCase()) {
		at = low.indexOf(letter, at) + 1;
		if (at === 0) return false;
	}
	return true;
}

function item(workspace: Workspace, analysis: Analysis, target: Target, kind: CompletionItemKind): CompletionItem {
	const about = textAbout(workspace, analysis, target);
	const made: CompletionItem = { label: nameOf(target), kind, detail: declarationOf(target) };
	return about === "" ? made : { ...made, documentation: { kind: "markdown", value: about } };
}

function macroKind(parameters: readonly string[] | null): CompletionItemKind {
	return parameters ? CompletionItemKind.Function : CompletionItemKind.Constant;
}

function kindOf(symbol: OrdinaryName): CompletionItemKind {
	switch (symbol.kind) {
		case "function":
			return CompletionItemKind.Function;
		case "variable":
			return CompletionItemKind.Variable;
		case "typedef":
			return CompletionItemKind.Class;
		case "enum-constant":
			return CompletionItemKind.EnumMember;
		default:
			return symbol satisfies never;
	}
}
