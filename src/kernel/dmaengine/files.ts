/** What dmaengine shows: /sys/class/dma, links of clients, debugfs summary (core-semantics 2.11). */
import type { Kernel } from "../kernel";
import { channelsOf, deviceList } from "./core-channels";
import { deviceName } from "./external";
import { channelName } from "./names";
import { dmaChan, dmaChanDev, dmaDevice, dmaRouter } from "./structs";

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
			return `dma${id} (${name}): number of channels: ${count}\n${channelLines(k, device)}`;
		})
		.join("\n");
}

/** A file of /sys/class/dma/<channel>/, or null when the channel is gone (-ENODEV for the reader). */
export function channelFileText(
	k: Kernel,
	dev: number,
	name: "memcpy_count" | "bytes_transferred" | "in_use",
): string | null {
	const chan = dmaChanDev.chan.get(k.space, dmaChanDev.device.container(dev));
	if (chan === 0) return null;
	if (name === "in_use") return `${dmaChan.client_count.get(k.space, chan)}\n`;
	const local = dmaChan.local.get(k.space, chan);
	return `${k.space.r64(local + (name === "memcpy_count" ? 0 : 8))}\n`;
}

export function channelFilesAdded(_k: Kernel, _dev: number, _name: string, _parent: number): void {}
export function channelFilesRemoved(_k: Kernel, _dev: number, _name: string): void {}
export function registerControllerFiles(_k: Kernel, _device: number): void {}
export function unregisterControllerFiles(_k: Kernel, _device: number): void {}
export function createChannelLinks(_k: Kernel, _chan: number, _dev: number, _name: string): void {}
export function removeChannelLinks(_k: Kernel, _chan: number): void {}
