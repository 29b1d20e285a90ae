/** What dmaengine shows: /sys/class/dma, links of clients, debugfs summary (core-semantics 2.11). */
import { device as deviceStruct } from "../device/structs";
import { dentryOf, removeDebugfs } from "../fs/debugfs";
import { addDirectory, addFile, registerReader, removePath } from "../fs/files";
import { seqClose, seqOpen } from "../fs/seq-file";
import { call, goto, type KernelFunction, next, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { channelsOf, deviceList } from "./core-channels";
import { deviceName, devWarn } from "./external";
import { channelName } from "./names";
import { dmaChan, dmaChanDev, dmaChanPercpu, dmaDevice, dmaRouter } from "./structs";

/** The channel lines of one controller. */
function channelLines(k: Kernel, device: number): string {
	let text = "";
	for (const chan of channelsOf(k, device)) {
		if (dmaChan.client_count.get(k.space, chan) === 0) continue;
		const client = dmaChan.dbg_client_name.get(k.space, chan);
		const router = dmaChan.router.get(k.space, chan);
		text += ` ${channelName(k, chan).padEnd(13)}| ${client === 0 ? "in-use" : k.space.cstring(client)}`;
		text += router === 0 ? "\n" : ` (via router: ${deviceName(k, dmaRouter.dev.get(k.space, router))})\n`;
	}
	return text;
}

/** /sys/kernel/debug/dmaengine/summary. */
export function summaryText(k: Kernel): string {
	return deviceList(k)
		.map((device) => {
			const id = dmaDevice.dev_id.get(k.space, device);
			const name = deviceName(k, dmaDevice.dev.get(k.space, device));
			const count = dmaDevice.chancnt.get(k.space, device);
			return `dma${id} (${name}): number of channels: ${count}\n${k.state.dma.summaries[device] ?? channelLines(k, device)}`;
		})
		.join("\n");
}

const CHANNEL_FILES = ["memcpy_count", "bytes_transferred", "in_use"] as const;
type ChannelFile = (typeof CHANNEL_FILES)[number];

/** A file of /sys/class/dma/<channel>/, or null when the channel is gone (-ENODEV for the reader). */
export function channelFileText(k: Kernel, dev: number, name: ChannelFile): string | null {
	const chan = dmaChanDev.chan.get(k.space, dmaChanDev.device.container(dev));
	if (chan === 0) return null;
	if (name === "in_use") return `${dmaChan.client_count.get(k.space, chan)}\n`;
	const local = dmaChan.local.get(k.space, chan);
	const counters = { memcpy_count: dmaChanPercpu.memcpy_count, bytes_transferred: dmaChanPercpu.bytes_transferred };
	return `${counters[name].get(k.space, local)}\n`;
}

registerReader("dmaengine_summary", summaryText);
for (const name of CHANNEL_FILES) registerReader(`dma_${name}`, (k, dev) => channelFileText(k, dev, name) ?? "");

const DEBUG = "/sys/kernel/debug/dmaengine";
const CLASS = "/sys/class/dma";

/** Directory of a device in /sys/devices: platform devices beside each other, a channel below its controller. */
const deviceDirectory = (k: Kernel, dev: number): string => `/sys/devices/platform/${deviceName(k, dev)}`;
const channelDirectory = (k: Kernel, parent: number, name: string): string =>
	`${deviceDirectory(k, parent)}/dma/${name}`;

function link(k: Kernel, path: string, target: string): void {
	addFile(k, { path, mode: 0o777, read: "", write: "", arg: 0, link: target });
}

/** The class and the debugfs directory, as they are from boot on. */
export function createDmaFiles(k: Kernel): void {
	addDirectory(k, CLASS);
	addDirectory(k, DEBUG);
	addFile(k, { path: `${DEBUG}/summary`, mode: 0o444, read: "dmaengine_summary", write: "", arg: 0 });
}

export function channelFilesAdded(k: Kernel, dev: number, name: string, parent: number): void {
	const directory = channelDirectory(k, parent, name);
	addDirectory(k, directory);
	for (const file of CHANNEL_FILES)
		addFile(k, { path: `${directory}/${file}`, mode: 0o444, read: `dma_${file}`, write: "", arg: dev });
	link(k, `${directory}/device`, deviceDirectory(k, parent));
	link(k, `${directory}/subsystem`, CLASS);
	link(k, `${CLASS}/${name}`, directory);
}

export function channelFilesRemoved(k: Kernel, dev: number, name: string): void {
	removePath(k, `${CLASS}/${name}`);
	removePath(k, channelDirectory(k, deviceStruct.parent.get(k.space, dev), name));
}

/** dmaengine_get_debugfs_root(): the dentry is made when a driver first asks for it. 0 when the controller has none. */
function debugfsRoot(k: Kernel, device: number): number {
	const known = dmaDevice.dbg_dev_root.get(k.space, device);
	if (known !== 0) return known;
	const path = `${DEBUG}/${deviceName(k, dmaDevice.dev.get(k.space, device))}`;
	const address = dentryOf(k, path);
	dmaDevice.dbg_dev_root.set(k.space, device, address);
	return address;
}

/** Lets the controllers that have a dbg_summary_show say what stands in place of their channels' lines. */
export const summaryFunctions: KernelFunction[] = [
	...plain({
		"struct dentry *dmaengine_get_debugfs_root(struct dma_device *dma_dev)": debugfsRoot,
	}),
	steps("void dmaengine_summary_show(u64 unused)", {
		begin: step("Go through the list of controllers.", (k, f) => {
			k.state.dma.summaries = {};
			f.locals.index = -1;
			return next;
		}),
		device: step("Call the next controller's dbg_summary_show, when it has one.", (k, f) => {
			f.locals.index = f.locals.index! + 1;
			const device = deviceList(k)[f.locals.index];
			if (device === undefined) return ret();
			const show = dmaDevice.dbg_summary_show.get(k.space, device);
			if (show === 0) return goto("device");
			f.locals.file = seqOpen(k);
			return f.locals.file === 0 ? goto("device") : call(show, [f.locals.file, device]);
		}),
		shown: step("Keep what it has printed.", (k, f) => {
			const device = deviceList(k)[f.locals.index!];
			const text = seqClose(k, f.locals.file!);
			if (device !== undefined) k.state.dma.summaries[device] = text;
			return goto("device");
		}),
	}),
];

/** The debugfs directory of a controller, for its driver's own files. */
export function registerControllerFiles(k: Kernel, device: number): void {
	if (dmaDevice.dbg_summary_show.get(k.space, device) !== 0) {
		const path = `${DEBUG}/summary`;
		removePath(k, path);
		addFile(k, { path, mode: 0o444, read: "dmaengine_summary", write: "", arg: 0, before: "dmaengine_summary_show" });
	}
	addDirectory(k, `${DEBUG}/${deviceName(k, dmaDevice.dev.get(k.space, device))}`);
}

export function unregisterControllerFiles(k: Kernel, device: number): void {
	removeDebugfs(k, `${DEBUG}/${deviceName(k, dmaDevice.dev.get(k.space, device))}`);
	dmaDevice.dbg_dev_root.set(k.space, device, 0);
}

/** `slave` in the channel's directory, `dma:<name>` in the client's; one that exists already is only a warning. */
export function createChannelLinks(k: Kernel, chan: number, dev: number, name: string): void {
	const own = ownDirectory(k, chan);
	const client = deviceDirectory(k, dev);
	const links: readonly [string, string, string][] = [
		["slave", `${own}/slave`, client],
		[name, `${client}/${name}`, own],
	];
	for (const [what, path, target] of links) {
		const file = { path, mode: 0o777, read: "", write: "", arg: 0, link: target };
		if (addFile(k, file) !== 0) devWarn(k, dev, `Cannot create DMA ${what} symlink\n`);
	}
}

export function removeChannelLinks(k: Kernel, chan: number): void {
	const client = deviceDirectory(k, dmaChan.slave.get(k.space, chan));
	removePath(k, `${ownDirectory(k, chan)}/slave`);
	removePath(k, `${client}/${k.space.cstring(dmaChan.name.get(k.space, chan))}`);
}

function ownDirectory(k: Kernel, chan: number): string {
	const parent = dmaDevice.dev.get(k.space, dmaChan.device.get(k.space, chan));
	return channelDirectory(k, parent, channelName(k, chan));
}
