import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { main } from "../../src/cli/main";

const FILE = "samples/bcm2835-cyclic.dma";

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

describe("samples/bcm2835-cyclic.dma", () => {
	const sample = readFileSync(FILE, "utf8");

	it("passes its suite, each case on a machine of its own and all in one boot", async () => {
		for (const command of ["test", "run"]) {
			const { status, out } = await dmascope(sample, command);
			assert.equal(status, 0, out);
			assert.match(out, /pass:5 fail:0 skip:0 total:5/);
			assert.doesNotMatch(out, /BUG|WARNING|INFO:/);
		}
	});

	it("what it proposes to try happens: with the CPU's address nothing plays, and no write error shows", async () => {
		const { status, out } = await dmascope(
			sample.replace("#define PCM_FIFO	0x7e203004", "#define PCM_FIFO	0x3f203004"),
			"test",
		);
		assert.equal(status, 1);
		assert.match(out, /not ok 1 plays_without_a_gap/);
		assert.match(out, /frames == 0/);
	});

	it("and without DMA_PREP_INTERRUPT there is no callback", async () => {
		const { out } = await dmascope(sample.replace("dir, DMA_PREP_INTERRUPT)", "dir, 0)"), "test");
		assert.match(out, /not ok 1 plays_without_a_gap/);
		assert.match(out, /not ok 2 captures_without_a_gap/);
		assert.match(out, /ok 3 the_pointer_follows/);
	});
});
