// Mocha's usual report, and the counts in the file that RESULTS names, for scripts/test.mjs to add up.
const { mkdirSync, writeFileSync } = require("node:fs");
const { dirname } = require("node:path");
const Mocha = require("mocha");

module.exports = class extends Mocha.reporters.Spec {
	constructor(runner, options) {
		super(runner, options);
		runner.once("end", () => {
			if (!process.env.RESULTS) return;
			mkdirSync(dirname(process.env.RESULTS), { recursive: true });
			writeFileSync(process.env.RESULTS, JSON.stringify({ passed: this.stats.passes, failed: this.stats.failures }));
		});
	}
};
