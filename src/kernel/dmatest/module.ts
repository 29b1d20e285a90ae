/** The dmatest module: parameters in sysfs, loading on first use (core-semantics 6.1). */
import { EINVAL, ENOENT, ENOSPC, ERANGE } from "../errno";
import { addFile, type FileReader, type FileWriter, registerReader, registerWriter, removePath } from "../fs/files";
import { block, call, goto, type KernelFunction, next, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { kzalloc } from "../mm/kmalloc";
import { parseBool, parseInteger } from "../module/numbers";
import { isLoaded } from "../module/references";
import { say } from "../sched/say";
import { readText } from "../text";
import { channelTestFunctions, isRunning, listTests, startPending } from "./channels";
import { createDmatestState, type DmatestValues } from "./state";
import { testThreadFunctions } from "./test-thread";

export const DMATEST = "dmatest";
const NAME = DMATEST;
const FOLDER = `/sys/module/${NAME}/parameters`;
const UINT_MAX = 4294967295;

type ValueName = keyof DmatestValues;
const BOOLEANS: readonly ValueName[] = ["nobounce", "noverify", "norandom", "verbose", "polled"];
const SIGNED: readonly ValueName[] = ["timeout", "alignment"];
const UNSIGNED: readonly ValueName[] = [
	"test_buf_size",
	"threads_per_chan",
	"max_channels",
	"iterations",
	"dmatest",
	"xor_sources",
	"pq_sources",
	"transfer_size",
];
/** Sizes of the strings, the zero byte included. */
const STRINGS = { device: 32, channel: 20 } as const;

const flag = (value: boolean): string => (value ? "Y\n" : "N\n");

interface Parameter {
	readonly mode: number;
	readonly read: FileReader;
	readonly write: FileWriter | null;
	/** Kernel functions that run before a read and after a write. */
	readonly before?: string;
	readonly after?: string;
}

/** Stores a number or a boolean; 0 or a negative errno. */
function store(values: DmatestValues, name: ValueName, text: string): number {
	if (BOOLEANS.includes(name)) {
		const value = parseBool(text);
		if (value === null) return -EINVAL;
		Object.assign(values, { [name]: value });
		return 0;
	}
	const value = parseInteger(text);
	if (value === null) return -EINVAL;
	const [least, most] = SIGNED.includes(name) ? [-2147483648n, 2147483647n] : [0n, BigInt(UINT_MAX)];
	if (value < least || value > most) return -ERANGE;
	Object.assign(values, { [name]: Number(value) });
	return 0;
}

/** The result of a write: how much was taken, or the errno. */
const taken = (error: number, text: string): number => (error < 0 ? error : text.length);

function valueParameter(name: ValueName): Parameter {
	return {
		mode: 0o644,
		read: (k) => {
			const value = k.state.dmatest.values[name];
			return typeof value === "boolean" ? flag(value) : `${value}\n`;
		},
		write: (k, _, text) => taken(store(k.state.dmatest.values, name, text), text),
	};
}

function textParameter(name: keyof typeof STRINGS): Parameter {
	return {
		mode: 0o644,
		read: (k) => `${k.state.dmatest[name]}\n`,
		write: (k, _, text) => {
			const value = text.replace(/\n$/, "");
			if (text.length + 1 > STRINGS[name]) {
				say(k, 3, `${name}: string doesn't fit in ${STRINGS[name] - 1} chars.`);
				return -ENOSPC;
			}
			k.state.dmatest[name] = value;
			return text.length;
		},
	};
}

const PARAMETERS: Readonly<Record<string, Parameter>> = {
	...Object.fromEntries([...BOOLEANS, ...SIGNED, ...UNSIGNED].map((name) => [name, valueParameter(name)])),
	device: textParameter("device"),
	channel: { ...textParameter("channel"), before: "dmatest_chan_get", after: "dmatest_chan_set" },
	run: {
		mode: 0o644,
		read: (k) => flag(k.state.dmatest.run),
		write: (k, _, text) => {
			const value = parseBool(text);
			if (value === null) return -EINVAL;
			k.state.dmatest.run = value;
			return text.length;
		},
		before: "dmatest_run_get",
		after: "dmatest_run_set",
	},
	wait: { mode: 0o444, read: (k) => flag(k.state.dmatest.wait), write: null, before: "dmatest_wait_get" },
	test_list: {
		mode: 0o444,
		read: (k) => {
			listTests(k);
			return "";
		},
		write: null,
	},
};

for (const [name, { read, write }] of Object.entries(PARAMETERS)) {
	registerReader(`dmatest_${name}`, (k, arg, path) => {
		ensureLoaded(k);
		return read(k, arg, path);
	});
	if (write)
		registerWriter(`dmatest_${name}`, (k, arg, text, path) => {
			ensureLoaded(k);
			return write(k, arg, text, path);
		});
}

/** The files, which are there before the module is: reading or writing one loads it. */
export function createDmatestFiles(k: Kernel): void {
	for (const [name, { mode, write, before, after }] of Object.entries(PARAMETERS))
		addFile(k, {
			path: `${FOLDER}/${name}`,
			mode,
			read: `dmatest_${name}`,
			write: write ? `dmatest_${name}` : "",
			arg: 0,
			...(before && { before }),
			...(after && { after }),
		});
}

/**
 * Loads the module on first use, unless it is there. Of the run's options what is only stored is set; `run` and
 * `channel` follow when the machine has booted.
 */
function ensureLoaded(k: Kernel): void {
	if (k.state.dmatest.loaded) return;
	enter(k);
	for (const word of words(dmatestArguments(k))) {
		const { parameter, text } = argument(word);
		if (parameter && !parameter.after) parameter.write?.(k, 0, text, "");
	}
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

/** "name=value"; a bare name is 1. */
function argument(word: string): { name: string; text: string; parameter: Parameter | undefined } {
	const at = word.indexOf("=");
	const name = at < 0 ? word : word.slice(0, at);
	return { name, text: at < 0 ? "1" : word.slice(at + 1), parameter: PARAMETERS[name] };
}

/** Enters it among the modules. Init without parameters does nothing but to end. */
function enter(k: Kernel, didInit = true): void {
	k.state.dmatest.loaded = true;
	k.state.dmatest.didInit = didInit;
	k.state.modules.modules.push({
		name: NAME,
		module: 0,
		exports: [],
		uses: [],
		usesAsyncTx: false,
		memory: [],
		id: -1,
		inits: [],
		exits: [k.address("dmatest_exit")],
		params: [],
		suites: [],
		state: "live",
		result: 0,
		args: "",
	});
}

/** Whether the run's options set parameters of the module; then it is loaded at boot. */
export function dmatestArguments(k: Kernel): string {
	return Object.entries(k.options.params ?? {})
		.filter(([name]) => name.startsWith(`${NAME}.`))
		.map(([name, value]) => `${name.slice(NAME.length + 1)}=${value}`)
		.join(" ");
}

/** A module of the user's of this name takes its place. */
export function replacedByUser(k: Kernel): boolean {
	return k.state.modules.modules.some((record) => record.name === NAME && record.module !== 0 && isLoaded(record));
}

export const dmatestFunctions: KernelFunction[] = [
	...testThreadFunctions,
	...channelTestFunctions,
	steps("int dmatest_load(const char *args)", {
		enter: step("Load the module; its init waits for its parameters.", (k, f) => {
			if (replacedByUser(k)) return ret(0);
			if (k.state.dmatest.loaded) f.locals.late = 1;
			else enter(k, false);
			f.texts.args = readText(k, f.args[0]);
			f.locals.at = 0;
			return next;
		}),
		parameter: step("Set the next parameter.", (k, f) => {
			const word = words(f.texts.args)[f.locals.at++];
			if (word === undefined) return f.locals.late ? ret(0) : goto("init");
			const { name, text, parameter } = argument(word);
			if (f.locals.late && !parameter?.after) return goto("parameter");
			if (name === "wait") {
				k.state.dmatest.wait = parseBool(text) ?? false;
				return goto("parameter");
			}
			const result = parameter?.write ? parameter.write(k, 0, text, "") : -ENOENT;
			if (!parameter?.write) say(k, 4, `${NAME}: unknown parameter '${name}' ignored`);
			else if (result < 0) say(k, 3, `${NAME}: \`${text}' invalid for parameter \`${name}'`);
			return result >= 0 && parameter?.after ? call(parameter.after, [], "parameter") : goto("parameter");
		}),
		init: step("With run set: add channels and start.", (k) =>
			k.state.dmatest.run ? call("dmatest_add_tests", []) : goto("wait"),
		),
		start: step("Start what is pending.", (k) => {
			startPending(k);
			return next;
		}),
		wait: step("With wait set and a number of iterations: wait until no test runs.", (k) => {
			const { dmatest } = k.state;
			if (dmatest.wait && dmatest.taken.iterations !== 0 && isRunning(k)) {
				if (dmatest.ends === 0) dmatest.ends = kzalloc(k, 24);
				const on = { kind: "wait queue", address: dmatest.ends, name: "thread_wait" };
				return block(on, Number.POSITIVE_INFINITY, "wait");
			}
			dmatest.didInit = true;
			return ret(0);
		}),
	}),
	steps("void dmatest_exit(void)", {
		stop: step("Stop all tests and release their channels.", () => call("dmatest_stop_tests", [])),
		done: step("The module is gone; the next use loads it anew.", (k) => {
			k.state.dmatest = createDmatestState();
			return ret();
		}),
	}),
];

/** When a module of this name has gone, the built-in one can be used again. */
export function restoreDmatest(k: Kernel, name: string): void {
	if (name !== NAME) return;
	removePath(k, `/sys/module/${NAME}`);
	createDmatestFiles(k);
}
