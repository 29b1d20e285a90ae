// Checks which folder of src/ imports which. Usage: node scripts/check-imports.mjs [root]
// The table below is the architecture: a folder may import itself and what stands beside its name, nothing else.
import { globSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, normalize, resolve } from "node:path";
import { parse } from "@babel/parser";

const simulator = ["sim", "hardware", "devicetree", "board", "language", "kernel", "sanitizer", "trace"];

/** folder: the folders it may import, and `packages`: the modules outside src that it may import. */
const rules = {
	sim: { folders: [] },
	hardware: { folders: ["sim"] },
	devicetree: { folders: [] },
	board: { folders: ["devicetree", "hardware", "sim"] },
	language: { folders: ["devicetree", "sim"] },
	kernel: { folders: ["sim", "devicetree", "language"] },
	sanitizer: { folders: ["kernel"] },
	trace: { folders: ["sim"] },
	session: { folders: simulator },
	// dap/server.ts opens standard input and TCP ports, the only part of it that is not for browsers.
	dap: {
		folders: ["session", "messages"],
		packages: ["node:", "@vscode/debugprotocol", "@vscode/debugadapter", "valibot"],
	},
	lsp: { folders: ["language"], packages: ["vscode-languageserver", "vscode-languageserver-textdocument"] },
	messages: { folders: [] },
	extension: { folders: ["messages"], packages: ["vscode", "vscode-languageclient", "node:"] },
	webview: { folders: ["messages"] },
	cli: { folders: ["session", "trace", "dap"], packages: ["node:"] },
	entry: {
		folders: [...simulator, "session", "dap", "lsp", "messages", "extension", "webview", "cli"],
		packages: ["vscode", "vscode-languageserver", "node:"],
	},
};
/** Text that is bundled in: folder beside src, and who may import it. */
const texts = { boards: ["board"], samples: [] };

/** The module names that a file imports, re-exports, requires or names in a type, with their lines. */
function importsOf(source, file) {
	const tree = parse(source, { sourceType: "module", plugins: ["typescript"], sourceFilename: file });
	const found = [];
	const visit = (node) => {
		if (Array.isArray(node)) return node.forEach(visit);
		if (node === null || typeof node !== "object" || typeof node.type !== "string") return;
		if (/^(Import|ExportNamed|ExportAll)Declaration$/.test(node.type) && node.source) add(node.source);
		if (node.type === "TSImportType") add(node.argument.literal ?? node.argument);
		if (node.type === "TSExternalModuleReference") add(node.expression);
		if (node.type === "ImportExpression") add(node.source);
		if (node.type === "CallExpression" && (node.callee.type === "Import" || node.callee.name === "require"))
			add(node.arguments[0]);
		for (const key of Object.keys(node)) if (key !== "loc") visit(node[key]);
	};
	const add = (literal) => {
		if (typeof literal?.value === "string") found.push({ name: literal.value, line: literal.loc.start.line });
	};
	visit(tree.program);
	return found;
}

/** Why this import is not allowed, or null. */
function complaint(file, name) {
	const folder = file.split("/")[1];
	const rule = rules[folder];
	if (!rule) return `src/${folder}/ is not in the table of scripts/check-imports.mjs`;
	const may = rule.folders.length ? `itself, ${rule.folders.join(", ")}` : "nothing but itself";
	if (!name.startsWith(".")) {
		const module = builtinModules.includes(name) ? `node:${name}` : name;
		const allowed = (rule.packages ?? []).some(
			(prefix) => module === prefix || module.startsWith(prefix.endsWith(":") ? prefix : `${prefix}/`),
		);
		return allowed
			? null
			: `${folder} may import ${rule.packages?.length ? `of modules only ${rule.packages.join(", ")}` : "no modules from outside src"}`;
	}
	const target = normalize(join(dirname(file), name)).replaceAll("\\", "/");
	const [top, other] = target.split("/");
	if (top !== "src") return texts[top]?.includes(folder) ? null : `${folder} may not import from ${top}/`;
	return other === folder || rule.folders.includes(other) ? null : `${folder} may import ${may}`;
}

const root = resolve(process.argv[2] ?? ".");
const files = globSync("src/**/*.ts", { cwd: root })
	.map((file) => file.replaceAll("\\", "/"))
	.sort();
let wrong = 0;
for (const file of files) {
	if (file.split("/").length < 3) continue;
	for (const { name, line } of importsOf(readFileSync(join(root, file), "utf8"), file)) {
		const why = complaint(file, name);
		if (!why) continue;
		console.error(`${file}:${line}: import of "${name}" breaks the import rule: ${why}`);
		wrong++;
	}
}
console.log(`${files.length} files, ${wrong} imports that break the rule`);
process.exitCode = wrong ? 1 : 0;
