import assert from "node:assert/strict";
import { parseArguments } from "../../src/cli/arguments";

function wrong(...argv: string[]): string {
	const command = parseArguments(argv);
	assert.equal(command.kind, "wrong", argv.join(" "));
	return command.kind === "wrong" ? command.message : "";
}

describe("arguments of the command", () => {
	it("reads the options that run, test and dap have in common (machine.md, Runs)", () => {
		const command = parseArguments([
			"run",
			"a.dma",
			"--board",
			"generic-axi-dmac",
			"--param",
			"a.len=4",
			"--param=b-c.x=y=z",
			"--seed",
			"7",
			"--until=1000",
			"--unload",
			"--kernel",
			"next",
			"--findings",
			"fail",
			"--json",
		]);
		assert.ok(command.kind === "run");
		assert.equal(command.json, true);
		assert.deepEqual(command.options, {
			program: ["a.dma"],
			board: "generic-axi-dmac",
			params: { "a.len": "4", "b_c.x": "y=z" },
			test: undefined,
			seed: 7,
			untilNs: 1000,
			findings: "fail",
			unload: true,
			kernel: "next",
		});
	});

	it("takes --findings without a value as report, and fails tests by default", () => {
		const run = parseArguments(["run", "--findings", "a.dma"]);
		assert.ok(run.kind === "run" && run.options.findings === "report" && run.options.program[0] === "a.dma");
		const test = parseArguments(["test", "a.dma", "--case", "s.*", "--junit", "o.xml"]);
		assert.ok(
			test.kind === "test" && test.options.findings === "fail" && test.options.test === "s.*" && test.junit === "o.xml",
		);
	});

	it("says what is wrong", () => {
		assert.match(wrong("frob"), /no command "frob"/);
		assert.match(wrong("run"), /needs a file/);
		assert.match(wrong("run", "a.dma", "--nope"), /no option --nope/);
		assert.match(wrong("run", "a.dma", "--seed", "x"), /--seed needs a number/);
		assert.match(wrong("run", "a.dma", "--seed"), /--seed needs a value/);
		assert.match(wrong("run", "a.dma", "--kernel", "5.10"), /--kernel needs 6\.12 or next, not "5\.10"/);
		assert.match(wrong("run", "a.dma", "--param", "x"), /MODULE.NAME=VALUE/);
		assert.match(wrong("run", "a.dma", "--trace", "x.bin"), /--trace writes/);
		assert.match(wrong("dap", "--port", "99999"), /--port needs a number/);
		assert.match(wrong("test", "a.dma", "--case", "a", "--case", "b"), /--case is there twice/);
	});

	it("helps", () => {
		assert.equal(parseArguments([]).kind, "help");
		assert.equal(parseArguments(["--version"]).kind, "version");
		assert.equal(parseArguments(["run", "--help"]).kind, "help");
	});
});
