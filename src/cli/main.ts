/** The `dmascope` command: `main` does everything but reach for the process, so that tests can call it. */
import type { Diagnostic, LaunchOptions } from "../session/api";
import { type FileResult, runCases } from "../session/kunit-run";
import { checkFiles, load } from "../session/load";
import type { Simulation } from "../session/simulation";
import { chromeTrace } from "../trace/chrome";
import { jsonLines } from "../trace/json-lines";
import { type Command, parseArguments } from "./arguments";
import { countDiagnostics, printDiagnostics } from "./diagnostics";
import { HumanOutput, kernelTime } from "./human-output";
import type { Io } from "./io";
import { junitXml } from "./junit";
import { ktap } from "./ktap";

export const VERSION = "0.1.0";

const GOOD = 0;
const FAILED = 1;
const WRONG = 2;

/** Turns of the run loop between two writes. */
const SLICE_TURNS = 2048;

/** Runs the command; resolves to its exit status. `argv` is what follows the program's name. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
	const command = parseArguments(argv);
	switch (command.kind) {
		case "help":
			io.stdout(command.text);
			return argv.length === 0 ? WRONG : GOOD;
		case "version":
			io.stdout(`dmascope ${VERSION}\n`);
			return GOOD;
		case "wrong":
			io.stderr(`dmascope: ${command.message}\n`);
			return WRONG;
		case "dap":
			return startAdapter(command.port, io);
		case "check":
			return check(command, io);
		case "run":
			return run(command, io);
		case "test":
			return test(command, io);
		default:
			return command satisfies never;
	}
}

async function startAdapter(port: number | null, io: Io): Promise<number> {
	const server = await import("../dap/server");
	if (port === null) {
		server.startAdapterOnStdio();
	} else {
		try {
			await server.startAdapterOnPort(port);
		} catch (error) {
			io.stderr(`dmascope: cannot listen on port ${port}: ${error instanceof Error ? error.message : String(error)}\n`);
			return WRONG;
		}
		io.stderr(`dmascope: listening on 127.0.0.1:${port}\n`);
	}
	// The client ends the process.
	return new Promise<number>(() => undefined);
}

function report(diagnostics: readonly Diagnostic[], io: Io): void {
	io.stderr(printDiagnostics(diagnostics, (path) => io.readFile(path)) + countDiagnostics(diagnostics));
}

function check(command: Command & { kind: "check" }, io: Io): number {
	const diagnostics = checkFiles(command.options, io);
	if (command.json) for (const diagnostic of diagnostics) io.stdout(`${JSON.stringify(diagnostic)}\n`);
	else report(diagnostics, io);
	return diagnostics.some(({ severity }) => severity === "error") ? WRONG : GOOD;
}

/** The loaded scenario, or null after its diagnostics were printed. */
function loaded(options: LaunchOptions, io: Io, how: Parameters<typeof load>[2]): Simulation | null {
	const result = load(options, io, how);
	report(result.kind === "ok" ? result.warnings : result.diagnostics, io);
	return result.kind === "ok" ? result.simulation : null;
}

function run(command: Command & { kind: "run" }, io: Io): number {
	const simulation = loaded(command.options, io, { trace: command.json || command.trace !== null ? "full" : "log" });
	if (!simulation) return WRONG;
	const { store } = simulation;
	const human = new HumanOutput();
	let written = 0;
	const flush = () => {
		const text = command.json ? jsonLines(store, written) : human.lines(store, written);
		written = store.end;
		if (text !== "") io.stdout(text);
		if (command.trace === null) store.dropBefore(written);
	};
	while (simulation.advance(SLICE_TURNS)) flush();
	const { exitCode, reason, problems, notes, blocked } = simulation.finish();
	flush();
	if (!command.json) {
		io.stdout(human.close());
		for (const problem of [...simulation.hints, ...problems, ...notes]) io.stderr(`dmascope: ${problem}\n`);
		for (const line of blocked) io.stderr(`dmascope: blocked: ${line}\n`);
		io.stderr(
			`dmascope: ended at ${kernelTime(simulation.machine.time).slice(1, -1).trim()} s (${reason}), exit status ${exitCode}\n`,
		);
	}
	return command.trace !== null && !writeFile(command.trace, chromeTrace(store), io) ? WRONG : exitCode;
}

function test(command: Command & { kind: "test" }, io: Io): number {
	const results: FileResult[] = [];
	let limit = false;
	for (const file of command.options.program) {
		const simulation = loaded({ ...command.options, program: [file] }, io, { tests: false });
		if (!simulation) return WRONG;
		const result = runCases(simulation);
		limit ||= result.limit;
		results.push(result);
	}
	if (results.every(({ cases }) => cases.length === 0)) {
		io.stderr(`dmascope: no case fits ${command.options.test ?? "*"}\n`);
		return WRONG;
	}
	io.stdout(ktap(results));
	if (command.junit !== null && !writeFile(command.junit, junitXml(results), io)) return WRONG;
	if (results.some(({ cases }) => cases.some(({ status }) => status === "failed"))) return limit ? 3 : FAILED;
	return GOOD;
}

function writeFile(path: string, text: string, io: Io): boolean {
	try {
		io.writeFile(path, text);
		return true;
	} catch (error) {
		io.stderr(`dmascope: cannot write ${path}: ${error instanceof Error ? error.message : String(error)}\n`);
		return false;
	}
}
