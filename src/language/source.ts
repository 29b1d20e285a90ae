/** Source files and places in them. */

/** One file given to the compiler, or reached by `#include "…"`. */
export interface SourceFile {
	readonly path: string;
	readonly text: string;
}

/** A macro whose expansion produced a token; `parent` is the macro in whose body this one was used. */
export interface MacroUse {
	readonly name: string;
	readonly parent: MacroUse | null;
}

/**
 * Where something is for the user: lines and columns are 1-based, `file` indexes the unit's file table.
 * For a token made by a macro this is the outermost use in the source; `spelled` is then where the token
 * itself is written (macro body or argument), and `macro` the innermost macro of the chain.
 */
export interface Place {
	readonly file: number;
	readonly line: number;
	readonly column: number;
	/** characters, at least 1 */
	readonly length: number;
	readonly spelled: Place | null;
	readonly macro: MacroUse | null;
}

/** A piece of top-level devicetree source; `line` (1-based) is that of the first character of `text`. */
export interface DtsChunk {
	text: string;
	file: string;
	line: number;
}

/** File 0 of every unit: what the kernel declares. */
export const PRELUDE_FILE = "<kernel>";

export const NOWHERE: Place = { file: 0, line: 1, column: 1, length: 1, spelled: null, macro: null };
