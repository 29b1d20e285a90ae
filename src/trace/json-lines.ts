/** Records as lines of JSON with the fields of design.md 4, in one fixed order. */
import type { RecordFields } from "../sim/observers";
import type { TraceRecord } from "./record";
import type { TraceStore } from "./store";

/** Common fields first, then those of the kinds. */
const ORDER: readonly (keyof RecordFields)[] = [
	"chan",
	"cookie",
	"ctx",
	"cpu",
	"file",
	"line",
	"kind",
	"len",
	"ok",
	"residue",
	"addr",
	"src",
	"dst",
	"beats",
	"resp",
	"dev",
	"dma",
	"dir",
	"level",
	"text",
	"rule",
	"severity",
	"label",
	"reason",
	"blocked",
];
/** Kinds whose `len` comes after the addresses, as the table of events has it. */
const ORDER_ADDRESSES = moved(ORDER, "len", "dst");
const ORDER_MAP = moved(ORDER, "len", "dma");

/** One record as JSON, without the end of line. */
export function toJsonLine(record: TraceRecord): string {
	const parts = [`"t":${nanoseconds(record.t)}`, `"ev":${JSON.stringify(record.ev)}`];
	for (const key of orderOf(record)) {
		const value = record.fields[key];
		if (value !== undefined) parts.push(`"${key}":${JSON.stringify(value)}`);
	}
	return `{${parts.join(",")}}`;
}

/** ps as ns with at most three decimals, exactly. */
export function nanoseconds(ps: number): string {
	const whole = Math.floor(ps / 1000);
	const rest = Math.round(ps - whole * 1000);
	return rest === 0 ? String(whole) : `${whole}.${String(rest).padStart(3, "0").replace(/0+$/, "")}`;
}

/** The records from index `from` on as lines. */
export function jsonLines(store: TraceStore, from: number): string {
	let text = "";
	for (let index = Math.max(from, store.first); index < store.end; index++) text += `${toJsonLine(store.get(index))}\n`;
	return text;
}

function orderOf(record: TraceRecord): readonly (keyof RecordFields)[] {
	if (record.ev === "burst" || record.ev === "chunk") return ORDER_ADDRESSES;
	return record.ev === "map" || record.ev === "unmap" || record.ev === "sync" ? ORDER_MAP : ORDER;
}

function moved(
	order: readonly (keyof RecordFields)[],
	key: keyof RecordFields,
	behind: keyof RecordFields,
): (keyof RecordFields)[] {
	const rest = order.filter((other) => other !== key);
	rest.splice(rest.indexOf(behind) + 1, 0, key);
	return rest;
}
