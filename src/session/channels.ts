/** The DMA channels of a machine: what the hardware does on each, and what Linux knows of it. */
import { cell } from "../devicetree/tree";
import type { ChannelView, DmaController } from "../hardware/model";
import type { BoardDevice } from "../kernel/board-device";
import { type ChannelInfo, type DescriptorInfo, inspectChannels } from "../kernel/dmaengine/inspect";
import type { Kernel } from "../kernel/kernel";
import { channelThreadId } from "./threads";

export { QUEUES as QUEUE_NAMES } from "../kernel/dmaengine/inspector";

export interface ChannelEntry {
	/** "dma0chan3" */
	readonly name: string;
	/** With its client: "dma0chan3 (10000000.serial:tx)". */
	readonly title: string;
	readonly threadId: number;
	/** dev_name() of the controller. */
	readonly controllerName: string;
	/** The model and the channel's number on it; null for a controller that C code made up. */
	readonly hardware: { readonly controller: DmaController; readonly channel: number } | null;
	/** What Linux knows; null before the channel is registered. */
	readonly info: ChannelInfo | null;
	/** Something is to be done: the hardware runs, or descriptors wait. */
	readonly busy: boolean;
}

/** Address on the system bus behind one of the channel's controller: what machine and memory know it by. */
export function physicalOf(entry: ChannelEntry, address: number): number {
	return entry.hardware?.controller.physical?.(address) ?? address;
}

/** The number that a controller will have: the board's, or its place among the controllers. */
export function controllerNumber(device: BoardDevice, index: number): number {
	return cell(device.node, "sim,dma-id", index);
}

/** The controllers on the board, in devicetree order. */
export function controllersOf(devices: readonly BoardDevice[]): { device: BoardDevice; controller: DmaController }[] {
	return devices.flatMap((device) => {
		const { model } = device;
		return model && "channelView" in model ? [{ device, controller: model as DmaController }] : [];
	});
}

/** Every channel there is: the board's by controller and number, then those of controllers in C. */
export function listChannels(k: Kernel): ChannelEntry[] {
	const registered = registeredChannels(k);
	const entries: ChannelEntry[] = [];
	const taken = new Set<ChannelInfo>();
	const named = new Set(registered.map(({ controller }) => controller));
	controllersOf(k.devices).forEach(({ device, controller }, index) => {
		const number = controllerNumber(device, index);
		for (let channel = 0; channel < controller.channelCount; channel++) {
			const info = registered.find(
				(one) => one.controller === device.name && (one.hardware?.channel ?? one.id) === channel,
			);
			if (info) taken.add(info);
			// Linux has this controller, but nothing on this channel: one of a driver that gives its channels out.
			else if (named.has(device.name) && !isRunning(controller.channelView(channel))) continue;
			entries.push(
				entryOf(info?.name ?? `dma${number}chan${channel}`, device.name, { controller, channel }, info ?? null),
			);
		}
	});
	for (const info of registered) if (!taken.has(info)) entries.push(entryOf(info.name, info.controller, null, info));
	return entries;
}

function registeredChannels(k: Kernel): ChannelInfo[] {
	if (k.state.dma.deviceList === 0) return [];
	try {
		return inspectChannels(k);
	} catch {
		return [];
	}
}

function entryOf(
	name: string,
	controllerName: string,
	hardware: ChannelEntry["hardware"],
	info: ChannelInfo | null,
): ChannelEntry {
	const [, dma = "0", channel = "0"] = /^dma(\d+)chan(\d+)$/.exec(name) ?? [];
	const view = hardware ? hardware.controller.channelView(hardware.channel) : null;
	const queues = info?.queues;
	// What was terminated waits for dmaengine_synchronize().
	const waiting = queues
		? queues.submitted.length +
			queues.issued.length +
			queues.active.length +
			queues.completed.length +
			queues.terminated.length
		: 0;
	return {
		name,
		title: info?.client ? `${name} (${info.client})` : name,
		threadId: channelThreadId(Number(dma), Number(channel)),
		controllerName,
		hardware,
		info,
		busy: (view !== null && isRunning(view)) || waiting > 0,
	};
}

/** What the hardware does on a channel; null for a controller in C. */
export function viewOf(entry: ChannelEntry): ChannelView | null {
	return entry.hardware ? entry.hardware.controller.channelView(entry.hardware.channel) : null;
}

export function isRunning(view: ChannelView): boolean {
	return view.enabled || view.state !== "idle";
}

/** The descriptor that the channel works on or will next; null when there is none. */
export function currentDescriptor(entry: ChannelEntry): DescriptorInfo | null {
	const queues = entry.info?.queues;
	if (!queues) return null;
	return queues.active[0] ?? queues.issued[0] ?? queues.completed[0] ?? queues.submitted[0] ?? null;
}

/** The descriptor whose end comes next; null when there is none. */
export function unfinishedDescriptor({ info }: ChannelEntry): DescriptorInfo | null {
	if (!info) return null;
	const { active, issued, submitted } = info.queues;
	// A cookie is complete before the driver takes its descriptor off the list. Those behind it have higher cookies.
	const waits = ({ cookie }: DescriptorInfo) => info.cyclic || cookie <= 0 || cookie > info.completedCookie;
	return [...active, ...issued, ...submitted].find(waits) ?? null;
}
