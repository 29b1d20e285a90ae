/** The kernel's declarations, parsed once for each version in the life of the program. */
import { preludeTextOf } from "../kernel/prelude";
import { DEFAULT_VERSION, type KernelVersion } from "../kernel/version";
import { createPrelude, type Prelude } from "../language/compile";

const parsed: Partial<Record<KernelVersion, Prelude>> = {};

export function kernelPrelude(version: KernelVersion = DEFAULT_VERSION): Prelude {
	parsed[version] ??= createPrelude(preludeTextOf(version));
	return parsed[version];
}
