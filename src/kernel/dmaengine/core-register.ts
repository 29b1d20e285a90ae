/** drivers/dma/dmaengine.c: registration of controllers and channels (core-semantics 2.2). */
import { call, goto, type KernelFunction, next, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import type { Field } from "../struct";
import { hasCap, setCap } from "./caps";
import { addClassDevice, removeClassDevice } from "./class-device";
import { Cap, EIO, ENODEV, ENOMEM } from "./constants";
import { channelsOf } from "./core-channels";
import {
	cellsOf,
	devDebug,
	devErr,
	deviceClass,
	devmAddAction,
	driverOwner,
	kfree,
	kzalloc,
	mightSleep,
	ofNodeOf,
	prErr,
	warnOnce,
} from "./external";
import { createDmaFiles, registerControllerFiles, unregisterControllerFiles } from "./files";
import { listAddTail, listInit } from "./lists";
import { rebalance } from "./public-channels";
import { takeId } from "./state";
import { dmaChan, dmaChanDev, dmaChanPercpu, dmaDevice } from "./structs";

/** Capabilities whose prep op must be there, in the order of the checks. */
const CHECKED: readonly (readonly [Cap, string, Field])[] = [
	[Cap.MEMCPY, "DMA_MEMCPY", dmaDevice.device_prep_dma_memcpy],
	[Cap.XOR, "DMA_XOR", dmaDevice.device_prep_dma_xor],
	[Cap.XOR_VAL, "DMA_XOR_VAL", dmaDevice.device_prep_dma_xor_val],
	[Cap.PQ, "DMA_PQ", dmaDevice.device_prep_dma_pq],
	[Cap.PQ_VAL, "DMA_PQ_VAL", dmaDevice.device_prep_dma_pq_val],
	[Cap.MEMSET, "DMA_MEMSET", dmaDevice.device_prep_dma_memset],
	[Cap.INTERRUPT, "DMA_INTERRUPT", dmaDevice.device_prep_dma_interrupt],
	[Cap.CYCLIC, "DMA_CYCLIC", dmaDevice.device_prep_dma_cyclic],
	[Cap.INTERLEAVE, "DMA_INTERLEAVE", dmaDevice.device_prep_interleaved_dma],
];

/** What async_tx needs on one channel so that it never switches: with ASYNC_TX_DMA, MEMCPY, XOR and PQ configured. */
const ASYNC_TX_TYPES = [Cap.INTERRUPT, Cap.MEMCPY, Cap.XOR, Cap.XOR_VAL, Cap.PQ, Cap.PQ_VAL];

/** All checks of a new controller; 0 or a negative errno, with the log line that Linux prints. */
function validate(k: Kernel, device: number): number {
	if (device === 0) return -ENODEV;
	const dev = dmaDevice.dev.get(k.space, device);
	if (dev === 0) {
		prErr(k, "dmaengine: DMAdevice must have dev\n");
		return -EIO;
	}
	dmaDevice.owner.set(k.space, device, driverOwner(k, dev));
	for (const [cap, name, op] of CHECKED)
		if (hasCap(k, device, cap) && op.get(k.space, device) === 0) {
			devErr(k, dev, `Device claims capability ${name}, but op is not defined\n`);
			return -EIO;
		}
	if (dmaDevice.device_tx_status.get(k.space, device) === 0) {
		devErr(k, dev, "Device tx_status is not defined\n");
		return -EIO;
	}
	if (dmaDevice.device_issue_pending.get(k.space, device) === 0) {
		devErr(k, dev, "Device issue_pending is not defined\n");
		return -EIO;
	}
	if (dmaDevice.device_release.get(k.space, device) === 0)
		devDebug(k, dev, "WARN: Device release is not defined so it is not safe to unbind this driver while in use\n");
	k.space.w32(dmaDevice.ref.at(device), 1);
	if (ASYNC_TX_TYPES.every((cap) => hasCap(k, device, cap))) setCap(k, device, Cap.ASYNC_TX);
	return 0;
}

/** Gives a channel its number and its class device. 0 or a negative errno. */
function registerChannel(k: Kernel, device: number, chan: number, name: string | null): number {
	const local = kzalloc(k, dmaChanPercpu.$size);
	if (local === 0) return -ENOMEM;
	dmaChan.local.set(k.space, chan, local);
	const chanDev = kzalloc(k, dmaChanDev.$size);
	if (chanDev === 0) {
		kfree(k, local);
		dmaChan.local.set(k.space, chan, 0);
		return -ENOMEM;
	}
	dmaChan.dev.set(k.space, chan, chanDev);
	k.state.dma.channelIds[device] ??= [];
	const ids = k.state.dma.channelIds[device];
	const id = takeId(ids);
	dmaChan.chan_id.set(k.space, chan, id);
	const deviceId = dmaDevice.dev_id.get(k.space, device);
	dmaChanDev.chan.set(k.space, chanDev, chan);
	dmaChanDev.dev_id.set(k.space, chanDev, deviceId);
	const parent = dmaDevice.dev.get(k.space, device);
	const error = addClassDevice(k, dmaChanDev.device.at(chanDev), "dma", name ?? `dma${deviceId}chan${id}`, parent);
	if (error !== 0) {
		ids.splice(ids.indexOf(id), 1);
		kfree(k, chanDev);
		kfree(k, local);
		dmaChan.local.set(k.space, chan, 0);
		return error;
	}
	dmaChan.client_count.set(k.space, chan, 0);
	k.state.dma.changes++;
	dmaDevice.chancnt.set(k.space, device, dmaDevice.chancnt.get(k.space, device) + 1);
	return 0;
}

/** The class device of a channel that is going: readers of its files get -ENODEV from now on. */
function dropClassDevice(k: Kernel, chan: number): void {
	const chanDev = dmaChan.dev.get(k.space, chan);
	dmaChanDev.chan.set(k.space, chanDev, 0);
	removeClassDevice(k, dmaChanDev.device.at(chanDev));
	kfree(k, dmaChan.local.get(k.space, chan));
}

function unregisterChannel(k: Kernel, device: number, chan: number): void {
	if (dmaChan.local.get(k.space, chan) === 0) return;
	const used = dmaChan.client_count.get(k.space, chan);
	if (dmaDevice.device_release.get(k.space, device) === 0 && used !== 0)
		warnOnce(
			k,
			"drivers/dma/dmaengine.c:1150 __dma_async_device_channel_unregister",
			`__dma_async_device_channel_unregister called while ${used} clients hold a reference\n`,
		);
	k.state.dma.changes++;
	dmaDevice.chancnt.set(k.space, device, dmaDevice.chancnt.get(k.space, device) - 1);
	const ids = k.state.dma.channelIds[device] ?? [];
	const at = ids.indexOf(dmaChan.chan_id.get(k.space, chan));
	if (at >= 0) ids.splice(at, 1);
	dropClassDevice(k, chan);
}

function freeDeviceId(k: Kernel, device: number): void {
	const ids = k.state.dma.deviceIds;
	const at = ids.indexOf(dmaDevice.dev_id.get(k.space, device));
	if (at >= 0) ids.splice(at, 1);
}

/** Undoes the channels of a registration that failed. Linux keeps the id when a channel had been registered. */
function undoChannels(k: Kernel, device: number): void {
	if (dmaDevice.chancnt.get(k.space, device) === 0) {
		freeDeviceId(k, device);
		return;
	}
	for (const chan of channelsOf(k, device)) if (dmaChan.local.get(k.space, chan) !== 0) dropClassDevice(k, chan);
}

/** The list of controllers and the class exist from boot on; made on first need. */
export function startCore(k: Kernel): void {
	const dma = k.state.dma;
	if (dma.deviceList !== 0) return;
	dma.deviceList = kzalloc(k, 16);
	listInit(k.space, dma.deviceList);
	dma.table = new Array<number>(Cap.TX_TYPE_END).fill(0);
	deviceClass(k, "dma");
	createDmaFiles(k);
}

export const registerFunctions: KernelFunction[] = [
	steps("int dma_async_device_register(struct dma_device *device)", {
		check: step("Check that the controller has a device and every op that its capabilities promise.", (k, f) => {
			mightSleep(k);
			startCore(k);
			const [device] = f.args;
			const error = validate(k, device);
			return error === 0 ? next : ret(error);
		}),
		number: step(
			"Give the controller the lowest free number (or the board's), and each channel its number and its class device.",
			(k, f) => {
				const [device] = f.args;
				const node = ofNodeOf(k, dmaDevice.dev.get(k.space, device));
				const wanted = node === 0 ? undefined : cellsOf(k, node, "sim,dma-id")?.[0];
				dmaDevice.dev_id.set(k.space, device, takeId(k.state.dma.deviceIds, wanted));
				k.state.dma.channelIds[device] = [];
				for (const chan of channelsOf(k, device)) {
					const error = registerChannel(k, device, chan, null);
					if (error === 0) continue;
					undoChannels(k, device);
					return ret(error);
				}
				f.locals.index = 0;
				return k.state.dma.references > 0 && !hasCap(k, device, Cap.PRIVATE) ? next : goto("publish");
			},
		),
		get: step("Public clients are waiting: they get each channel.", (k, f) => {
			const chan = channelsOf(k, f.args[0])[f.locals.index++];
			return chan === undefined ? goto("publish") : call("dma_chan_get", [chan]);
		}),
		got: step("Only a driver that is gone ends the registration.", (k, f) => {
			if ((f.result | 0) !== -ENODEV) return goto("get");
			undoChannels(k, f.args[0]);
			return ret(-ENODEV);
		}),
		publish: step("Put the controller on the list and distribute the public channels anew.", (k, f) => {
			const [device] = f.args;
			listAddTail(k.space, dmaDevice.global_node.at(device), k.state.dma.deviceList);
			if (hasCap(k, device, Cap.PRIVATE))
				dmaDevice.privatecnt.set(k.space, device, dmaDevice.privatecnt.get(k.space, device) + 1);
			rebalance(k);
			registerControllerFiles(k, device);
			return ret(0);
		}),
	}),
	steps("void dma_async_device_unregister(struct dma_device *device)", {
		channels: step(
			"Remove the channels' class devices; the controller becomes private and gives its number back.",
			(k, f) => {
				// The lock of its folder in debugfs.
				mightSleep(k, "kernel/locking/rwsem.c", 1576);
				const [device] = f.args;
				unregisterControllerFiles(k, device);
				for (const chan of channelsOf(k, device)) unregisterChannel(k, device, chan);
				setCap(k, device, Cap.PRIVATE);
				rebalance(k);
				freeDeviceId(k, device);
				return call("dma_device_put", [device]);
			},
		),
		done: step("The controller is no longer registered.", () => ret()),
	}),
	steps("int dmaenginem_async_device_register(struct dma_device *device)", {
		register: step("Register the controller.", (_, f) => call("dma_async_device_register", f.args)),
		manage: step("Let the driver core unregister it when the driver is detached.", (k, f) => {
			const error = f.result | 0;
			if (error !== 0) return ret(error);
			devmAddAction(k, dmaDevice.dev.get(k.space, f.args[0]), k.address("dma_async_device_unregister"), f.args[0]);
			return ret(0);
		}),
	}),
	...plain({
		"int dma_bus_init(void)": (k) => {
			startCore(k);
			return 0;
		},
		"int dma_async_device_channel_register(struct dma_device *device, struct dma_chan *chan, const char *name)": (
			k,
			device,
			chan,
			name,
		) => {
			const error = registerChannel(k, device, chan, name === 0 ? null : k.space.cstring(name));
			if (error === 0) rebalance(k);
			return error;
		},
		"void dma_async_device_channel_unregister(struct dma_device *device, struct dma_chan *chan)": (k, device, chan) => {
			unregisterChannel(k, device, chan);
			rebalance(k);
		},
	}),
];
