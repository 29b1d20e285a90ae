/** What a debugger wants to know of the channels. Reads only; broken lists and pointers give what can be read. */
import { inspectors } from "../drivers/inspectors";
import { looking } from "../io/looking";
import type { Kernel } from "../kernel";
import type { Memory } from "../struct";
import { channelsOf, deviceList } from "./core-channels";
import { deviceName } from "./external";
import type { ChunkInfo, DriverInspector, QUEUES } from "./inspector";
import { listNodes } from "./lists";
import { channelName } from "./names";
import type { Origin } from "./state";
import { dmaAsyncTxDescriptor, dmaChan, dmaDevice, dmaSlaveConfig, virtDmaChan, virtDmaDesc } from "./structs";

export interface DescriptorInfo {
	/** Address of its `struct dma_async_tx_descriptor`. */
	readonly tx: number;
	/** 0: never submitted. Kept after completion, when the struct's own is 0. */
	readonly cookie: number;
	readonly flags: number;
	/** "memcpy", "slave_sg", "cyclic", …; "" when no helper prepared it. */
	readonly kind: string;
	readonly len: number;
	readonly chunks: readonly ChunkInfo[];
	/** The C call that prepared it. */
	readonly origin: Origin | null;
}

export interface SlaveConfigInfo {
	readonly direction: number;
	readonly src_addr: number;
	readonly dst_addr: number;
	readonly src_addr_width: number;
	readonly dst_addr_width: number;
	readonly src_maxburst: number;
	readonly dst_maxburst: number;
	readonly device_fc: number;
}

export interface ChannelInfo {
	/** Address of its `struct dma_chan`. */
	readonly chan: number;
	/** "dma0chan3" */
	readonly name: string;
	/** dev_name() of the controller, and its `struct dma_device`. */
	readonly controller: string;
	readonly device: number;
	readonly id: number;
	/** "10000000.serial:tx", "in-use" without a name, null when nobody has it. */
	readonly client: string | null;
	readonly state: "unused" | "idle" | "running" | "paused";
	readonly cyclic: boolean;
	readonly queues: Readonly<Record<(typeof QUEUES)[number], readonly DescriptorInfo[]>>;
	/** What the driver would report for the active descriptor, bytes; 0 without one. */
	readonly residue: number;
	readonly lastCookie: number;
	readonly completedCookie: number;
	readonly config: SlaveConfigInfo | null;
	/** Index in the kernel's board devices and channel number there; null for a driver that is not known. */
	readonly hardware: { readonly device: number; readonly channel: number } | null;
}

/** Every registered channel, by controller and number. */
export function inspectChannels(k: Kernel): ChannelInfo[] {
	return deviceList(k).flatMap((device) => channelsOf(k, device).map((chan) => inspectChannel(k, chan)));
}

export function inspectorOf(k: Kernel, chan: number): DriverInspector | undefined {
	const op = dmaDevice.device_tx_status.get(k.space, dmaChan.device.get(k.space, chan));
	return inspectors.find((inspector) => k.address(inspector.txStatus) === op);
}

export function inspectChannel(k: Kernel, chan: number): ChannelInfo {
	return looking(k, () => describeChannel(k, chan));
}

/** A channel as hardware: index in the kernel's board devices and number there; null for a driver that is not known. */
function hardwareOf(k: Kernel, chan: number, driver: DriverInspector | undefined): ChannelInfo["hardware"] {
	if (!driver) return null;
	const controller = deviceName(k, dmaDevice.dev.get(k.space, dmaChan.device.get(k.space, chan)));
	return {
		device: k.devices.findIndex(({ name }) => name === controller),
		channel: driver.channelNumber(k, chan),
	};
}

/** Name of the channel that stands for a hardware channel; null while there is none. */
export function channelOfHardware(k: Kernel, device: number, number: number): string | null {
	if (k.state.dma.deviceList === 0) return null;
	return looking(k, () => {
		for (const controller of deviceList(k))
			for (const chan of channelsOf(k, controller)) {
				const hardware = hardwareOf(k, chan, inspectorOf(k, chan));
				if (hardware?.device === device && hardware.channel === number) return channelName(k, chan);
			}
		return null;
	});
}

function describeChannel(k: Kernel, chan: number): ChannelInfo {
	const { space } = k;
	const device = dmaChan.device.get(space, chan);
	const dev = dmaDevice.dev.get(space, device);
	const driver = inspectorOf(k, chan);
	const used = dmaChan.client_count.get(space, chan) !== 0;
	const clientName = dmaChan.dbg_client_name.get(space, chan);
	const running = used && (driver?.isRunning(k, chan) ?? false);
	const queues = queuesOf(k, chan, running, driver);
	const active = queues.active[0];
	return {
		chan,
		name: channelName(k, chan),
		controller: deviceName(k, dev),
		device,
		id: dmaChan.chan_id.get(space, chan),
		client: !used ? null : clientName === 0 ? "in-use" : space.cstring(clientName, 256),
		state: !used ? "unused" : driver?.isPaused(k, chan) ? "paused" : running ? "running" : "idle",
		cyclic: driver?.isCyclic(k, chan) ?? false,
		queues,
		residue: active && driver ? driver.residue(k, active.tx) : 0,
		lastCookie: dmaChan.cookie.get(space, chan),
		completedCookie: dmaChan.completed_cookie.get(space, chan),
		config: driver ? readConfig(space, driver.config(k, chan)) : null,
		hardware: hardwareOf(k, chan, driver),
	};
}

/** The lists of a channel with virt-dma; empty ones for any other. */
function queuesOf(
	k: Kernel,
	chan: number,
	running: boolean,
	driver: DriverInspector | undefined,
): ChannelInfo["queues"] {
	const lists = driver?.queues;
	if (lists) return ownQueues(k, chan, running, driver, lists(k, chan));
	const vc = virtDmaChan.chan.container(chan);
	const list = (head: number) => descriptorsOn(k, head, driver);
	const virtual = isVirtual(k, vc);
	const issued = virtual ? list(virtDmaChan.desc_issued.at(vc)) : [];
	const own = driver?.active;
	const tx = own && running ? own(k, chan) : 0;
	const active = own ? (tx === 0 ? [] : [inspectDescriptor(k, tx, driver)]) : running ? issued.slice(0, 1) : [];
	return {
		allocated: virtual ? list(virtDmaChan.desc_allocated.at(vc)) : [],
		submitted: virtual ? list(virtDmaChan.desc_submitted.at(vc)) : [],
		issued: running && !own ? issued.slice(1) : issued,
		active,
		completed: virtual ? list(virtDmaChan.desc_completed.at(vc)) : [],
		terminated: virtual ? list(virtDmaChan.desc_terminated.at(vc)) : [],
	};
}

/** The lists of a channel whose driver has its own. */
function ownQueues(
	k: Kernel,
	chan: number,
	running: boolean,
	driver: DriverInspector,
	lists: ReturnType<NonNullable<DriverInspector["queues"]>>,
): ChannelInfo["queues"] {
	const inspected = (txs: readonly number[] = []) => txs.map((tx) => inspectDescriptor(k, tx, driver));
	const active = running && driver.active ? [driver.active(k, chan)] : [];
	return {
		allocated: inspected(lists.allocated),
		submitted: inspected(lists.submitted),
		issued: inspected(lists.issued),
		active: inspected(active),
		completed: inspected(lists.completed),
		terminated: inspected(lists.terminated),
	};
}

/** A channel made by vchan_init has its tasklet's function behind it. */
function isVirtual(k: Kernel, vc: number): boolean {
	const head = virtDmaChan.desc_issued.at(vc);
	if (!k.space.isMapped(head, 16)) return false;
	const first = k.space.r64(head);
	return first !== 0 && k.space.isMapped(first, 16) && k.space.r64(first + 8) === head;
}

function descriptorsOn(k: Kernel, head: number, driver: DriverInspector | undefined): DescriptorInfo[] {
	try {
		return listNodes(k.space, head).map((node) => {
			const tx = virtDmaDesc.tx.at(virtDmaDesc.node.container(node));
			return inspectDescriptor(k, tx, driver);
		});
	} catch {
		return [];
	}
}

export function inspectDescriptor(k: Kernel, tx: number, driver?: DriverInspector): DescriptorInfo {
	const prepared = k.state.dma.prepared[tx];
	return {
		tx,
		cookie: dmaAsyncTxDescriptor.cookie.get(k.space, tx) || (prepared?.cookie ?? 0),
		flags: dmaAsyncTxDescriptor.flags.get(k.space, tx),
		kind: prepared?.kind ?? "",
		len: driver?.length(k, tx) ?? prepared?.len ?? 0,
		chunks: driver?.chunks(k, tx) ?? [],
		origin: prepared?.origin ?? null,
	};
}

function readConfig(space: Memory, at: number): SlaveConfigInfo {
	return {
		direction: dmaSlaveConfig.direction.get(space, at),
		src_addr: dmaSlaveConfig.src_addr.get(space, at),
		dst_addr: dmaSlaveConfig.dst_addr.get(space, at),
		src_addr_width: dmaSlaveConfig.src_addr_width.get(space, at),
		dst_addr_width: dmaSlaveConfig.dst_addr_width.get(space, at),
		src_maxburst: dmaSlaveConfig.src_maxburst.get(space, at),
		dst_maxburst: dmaSlaveConfig.dst_maxburst.get(space, at),
		device_fc: dmaSlaveConfig.device_fc.get(space, at),
	};
}
