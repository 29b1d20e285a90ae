/** Names of channels, as sysfs and records have them. */
import type { Kernel } from "../kernel";
import { deviceName } from "./external";
import { dmaChan, dmaChanDev } from "./structs";

/** "dma0chan3"; "" for a channel that is not registered. */
export function channelName(k: Kernel, chan: number): string {
	if (chan === 0) return "";
	const dev = dmaChan.dev.get(k.space, chan);
	return dev === 0 ? "" : deviceName(k, dmaChanDev.device.at(dev));
}

/** The class device of a channel, for messages about it. */
export const channelDevice = (k: Kernel, chan: number): number => dmaChanDev.device.at(dmaChan.dev.get(k.space, chan));
