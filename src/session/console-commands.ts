/** Words of the debug console that are no C: cat, echo, ls, lsmod, insmod, rmmod. */

import { fileHooks, listDirectory, readFile, writeFile } from "../kernel/fs/files";
import { isLoaded, moduleHolders, moduleSize, moduleUsers } from "../kernel/module/references";
import { SessionError } from "./api";
import { errnoText } from "./errno-names";
import { insmod, insmodError, rmmodError, rmmodTarget } from "./insmod";
import { syncModules } from "./link";
import { moduleName } from "./options";
import type { Simulation } from "./simulation";

const HELP = `C expressions and kernel calls work here, and:
  cat PATH          a file of /sys, /sys/kernel/debug or /proc
  echo TEXT > PATH  writes to one
  ls [PATH]         what is in a directory
  lsmod             the modules
  insmod FILE [NAME=VALUE …]  compiles a file and loads it
  modprobe dmatest [NAME=VALUE …]  loads the kernel's own test module
  rmmod NAME        unloads a module
Names of channels, such as dma0chan0, are values.`;

/** A command that needs the machine to run: a kernel call, and what its result means. */
export interface CommandCall {
	/** The call as a C expression with an int result. */
	readonly expression: string;
	/** The answer; throws SessionError. */
	finish(result: number): string;
}

/** The answer to a command line, or null when it is none: then it is C. Throws SessionError. */
export function runCommand(simulation: Simulation, line: string): string | CommandCall | null {
	const [, word = "", rest = ""] = /^(\w+)(?:\s+(.*))?$/s.exec(line) ?? [];
	switch (word) {
		case "cat":
			return rest.startsWith("=") ? null : catAll(simulation, words(rest));
		case "ls":
			return ls(simulation, rest.trim() || "/");
		case "echo":
			return echo(simulation, rest);
		case "lsmod":
			return lsmod(simulation);
		case "modprobe":
			return rest.startsWith("=") ? null : modprobe(simulation, rest);
		case "insmod":
			return rest.startsWith("=") ? null : load(simulation, rest);
		case "rmmod":
			return rest.startsWith("=") ? null : unload(simulation, rest.trim());
		case "help":
			return rest === "" ? HELP : null;
		default:
			return null;
	}
}

function words(text: string): string[] {
	return text.split(/\s+/).filter((word) => word !== "");
}

/** Some files do something before they are read (dmatest's `run`): then the machine has to run first. */
function catAll(simulation: Simulation, paths: readonly string[]): string | CommandCall {
	const text = (): string => paths.map((path) => cat(simulation, path)).join("");
	const waiting = paths.filter((path) => fileHooks(simulation.k, path).before !== "");
	if (waiting.length === 0) return text();
	const expression = waiting.map((path) => `__sim_before_read(${JSON.stringify(path)})`).join(", ");
	return { expression, finish: text };
}

function cat({ k }: Simulation, path: string): string {
	const content = readFile(k, path);
	if (typeof content === "number") throw new SessionError(`cat: ${path}: ${errnoText(content)}`);
	return content.replace(/\n$/, "");
}

function ls({ k }: Simulation, path: string): string {
	const names = listDirectory(k, path);
	if (typeof names === "number") throw new SessionError(`ls: ${path}: ${errnoText(names)}`);
	return names.join("\n");
}

/** `echo [-n] TEXT > PATH`; the text may be in quotes. */
function echo(simulation: Simulation, rest: string): string | CommandCall {
	const match = /^(-n\s+)?(.*?)\s*>>?\s*(\S+)$/s.exec(rest);
	if (!match) return rest;
	const [, bare, text = "", path = ""] = match;
	const plain = text.replace(/^(["'])(.*)\1$/s, "$2");
	const finish = (result: number): string => {
		if (result < 0) throw new SessionError(`echo: ${path}: ${errnoText(result)}`);
		return "";
	};
	if (fileHooks(simulation.k, path).after !== "") {
		const written = JSON.stringify(bare ? plain : `${plain}\n`);
		return { expression: `sim_write_file(${JSON.stringify(path)}, ${written})`, finish };
	}
	simulation.inputs.note({ kind: "file", path, text: bare ? plain : `${plain}\n` });
	return finish(writeFile(simulation.k, path, bare ? plain : `${plain}\n`));
}

/** As kmod prints it. */
function lsmod({ k }: Simulation): string {
	const rows = k.state.modules.modules.filter(isLoaded).map((record) => {
		const holders = moduleHolders(k, record).join(",");
		const size = String(moduleSize(k, record)).padStart(8);
		return `${record.name.padEnd(19)} ${size}  ${moduleUsers(k, record)}${holders && ` ${holders}`}`;
	});
	return ["Module                  Size  Used by", ...rows.reverse()].join("\n");
}

/** `insmod FILE [NAME=VALUE …]` */
function load(simulation: Simulation, rest: string): CommandCall {
	const [path, ...params] = words(rest);
	if (path === undefined) throw new SessionError("insmod: ERROR: missing filename.");
	const loaded = insmod(simulation, path, params.join(" "));
	if (loaded.kind === "refused") throw new SessionError(loaded.message);
	if (loaded.kind === "diagnostics") {
		const errors = loaded.diagnostics.filter(({ severity }) => severity === "error");
		throw new SessionError(errors.map((e) => `${e.file}:${e.line}:${e.column}: ${e.message}`).join("\n"));
	}
	const expression = loaded.modules.map((index) => `load_module(${index})`).join(" ?: ");
	const finish = (result: number): string => {
		if (result !== 0) throw new SessionError(insmodError(moduleName(path), result));
		return "";
	};
	return { expression, finish };
}

/** `modprobe NAME [NAME=VALUE …]`: modules that come with the kernel, of which there is dmatest. */
function modprobe(simulation: Simulation, rest: string): string | CommandCall {
	const [name, ...params] = words(rest);
	if (name === undefined) throw new SessionError("modprobe: ERROR: missing parameters.");
	if (name !== "dmatest") throw new SessionError(`modprobe: FATAL: Module ${name} not found.`);
	if (simulation.k.state.dmatest.loaded) return "";
	return { expression: `dmatest_load(${JSON.stringify(params.join(" "))})`, finish: () => "" };
}

function unload(simulation: Simulation, name: string): CommandCall {
	if (name === "") throw new SessionError("rmmod: ERROR: missing module name.");
	const index = rmmodTarget(simulation, name);
	if (typeof index === "string") throw new SessionError(index);
	const finish = (result: number): string => {
		syncModules(simulation.k, simulation.program);
		if (result !== 0) throw new SessionError(rmmodError(moduleName(name), result));
		return "";
	};
	return { expression: `unload_module(${index})`, finish };
}
