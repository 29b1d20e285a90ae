/** The KUnit suites and init functions of a scenario, for run buttons and test views. */
import type { Place } from "../language/source";
import type { GlobalVariable, Initializer, VariableSymbol } from "../language/tree";
import { findMember, type RecordDefinition, sizeOf } from "../language/types";
import type { Analysis } from "./analysis";

/** Where something is in the scenario's own file; 0-based. */
export interface Position {
	readonly line: number;
	readonly character: number;
}
export interface FoundCase extends Position {
	readonly name: string;
}
export interface FoundSuite extends Position {
	readonly name: string;
	readonly cases: readonly FoundCase[];
}
export interface FoundTests {
	readonly suites: readonly FoundSuite[];
	/** functions of module_init() and its relatives */
	readonly inits: readonly (Position & { readonly name: string })[];
}

/** What can be run in the scenario's own file. */
export function findTests(analysis: Analysis): FoundTests {
	const { unit } = analysis.result;
	const main = unit.files.indexOf(analysis.path);
	const globals = new Map(unit.globals.map((global) => [global.symbol, global]));
	const at = (place: Place): Position => {
		const here = place.spelled?.file === main ? place.spelled : place;
		return here.file === main ? { line: here.line - 1, character: here.column - 1 } : { line: 0, character: 0 };
	};
	const suites: FoundSuite[] = [];
	for (const { symbol, initializer } of unit.globals) {
		if (!/^__dmascope_suites?_/.test(symbol.name)) continue;
		for (const { value } of initializer?.items ?? []) {
			if (value?.kind !== "address-constant" || value.base.kind !== "variable") continue;
			const global = globals.get(value.base);
			if (global) suites.push(suiteOf(global, globals, at));
		}
	}
	const inits = unit.globals.flatMap(({ symbol, initializer }) => {
		// what the kernel's header makes of module_init(f), and module_platform_driver(d) too
		const value = symbol.name.startsWith("__dmascope_init_") ? initializer?.items[0]?.value : null;
		const base = value?.kind === "address-constant" ? value.base : null;
		return base?.kind === "function" && base.place.file === main ? [{ name: base.name, ...at(base.place) }] : [];
	});
	return { suites, inits };
}

function suiteOf(
	{ symbol, initializer }: GlobalVariable,
	globals: ReadonlyMap<VariableSymbol, GlobalVariable>,
	at: (place: Place) => Position,
): FoundSuite {
	const name = symbol.type.kind === "record" ? textAt(initializer, offsetOf(symbol.type.definition, "name")) : null;
	const cases: FoundCase[] = [];
	const table =
		symbol.type.kind === "record" ? baseAt(initializer, offsetOf(symbol.type.definition, "test_cases")) : null;
	const list = table?.kind === "variable" ? globals.get(table) : undefined;
	const type = list?.symbol.type;
	if (list && type?.kind === "array" && type.element.kind === "record") {
		const record = type.element.definition;
		const [run, text] = [offsetOf(record, "run_case"), offsetOf(record, "name")];
		for (let from = 0; from < sizeOf(type); from += record.size) {
			const fn = baseAt(list.initializer, from + run);
			if (fn?.kind !== "function") continue;
			cases.push({ name: textAt(list.initializer, from + text) ?? fn.name, ...at(fn.place) });
		}
	}
	return { name: name ?? symbol.name, ...at(symbol.place), cases };
}

function offsetOf(record: RecordDefinition, name: string): number {
	return findMember(record, name)?.offset ?? -1;
}

function baseAt(initializer: Initializer | null, offset: number) {
	const value = initializer?.items.find((item) => item.offset === offset)?.value;
	return value?.kind === "address-constant" ? value.base : null;
}

/** The string that a pointer or an array at this offset is initialised with. */
function textAt(initializer: Initializer | null, offset: number): string | null {
	const item = initializer?.items.find((one) => one.offset === offset);
	const base = item?.value?.kind === "address-constant" ? item.value.base : null;
	const bytes = item?.bytes ?? (base?.kind === "string" ? base.bytes : null);
	return bytes ? new TextDecoder().decode(bytes).replace(/\0.*$/s, "") : null;
}
