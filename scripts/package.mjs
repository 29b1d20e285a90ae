// `npm run package`: stages what ships in out/package and packs it as dist/dmascope-VERSION.vsix with vsce.
// The extension's page in VS Code shows pictures from the network only, and opens no files: the packed README goes
// without them (the walkthrough has pictures), and links to the manual become the names of its pages.
import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const vsce = "@vscode/vsce@3.9.2";
const stage = "out/package";
const limit = 1_000_000;
/** What ships is what .vscodeignore does not ignore. package.json and README.md are not copied but made, below. */
const shipped = readFileSync(".vscodeignore", "utf8")
	.split("\n")
	.filter((line) => line.startsWith("!"))
	.map((line) => line.slice(1))
	.filter((pattern) => !["package.json", "README.md"].includes(pattern));

rmSync(stage, { recursive: true, force: true });
for (const file of shipped.flatMap((pattern) => globSync(pattern))) {
	mkdirSync(join(stage, dirname(file)), { recursive: true });
	cpSync(file, join(stage, file));
}
const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const { scripts: _, devDependencies: __, allowScripts: ___, ...rest } = manifest;
writeFileSync(join(stage, "package.json"), `${JSON.stringify(rest, null, 2)}\n`);
writeFileSync(join(stage, ".vscodeignore"), ".vscodeignore\n");
writeFileSync(join(stage, "README.md"), selfContained(readFileSync("README.md", "utf8")));

const out = `dist/dmascope-${manifest.version}.vsix`;
const options = [
	"--no-dependencies",
	"--allow-missing-repository",
	"--no-rewrite-relative-links",
	"--out",
	`../../${out}`,
];
const { status } = spawnSync("npx", ["--yes", vsce, "package", ...options], {
	cwd: stage,
	stdio: "inherit",
	shell: process.platform === "win32",
});
if (status !== 0) process.exit(status ?? 1);
const { size } = statSync(out);
console.log(`${out}: ${(size / 1000).toFixed(0)} kB`);
if (size > limit) {
	console.error(`The package is larger than ${limit / 1000} kB.`);
	process.exit(1);
}

/** @param {string} text Markdown with relative pictures and links */
function selfContained(text) {
	return text
		.replace(/\n[ \t]*!\[[^\]]*\]\((?!https?:)[^)]+\)[ \t]*(?=\n)/g, "")
		.replace(/\[([^\]]*)\]\((?!https?:|#)[^)]+\)/g, "$1");
}
