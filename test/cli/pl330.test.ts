import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { main } from "../../src/cli/main";

const FILE = "samples/pl330-memcpy.dma";

async function dmascope(text: string, ...argv: string[]) {
	let out = "";
	const write = (part: string) => {
		out += part;
	};
	const status = await main([...argv, FILE], {
		stdout: write,
		stderr: write,
		readFile: (path) => (path === FILE ? text : null),
		writeFile: () => undefined,
	});
	return { status, out };
}

/** Bursts of the copy in copies_by_a_program, as (length, beats) counted. */
async function bursts(text: string): Promise<Record<string, number>> {
	const { out } = await dmascope(text, "run", "--json");
	const events = out
		.split("\n")
		.filter((line) => line.startsWith("{"))
		.map((line) => JSON.parse(line) as { ev: string; len?: number; beats?: number });
	const end = events.findIndex(({ ev }) => ev === "complete");
	const counts: Record<string, number> = {};
	for (const { ev, len, beats } of events.slice(0, end))
		if (ev === "burst") counts[`${len}/${beats}`] = (counts[`${len}/${beats}`] ?? 0) + 1;
	return counts;
}

describe("samples/pl330-memcpy.dma", () => {
	const sample = readFileSync(FILE, "utf8");

	it("passes its suite, each case on a machine of its own and all in one boot", async () => {
		for (const command of ["test", "run"]) {
			const { status, out } = await dmascope(sample, command);
			assert.equal(status, 0, out);
			assert.match(out, /pass:4 fail:0 skip:0 total:4/);
			assert.doesNotMatch(out, /BUG|WARNING|INFO:/);
		}
	});

	it("what it says and proposes to try happens: a shorter last burst, none, or bytes", async () => {
		assert.deepEqual(await bursts(sample), { "128/16": 78, "16/2": 1 });
		assert.deepEqual(await bursts(sample.replace("const size_t len = 10000;", "const size_t len = 4096;")), {
			"128/16": 32,
		});
		assert.deepEqual(await bursts(sample.replace("copy(c, 0, 0, len)", "copy(c, 0, 1, len)")), { "1/1": 10000 });
	});
});
