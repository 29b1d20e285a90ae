/** Words of the debug console that are no C: cat, echo, ls, lsmod. */

import { listDirectory, readFile, writeFile } from "../kernel/fs/files";
import { SessionError } from "./api";
import { ERRNO_NAMES } from "./errno-names";
import type { Simulation } from "./simulation";

const HELP = `C expressions and kernel calls work here, and:
  cat PATH          a file of /sys, /sys/kernel/debug or /proc
  echo TEXT > PATH  writes to one
  ls [PATH]         what is in a directory
  lsmod             the modules
Names of channels, such as dma0chan0, are values.`;

/** The answer to a command line, or null when it is none: then it is C. Throws SessionError. */
export function runCommand(simulation: Simulation, line: string): string | null {
	const [, word = "", rest = ""] = /^(\w+)(?:\s+(.*))?$/s.exec(line) ?? [];
	switch (word) {
		case "cat":
			return rest.startsWith("=")
				? null
				: words(rest)
						.map((path) => cat(simulation, path))
						.join("");
		case "ls":
			return ls(simulation, rest.trim() || "/");
		case "echo":
			return echo(simulation, rest);
		case "lsmod":
			return lsmod(simulation);
		case "help":
			return rest === "" ? HELP : null;
		default:
			return null;
	}
}

function words(text: string): string[] {
	return text.split(/\s+/).filter((word) => word !== "");
}

function cat({ k }: Simulation, path: string): string {
	const content = readFile(k, path);
	if (typeof content === "number") throw new SessionError(`cat: ${path}: ${errorText(content)}`);
	return content.replace(/\n$/, "");
}

function ls({ k }: Simulation, path: string): string {
	const names = listDirectory(k, path);
	if (typeof names === "number") throw new SessionError(`ls: ${path}: ${errorText(names)}`);
	return names.join("\n");
}

/** `echo [-n] TEXT > PATH`; the text may be in quotes. */
function echo(simulation: Simulation, rest: string): string {
	const match = /^(-n\s+)?(.*?)\s*>>?\s*(\S+)$/s.exec(rest);
	if (!match) return rest;
	const [, bare, text = "", path = ""] = match;
	const plain = text.replace(/^(["'])(.*)\1$/s, "$2");
	simulation.inputs.note({ kind: "file", path, text: bare ? plain : `${plain}\n` });
	const result = writeFile(simulation.k, path, bare ? plain : `${plain}\n`);
	if (result < 0) throw new SessionError(`echo: ${path}: ${errorText(result)}`);
	return "";
}

function lsmod({ k }: Simulation): string {
	const rows = k.state.modules.modules
		.filter(({ state }) => state !== "gone")
		.map(({ name, state, result }) => `${name.padEnd(24)} ${state}${state === "failed" ? ` (${result})` : ""}`);
	return rows.length > 0 ? rows.join("\n") : "no module is loaded";
}

function errorText(errno: number): string {
	return ERRNO_NAMES[-errno] ?? `error ${-errno}`;
}
