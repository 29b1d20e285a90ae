/** The headers that are built in: their lines are accepted and declare nothing more. */

const FOLDERS = ["generated/", "linux/", "asm/", "asm-generic/", "kunit/", "dt-bindings/", "uapi/", "board/"];
const SINGLE = new Set(["sim.h", "stddef.h", "stdarg.h", "stdbool.h", "stdint.h", "limits.h"]);

/** Headers that drivers include in quotes from their own folder, and that are built in as well. */
const QUOTED = new Set([
	"virt-dma.h",
	"dmaengine.h",
	"of-dma.h",
	"dma-mapping.h",
	"sim.h",
	"module.h",
	"kernel.h",
	"platform_device.h",
	"completion.h",
	"slab.h",
	"test.h",
	"8250.h",
	"serial_8250.h",
	"dw-axi-dmac.h",
	"internal.h",
	"dmaengine-internal.h",
]);

/** True for the path of an `#include <…>` that DMAscope answers itself. */
export function isBuiltinHeader(path: string): boolean {
	return SINGLE.has(path) || FOLDERS.some((folder) => path.startsWith(folder) && path.length > folder.length);
}

/** True when a quoted header that is not on disk has a built-in one of the same last path part. */
export function hasBuiltinTwin(path: string): boolean {
	const name = path.slice(path.lastIndexOf("/") + 1);
	return QUOTED.has(name) || isBuiltinHeader(path);
}

/** `path` relative to the folder of `from`, without `.` and `..` where possible. */
export function resolvePath(from: string, path: string): string {
	if (path.startsWith("/") || /^[A-Za-z][A-Za-z0-9+.-]*:/.test(path)) return path;
	const slash = Math.max(from.lastIndexOf("/"), from.lastIndexOf("\\"));
	const parts = slash < 0 ? [] : from.slice(0, slash).split(/[/\\]/);
	for (const part of path.split("/")) {
		if (part === "." || part === "") continue;
		if (part === ".." && parts.length > 0 && parts[parts.length - 1] !== ".." && parts[parts.length - 1] !== "")
			parts.pop();
		else parts.push(part);
	}
	return parts.join("/");
}
