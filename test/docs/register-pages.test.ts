import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { knobPage, knobsInCode } from "./knob-page";
import { registerPages } from "./register-pages";

describe("documentation written from the sources (npm run docs:registers writes it anew)", () => {
	it("docs/registers is what the models' data says", () => {
		const pages = registerPages();
		assert.deepEqual(readdirSync("docs/registers").sort(), [...pages.keys()].sort());
		for (const [name, text] of pages) assert.equal(readFileSync(`docs/registers/${name}`, "utf8"), text, name);
	});

	it("docs/knobs.md has every knob that the sources read", () => {
		const page = knobPage();
		assert.equal(readFileSync("docs/knobs.md", "utf8"), page);
		const known = knobsInCode();
		assert.ok(known.includes("sim,max-beats") && known.length > 20, known.join(" "));
		assert.deepEqual(
			known.filter((name) => !page.includes(`\`${name}\``)),
			[],
		);
	});
});
