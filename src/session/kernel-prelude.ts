/** The kernel's declarations, parsed once in the life of the program. */
import { preludeText } from "../kernel/prelude";
import { createPrelude, type Prelude } from "../language/compile";

let parsed: Prelude | null = null;

export function kernelPrelude(): Prelude {
	parsed ??= createPrelude(preludeText);
	return parsed;
}
