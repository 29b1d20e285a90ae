import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Runs the checker over a tree of files; returns what it complains about. */
function check(files: Record<string, string>): { status: number | null; complaints: string[] } {
	const root = mkdtempSync(join(tmpdir(), "dmascope-imports-"));
	try {
		for (const [path, text] of Object.entries(files)) {
			mkdirSync(dirname(join(root, path)), { recursive: true });
			writeFileSync(join(root, path), text);
		}
		const { status, stderr } = spawnSync(process.execPath, ["scripts/check-imports.mjs", root], { encoding: "utf8" });
		return { status, complaints: stderr.split("\n").filter(Boolean) };
	} finally {
		rmSync(root, { recursive: true });
	}
}

describe("the import rule", () => {
	it("lets a folder import what design says", () => {
		const files = {
			"src/hardware/a.ts": 'import { b } from "../sim/b";\nimport type { C } from "./c";',
			"src/extension/a.ts": 'import { window } from "vscode";\nexport { d } from "../messages/d";',
		};
		assert.deepEqual(check(files), { status: 0, complaints: [] });
	});

	it("names file, line, import and rule of what is not allowed", () => {
		const { status, complaints } = check({ "src/hardware/a.ts": '\nimport type { K } from "../kernel/k";' });
		assert.equal(status, 1);
		assert.deepEqual(complaints, [
			'src/hardware/a.ts:2: import of "../kernel/k" breaks the import rule: hardware may import itself, sim',
		]);
	});

	it("sees every way of importing", () => {
		const ways = [
			'export * from "../kernel/k";',
			'export { k } from "../kernel/k";',
			'import "../kernel/k";',
			'const k = await import("../kernel/k");',
			'const k = require("../kernel/k");',
			'let k: import("../kernel/k").K;',
		];
		for (const way of ways) assert.equal(check({ "src/sim/a.ts": way }).complaints.length, 1, way);
	});

	it("keeps Node and VS Code out of the simulator", () => {
		assert.equal(check({ "src/sim/a.ts": 'import fs from "fs";' }).status, 1);
		assert.equal(check({ "src/session/a.ts": 'import { readFileSync } from "node:fs";' }).status, 1);
		assert.equal(check({ "src/dap/a.ts": 'import * as vscode from "vscode";' }).status, 1);
	});

	it("is not fooled by comments and strings", () => {
		assert.equal(
			check({ "src/sim/a.ts": '// import "../kernel/k"\nexport const a = `import "../kernel/k"`;' }).status,
			0,
		);
	});
});
