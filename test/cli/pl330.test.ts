import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dmascope, eventsOf, passesItsSuite } from "./support";

const FILE = "samples/pl330-memcpy.dma";

/** Bursts of the copy in copies_by_a_program, as (length, beats) counted. */
async function bursts(text: string): Promise<Record<string, number>> {
	const events = eventsOf<{ len?: number; beats?: number }>(await dmascope(["run", "--json", FILE], { [FILE]: text }));
	const end = events.findIndex(({ ev }) => ev === "complete");
	const counts: Record<string, number> = {};
	for (const { ev, len, beats } of events.slice(0, end))
		if (ev === "burst") counts[`${len}/${beats}`] = (counts[`${len}/${beats}`] ?? 0) + 1;
	return counts;
}

describe("samples/pl330-memcpy.dma", () => {
	const sample = readFileSync(FILE, "utf8");

	it("passes its suite, each case on a machine of its own and all in one boot", async () => {
		await passesItsSuite(FILE, 4);
	});

	it("what it says and proposes to try happens: a shorter last burst, none, or bytes", async () => {
		assert.deepEqual(await bursts(sample), { "128/16": 78, "16/2": 1 });
		assert.deepEqual(await bursts(sample.replace("const size_t len = 10000;", "const size_t len = 4096;")), {
			"128/16": 32,
		});
		assert.deepEqual(await bursts(sample.replace("copy(c, 0, 0, len)", "copy(c, 0, 1, len)")), { "1/1": 10000 });
	});
});
