/** From files to a machine that is ready to boot; or everything that is wrong, at once. */
import { boardNames, boardSource } from "../board/boards";
import { type BuiltMachine, buildMachine, LEAST_MEMORY } from "../board/machine";
import { parseDts } from "../devicetree/parser";
import type { DeviceTree } from "../devicetree/tree";
import { createKernel } from "../kernel/boot";
import type { Kernel } from "../kernel/kernel";
import { Program } from "../language/program";
import { AddressSpace } from "../language/vm/address-space";
import { Vm } from "../language/vm/vm";
import type { Diagnostic, LaunchOptions, SessionHost } from "./api";
import { bootModules } from "./boot-modules";
import { linkFiles } from "./link";
import { moduleWarnings } from "./module-warnings";
import { DEFAULT_BOARD, type RunOptions, runOptions } from "./options";
import { Simulation, type TraceDepth } from "./simulation";
import { type CompiledFile, compileFiles, fileError } from "./sources";

export type LoadResult =
	| { readonly kind: "ok"; readonly simulation: Simulation; readonly warnings: readonly Diagnostic[] }
	| { readonly kind: "diagnostics"; readonly diagnostics: readonly Diagnostic[] };

/** Loads the files; nothing has run yet. Without `tests` the KUnit suites do not run by themselves. */
export function load(
	given: LaunchOptions,
	host: SessionHost,
	how: { trace?: TraceDepth; mostRecords?: number; tests?: boolean } = {},
): LoadResult {
	const options = runOptions(given);
	const diagnostics: Diagnostic[] = [];
	const files = compileFiles(options.programs, host, diagnostics, options.kernel);
	const built = buildBoard(options, files, diagnostics, host);
	if (hasErrors(diagnostics) || !built) return { kind: "diagnostics", diagnostics: inOrder(diagnostics) };
	const { k, program } = powerOn(built, options);
	const modules = linkFiles(k, program, files, diagnostics);
	if (hasErrors(diagnostics)) return { kind: "diagnostics", diagnostics: inOrder(diagnostics) };
	diagnostics.push(...moduleWarnings(options, files));
	const simulation = new Simulation({ options, machine: built.machine, k, program, host }, how.trace, how.mostRecords);
	bootModules(simulation, modules, how.tests ?? true);
	return { kind: "ok", simulation, warnings: inOrder(diagnostics) };
}

/** Everything that is wrong with the files, warnings included. Nothing runs. */
export function checkFiles(given: LaunchOptions, host: SessionHost): readonly Diagnostic[] {
	const result = load(given, host);
	return result.kind === "ok" ? result.warnings : result.diagnostics;
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
	return diagnostics.some(({ severity }) => severity === "error");
}

/** Where a file says `<board/NAME.dtsi>`. */
function includePlace(text: string, name: string): Partial<Diagnostic> {
	const what = `<board/${name}.dtsi>`;
	const lines = text.split("\n");
	const at = lines.findIndex((line) => line.includes(what));
	if (at < 0) return {};
	const column = (lines[at] ?? "").indexOf(what) + 1;
	return { line: at + 1, column, endLine: at + 1, endColumn: column + what.length };
}

/** A reference to a node that is not there. */
const UNKNOWN_NODE = "DT015";

function isWholeBoard(tree: DeviceTree): boolean {
	return tree.root.children.some(({ name }) => /^memory(@|$)/.test(name));
}

/** Files as they came up first, and from top to bottom in each. */
function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
	const files = [...new Set(diagnostics.map(({ file }) => file))];
	return [...diagnostics].sort(
		(a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
	);
}

type BuiltBoard = BuiltMachine & { readonly tree: DeviceTree };

/** The devicetree that the files and the options ask for, as a machine; null when there is no board. */
function buildBoard(
	options: RunOptions,
	files: readonly CompiledFile[],
	diagnostics: Diagnostic[],
	host: SessionHost,
): BuiltBoard | null {
	const including = files.filter(({ result }) => result.includesBoard !== null);
	const first = including[0];
	for (const file of including) {
		if (first && file.result.includesBoard !== first.result.includesBoard) {
			diagnostics.push(
				fileError(
					file.path,
					`a second board '${file.result.includesBoard}': ${first.path} includes '${first.result.includesBoard}'`,
					"L0005",
				),
			);
		}
	}
	if (first && options.board !== null && options.board !== first.result.includesBoard) {
		diagnostics.push(
			fileError(
				first.path,
				`the file includes board '${first.result.includesBoard}', but '${options.board}' was asked for: there can be one only`,
				"L0006",
			),
		);
	}
	const asked = first?.result.includesBoard ?? options.board;
	const own = files.flatMap(({ result }) => result.dts);
	const name = asked ?? DEFAULT_BOARD;
	const board = boardSource(name);
	if (!board) {
		const path = first?.path ?? options.programs[0] ?? "";
		const error = fileError(path, `there is no board '${name}'; there are: ${boardNames().join(", ")}`, "L0007");
		diagnostics.push({ ...error, ...includePlace(host.readFile(path) ?? "", name) });
		// What is wrong with the files' own devicetree source whatever the board has.
		diagnostics.push(...parseDts(own).diagnostics.filter(({ code }) => code !== UNKNOWN_NODE));
		return null;
	}
	// A scenario that brings its own memory is a whole board.
	const alone = asked === null && own.length > 0 && isWholeBoard(parseDts(own).tree);
	const { tree, diagnostics: wrong } = parseDts(alone ? own : [board, ...own]);
	diagnostics.push(...wrong);
	const built = buildMachine(tree);
	diagnostics.push(...built.diagnostics);
	return { ...built, tree };
}

/** A kernel on the machine, with nothing loaded. */
function powerOn(built: BuiltBoard, options: RunOptions): { k: Kernel; program: Program } {
	const { machine, devices, memory } = built;
	// Linux is in the first bank that has room for it, and leaves smaller ones below alone.
	const banks = memory.slice(memory.findIndex(({ size }) => size >= LEAST_MEMORY));
	const { base } = banks[0]!;
	const last = banks[banks.length - 1]!;
	const space = new AddressSpace(machine.memory, base, last.base + last.size - base, banks);
	const vm = new Vm(space);
	const k = createKernel({
		machine,
		devices,
		tree: built.tree,
		vm,
		space,
		options: {
			seed: options.seed,
			version: options.kernel,
			params: options.params,
			memoryChecks: options.findings !== "off",
			lockChecks: options.findings !== "off",
		},
	});
	return { k, program: new Program(vm) };
}
