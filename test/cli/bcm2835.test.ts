import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dmascope, passesItsSuite } from "./support";

const FILE = "samples/bcm2835-cyclic.dma";

describe("samples/bcm2835-cyclic.dma", () => {
	const sample = readFileSync(FILE, "utf8");
	const changed = (from: string, to: string) => dmascope(["test", FILE], { [FILE]: sample.replace(from, to) });

	it("passes its suite, each case on a machine of its own and all in one boot", async () => {
		await passesItsSuite(FILE, 5);
	});

	it("what it proposes to try happens: with the CPU's address nothing plays, and no write error shows", async () => {
		const { status, out } = await changed("#define PCM_FIFO	0x7e203004", "#define PCM_FIFO	0x3f203004");
		assert.equal(status, 1);
		assert.match(out, /not ok 1 plays_without_a_gap/);
		assert.match(out, /frames == 0/);
	});

	it("and without DMA_PREP_INTERRUPT there is no callback", async () => {
		const { out } = await changed("dir, DMA_PREP_INTERRUPT)", "dir, 0)");
		assert.match(out, /not ok 1 plays_without_a_gap/);
		assert.match(out, /not ok 2 captures_without_a_gap/);
		assert.match(out, /ok 3 the_pointer_follows/);
	});
});
