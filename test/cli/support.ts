/** The command, run inside the test, on files that exist only there and on the samples. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { main } from "../../src/cli/main";

export interface Result {
	readonly status: number;
	readonly out: string;
	readonly err: string;
	/** Standard output and standard error, as they come. */
	readonly all: string;
	/** What it wrote, by path. */
	readonly written: Readonly<Record<string, string>>;
}

function sample(path: string): string | null {
	return path.startsWith("samples/") && existsSync(path) ? readFileSync(path, "utf8") : null;
}

/** `files` stand before samples of the same name. */
export async function dmascope(argv: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<Result> {
	let out = "";
	let err = "";
	let all = "";
	const written: Record<string, string> = {};
	const status = await main([...argv], {
		stdout: (text) => {
			out += text;
			all += text;
		},
		stderr: (text) => {
			err += text;
			all += text;
		},
		readFile: (path) => files[path] ?? sample(path),
		writeFile: (path, text) => {
			written[path] = text;
		},
	});
	return { status, out, err, all, written };
}

/** A sample's suite passes with each case on a machine of its own, and with all in one boot; nothing bad is said. */
export async function passesItsSuite(file: string, total: number): Promise<void> {
	for (const command of ["test", "run"]) {
		const { status, all } = await dmascope([command, file]);
		assert.equal(status, 0, all);
		assert.ok(all.includes(`pass:${total} fail:0 skip:0 total:${total}`), all);
		assert.doesNotMatch(all, /BUG|WARNING|INFO:/);
	}
}

/** The events of `run --json`. `T` says which members the caller looks at. */
export const eventsOf = <T>({ out }: Result): (T & { readonly ev: string })[] =>
	out
		.split("\n")
		.filter((line) => line.startsWith("{"))
		.map((line) => JSON.parse(line));

/** An init function that runs dmatest on these channels, with these module parameters. */
export function dmatestInit(channels: readonly string[], parameters: Readonly<Record<string, number>>): string {
	const settings = [
		...Object.entries(parameters),
		...channels.map((channel) => ["channel", channel] as const),
		["run", 1] as const,
	];
	const writes = settings.map(
		([name, value]) => `\tsim_write_file("/sys/module/dmatest/parameters/${name}", "${value}");\n`,
	);
	return `static int test_init(void)\n{\n${writes.join("")}\treturn 0;\n}\nlate_initcall(test_init);\n`;
}

/** What dmatest must have said: so many tests on each channel, none failed, and nothing else was wrong. */
export function passedDmatest({ status, all }: Result, channels: readonly string[], tests: number): void {
	assert.equal(status, 0, all);
	for (const channel of channels)
		assert.ok(all.includes(`dmatest: ${channel}-copy0: summary ${tests} tests, 0 failures `), all);
	assert.doesNotMatch(all, /BUG|WARNING|INFO/);
}
