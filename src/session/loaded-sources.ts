/** Pages that the debugger makes: what kernel functions do, and the declarations that scenarios include. */

import type { Kernel } from "../kernel/kernel";
import { preludeTextOf } from "../kernel/prelude";
import { pageOf } from "./step-pages";

/** Name of the page with everything that the built-in headers declare. */
const HEADERS_PAGE = "kernel-headers.h";

/** Pages by number: a reference stays good for the whole session. */
export class Pages {
	private readonly names: string[] = [HEADERS_PAGE];

	constructor(private readonly k: Kernel) {}

	/** Reference of a page by its name. */
	reference(name: string): number {
		const at = this.names.indexOf(name);
		return at < 0 ? this.names.push(name) : at + 1;
	}

	/** Text of a page, null when there is none. */
	text(reference: number): string | null {
		const name = this.names[reference - 1];
		if (name === undefined) return null;
		if (name === HEADERS_PAGE)
			return `/* What the kernel's built-in headers declare: any #include of <linux/…> gives all of it. */\n${preludeTextOf(this.k.version)}\n`;
		return pageOf(this.k, name)?.text ?? null;
	}

	/** Every page that has been shown, and the headers. */
	get all(): { readonly reference: number; readonly name: string }[] {
		return this.names.map((name, index) => ({ reference: index + 1, name }));
	}
}
