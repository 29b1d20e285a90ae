/**
 * What a time line draws: listens to a machine and keeps what happens by row, in typed arrays of bounded size. Nothing
 * is kept and nothing costs while `observing` is off.
 */
import {
	type CpuContext,
	Fifo,
	type Observer,
	type RecordFields,
	type RecordKind,
	type Response,
} from "../../sim/observers";
import type { TraceContext } from "../record";
import { ChannelActivity, compareRows, createRow, DEVICE_ORDER, MARKS, type Row, type RowKind } from "./rows";
import type { Budget, Series } from "./series";

export interface TimelineContext extends Omit<TraceContext, "cpuContext"> {
	/** Whether a device (component index) is a DMA controller: its FIFOs are those of its channels. */
	isController(device: number): boolean;
}

/** A channel as it stands when observing begins. */
export interface ChannelNow {
	readonly id: string;
	readonly activity: ChannelActivity;
	readonly submitted: number;
	readonly issued: number;
}

/** Samples of all rows together: 20 bytes each. */
const MOST_SAMPLES = 1 << 21;
/** Fields of records that are kept for their texts. */
const MOST_DETAILS = 1 << 16;
const MARK_INDEX = new Map<RecordKind, number>(MARKS.map((kind, index) => [kind, index]));

export class Timeline implements Observer {
	/** Changes when what was handed out no longer holds: time went back. */
	epoch = 0;
	/** Ends and beginnings of the times in which nobody observed, ps; an odd number while nobody does. */
	readonly gaps: number[] = [0];
	private readonly rowsById = new Map<string, Row>();
	private readonly budget: Budget = { left: MOST_SAMPLES };
	private details: RecordFields[] = [];
	private firstDetail = 0;
	/** Latest time of any sample. */
	private last = 0;
	/** By controller and channel, and by device and FIFO: what comes with every burst is found without a name. */
	private readonly channelRows: (Row | undefined)[][] = [];
	private readonly fifoSeries: (Series | undefined)[][] = [];

	constructor(private readonly context: TimelineContext) {}

	get observing(): boolean {
		return this.gaps.length % 2 === 0;
	}

	/** Rows in the order in which they are shown. */
	rows(): Row[] {
		return [...this.rowsById.values()].sort(compareRows);
	}

	/** Somebody looks from now on; `channels` is what holds now. */
	begin(channels: readonly ChannelNow[]): void {
		if (this.observing) return;
		const now = this.now();
		this.gaps.push(now);
		for (const { id, activity, submitted, issued } of channels) {
			if (activity === ChannelActivity.Idle && submitted + issued === 0 && !this.rowsById.has(id)) continue;
			change(this.channelRow(id).states, now, activity);
			this.setQueue(id, now, submitted, issued);
		}
	}

	/** Nobody looks any more. */
	end(): void {
		if (!this.observing) return;
		const now = this.now();
		this.gaps.push(now);
		// What was going on is unknown from here on.
		for (const { states } of this.rowsById.values()) if (states && states.length > 0) change(states, now, 0);
	}

	/** Details of a mark; empty when they have been forgotten. */
	detail(number: number): RecordFields {
		return this.details[number - this.firstDetail] ?? {};
	}

	cpu(time: number, cpu: number, context: CpuContext, thread: number): void {
		this.notice(time);
		const row = this.row(`cpu${cpu}`, "cpu", `CPU ${cpu}`, cpu);
		change(row.states, time, context + 4 * thread);
		if (context < 2) {
			const softirqs = this.rowsById.get("softirq");
			if (softirqs) change(softirqs.states, time, 0);
		}
	}

	softirq(_cpu: number, softirq: number): void {
		const row = this.row("softirq", "softirq", "Softirqs", 0);
		change(row.states, this.now(), softirq + 1);
	}

	irq(line: number, level: number): void {
		change(this.interruptRow(line).states, this.now(), level);
	}

	start(controller: number, channel: number): void {
		// It may work for another of Linux's channels than the last time.
		const fifos = this.fifoSeries[controller];
		if (fifos) fifos[channel] = undefined;
		const row = this.findRow(controller, channel);
		const now = this.now();
		change(row.states, now, ChannelActivity.Running);
		row.marks.push(now, this.keep({}), MARK_START);
	}

	channelDone(controller: number, channel: number): void {
		const { states } = this.hardwareRow(controller, channel);
		// An error stays until Linux has dealt with it.
		if (states && lastValue(states) !== ChannelActivity.Error) change(states, this.now(), ChannelActivity.Idle);
	}

	chunk(controller: number, channel: number, address: number, _src: number, _dst: number, length: number): void {
		this.hardwareRow(controller, channel).chunks?.push(this.now(), address, length);
	}

	burst(
		controller: number,
		channel: number,
		_src: number,
		_dst: number,
		length: number,
		_beats: number,
		response: Response,
	): void {
		const row = this.hardwareRow(controller, channel);
		const now = this.now();
		(row.bursts as Series).push(now, length, response);
		if (response !== 0) change(row.states, now, ChannelActivity.Error);
	}

	level(device: number, fifo: number, level: number, depth: number): void {
		const series = this.fifoSeries[device]?.[fifo] ?? this.fifoRow(device, fifo, depth);
		change(series, this.now(), level);
	}

	record(kind: RecordKind, fields: RecordFields): void {
		const mark = MARK_INDEX.get(kind);
		if (mark === undefined) return;
		const now = this.now();
		const { chan } = fields;
		this.recordRow(kind, fields).marks.push(now, this.keep(fields), mark);
		if (chan === undefined) return;
		if (kind === "callback") return;
		const queue = this.queueRow(chan);
		const issued = lastValue((queue.levels[0] as { series: Series }).series);
		const submitted = lastValue((queue.levels[1] as { series: Series }).series);
		if (kind === "submit") this.setQueue(chan, now, submitted + 1, issued);
		else if (kind === "issue_pending") this.setQueue(chan, now, 0, issued + submitted);
		else if (kind === "complete") this.setQueue(chan, now, submitted, Math.max(0, issued - 1));
		else if (kind === "terminate") this.setQueue(chan, now, 0, 0);
		if (kind === "complete" || kind === "terminate") this.dealtWith(chan, now);
		else if (kind === "pause" || kind === "resume") this.setPaused(chan, now, kind === "pause");
	}

	/** Forgets what is later than `time` (ps): the run went back. */
	rewind(time: number): void {
		this.epoch++;
		this.last = time;
		for (const row of this.rowsById.values()) {
			for (const series of [row.states, row.marks, row.chunks, row.bursts]) series?.truncate(time);
			for (const { series } of row.levels) series.truncate(time);
		}
		const { gaps, observing } = this;
		while (gaps.length > 1 && (gaps[gaps.length - 1] as number) > time) gaps.pop();
		if (this.observing !== observing) gaps.push(time);
	}

	/** Brings the clock up to now: it may have gone back while nothing happened. */
	now(): number {
		const now = this.context.now();
		this.notice(now);
		return now;
	}

	private notice(time: number): void {
		if (time < this.last) this.rewind(time);
		this.last = time;
	}

	private recordRow(kind: RecordKind, fields: RecordFields): Row {
		if (kind === "irq") return this.interruptRow(fields.irq ?? fields.line ?? -1);
		if (kind === "callback") return this.row("callback", "callback", "Callbacks", 0);
		if (fields.chan !== undefined) return this.channelRow(fields.chan);
		return this.row("log", "log", "Log", 0);
	}

	private dealtWith(id: string, now: number): void {
		const { states } = this.channelRow(id);
		if (states && lastValue(states) === ChannelActivity.Error) change(states, now, ChannelActivity.Idle);
	}

	private setPaused(id: string, now: number, paused: boolean): void {
		const { states } = this.channelRow(id);
		if (!states || lastValue(states) !== (paused ? ChannelActivity.Running : ChannelActivity.Paused)) return;
		change(states, now, paused ? ChannelActivity.Paused : ChannelActivity.Running);
	}

	private setQueue(id: string, now: number, submitted: number, issued: number): void {
		const { levels } = this.queueRow(id);
		change((levels[0] as { series: Series }).series, now, issued);
		change((levels[1] as { series: Series }).series, now, submitted);
	}

	private keep(fields: RecordFields): number {
		if (this.details.length >= MOST_DETAILS) {
			const dropped = MOST_DETAILS / 2;
			this.details = this.details.slice(dropped);
			this.firstDetail += dropped;
		}
		return this.firstDetail + this.details.push(fields) - 1;
	}

	private row(id: string, kind: RowKind, label: string, order: number): Row {
		let row = this.rowsById.get(id);
		if (!row) {
			row = createRow(this.budget, id, kind, label, order);
			this.rowsById.set(id, row);
		}
		return row;
	}

	private interruptRow(line: number): Row {
		const known = this.rowsById.get(`irq${line}`);
		if (known) return known;
		const device = this.context.interruptDevice(line);
		return this.row(`irq${line}`, "interrupt", `IRQ ${line}${device ? ` ${device}` : ""}`, line);
	}

	private channelRow(id: string): Row {
		return this.row(id, "channel", id, channelOrder(id));
	}

	private queueRow(id: string): Row {
		return this.row(`${id}:queue`, "queue", `${id} queue`, channelOrder(id));
	}

	private hardwareRow(controller: number, channel: number): Row {
		return this.channelRows[controller]?.[channel] ?? this.findRow(controller, channel);
	}

	private findRow(controller: number, channel: number): Row {
		const row = this.channelRow(this.context.channelName(controller, channel));
		this.channelRows[controller] ??= [];
		(this.channelRows[controller] as (Row | undefined)[])[channel] = row;
		return row;
	}

	private fifoRow(device: number, fifo: number, depth: number): Series {
		const { context } = this;
		const which = fifo === Fifo.Receive ? "RX" : "TX";
		const name = context.isController(device) ? context.channelName(device, fifo) : context.deviceName(device);
		const row = context.isController(device)
			? this.row(`${name}:fifo`, "fifo", `${name} FIFO`, channelOrder(name))
			: this.row(`${name}:${which}`, "fifo", `${name} ${which} FIFO`, DEVICE_ORDER + 2 * device + fifo);
		row.depth = depth;
		const { series } = row.levels[0] as { series: Series };
		this.fifoSeries[device] ??= [];
		(this.fifoSeries[device] as (Series | undefined)[])[fifo] = series;
		return series;
	}
}

const MARK_START = MARKS.indexOf("start");

/** "dma2chan5" in the order of controllers and channels. */
function channelOrder(id: string): number {
	const [, controller = "0", channel = "0"] = /^dma(\d+)chan(\d+)$/.exec(id) ?? [];
	return Math.min(DEVICE_ORDER - 1, Number(controller) * 1024 + Number(channel));
}

function lastValue(series: Series): number {
	return series.length > 0 ? series.value(series.length - 1) : 0;
}

/** Adds a sample when it says something new. */
function change(series: Series | null, time: number, value: number): void {
	if (!series || lastValue(series) === value) return;
	series.push(time, value, 0);
}
