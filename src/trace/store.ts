/** Where records are kept: bursts and chunks as numbers in typed arrays, the rarer ones as objects. */
import type { RecordFields, RecordKind } from "../sim/observers";
import { RESPONSE_NAMES, type TraceRecord } from "./record";

const CHUNK = 8192;
/** Numbers per record: time, tag, and five that depend on the kind. */
const STRIDE = 7;
const TAG_OBJECT = 0;
const TAG_BURST = 1;
const TAG_CHUNK = 2;
const TAG_START = 3;

export class TraceStore {
	/** Index of the oldest record that is still there. */
	first = 0;
	/** One more than the index of the newest record. */
	end = 0;
	private chunks: Float64Array[] = [];
	private objects: ({ readonly ev: RecordKind; readonly fields: RecordFields } | undefined)[][] = [];
	private readonly channels: string[] = [];
	private readonly channelIndex = new Map<string, number>();
	private readonly most: number;
	private lastTime = 0;

	/** `most`: records to keep (rounded up to 8,192); older ones are dropped. */
	constructor(most = Number.POSITIVE_INFINITY) {
		this.most = most;
	}

	/** Adds a record that is kept as an object. `t` in ps; a time before the last record's counts as that one's. */
	add(t: number, ev: RecordKind, fields: RecordFields): void {
		const at = this.slot(t, TAG_OBJECT);
		const objects = this.objects[this.objects.length - 1] as { ev: RecordKind; fields: RecordFields }[];
		objects[at / STRIDE] = { ev, fields };
	}

	burst(t: number, channel: string, src: number, dst: number, length: number, beats: number, response: number): void {
		const at = this.slot(t, TAG_BURST + 16 * this.channel(channel));
		const words = this.chunks[this.chunks.length - 1] as Float64Array;
		words[at + 2] = src;
		words[at + 3] = dst;
		words[at + 4] = length;
		words[at + 5] = beats;
		words[at + 6] = response;
	}

	/** `address` -1: the channel's registers describe the block, there is no item in memory. */
	chunk(t: number, channel: string, address: number, src: number, dst: number, length: number): void {
		const at = this.slot(t, TAG_CHUNK + 16 * this.channel(channel));
		const words = this.chunks[this.chunks.length - 1] as Float64Array;
		words[at + 2] = address;
		words[at + 3] = src;
		words[at + 4] = dst;
		words[at + 5] = length;
	}

	start(t: number, channel: string): void {
		this.slot(t, TAG_START + 16 * this.channel(channel));
	}

	/** The record with an index from `first` on and below `end`. */
	get(index: number): TraceRecord {
		const from = index - this.first;
		const words = this.chunks[Math.floor(from / CHUNK)];
		if (from < 0 || index >= this.end || !words) throw new RangeError(`no trace record ${index}`);
		const at = (from % CHUNK) * STRIDE;
		const t = words[at] as number;
		const tag = words[at + 1] as number;
		if (tag === TAG_OBJECT) {
			const object = this.objects[Math.floor(from / CHUNK)]?.[from % CHUNK];
			if (!object) throw new RangeError(`no trace record ${index}`);
			return { t, ev: object.ev, fields: object.fields };
		}
		const chan = this.channels[tag >>> 4] as string;
		const word = (n: number) => words[at + n] as number;
		switch (tag & 15) {
			case TAG_BURST:
				return {
					t,
					ev: "burst",
					fields: {
						chan,
						ctx: "hw",
						src: word(2),
						dst: word(3),
						len: word(4),
						beats: word(5),
						resp: RESPONSE_NAMES[word(6)] ?? "OKAY",
					},
				};
			case TAG_CHUNK: {
				const fields: RecordFields = { chan, ctx: "hw", src: word(3), dst: word(4), len: word(5) };
				if (word(2) >= 0) fields.addr = word(2);
				return { t, ev: "chunk", fields };
			}
			default:
				return { t, ev: "start", fields: { chan, ctx: "hw" } };
		}
	}

	/** Forgets records before `index` (whole blocks of them). */
	dropBefore(index: number): void {
		while (this.chunks.length > 1 && this.first + CHUNK <= index) {
			this.chunks.shift();
			this.objects.shift();
			this.first += CHUNK;
		}
	}

	/** Forgets records from `index` on: the run went back in time. */
	truncate(index: number): void {
		if (index >= this.end) return;
		this.end = Math.max(this.first, index);
		const kept = Math.ceil((this.end - this.first) / CHUNK);
		this.chunks.length = kept;
		this.objects.length = kept;
		this.lastTime = this.end > this.first ? this.get(this.end - 1).t : 0;
	}

	private slot(t: number, tag: number): number {
		const inChunk = (this.end - this.first) % CHUNK;
		if (inChunk === 0) {
			this.chunks.push(new Float64Array(CHUNK * STRIDE));
			this.objects.push([]);
			if (this.end - this.first >= this.most) this.dropBefore(this.end - this.most);
		}
		this.end++;
		if (t > this.lastTime) this.lastTime = t;
		const words = this.chunks[this.chunks.length - 1] as Float64Array;
		const at = inChunk * STRIDE;
		words[at] = this.lastTime;
		words[at + 1] = tag;
		return at;
	}

	private channel(name: string): number {
		let index = this.channelIndex.get(name);
		if (index === undefined) {
			index = this.channels.push(name) - 1;
			this.channelIndex.set(name, index);
		}
		return index;
	}
}
