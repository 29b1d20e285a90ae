/** The kernel log: a ring of records, continuation lines, and what observers are told. */
import { ObserverBit } from "../../sim/observers";
import type { Kernel } from "../kernel";
import { contextName } from "../sched/context";

export interface LogRecord {
	/** ps since boot. */
	readonly time: number;
	/** 0 emerg … 7 debug. */
	readonly level: number;
	/** Without the newline at its end; may have others inside. Bytes as characters 0…255. */
	readonly text: string;
}

export interface PrintkState {
	/** The newest LOG_RECORDS records; record n is at n % LOG_RECORDS. */
	records: LogRecord[];
	count: number;
	/** A record without a newline, which KERN_CONT may still continue. */
	open: LogRecord | null;
	/** Sites of WARN_ONCE and the like that have spoken, by "file:line". */
	onces: string[];
	/** Why devices wait for their probe (dev_err_probe with -EPROBE_DEFER), by address of the device: "driver: text\n". */
	deferReasons: Record<number, string>;
}

export const LOG_RECORDS = 8192;
/** Longest record, as LOG_LINE_MAX + prefix in Linux. */
const LOG_LINE_MAX = 1024 - 48;
const DEFAULT_LEVEL = 4;

export const createPrintkState = (): PrintkState => ({
	records: [],
	count: 0,
	open: null,
	onces: [],
	deferReasons: {},
});

/** Level and text behind the KERN_ prefix of a message; level -1 none, -2 KERN_CONT. */
export function splitPrefix(text: string): { level: number; text: string } {
	let level = -1;
	let at = 0;
	while (text.charCodeAt(at) === 1 && at + 1 < text.length) {
		const c = text[at + 1]!;
		if (c >= "0" && c <= "7") level = Number(c);
		else if (c === "c") level = -2;
		else break;
		at += 2;
	}
	return { level, text: text.slice(at) };
}

/**
 * Prints a message at a level (0 emerg … 7 debug) as printk does: it is a record of its own, and complete when it ends
 * in a newline. Text: bytes as characters 0…255, or any text of the kernel's own.
 */
export function printk(k: Kernel, level: number, text: string): void {
	flushLog(k);
	append(k, { time: k.machine.time, level, text: "" }, text);
}

/** KERN_CONT: goes on with the record before, when that is still open. */
function printkContinue(k: Kernel, text: string): void {
	const { printk: state } = k.state;
	const open = state.open;
	state.open = null;
	append(k, open ?? { time: k.machine.time, level: DEFAULT_LEVEL, text: "" }, text);
}

/** A formatted message of C's printk: the prefix decides. Returns the length of the text. */
export function printkMessage(k: Kernel, message: string, defaultLevel = DEFAULT_LEVEL): number {
	const { level, text } = splitPrefix(message);
	if (level === -2) printkContinue(k, text);
	else printk(k, level < 0 ? defaultLevel : level, text);
	return text.length;
}

function append(k: Kernel, record: LogRecord, text: string): void {
	const whole = { ...record, text: (record.text + text).slice(0, LOG_LINE_MAX) };
	if (!text.endsWith("\n")) {
		k.state.printk.open = whole;
		return;
	}
	finish(k, { ...whole, text: whole.text.replace(/\n$/, "") });
}

/** Completes a record that has no newline. To be called when a run stops or ends, too. */
export function flushLog(k: Kernel): void {
	const { printk: state } = k.state;
	const open = state.open;
	if (!open) return;
	state.open = null;
	finish(k, open);
}

function finish(k: Kernel, record: LogRecord): void {
	const { printk: state } = k.state;
	state.records[state.count++ % LOG_RECORDS] = record;
	const { observers } = k.machine;
	if (observers.mask & ObserverBit.RECORD)
		observers.record("printk", { level: record.level, text: bytesToText(record.text), ctx: contextName(k), cpu: 0 });
}

const decoder = new TextDecoder();

/** Bytes (characters 0…255) as UTF-8; a text that has other characters is text already. */
export function bytesToText(text: string): string {
	let ascii = true;
	for (let i = 0; i < text.length; i++) {
		const c = text.charCodeAt(i);
		if (c > 255) return text;
		if (c > 127) ascii = false;
	}
	return ascii ? text : decoder.decode(Uint8Array.from(text, (c) => c.charCodeAt(0)));
}

/** The records that are still there, oldest first. */
export function logRecords(k: Kernel): LogRecord[] {
	const { records, count } = k.state.printk;
	if (count <= LOG_RECORDS) return records.slice(0, count);
	const first = count % LOG_RECORDS;
	return [...records.slice(first), ...records.slice(0, first)];
}

/** True the first time that it is asked for this place. */
export function firstTime(k: Kernel, place: string): boolean {
	const { onces } = k.state.printk;
	if (onces.includes(place)) return false;
	onces.push(place);
	return true;
}
