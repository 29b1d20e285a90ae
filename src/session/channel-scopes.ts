/** The scopes of a channel's frames: Channel, Queues, Descriptor chain, Registers, Buffers. */
import type { ChainItem, ChannelView } from "../hardware/model";
import { banksOf, decodeRegister, type Register, type RegisterBank } from "../hardware/registers";
import type { DescriptorInfo, SlaveConfigInfo } from "../kernel/dmaengine/inspect";
import type { ChunkInfo } from "../kernel/dmaengine/inspector";
import type { Kernel } from "../kernel/kernel";
import { mappedBytes } from "./byte-rows";
import { currentChunk, isCurrentChunk } from "./channel-progress";
import { type ChannelEntry, currentDescriptor, physicalOf, QUEUE_NAMES, viewOf } from "./channels";
import { chainOf } from "./descriptor-chain";
import type { NamedValue, Row } from "./variables";

/** What the rows need of the session. */
export interface ChannelScopeContext {
	readonly k: Kernel;
	/** A kernel struct at an address as a C value, or null when the C side does not know the type. */
	struct(tag: string, address: number, expression: string): NamedValue | null;
	/** Writes what C text gives into `width` bits from `lsb` on of a device register of `size` bytes. Throws SessionError. */
	setRegister(register: RegisterBits, text: string): void;
}

/** A register at a bus address, or a field of it. */
export interface RegisterBits {
	readonly address: number;
	/** Bytes. */
	readonly size: number;
	/** What the register holds. */
	readonly value: bigint;
	readonly lsb: number;
	readonly width: number;
}

export interface ChannelScope {
	readonly name: string;
	readonly hint: "registers" | "other";
	readonly rows: () => readonly Row[];
}

const hex = (value: number) => `0x${value.toString(16)}`;
const row = (name: string, value: string | number): Row => ({ name, value: String(value) });

export function channelScopes(context: ChannelScopeContext, find: () => ChannelEntry): ChannelScope[] {
	return [
		{ name: "Channel", hint: "other", rows: () => channelRows(context, find()) },
		{ name: "Queues", hint: "other", rows: () => queueRows(context, find()) },
		{ name: "Descriptor chain", hint: "other", rows: () => chainRows(context, find()) },
		{ name: "Registers", hint: "registers", rows: () => registerRows(context, find()) },
		{ name: "Buffers", hint: "other", rows: () => bufferRows(context, find()) },
	];
}

function channelRows(context: ChannelScopeContext, entry: ChannelEntry): Row[] {
	const view = viewOf(entry);
	const { info } = entry;
	const rows: Row[] = [row("client", info?.client ?? "nobody"), row("controller", entry.controllerName)];
	if (view) {
		rows.push(
			row("state", view.state),
			row("direction", view.direction),
			row("block", `${view.blockDone} of ${view.blockLength} bytes`),
			row("bursts", `${view.burstsDone} of ${view.burstsTotal}`),
			row("blocks done", view.blocksDone),
			row("priority", view.priority),
			{ name: "source", value: hex(view.src) },
			{ name: "destination", value: hex(view.dst) },
			row(
				"FIFO",
				`${view.fifo.length} of ${view.fifoDepth} bytes${view.fifo.length > 0 ? `: ${bytes(view.fifo)}` : ""}`,
			),
		);
		if (view.doubleBuffer) rows.push(row("double buffer", halvesText(view.doubleBuffer)));
	}
	if (info) {
		rows.push(row("cookie", info.lastCookie), row("completed_cookie", info.completedCookie));
		// Of a driver that is C code only its device_tx_status knows.
		if (info.hardware) rows.push(row("residue", `${info.residue} bytes`));
		const { config } = info;
		if (config) rows.push({ name: "slave config", value: configText(config), children: () => configRows(config) });
		const value = context.struct("dma_chan", info.chan, `((struct dma_chan *)${cAddress(info.chan)}UL)`);
		if (value) rows.push({ name: "struct dma_chan", value: "", node: value });
	}
	return rows;
}

function halvesText({ addresses, live }: NonNullable<ChannelView["doubleBuffer"]>): string {
	const half = (at: 0 | 1) => `memory ${at} (${hex(addresses[at])})`;
	return `${half(live)} is live, ${half(live === 0 ? 1 : 0)} is next`;
}

const DIRECTIONS = ["DMA_MEM_TO_MEM", "DMA_MEM_TO_DEV", "DMA_DEV_TO_MEM", "DMA_DEV_TO_DEV", "DMA_TRANS_NONE"];

function configText(config: SlaveConfigInfo): string {
	return DIRECTIONS[config.direction] ?? String(config.direction);
}

function configRows(config: SlaveConfigInfo): Row[] {
	return [
		row("direction", configText(config)),
		row("src_addr", hex(config.src_addr)),
		row("dst_addr", hex(config.dst_addr)),
		row("src_addr_width", config.src_addr_width),
		row("dst_addr_width", config.dst_addr_width),
		row("src_maxburst", config.src_maxburst),
		row("dst_maxburst", config.dst_maxburst),
		row("device_fc", config.device_fc ? "true" : "false"),
	];
}

function queueRows(context: ChannelScopeContext, entry: ChannelEntry): Row[] {
	const { info } = entry;
	if (info && !info.hardware && QUEUE_NAMES.every((name) => info.queues[name].length === 0))
		return [row("queues", "not known: the driver is C code and keeps what waits in its own structures")];
	return QUEUE_NAMES.map((name) => {
		const queue = info?.queues[name] ?? [];
		if (queue.length === 0) return row(name, "empty");
		const list = () => queue.map((descriptor, index) => descriptorRow(context, descriptor, index));
		const cookies = queue.slice(0, 8).map(({ cookie }) => (cookie > 0 ? cookie : "–"));
		return { name, value: `${queue.length}: ${cookies.join(", ")}${queue.length > 8 ? ", …" : ""}`, children: list };
	});
}

function descriptorRow(context: ChannelScopeContext, descriptor: DescriptorInfo, index: number): Row {
	const { tx, cookie, flags, kind, len } = descriptor;
	const text = `${cookie > 0 ? `cookie ${cookie}` : "no cookie"}${kind ? `, ${kind}` : ""}, ${len} bytes, flags ${hex(flags)}`;
	const value = context.struct("dma_async_tx_descriptor", tx, `((struct dma_async_tx_descriptor *)${cAddress(tx)}UL)`);
	return {
		name: `[${index}]`,
		value: text,
		memory: tx,
		...(value && { children: () => [{ name: "struct dma_async_tx_descriptor", value: "", node: value }] }),
	};
}

function chainRows({ k }: ChannelScopeContext, entry: ChannelEntry): Row[] {
	const view = viewOf(entry);
	const items = chainOf(entry);
	const current = (item: ChainItem) => view !== null && isCurrentChunk({ ...item, len: item.length }, view);
	if (items.length > 0) return items.map((item, index) => itemRow(k, item, index, current(item)));
	const known = currentDescriptor(entry)?.chunks ?? [];
	const running = view?.enabled ? currentChunk(known, view) : -1;
	if (known.length > 0) return known.map((chunk, index) => chunkRow(chunk, index, index === running));
	return [row("chain", "none: no transfer waits here")];
}

/** A chunk that is in no memory that the hardware reads: the driver writes it to the registers when its turn comes. */
function chunkRow(chunk: ChunkInfo, index: number, running: boolean): Row {
	const value = `${hex(chunk.src)} → ${hex(chunk.dst)}, ${chunk.len} bytes`;
	return row(`chunk ${index}${running ? " ◀" : ""}`, value);
}

function itemRow(k: Kernel, item: ChainItem, index: number, current: boolean): Row {
	const memory = k.space.fromPhys(item.phys);
	const notes = item.notes.map((note) => `, ${note}`).join("");
	return {
		name: `${item.name} ${index}${current ? " ◀" : ""}`,
		value: `${hex(item.src)} → ${hex(item.dst)}, ${item.length} bytes${notes}`,
		memory,
		children: () => [
			{ name: "address", value: hex(item.address), memory },
			...item.fields.map(({ name, value }) => row(name, value)),
		],
	};
}

function registerRows(context: ChannelScopeContext, entry: ChannelEntry): Row[] {
	if (!entry.hardware) return [row("registers", "this controller is C code")];
	const { controller, channel } = entry.hardware;
	return banksOf(controller)
		.flatMap((bank) => bank.registers.map((register) => ({ bank, register })))
		.filter(({ register }) => register.channel === undefined || register.channel === channel)
		.map(({ bank, register }): Row => {
			const { name, address, size, value, access } = decodeRegister(bank, register);
			const text = access === "wo" ? "(write only)" : `0x${value.toString(16).padStart(2 * size, "0")}`;
			const common = { name, value: text, type: hex(address), ...settable(context, bank, register, 0, 8 * size) };
			if (register.fields.length === 0) return common;
			// Decoded again each time: a field may have been set since.
			return { ...common, children: () => fieldRows(context, bank, register) };
		});
}

function fieldRows(context: ChannelScopeContext, bank: RegisterBank, register: Register): Row[] {
	return decodeRegister(bank, register).fields.map(({ name, value, text, lsb, width }) => ({
		name,
		value: text ? `${value} (${text})` : String(value),
		type: width === 1 ? `bit ${lsb}` : `bits ${lsb + width - 1}:${lsb}`,
		...settable(context, bank, register, lsb, width),
	}));
}

/** How bits of a register are written, when software may. */
function settable(
	context: ChannelScopeContext,
	bank: RegisterBank,
	register: Register,
	lsb: number,
	width: number,
): Pick<Row, "set"> {
	if (register.access === "ro") return {};
	const { address, size, value } = decodeRegister(bank, register);
	return { set: (typed) => context.setRegister({ address, size, value, lsb, width }, typed) };
}

function bufferRows({ k }: ChannelScopeContext, entry: ChannelEntry): Row[] {
	const view = viewOf(entry);
	if (!view || view.blockLength === 0) return [row("buffers", "none")];
	return [
		buffer(k, entry, "source", view.blockSrc, view.blockLength),
		buffer(k, entry, "destination", view.blockDst, view.blockLength),
	];
}

function buffer(k: Kernel, entry: ChannelEntry, name: string, dma: number, length: number): Row {
	const { memory } = k.machine;
	const phys = physicalOf(entry, dma);
	if (memory.regionOf(phys) === null) {
		const device = k.devices.find(({ reg }) => reg.some(({ base, size }) => phys >= base && phys < base + size));
		return row(name, `${hex(dma)} ${device ? `(${device.name})` : "(nothing there)"}`);
	}
	const preview = memory.readBytes(phys, Math.min(16, length));
	const address = k.space.fromPhys(phys);
	return {
		name,
		value: `${hex(dma)}, ${length} bytes: ${bytes(preview)}${length > 16 ? " …" : ""}`,
		memory: address,
		bytes: { address, length: mappedBytes(k.space, address, length) },
	};
}

function bytes(data: Uint8Array): string {
	return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** A pointer as C writes it. */
export function cAddress(pointer: number): string {
	return `0x${BigInt.asUintN(64, BigInt(pointer)).toString(16)}`;
}
