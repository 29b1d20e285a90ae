/** What an editor learns from a compilation: told while the parser finds it, so that broken files tell what they can. */
import type { Scope } from "./parser/parser";
import type { Macro } from "./preprocessor/macros";
import type { Place } from "./source";
import type { OrdinaryName } from "./tree";
import type { FoundMember, RecordDefinition } from "./types";

/**
 * A name that no one writes. A compilation of a text with this name put in at the cursor tells the scope there
 * (`scope`), or the record whose member is wanted there (`member`).
 */
export const CURSOR_NAME = "__dmascope_cursor__";

export interface Watcher {
	/** A name used in an expression, and what it stands for. */
	name(place: Place, symbol: OrdinaryName): void;
	/** A member named behind `.` or `->`, in a designator or in offsetof; `found` is null when there is none. */
	member(place: Place, name: string, record: RecordDefinition, found: FoundMember | null): void;
	/** `CURSOR_NAME` was looked up in this scope. */
	scope(scope: Scope): void;
	/** A macro is about to be expanded. */
	macro(place: Place, macro: Macro): void;
}
