/** The command line of `dmascope`, as data. */
import { KERNEL_VERSIONS, type KernelVersion, type LaunchOptions } from "../session/api";

export type Command =
	| { readonly kind: "help"; readonly text: string }
	| { readonly kind: "version" }
	| { readonly kind: "run"; readonly options: LaunchOptions; readonly json: boolean; readonly trace: string | null }
	| {
			readonly kind: "test";
			readonly options: LaunchOptions;
			readonly junit: string | null;
			readonly trace: string | null;
	  }
	| { readonly kind: "check"; readonly options: LaunchOptions; readonly json: boolean }
	| { readonly kind: "dap"; readonly port: number | null }
	| { readonly kind: "wrong"; readonly message: string };

const COMMON = `Options of run, test and dap:
  --board NAME               board to boot when no file includes one (default generic-axi-dmac)
  --param MODULE.NAME=VALUE  a module parameter; may be given several times
  --seed N                   seed of get_random_*() (default 0)
  --until NS                 virtual time at which the run ends, in nanoseconds
  --findings off|report|fail what a broken DMA rule does (run: report, test: fail)
  --kernel 6.12|next         which Linux it is (default 6.12)
  --unload                   unload the modules at the end
`;

const USAGE = `Usage: dmascope COMMAND FILE… [options]

  run FILE…     boot a simulated machine and run the files as modules of it
  test FILE…    run the KUnit cases of each file; KTAP on standard output
  check FILE…   look for errors only
  dap           the debug adapter, on standard input and output
  lsp           the language server, on standard input and output

  dmascope COMMAND --help says more. --version prints the version.

Exit status: 0 good; 1 a test or the scenario failed; 2 a file or an argument is wrong; 3 a limit was reached.
`;

const HELP: Readonly<Record<string, string>> = {
	run: `Usage: dmascope run FILE… [--json] [--trace OUT.json] [options]

  --json          one event a line on standard output, nothing else there
  --trace FILE    write a trace that chrome://tracing and Perfetto open

${COMMON}`,
	test: `Usage: dmascope test FILE… [--case GLOB] [--ktap] [--junit OUT.xml] [options]

  --case GLOB     only the cases whose suite.case fits
  --ktap          KTAP on standard output (the default)
  --junit FILE    write the results as JUnit XML too
  --trace FILE    write a trace of the last case

${COMMON}`,
	check: `Usage: dmascope check FILE… [--json] [--board NAME]

  --json          one diagnostic a line on standard output
`,
	lsp: `Usage: dmascope lsp [--stdio | --node-ipc | --pipe=NAME | --socket=PORT]

  --stdio         speak the Language Server Protocol on standard input and output (the default)
`,
	dap: `Usage: dmascope dap [--port N]

  --port N        listen on a TCP port of this machine instead of standard input and output
`,
};

interface Parsed {
	files: string[];
	values: Map<string, string[]>;
	flags: Set<string>;
}

const FLAGS: Readonly<Record<string, readonly string[]>> = {
	run: ["json", "unload"],
	test: ["ktap", "unload"],
	check: ["json"],
	dap: [],
};
const COMMON_VALUES = ["board", "param", "seed", "until", "findings", "kernel"];
const VALUES: Readonly<Record<string, readonly string[]>> = {
	run: [...COMMON_VALUES, "trace"],
	test: [...COMMON_VALUES, "case", "junit", "trace"],
	check: ["board", "kernel"],
	dap: [...COMMON_VALUES, "port"],
};

class Wrong extends Error {}

/** Reads the arguments behind `dmascope`. */
export function parseArguments(argv: readonly string[]): Command {
	const [name, ...rest] = argv;
	if (name === undefined || name === "--help" || name === "-h" || name === "help") return { kind: "help", text: USAGE };
	if (name === "--version" || name === "-V") return { kind: "version" };
	const help = HELP[name];
	if (help === undefined)
		return { kind: "wrong", message: `there is no command "${name}"; dmascope --help lists them` };
	if (rest.includes("--help") || rest.includes("-h")) return { kind: "help", text: help };
	try {
		return build(name, parse(name, rest));
	} catch (error) {
		if (error instanceof Wrong) return { kind: "wrong", message: error.message };
		throw error;
	}
}

function parse(name: string, argv: readonly string[]): Parsed {
	const parsed: Parsed = { files: [], values: new Map(), flags: new Set() };
	let onlyFiles = false;
	for (let at = 0; at < argv.length; at++) {
		const word = argv[at] as string;
		if (onlyFiles || !word.startsWith("-") || word === "-") {
			parsed.files.push(word);
			continue;
		}
		if (word === "--") {
			onlyFiles = true;
			continue;
		}
		const [, option = "", , value] = /^--([a-z]+)(=(.*))?$/s.exec(word) ?? [];
		if (FLAGS[name]?.includes(option)) {
			if (value !== undefined) throw new Wrong(`--${option} takes no value`);
			parsed.flags.add(option);
			continue;
		}
		if (option === "findings" && value === undefined && !/^(off|report|fail)$/.test(argv[at + 1] ?? "")) {
			parsed.values.set(option, ["report"]);
			continue;
		}
		if (!VALUES[name]?.includes(option))
			throw new Wrong(`${name} has no option ${word}; dmascope ${name} --help lists them`);
		const given = value ?? argv[++at];
		if (given === undefined) throw new Wrong(`--${option} needs a value`);
		const before = parsed.values.get(option) ?? [];
		if (before.length > 0 && option !== "param") throw new Wrong(`--${option} is there twice`);
		parsed.values.set(option, [...before, given]);
	}
	return parsed;
}

function build(name: string, parsed: Parsed): Command {
	const one = (option: string) => parsed.values.get(option)?.[0];
	if (name === "dap") {
		const port = one("port");
		if (parsed.files.length > 0) throw new Wrong("dap takes no files: the client says what to run");
		return { kind: "dap", port: port === undefined ? null : number("--port", port, 65535) };
	}
	if (parsed.files.length === 0) throw new Wrong(`${name} needs a file`);
	const options: LaunchOptions = {
		program: parsed.files,
		board: one("board"),
		params: parameters(parsed.values.get("param") ?? []),
		test: one("case"),
		seed: one("seed") === undefined ? undefined : number("--seed", one("seed") as string, 2 ** 32 - 1),
		untilNs: one("until") === undefined ? undefined : number("--until", one("until") as string, 2 ** 53),
		findings: findings(one("findings"), name === "test" ? "fail" : "report"),
		unload: parsed.flags.has("unload"),
		kernel: kernel(one("kernel")),
	};
	const trace = one("trace") ?? null;
	if (trace !== null && !/\.json$/.test(trace)) throw new Wrong(`--trace writes .json files, not ${trace}`);
	if (name === "run") return { kind: "run", options, json: parsed.flags.has("json"), trace };
	if (name === "test") return { kind: "test", options, junit: one("junit") ?? null, trace };
	return { kind: "check", options, json: parsed.flags.has("json") };
}

function kernel(text: string | undefined): KernelVersion | undefined {
	const found = KERNEL_VERSIONS.find((version) => version === text);
	if (text === undefined || found !== undefined) return found;
	throw new Wrong(`--kernel needs ${KERNEL_VERSIONS.join(" or ")}, not "${text}"`);
}

function number(option: string, text: string, most: number): number {
	if (!/^\d+$/.test(text) || Number(text) > most)
		throw new Wrong(`${option} needs a number from 0 to ${most}, not "${text}"`);
	return Number(text);
}

function findings(text: string | undefined, normal: "report" | "fail"): "off" | "report" | "fail" {
	if (text === undefined) return normal;
	if (text === "off" || text === "report" || text === "fail") return text;
	throw new Wrong(`--findings is off, report or fail, not "${text}"`);
}

function parameters(given: readonly string[]): Record<string, string> {
	const params: Record<string, string> = {};
	for (const text of given) {
		const match = /^([\w-]+\.[\w-]+)=(.*)$/s.exec(text);
		if (!match) throw new Wrong(`--param is MODULE.NAME=VALUE, not "${text}"`);
		params[(match[1] as string).replaceAll("-", "_")] = match[2] as string;
	}
	return params;
}
