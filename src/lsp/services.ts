/** What the server is given from outside: it knows the language, not the kernel or the boards. */
import type { Prelude } from "../language/compile";
import type { DtsChunk } from "../language/source";

/** A mistake in a file; lines and columns are 1-based, ends exclusive. */
export interface Problem {
	readonly code: string;
	readonly severity: "error" | "warning";
	readonly message: string;
	readonly file: string;
	readonly line: number;
	readonly column: number;
	readonly endLine: number;
	readonly endColumn: number;
	readonly notes?: readonly string[];
	readonly fix?: Fix;
}

/** Replaces a range by a text. */
export interface Fix {
	readonly title: string;
	readonly text: string;
	readonly line: number;
	readonly column: number;
	readonly endLine: number;
	readonly endColumn: number;
}

export interface Services {
	readonly prelude: Prelude;
	/** the text that the prelude was made of */
	readonly preludeText: string;
	/** markdown about names of the prelude; a struct's is under its tag */
	readonly docs: Readonly<Record<string, string>>;
	readonly boards: readonly string[];
	/** devicetree source of a built-in board */
	boardSource(name: string): DtsChunk | undefined;
	/** the board of a file that includes none */
	readonly defaultBoard: string;
	/** a file on disk; null when it cannot be read */
	readFile(path: string): string | null;
	/** everything that is wrong with a scenario, as `dmascope check` says it */
	check(path: string, readFile: (path: string) => string | null): readonly Problem[];
}

/** Scheme of the read-only texts that the server has: the kernel's declarations and the boards. */
export const BUILTIN_SCHEME = "dmascope";
export const KERNEL_PAGE = "/kernel.h";
