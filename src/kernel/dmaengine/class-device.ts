/** The class device of a channel: dma0chan0 in /sys/class/dma. */
import { enterDevice, initializeDevice, removeDevice } from "../device/devices";
import { devName, setDevName } from "../device/names";
import { device as deviceStruct } from "../device/structs";
import type { Kernel } from "../kernel";
import { deviceClass } from "./external";
import { channelFilesAdded, channelFilesRemoved } from "./files";

/** Names, registers and shows a class device. 0 or a negative errno. */
export function addClassDevice(k: Kernel, dev: number, className: string, name: string, parent: number): number {
	initializeDevice(k, dev);
	setDevName(k, dev, name);
	deviceStruct.parent.set(k.space, dev, parent);
	deviceStruct.class.set(k.space, dev, deviceClass(k, className));
	enterDevice(k, { address: dev, platform: 0, board: -1, node: "" });
	channelFilesAdded(k, dev, name, parent);
	return 0;
}

export function removeClassDevice(k: Kernel, dev: number): void {
	channelFilesRemoved(k, dev, devName(k, dev));
	removeDevice(k, dev);
}
