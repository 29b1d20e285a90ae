/** What each request's arguments must look like; anything else is refused by name before a handler sees it. */
import * as v from "valibot";
import { KERNEL_VERSIONS } from "../session/api";

const id = v.pipe(v.number(), v.integer());
const line = v.pipe(v.number(), v.integer());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** ns since boot, up to more than a week: beyond it ps are no whole numbers any more. */
const time = v.pipe(v.number(), v.minValue(0), v.maxValue(1e15));
const source = v.looseObject({
	path: v.optional(v.string()),
	name: v.optional(v.string()),
	sourceReference: v.optional(id),
});
const format = v.optional(v.looseObject({ hex: v.optional(v.boolean()) }));
const granularity = v.optional(v.string());
const noArguments = v.optional(v.looseObject({}));

const launchArguments = v.looseObject({
	program: v.union([v.string(), v.pipe(v.array(v.string()), v.minLength(1))]),
	board: v.optional(v.string()),
	params: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]))),
	test: v.optional(v.string()),
	seed: v.optional(count),
	untilNs: v.optional(count),
	stopOnEntry: v.optional(v.boolean()),
	findings: v.optional(v.picklist(["off", "report", "fail", "stop"])),
	rules: v.optional(v.string()),
	kernel: v.optional(v.picklist(KERNEL_VERSIONS)),
	timeline: v.optional(v.boolean()),
	noDebug: v.optional(v.boolean()),
});

const breakpoint = v.looseObject({
	line,
	column: v.optional(line),
	condition: v.optional(v.string()),
	hitCondition: v.optional(v.string()),
	logMessage: v.optional(v.string()),
});

/** By command. A command that is not here is not known. */
export const schemas = {
	initialize: v.looseObject({
		linesStartAt1: v.optional(v.boolean()),
		columnsStartAt1: v.optional(v.boolean()),
		supportsInvalidatedEvent: v.optional(v.boolean()),
		supportsMemoryEvent: v.optional(v.boolean()),
	}),
	launch: launchArguments,
	configurationDone: noArguments,
	setBreakpoints: v.looseObject({ source, breakpoints: v.optional(v.array(breakpoint)) }),
	setFunctionBreakpoints: v.looseObject({
		breakpoints: v.array(
			v.looseObject({ name: v.string(), condition: v.optional(v.string()), hitCondition: v.optional(v.string()) }),
		),
	}),
	setExceptionBreakpoints: v.looseObject({
		filters: v.array(v.string()),
		filterOptions: v.optional(v.array(v.looseObject({ filterId: v.string(), condition: v.optional(v.string()) }))),
	}),
	setInstructionBreakpoints: v.looseObject({
		breakpoints: v.array(
			v.looseObject({
				instructionReference: v.string(),
				offset: v.optional(v.pipe(v.number(), v.integer())),
				condition: v.optional(v.string()),
				hitCondition: v.optional(v.string()),
			}),
		),
	}),
	disassemble: v.looseObject({
		memoryReference: v.string(),
		offset: v.optional(v.pipe(v.number(), v.integer())),
		instructionOffset: v.optional(v.pipe(v.number(), v.integer())),
		instructionCount: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100_000)),
	}),
	breakpointLocations: v.looseObject({ source, line, endLine: v.optional(line) }),
	threads: noArguments,
	stackTrace: v.looseObject({ threadId: id, startFrame: v.optional(count), levels: v.optional(count), format }),
	scopes: v.looseObject({ frameId: id }),
	variables: v.looseObject({
		variablesReference: id,
		start: v.optional(count),
		count: v.optional(count),
		filter: v.optional(v.string()),
		format,
	}),
	setVariable: v.looseObject({ variablesReference: id, name: v.string(), value: v.string(), format }),
	evaluate: v.looseObject({ expression: v.string(), frameId: v.optional(id), context: v.optional(v.string()), format }),
	setExpression: v.looseObject({ expression: v.string(), value: v.string(), frameId: v.optional(id), format }),
	completions: v.looseObject({ text: v.string(), column: line, line: v.optional(line), frameId: v.optional(id) }),
	continue: v.looseObject({ threadId: v.optional(id) }),
	pause: v.looseObject({ threadId: v.optional(id) }),
	next: v.looseObject({ threadId: id, granularity }),
	stepIn: v.looseObject({ threadId: id, granularity }),
	stepOut: v.looseObject({ threadId: id, granularity }),
	source: v.looseObject({ source: v.optional(source), sourceReference: v.optional(id) }),
	loadedSources: noArguments,
	exceptionInfo: v.looseObject({ threadId: id }),
	readMemory: v.looseObject({
		memoryReference: v.string(),
		offset: v.optional(v.pipe(v.number(), v.integer())),
		count,
	}),
	writeMemory: v.looseObject({
		memoryReference: v.string(),
		offset: v.optional(v.pipe(v.number(), v.integer())),
		data: v.string(),
	}),
	restart: noArguments,
	terminate: noArguments,
	disconnect: noArguments,
	"dmascope/channels": noArguments,
	"dmascope/observe": v.looseObject({ on: v.boolean() }),
	"dmascope/trace": v.looseObject({
		bucket: v.pipe(time, v.minValue(0.001)),
		from: v.optional(time),
		to: v.optional(time),
		since: v.optional(time),
	}),
	"dmascope/traceEvents": v.looseObject({
		row: v.optional(v.string()),
		from: time,
		to: time,
		limit: v.pipe(count, v.maxValue(1000)),
		last: v.optional(v.boolean()),
	}),
	"dmascope/devices": noArguments,
	"dmascope/toggleHex": noArguments,
	"dmascope/registers": v.looseObject({ device: v.string(), channel: v.optional(count) }),
	"dmascope/runToDescriptorEnd": v.looseObject({ threadId: id }),
	"dmascope/focus": v.looseObject({ channel: v.string() }),
} as const;

export type Command = keyof typeof schemas;
export type ArgumentsOf<C extends Command> = v.InferOutput<(typeof schemas)[C]>;

/** The arguments as the command wants them, or what is wrong with them in words. */
export function parseArguments<C extends Command>(
	command: C,
	raw: unknown,
): { ok: true; value: ArgumentsOf<C> } | { ok: false; detail: string } {
	const result = v.safeParse(schemas[command], raw ?? (schemas[command] === noArguments ? undefined : {}));
	if (result.success) return { ok: true, value: result.output as ArgumentsOf<C> };
	const detail = result.issues
		.map((issue) => {
			const path = v.getDotPath(issue) ?? "arguments";
			return issue.received === "undefined" ? `${path} is missing` : `${path}: ${issue.message.toLowerCase()}`;
		})
		.join("; ");
	return { ok: false, detail };
}
