/** Scenario files in this folder, run as `dmascope test` runs them: what they expect stands in their C. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { main } from "../../src/cli/main";

async function test(file: string): Promise<{ status: number; out: string; err: string }> {
	const result = { status: -1, out: "", err: "" };
	result.status = await main(["test", file], {
		stdout: (text) => {
			result.out += text;
		},
		stderr: (text) => {
			result.err += text;
		},
		readFile: (path) => {
			try {
				return readFileSync(path, "utf8");
			} catch {
				return null;
			}
		},
		writeFile: () => undefined,
	});
	return result;
}

describe("scenarios", () => {
	for (const file of globSync("test/scenarios/*.dma").sort()) {
		it(file, async function () {
			this.timeout(20_000);
			const { status, out, err } = await test(file);
			assert.equal(status, 0, err + out);
			assert.match(out, /^# Totals: pass:[1-9]\d* fail:0 skip:0 /m);
		});
	}
});
