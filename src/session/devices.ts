/** The board's DMA devices: controllers with their channels and capabilities, routers, clients. */
import { boardNames } from "../board/boards";
import type { BoardDevice } from "../kernel/board-device";
import { readMask } from "../kernel/dmaengine/caps";
import { Cap, DIRECTION_TEXT } from "../kernel/dmaengine/constants";
import { deviceList } from "../kernel/dmaengine/core-channels";
import { deviceName } from "../kernel/dmaengine/external";
import { dmaDevice } from "../kernel/dmaengine/structs";
import type { Kernel } from "../kernel/kernel";
import type { ChannelSummary } from "./api";
import { summarize } from "./channel-summary";
import { type ChannelEntry, controllersOf, currentDescriptor, listChannels, QUEUE_NAMES } from "./channels";
import type { CodeMap } from "./code-map";
import type { ControllerInfo, DeviceInfo, DmaChannelInfo, DmaDevices, NamedText, PlaceInfo } from "./device-info";
import { registerBankOf } from "./device-registers";
import { Routes, routerOf } from "./routes";

export function describeDevices(k: Kernel, code: CodeMap): DmaDevices {
	const channels = listChannels(k);
	const routes = new Routes(k, channels);
	const modelled = controllersOf(k.devices).map(({ device }) => device);
	const names = [
		...new Set([...modelled.map(({ name }) => name), ...channels.map(({ controllerName }) => controllerName)]),
	];
	return {
		controllers: names.map((name) => controllerInfo(k, code, name, channels, routes)),
		routers: k.devices
			.filter((device) => routerOf(device) !== null)
			.map((device) => ({
				...deviceInfo(k, device),
				outputs: routes.outputsOf(device).map((output) => ({
					output: output.output,
					input: output.input,
					target: routes.endOf(output),
					client: output.input === 0 ? "" : routes.atInput(device, output.input),
				})),
			})),
		clients: routes.clients.map((device) => ({ ...deviceInfo(k, device), requests: routes.requestsOf(device) })),
	};
}

function deviceInfo(k: Kernel, device: BoardDevice): DeviceInfo {
	const record = k.state.devices.devices.find(({ board }) => k.devices[board] === device);
	return {
		name: device.name,
		labels: device.labels,
		compatible: device.compatible[0] ?? "",
		driver: k.state.devices.drivers.find(({ address }) => address === record?.driver)?.name ?? "",
		place: nodePlace(device),
		registers: registerBankOf(device) !== null,
	};
}

/** A built-in board's node is on a page of ours. */
function nodePlace({ node }: BoardDevice): PlaceInfo {
	const { file, line } = node.position;
	return { file, line, builtin: boardNames().some((name) => file === `boards/${name}.dtsi`) };
}

function controllerInfo(
	k: Kernel,
	code: CodeMap,
	name: string,
	all: readonly ChannelEntry[],
	routes: Routes,
): ControllerInfo {
	const device = k.devices.find((one) => one.name === name);
	const struct = registered(k, name);
	const bare: DeviceInfo = { name, labels: [], compatible: "", driver: "", place: null, registers: false };
	return {
		...(device ? deviceInfo(k, device) : bare),
		dma: struct === undefined ? "" : readable(() => `dma${dmaDevice.dev_id.get(k.space, struct)}`, ""),
		capabilities: struct === undefined ? [] : readable(() => capabilities(k, struct), []),
		channels: all
			.filter(({ controllerName }) => controllerName === name)
			.map((entry) => channelInfo(code, entry, routes)),
	};
}

/** A controller's `struct dma_device`; none before it is registered, or when a wrong driver has spoilt what is there. */
function registered(k: Kernel, name: string): number | undefined {
	return readable(
		() => deviceList(k).find((one) => deviceName(k, dmaDevice.dev.get(k.space, one)) === name),
		undefined,
	);
}

/** What can be read of structs that C code made. */
function readable<T>(read: () => T, otherwise: T): T {
	try {
		return read();
	} catch {
		return otherwise;
	}
}

function channelInfo(code: CodeMap, entry: ChannelEntry, routes: Routes): DmaChannelInfo {
	const origin = currentDescriptor(entry)?.origin;
	const position = origin ? code.positionAt(origin.pc) : null;
	const summary = summarize(entry);
	const { id, threadId, client, state } = summary;
	return {
		id,
		threadId,
		client,
		state,
		number: entry.hardware?.channel ?? entry.info?.id ?? 0,
		route: routes.ofChannel(entry),
		prepared: position && { file: position.file, line: position.line, builtin: false },
		busy: entry.busy,
		details: details(summary),
	};
}

/** What the channel does, without what does not apply. */
function details({ direction, cyclic, transferred, length, residue, queues }: ChannelSummary): NamedText[] {
	const rows: NamedText[] = [];
	if (direction !== "") rows.push({ name: "direction", value: `${direction}${cyclic ? ", cyclic" : ""}` });
	if (length > 0) rows.push({ name: "progress", value: `${transferred} of ${length} bytes` });
	if (queues.active.length > 0) rows.push({ name: "residue", value: `${residue} bytes` });
	for (const name of QUEUE_NAMES) {
		const cookies = queues[name].map((cookie) => (cookie > 0 ? String(cookie) : "no cookie"));
		if (cookies.length > 0) rows.push({ name, value: cookies.join(", ") });
	}
	return rows;
}

const GRANULARITY = ["descriptor", "segment", "burst"];

/** What `struct dma_device` promises its clients. Members that only matter for what it cannot do are left out. */
function capabilities(k: Kernel, device: number): NamedText[] {
	const { space } = k;
	const get = (member: { get(space: Kernel["space"], at: number): number }) => member.get(space, device);
	const mask = readMask(k, dmaDevice.cap_mask.at(device));
	const can = (cap: Cap) => (mask & (1 << cap)) !== 0;
	const rows: NamedText[] = [
		{ name: "cap_mask", value: bitNames(mask, (bit) => Cap[bit] ?? String(bit)) || "none" },
		{ name: "directions", value: bitNames(get(dmaDevice.directions), (bit) => DIRECTION_TEXT[bit] ?? String(bit)) },
		{ name: "src_addr_widths", value: widths(get(dmaDevice.src_addr_widths)) },
		{ name: "dst_addr_widths", value: widths(get(dmaDevice.dst_addr_widths)) },
		{ name: "residue_granularity", value: GRANULARITY[get(dmaDevice.residue_granularity)] ?? "?" },
		{ name: "min_burst", value: String(get(dmaDevice.min_burst)) },
		{ name: "max_burst", value: String(get(dmaDevice.max_burst)) },
		{ name: "max_sg_burst", value: String(get(dmaDevice.max_sg_burst)) },
		{ name: "descriptor_reuse", value: get(dmaDevice.descriptor_reuse) === 0 ? "no" : "yes" },
	];
	if (can(Cap.MEMCPY)) rows.push({ name: "copy_align", value: `${1 << get(dmaDevice.copy_align)} bytes` });
	if (can(Cap.XOR)) rows.push({ name: "max_xor", value: `${get(dmaDevice.max_xor)} sources` });
	if (can(Cap.PQ)) rows.push({ name: "max_pq", value: `${get(dmaDevice.max_pq) & 0x7fff} sources` });
	return rows.filter(({ value }) => value !== "");
}

/** The names of the bits that are set, ascending. */
function bitNames(bits: number, name: (bit: number) => string): string {
	return Array.from({ length: 32 }, (_, bit) => bit)
		.filter((bit) => (bits >>> bit) & 1)
		.map(name)
		.join(", ");
}

/** A mask with a bit for each enum dma_slave_buswidth, whose values are bytes. */
function widths(mask: number): string {
	const bytes = bitNames(mask & ~1, String);
	return bytes === "" ? "" : `${bytes} bytes`;
}
