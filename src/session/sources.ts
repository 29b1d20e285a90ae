/** The files of a scenario, compiled: the programs in their order, each behind the modules that it asks for. */

import type { KernelVersion } from "../kernel/version";
import { type CompileResult, compile } from "../language/compile";
import type { Diagnostic, SessionHost } from "./api";
import { kernelPrelude } from "./kernel-prelude";
import { moduleName } from "./options";

export interface CompiledFile {
	readonly path: string;
	/** The module's name. */
	readonly name: string;
	readonly result: CompileResult;
	/** "param=1 param2=x" of the SIM_MODULE line that asked for it; "" for a program. */
	readonly params: string;
}

const DEPTH = 16;

/** Compiles programs and the files of their SIM_MODULE lines. Diagnostics of files that cannot be read are added. */
export function compileFiles(
	programs: readonly string[],
	host: SessionHost,
	diagnostics: Diagnostic[],
	version: KernelVersion,
): CompiledFile[] {
	const files: CompiledFile[] = [];
	const begun = new Set<string>();
	const add = (path: string, params: string, depth: number, asked: Place | null): void => {
		if (begun.has(path)) return;
		begun.add(path);
		const text = host.readFile(path);
		if (text === null) {
			diagnostics.push(missing(path, asked));
			return;
		}
		const result = compile({
			prelude: kernelPrelude(version),
			files: [{ path, text }],
			readFile: (name) => host.readFile(name),
		});
		diagnostics.push(...result.diagnostics);
		for (const asked of modulesAskedFor(result)) {
			if (depth >= DEPTH) diagnostics.push(tooDeep(asked));
			else add(relativeTo(asked.file, asked.path), asked.params, depth + 1, asked);
		}
		files.push({ path, name: moduleName(path), result, params });
	};
	for (const path of programs) add(path, "", 0, null);
	const names = new Map<string, string>();
	for (const { name, path } of files) {
		const other = names.get(name);
		if (other !== undefined)
			diagnostics.push(fileError(path, `${path} and ${other} would both be module ${name}`, "L0003"));
		names.set(name, path);
	}
	return files;
}

interface Place {
	readonly file: string;
	readonly line: number;
	readonly column: number;
	readonly endColumn: number;
}

/** The SIM_MODULE lines of a file. */
function modulesAskedFor({ unit }: CompileResult): (Place & { path: string; params: string })[] {
	const at = ({
		file,
		line,
		column,
		length,
	}: {
		file: number;
		line: number;
		column: number;
		length: number;
	}): Place => ({
		file: unit.files[file] ?? "",
		line,
		column,
		endColumn: column + length,
	});
	const items = unit.items.flatMap((item) =>
		item.kind === "sim-module" ? [{ ...at(item.place), path: item.file, params: item.params }] : [],
	);
	// The kernel's header makes a string of it: "FILE PARAMS".
	const texts = unit.globals.flatMap(({ symbol, initializer }) => {
		const value = initializer?.items[0]?.value;
		if (!symbol.name.startsWith("__dmascope_module_") || value?.kind !== "address-constant") return [];
		if (value.base.kind !== "string") return [];
		const text = new TextDecoder().decode(value.base.bytes).replace(/\0.*$/s, "");
		const space = text.indexOf(" ");
		return [{ ...at(symbol.place), path: text.slice(0, space), params: text.slice(space + 1) }];
	});
	return [...items, ...texts];
}

function missing(path: string, asked: Place | null): Diagnostic {
	if (!asked) return fileError(path, `'${path}' cannot be read`, "C0036");
	return { code: "C0036", severity: "error", message: `'${path}' cannot be read`, ...asked, endLine: asked.line };
}

function tooDeep(place: Place): Diagnostic {
	return {
		code: "L0004",
		severity: "error",
		message: `SIM_MODULE nested deeper than the limit of ${DEPTH}`,
		...place,
		endLine: place.line,
	};
}

/** An error about a whole file. */
export function fileError(file: string, message: string, code: string): Diagnostic {
	return { code, severity: "error", message, file, line: 1, column: 1, endLine: 1, endColumn: 1 };
}

function relativeTo(from: string, path: string): string {
	if (/^([/\\]|[A-Za-z][A-Za-z0-9+.-]*:)/.test(path)) return path;
	const parts = from.split(/[/\\]/).slice(0, -1);
	for (const part of path.split("/")) {
		if (part === "" || part === ".") continue;
		if (part === ".." && parts.length > 0 && parts[parts.length - 1] !== "..") parts.pop();
		else parts.push(part);
	}
	return parts.join("/");
}
