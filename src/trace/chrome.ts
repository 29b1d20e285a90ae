/** Records as the JSON that chrome://tracing and Perfetto open: one track per channel, one per CPU context. */
import type { TraceRecord } from "./record";
import type { TraceStore } from "./store";

interface ChromeEvent {
	name: string;
	ph: "i" | "b" | "e" | "M" | "X";
	ts: number;
	pid: number;
	tid: number;
	cat?: string;
	id?: number;
	s?: "t";
	dur?: number;
	args?: object;
}

const CPU_PROCESS = 1;
const DMA_PROCESS = 2;
const DEVICE_PROCESS = 3;
const CONTEXTS = ["process", "softirq", "hardirq"];

/** The whole store as one JSON document. */
export function chromeTrace(store: TraceStore): string {
	const tracks = new Map<string, number>();
	const events: ChromeEvent[] = [
		named("process_name", CPU_PROCESS, 0, "CPU"),
		named("process_name", DMA_PROCESS, 0, "DMA channels"),
		named("process_name", DEVICE_PROCESS, 0, "Devices"),
		...CONTEXTS.map((name, tid) => named("thread_name", CPU_PROCESS, tid, name)),
	];
	for (let index = store.first; index < store.end; index++) {
		const record = store.get(index);
		const [pid, tid] = trackOf(record, tracks, events);
		const event: ChromeEvent = {
			name: nameOf(record),
			ph: "i",
			s: "t",
			ts: record.t / 1e6,
			pid,
			tid,
			cat: record.ev,
			args: record.fields,
		};
		events.push(event);
	}
	return `${JSON.stringify({ displayTimeUnit: "ns", traceEvents: events })}\n`;
}

function named(what: string, pid: number, tid: number, name: string): ChromeEvent {
	return { name: what, ph: "M", ts: 0, pid, tid, args: { name } };
}

function trackOf(record: TraceRecord, tracks: Map<string, number>, events: ChromeEvent[]): [number, number] {
	const { chan, dev, ctx } = record.fields;
	const key = chan ?? (record.ev === "output" ? dev : undefined);
	if (key === undefined) return [CPU_PROCESS, Math.max(0, CONTEXTS.indexOf(ctx ?? "process"))];
	const pid = chan === undefined ? DEVICE_PROCESS : DMA_PROCESS;
	let tid = tracks.get(key);
	if (tid === undefined) {
		tid = tracks.size + 1;
		tracks.set(key, tid);
		events.push(named("thread_name", pid, tid, key));
	}
	return [pid, tid];
}

function nameOf({ ev, fields }: TraceRecord): string {
	if (ev === "printk" || ev === "output") return fields.text ?? ev;
	if (ev === "mark") return fields.label ?? ev;
	return fields.cookie === undefined ? ev : `${ev} (cookie ${fields.cookie})`;
}
