import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { registerPages } from "./register-pages";

describe("docs/registers", () => {
	it("is what the models' data says (npm run docs:registers writes it anew)", () => {
		const pages = registerPages();
		assert.deepEqual(readdirSync("docs/registers").sort(), [...pages.keys()].sort());
		for (const [name, text] of pages) assert.equal(readFileSync(`docs/registers/${name}`, "utf8"), text, name);
	});
});
