/** docs/knobs.md, from the tables at the heads of the files that read `sim,…` properties. */
import { globSync, readFileSync } from "node:fs";

const EVERY_DEVICE = "src/board/models/index.ts";
const NOTICE = "*Written from the source files' heads by `npm run docs:registers`; do not edit.*";
const ABOUT =
	"What no source decides, a model had to choose. Each choice is a property of the device's node in the devicetree, so a scenario can make another one: `&dmac { sim,max-beats = <64>; };`. Behind the semicolon stands what holds without it.";

/** The comment that a file begins with, without its stars. */
function headOf(file: string): string {
	const text = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(file, "utf8"))?.[1] ?? "";
	return text.replace(/^ \* ?/gm, "").trim();
}

/** A part for each file with a table: the beginning of its first sentence, then the table. */
function partOf([file, head]: readonly [string, string]): string {
	const title = file === EVERY_DEVICE ? "Every device" : head.replace(/\n/g, " ").split(/[.:,;]/)[0];
	const table = head.split("\n").filter((line) => line.startsWith("|"));
	return `## ${title}\n\n${table.join("\n")}`;
}

export function knobPage(): string {
	const files = new Set([
		EVERY_DEVICE,
		...globSync("src/board/models/*.ts").sort(),
		"src/kernel/drivers/dw-axi-dmac/state.ts",
	]);
	const heads = [...files].map((file) => [file, headOf(file)] as const).filter(([, head]) => /^\| `/m.test(head));
	return `# Knobs\n\n${NOTICE}\n\n${ABOUT}\n\n${heads.map(partOf).join("\n\n")}\n`;
}

/** Every `sim,…` property that the sources read. */
export function knobsInCode(): string[] {
	const names = globSync("src/**/*.ts").flatMap((file) =>
		[
			...readFileSync(file, "utf8").matchAll(
				/(?:cells?|hasProperty|knob|cellsOf|strings|phandleList)\([^()]*"(sim,[a-z0-9-]+)"/g,
			),
		].map(([, name]) => name!),
	);
	return [...new Set(names)].sort();
}
