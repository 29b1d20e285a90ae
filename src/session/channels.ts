/** The DMA channels of a machine: what the hardware does on each, and what Linux knows of it. */
import type { ChannelView, DmaController } from "../hardware/model";
import { deviceName } from "../kernel/dmaengine/external";
import { listNodes } from "../kernel/dmaengine/lists";
import { dmaAsyncTxDescriptor, dmaChan, dmaDevice, virtDmaChan, virtDmaDesc } from "../kernel/dmaengine/structs";
import type { Kernel } from "../kernel/kernel";
import type { BoardDevice } from "../kernel/board-device";
import { channelThreadId } from "./threads";

/** One descriptor on a list of a channel. */
export interface QueuedDescriptor {
	/** Address of its `struct dma_async_tx_descriptor`. */
	readonly tx: number;
	/** 0: not submitted yet, or completed. */
	readonly cookie: number;
}

export const QUEUE_NAMES = ["allocated", "submitted", "issued", "active", "completed", "terminated"] as const;
export type Queues = Readonly<Record<(typeof QUEUE_NAMES)[number], readonly QueuedDescriptor[]>>;

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
	/** Address of `struct dma_chan`, 0 before it is registered. */
	readonly chan: number;
	readonly client: string | null;
	readonly queues: Queues;
	/** Something is to be done: the hardware runs, or descriptors wait. */
	readonly busy: boolean;
}

const NO_QUEUES: Queues = { allocated: [], submitted: [], issued: [], active: [], completed: [], terminated: [] };
/** A list longer than this is taken for a broken one. */
const LONGEST_LIST = 200_000;

/** The controllers on the board, in the order that gives them their numbers. */
export function controllersOf(devices: readonly BoardDevice[]): { device: BoardDevice; controller: DmaController }[] {
	return devices.flatMap((device) => {
		const { model } = device;
		return model && "channelView" in model ? [{ device, controller: model as unknown as DmaController }] : [];
	});
}

/** Every channel there is, by controller and number. */
export function listChannels(k: Kernel): ChannelEntry[] {
	const registered = registeredChannels(k);
	const entries: ChannelEntry[] = [];
	const seen = new Set<string>();
	controllersOf(k.devices).forEach(({ device, controller }, index) => {
		for (let channel = 0; channel < controller.channelCount; channel++) {
			const known = registered.find((r) => r.controllerName === device.name && r.channel === channel);
			const dma = known?.dma ?? index;
			seen.add(`${dma}.${channel}`);
			entries.push(entryOf(k, dma, channel, device.name, { controller, channel }, known?.chan ?? 0));
		}
	});
	for (const { dma, channel, chan, controllerName } of registered) {
		if (!seen.has(`${dma}.${channel}`)) entries.push(entryOf(k, dma, channel, controllerName, null, chan));
	}
	return entries;
}

export function viewOf(entry: ChannelEntry): ChannelView | null {
	return entry.hardware ? entry.hardware.controller.channelView(entry.hardware.channel) : null;
}

function entryOf(
	k: Kernel,
	dma: number,
	channel: number,
	controllerName: string,
	hardware: ChannelEntry["hardware"],
	chan: number,
): ChannelEntry {
	const name = `dma${dma}chan${channel}`;
	const client = chan === 0 ? null : clientOf(k, chan);
	const view = hardware ? hardware.controller.channelView(hardware.channel) : null;
	const running = view !== null && (view.enabled || view.state !== "idle");
	const queues = chan === 0 ? NO_QUEUES : queuesOf(k, chan, running);
	const waiting = queues.submitted.length + queues.issued.length + queues.active.length + queues.completed.length;
	return {
		name,
		title: client === null ? name : `${name} (${client})`,
		threadId: channelThreadId(dma, channel),
		controllerName,
		hardware,
		chan,
		client,
		queues,
		busy: running || waiting > 0,
	};
}

function registeredChannels(k: Kernel): { dma: number; channel: number; chan: number; controllerName: string }[] {
	const { space } = k;
	const head = k.state.dma.deviceList;
	if (head === 0) return [];
	try {
		return listNodes(space, head, 1024).flatMap((node) => {
			const device = dmaDevice.global_node.container(node);
			const dma = dmaDevice.dev_id.get(space, device);
			const controllerName = deviceName(k, dmaDevice.dev.get(space, device));
			return listNodes(space, dmaDevice.channels.at(device), 1024).map((channelNode) => {
				const chan = dmaChan.device_node.container(channelNode);
				return { dma, channel: dmaChan.chan_id.get(space, chan), chan, controllerName };
			});
		});
	} catch {
		return [];
	}
}

/** Who holds the channel, as the debugfs summary says: "in-use" when it was requested without a name. */
function clientOf(k: Kernel, chan: number): string | null {
	const { space } = k;
	try {
		if (dmaChan.client_count.get(space, chan) === 0) return null;
		const name = dmaChan.dbg_client_name.get(space, chan);
		return name === 0 ? "in-use" : space.cstring(name, 256);
	} catch {
		return null;
	}
}

/**
 * The lists of a channel that virt-dma manages. The head of `issued` counts as active while the hardware runs: this
 * family of drivers leaves it there (controllers.md 0). A channel without such lists has empty ones.
 */
function queuesOf(k: Kernel, chan: number, running: boolean): Queues {
	const vc = virtDmaChan.chan.container(chan);
	try {
		const issued = descriptors(k, virtDmaChan.desc_issued.at(vc));
		return {
			allocated: descriptors(k, virtDmaChan.desc_allocated.at(vc)),
			submitted: descriptors(k, virtDmaChan.desc_submitted.at(vc)),
			issued: running ? issued.slice(1) : issued,
			active: running ? issued.slice(0, 1) : [],
			completed: descriptors(k, virtDmaChan.desc_completed.at(vc)),
			terminated: descriptors(k, virtDmaChan.desc_terminated.at(vc)),
		};
	} catch {
		return NO_QUEUES;
	}
}

function descriptors(k: Kernel, head: number): QueuedDescriptor[] {
	const { space } = k;
	const first = space.r64(head);
	if (first === 0 || space.r64(first + 8) !== head) return [];
	return listNodes(space, head, LONGEST_LIST).map((node) => {
		const tx = virtDmaDesc.tx.at(virtDmaDesc.node.container(node));
		return { tx, cookie: dmaAsyncTxDescriptor.cookie.get(space, tx) };
	});
}

/** The descriptor that the channel works on or will next; null when there is none. */
export function currentDescriptor(entry: ChannelEntry): QueuedDescriptor | null {
	const { active, issued, completed, submitted } = entry.queues;
	return active[0] ?? issued[0] ?? completed[0] ?? submitted[0] ?? null;
}
