/** Between the session's words and DAP's. Nothing is decided here. */
import type { DebugProtocol } from "@vscode/debugprotocol";
import type {
	BreakpointStatus,
	Completion,
	DisassembledRow,
	EventFilter,
	FrameInfo,
	OutputLine,
	ScopeInfo,
	SourceRef,
	Stopped,
	VariableInfo,
} from "../session/api";
import { ErrorCode, RequestError } from "./errors";

/** Whether the client counts lines and columns from 1, and how it wants paths; only "path" format is spoken. */
export interface ClientConventions {
	readonly linesStartAt1: boolean;
	readonly columnsStartAt1: boolean;
	/** It understands the event "invalidated", and "memory". */
	readonly invalidated: boolean;
	readonly memory: boolean;
}

export function toClientLine(client: ClientConventions, line: number): number {
	return client.linesStartAt1 ? line : line - 1;
}
export function fromClientLine(client: ClientConventions, line: number): number {
	return client.linesStartAt1 ? line : line + 1;
}
export function toClientColumn(client: ClientConventions, column: number): number {
	return client.columnsStartAt1 ? column : column - 1;
}

export function source(ref: SourceRef): DebugProtocol.Source {
	switch (ref.kind) {
		case "file":
			return { path: ref.path, name: ref.path.slice(ref.path.lastIndexOf("/") + 1) };
		case "page":
			return { name: ref.name, sourceReference: ref.reference, origin: "what Linux does here" };
		default:
			return ref satisfies never;
	}
}

export function breakpoint(client: ClientConventions, status: BreakpointStatus): DebugProtocol.Breakpoint {
	return {
		id: status.id,
		verified: status.verified,
		...(status.message !== undefined && { message: status.message }),
		...(status.file !== undefined && { source: source({ kind: "file", path: status.file }) }),
		...(status.line !== undefined && { line: toClientLine(client, status.line) }),
		...(status.column !== undefined && { column: toClientColumn(client, status.column) }),
	};
}

export function exceptionFilter(filter: EventFilter): DebugProtocol.ExceptionBreakpointsFilter {
	return {
		filter: filter.filter,
		label: filter.label,
		description: filter.description,
		default: filter.byDefault,
		supportsCondition: true,
		conditionDescription: filter.conditionHelp,
	};
}

export function stackFrame(client: ClientConventions, frame: FrameInfo): DebugProtocol.StackFrame {
	return {
		id: frame.id,
		name: frame.name,
		...(frame.source && { source: source(frame.source) }),
		line: frame.source ? toClientLine(client, frame.line) : 0,
		column: frame.source ? toClientColumn(client, frame.column) : 0,
		presentationHint: frame.hint,
		...(frame.item > 0 && { instructionPointerReference: `0x${frame.item.toString(16)}` }),
	};
}

export function scope(info: ScopeInfo): DebugProtocol.Scope {
	return {
		name: info.name,
		variablesReference: info.reference,
		expensive: info.expensive,
		...(info.hint !== "other" && { presentationHint: info.hint }),
		...(info.named !== undefined && { namedVariables: info.named }),
	};
}

export function variable(info: VariableInfo): DebugProtocol.Variable {
	return {
		name: info.name,
		value: info.value,
		variablesReference: info.reference,
		...(info.type !== undefined && { type: info.type }),
		...(info.indexed !== undefined && { indexedVariables: info.indexed }),
		...(info.named !== undefined && { namedVariables: info.named }),
		...(info.evaluateName !== undefined && { evaluateName: info.evaluateName }),
		...(info.memory !== undefined && { memoryReference: info.memory }),
		...(info.readOnly && { presentationHint: { attributes: ["readOnly"] } }),
	};
}

const COMPLETION_TYPES: Readonly<Record<Completion["kind"], DebugProtocol.CompletionItemType>> = {
	member: "field",
	variable: "variable",
	function: "function",
	value: "value",
	keyword: "keyword",
	file: "file",
};

export function completion(client: ClientConventions, item: Completion): DebugProtocol.CompletionItem {
	const { label, detail, kind, start, length } = item;
	return { label, detail, type: COMPLETION_TYPES[kind], start: toClientColumn(client, start + 1), length };
}

/** The bus address that an instruction reference of ours names. Throws RequestError for any other text. */
export function itemAddress(reference: string): number {
	const address = /^(0x[0-9a-f]+|\d+)$/i.test(reference) ? Number(reference) : Number.NaN;
	if (Number.isSafeInteger(address)) return address;
	throw new RequestError(ErrorCode.Refused, {
		detail: `"${reference}" is no address on the bus: a number like 0x80001000.`,
	});
}

export function instruction(row: DisassembledRow): DebugProtocol.DisassembledInstruction {
	return {
		address: `0x${row.address.toString(16)}`,
		instruction: row.text,
		...(row.bytes.length > 0 && {
			instructionBytes: Buffer.from(row.bytes)
				.toString("hex")
				.replace(/(..)(?=.)/g, "$1 "),
		}),
		...(row.symbol !== "" && { symbol: row.symbol }),
		...(!row.valid && { presentationHint: "invalid" }),
	};
}

/** The body of a `stopped` event. */
export function stopped(stop: Stopped): DebugProtocol.StoppedEvent["body"] {
	const common = { threadId: stop.threadId, allThreadsStopped: true };
	switch (stop.kind) {
		case "entry":
		case "pause":
			return { ...common, reason: stop.kind };
		case "step":
			return { ...common, reason: "step", ...(stop.text !== undefined && { description: stop.text }) };
		case "breakpoint":
			return { ...common, reason: "breakpoint", hitBreakpointIds: [...stop.ids] };
		case "function":
			return { ...common, reason: "function breakpoint", hitBreakpointIds: [...stop.ids], description: stop.text };
		case "instruction":
			return { ...common, reason: "instruction breakpoint", hitBreakpointIds: [...stop.ids], description: stop.text };
		case "event":
			return { ...common, reason: "breakpoint", description: stop.text, text: stop.text };
		case "exception":
			return { ...common, reason: "exception", description: stop.text, text: stop.text };
		default:
			return stop satisfies never;
	}
}

/** SGR codes for printk by level: errors red, warnings yellow, notices bold, info grey, debug faint. */
const LEVEL_COLOURS = ["1;31", "1;31", "1;31", "31", "33", "1", "90", "2;90"];

export function output(client: ClientConventions, line: OutputLine): DebugProtocol.OutputEvent["body"] {
	const place = {
		...(line.file !== undefined && { source: source({ kind: "file", path: line.file }) }),
		...(line.line !== undefined && line.file !== undefined && { line: toClientLine(client, line.line) }),
	};
	switch (line.category) {
		case "program":
			return { category: "stdout", output: line.text, ...place };
		case "kernel":
			// A category of its own: clients colour "console" as a warning and "stdout" as the program's words.
			return {
				category: "kernel",
				output: `\u001b[${LEVEL_COLOURS[line.level ?? 6] ?? "90"}m${line.text}\u001b[0m\n`,
				...place,
			};
		case "log":
		case "console":
		case "test":
			return { category: "console", output: `${line.text}\n`, ...place };
		default:
			return line.category satisfies never;
	}
}
