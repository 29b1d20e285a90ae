/** What a launch says of modules that it does not have, or has twice. Warnings: the run may be meant. */
import { DMATEST } from "../kernel/dmatest/module";
import type { Diagnostic } from "./api";
import type { RunOptions } from "./options";
import { type CompiledFile, fileError } from "./sources";

const warning = (file: string, message: string, code: string): Diagnostic => ({
	...fileError(file, message, code),
	severity: "warning",
});

export function moduleWarnings(options: RunOptions, files: readonly CompiledFile[]): Diagnostic[] {
	const [first = ""] = options.programs;
	const names = new Set([...files.map(({ name }) => name), DMATEST]);
	const warnings = Object.entries(options.params).flatMap(([key, value]) => {
		const [module = "", parameter] = key.split(".");
		if (parameter === undefined || names.has(module.replaceAll("-", "_"))) return [];
		const known = [...names].join(", ");
		return [
			warning(first, `parameter ${key}=${value}: there is no module ${module} here; there are: ${known}`, "L0008"),
		];
	});
	const own = files.find(({ name }) => name === DMATEST);
	if (own)
		warnings.push(
			warning(own.path, "this module takes the place of the built-in dmatest; its parameters go here", "L0009"),
		);
	return warnings;
}
