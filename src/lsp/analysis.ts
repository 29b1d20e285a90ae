/** One scenario as its editor needs it: what each name in it stands for, and its devicetree. */
import { type CompileResult, compile } from "../language/compile";
import { allNodes, type DeviceTree, type DtNode, parseDts } from "../language/devicetree";
import type { Macro } from "../language/preprocessor/macros";
import type { Place } from "../language/source";
import type { OrdinaryName } from "../language/tree";
import type { CType, Member, RecordDefinition } from "../language/types";
import type { Watcher } from "../language/watch";
import type { Services } from "./services";

export type Target =
	| { readonly kind: "symbol"; readonly symbol: OrdinaryName }
	| { readonly kind: "member"; readonly member: Member; readonly record: RecordDefinition }
	| { readonly kind: "macro"; readonly macro: Macro }
	| { readonly kind: "tag"; readonly type: CType };

/** A name in a user's file; line and column are 1-based. */
export interface Use {
	readonly line: number;
	readonly column: number;
	readonly length: number;
	readonly target: Target;
}

export interface Analysis {
	readonly path: string;
	readonly result: CompileResult;
	/** by file, in the order in which the compiler saw them */
	readonly uses: ReadonlyMap<string, readonly Use[]>;
	readonly tree: DeviceTree;
}

/** Where a place was written: in the source, for what came through a macro's argument. */
export function written(place: Place): Place {
	return place.spelled ?? place;
}

/** Compiles a scenario and keeps what its names stand for. */
export function analyse(services: Services, path: string, text: string, readFile: Services["readFile"]): Analysis {
	const found: { place: Place; target: Target }[] = [];
	const watcher: Watcher = {
		name: (place, symbol) => found.push({ place: written(place), target: { kind: "symbol", symbol } }),
		member: (place, _name, record, member) => {
			if (member) found.push({ place: written(place), target: { kind: "member", member: member.member, record } });
		},
		scope: () => {},
		macro: (place, macro) => found.push({ place: written(place), target: { kind: "macro", macro } }),
	};
	const result = compile({ prelude: services.prelude, files: [{ path, text }], readFile, watcher });
	const uses = new Map<string, Use[]>();
	for (const { place, target } of found) {
		const file = place.file > 0 ? result.unit.files[place.file] : undefined;
		if (file === undefined) continue;
		let list = uses.get(file);
		if (!list) {
			list = [];
			uses.set(file, list);
		}
		list.push({ line: place.line, column: place.column, length: place.length, target });
	}
	const board = services.boardSource(result.includesBoard ?? services.defaultBoard);
	const { tree } = parseDts(board ? [board, ...result.dts] : result.dts);
	return { path, result, uses, tree };
}

/** What stands at a place; a macro's name wins over what came out of it. */
export function useAt(analysis: Analysis, file: string, line: number, column: number): Use | null {
	let best: Use | null = null;
	for (const use of analysis.uses.get(file) ?? []) {
		if (use.line !== line || column < use.column || column > use.column + use.length) continue;
		if (!best || use.target.kind === "macro") best = use;
	}
	return best;
}

/** What a name means at file scope, for places that the parser never reached. */
export function globalMeaning(analysis: Analysis, services: Services, name: string, tag: boolean): Target | null {
	const { unit, macros } = analysis.result;
	if (!tag) {
		const own = macros.get(name);
		const macro = own === undefined ? services.prelude.macros.get(name) : own;
		if (macro) return { kind: "macro", macro };
		for (let scope: typeof unit.scope | null = unit.scope; scope; scope = scope.parent) {
			const symbol = scope.ordinary.get(name);
			if (symbol) return { kind: "symbol", symbol };
		}
	}
	for (let scope: typeof unit.scope | null = unit.scope; scope; scope = scope.parent) {
		const type = scope.tags.get(name);
		if (type) return { kind: "tag", type };
	}
	return null;
}

/** The node of a label or path. */
export function nodeOf(tree: DeviceTree, label: string): DtNode | undefined {
	return (
		tree.labels.get(label) ??
		(label.startsWith("/") ? allNodes(tree.root).find(({ path }) => path === label) : undefined)
	);
}

/** Whether a line of a file is devicetree source. */
export function isDevicetree(analysis: Analysis, file: string, line: number): boolean {
	return analysis.result.dts.some((chunk) => {
		const lines = chunk.text.replace(/\s+$/, "").split("\n").length;
		return chunk.file === file && line >= chunk.line && line < chunk.line + lines;
	});
}
