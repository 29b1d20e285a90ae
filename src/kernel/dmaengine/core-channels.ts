/** drivers/dma/dmaengine.c: references to channels and the choice of one (core-semantics 2.3, 2.4). */
import { call, goto, type KernelFunction, type Next, next, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { moduleGet, modulePut, tryModuleGet } from "../module/references";
import type { StepFrame } from "../state";
import { clearCap, hasCap, readMask, setCap } from "./caps";
import { Cap, ENODEV, EPROBE_DEFER, isErr } from "./constants";
import { devDebug, kfree, warnOnce } from "./external";
import { removeChannelLinks } from "./files";
import { underListMutex } from "./list-mutex";
import { listDel, listNodes } from "./lists";
import { channelName } from "./names";
import { rebalance } from "./public-channels";
import { stackBytes } from "./scratch";
import { dmaChan, dmaDevice, dmaRouter } from "./structs";

/** Registered controllers in order of registration. */
export function deviceList(k: Kernel): number[] {
	const head = k.state.dma.deviceList;
	return head === 0 ? [] : listNodes(k.space, head).map((node) => dmaDevice.global_node.container(node));
}

export function channelsOf(k: Kernel, device: number): number[] {
	return listNodes(k.space, dmaDevice.channels.at(device)).map((node) => dmaChan.device_node.container(node));
}

const clients = (k: Kernel, chan: number): number => dmaChan.client_count.get(k.space, chan);
const ref = dmaDevice.ref;

/**
 * Steps of dropping a reference to the controller (kref_put); the last one unlists it and calls device_release.
 * `f.locals.owner` is the module whose reference goes with it, 0 for none.
 */
const putDeviceSteps = {
	put: step(
		"Drop the reference to the controller; after the last one it leaves the list.",
		(k: Kernel, f: StepFrame) => {
			const device = f.locals.device;
			const count = k.space.s32(ref.at(device)) - 1;
			k.space.w32(ref.at(device), count);
			if (count !== 0) return released(k, f);
			listDel(k.space, dmaDevice.global_node.at(device));
			rebalance(k);
			const release = dmaDevice.device_release.get(k.space, device);
			return release === 0 ? released(k, f) : call(release, [device]);
		},
	),
	released: step("The controller's structs may be gone now. Its module has a user less.", released),
};

function released(k: Kernel, f: StepFrame): Next {
	modulePut(k, f.locals.owner ?? 0);
	return ret(f.locals.value ?? 0);
}

export const channelFunctions: KernelFunction[] = [
	steps("void dma_device_put(struct dma_device *device)", {
		begin: step("Drop a reference.", (_, f) => {
			f.locals.device = f.args[0];
			return next;
		}),
		...putDeviceSteps,
	}),
	steps("int dma_chan_get(struct dma_chan *chan)", {
		count: step("A channel that is in use only gets one more client.", (k, f) => {
			const [chan] = f.args;
			f.locals.device = dmaChan.device.get(k.space, chan);
			const used = clients(k, chan);
			const owner = dmaDevice.owner.get(k.space, f.locals.device);
			if (used !== 0) {
				moduleGet(k, owner);
				dmaChan.client_count.set(k.space, chan, used + 1);
				return ret(0);
			}
			if (!tryModuleGet(k, owner)) return ret(-ENODEV);
			const count = k.space.s32(ref.at(f.locals.device));
			if (count === 0) {
				modulePut(k, owner);
				return ret(-ENODEV);
			}
			k.space.w32(ref.at(f.locals.device), count + 1);
			return next;
		}),
		alloc: step("The first client: let the driver allocate what the channel needs.", (k, f) => {
			const alloc = dmaDevice.device_alloc_chan_resources.get(k.space, f.locals.device);
			f.result = 0;
			return alloc === 0 ? next : call(alloc, f.args);
		}),
		done: step("Count the client. A public channel counts every public client.", (k, f) => {
			const error = f.result | 0;
			f.locals.value = error;
			const owner = dmaDevice.owner.get(k.space, f.locals.device);
			if (error < 0) {
				f.locals.owner = owner;
				return goto("put");
			}
			const [chan] = f.args;
			const public_ = hasCap(k, f.locals.device, Cap.PRIVATE) ? 0 : k.state.dma.references;
			const used = Math.max(clients(k, chan) + 1, public_);
			for (let extra = clients(k, chan) + 1; extra < used; extra++) moduleGet(k, owner);
			dmaChan.client_count.set(k.space, chan, used);
			k.state.dma.changes++;
			return ret(0);
		}),
		...putDeviceSteps,
	}),
	steps("void dma_chan_put(struct dma_chan *chan)", {
		count: step("One client less; a channel that nobody has is left alone.", (k, f) => {
			const [chan] = f.args;
			const used = clients(k, chan);
			if (used === 0) return ret();
			f.locals.device = dmaChan.device.get(k.space, chan);
			f.locals.free = dmaDevice.device_free_chan_resources.get(k.space, f.locals.device);
			f.locals.owner = dmaDevice.owner.get(k.space, f.locals.device);
			dmaChan.client_count.set(k.space, chan, used - 1);
			return used === 1 && f.locals.free !== 0 ? next : goto("route");
		}),
		sync: step("The last client: wait until no callback runs any more.", (_, f) =>
			call("dmaengine_synchronize", f.args),
		),
		free: step("Let the driver free the channel's resources.", (_, f) => call(f.locals.free, f.args)),
		route: step("A channel behind a router gives its route back.", (k, f) => {
			k.state.dma.changes++;
			const [chan] = f.args;
			const router = dmaChan.router.get(k.space, chan);
			const free = router === 0 ? 0 : dmaRouter.route_free.get(k.space, router);
			if (free === 0) return goto("device");
			return call(free, [dmaRouter.dev.get(k.space, router), dmaChan.route_data.get(k.space, chan)]);
		}),
		unroute: step("The channel has no router any more.", (k, f) => {
			dmaChan.router.set(k.space, f.args[0], 0);
			dmaChan.route_data.set(k.space, f.args[0], 0);
			return next;
		}),
		device: step("Without clients the channel does not keep its controller.", (k, f) => {
			if (clients(k, f.args[0]) === 0) return next;
			modulePut(k, f.locals.owner);
			return ret();
		}),
		...putDeviceSteps,
	}),
	steps(
		"struct dma_chan *private_candidate(const dma_cap_mask_t *mask, struct dma_device *dev, dma_filter_fn fn, void *fn_param)",
		{
			mask: step("The controller must have every capability asked for, and no channel in public use.", (k, f) => {
				const [mask, device] = f.args;
				if (mask !== 0) {
					const want = readMask(k, mask);
					if ((want & readMask(k, dmaDevice.cap_mask.at(device))) !== want) {
						devDebug(k, dmaDevice.dev.get(k.space, device), "private_candidate: wrong capabilities\n");
						return ret(0);
					}
				}
				const channels = channelsOf(k, device);
				const several = dmaDevice.chancnt.get(k.space, device) > 1;
				if (several && !hasCap(k, device, Cap.PRIVATE) && channels.some((chan) => clients(k, chan) !== 0))
					return ret(0);
				f.locals.index = 0;
				return next;
			}),
			filter: step("Take the next channel that nobody has, and ask the filter function about it.", (k, f) => {
				const [, device, filter, param] = f.args;
				const channels = channelsOf(k, device);
				for (; f.locals.index < channels.length; f.locals.index++) {
					const chan = channels[f.locals.index];
					if (clients(k, chan) !== 0) {
						devDebug(k, dmaDevice.dev.get(k.space, device), `private_candidate: ${channelName(k, chan)} busy\n`);
						continue;
					}
					f.locals.chan = chan;
					return filter === 0 ? ret(chan) : call(filter, [chan, param]);
				}
				return ret(0);
			}),
			answer: step("True: this is the channel. False: go on with the next.", (k, f) => {
				if ((f.result & 255) !== 0) return ret(f.locals.chan);
				const dev = dmaDevice.dev.get(k.space, f.args[1]);
				devDebug(k, dev, `private_candidate: ${channelName(k, f.locals.chan)} filter said false\n`);
				f.locals.index++;
				return goto("filter");
			}),
		},
	),
	steps(
		"struct dma_chan *find_candidate(struct dma_device *device, const dma_cap_mask_t *mask, dma_filter_fn fn, void *fn_param)",
		{
			look: step("Look for a free channel of this controller.", (_, f) =>
				call("private_candidate", [f.args[1], f.args[0], f.args[2], f.args[3]]),
			),
			get: step("Found: the controller becomes private, and the channel gets its client.", (k, f) => {
				if (f.result === 0) return ret(-EPROBE_DEFER);
				f.locals.chan = f.result;
				takePrivate(k, f.args[0]);
				return call("dma_chan_get", [f.locals.chan]);
			}),
			done: step("Return the channel, or the error of its driver.", (k, f) => {
				const error = f.result | 0;
				if (error === 0) return ret(f.locals.chan);
				const [device] = f.args;
				const dev = dmaDevice.dev.get(k.space, device);
				const name = channelName(k, f.locals.chan);
				if (error === -ENODEV) {
					devDebug(k, dev, `find_candidate: ${name} module removed\n`);
					listDel(k.space, dmaDevice.global_node.at(device));
				} else {
					devDebug(k, dev, `find_candidate: failed to get ${name}: (${error})\n`);
				}
				dropPrivate(k, device);
				return ret(error);
			}),
		},
	),
	underListMutex(
		steps("struct dma_chan *dma_get_slave_channel(struct dma_chan *chan)", {
			get: step("Only a channel that nobody has can be taken.", (k, f) => {
				if (clients(k, f.args[0]) !== 0) return ret(0);
				f.locals.device = dmaChan.device.get(k.space, f.args[0]);
				takePrivate(k, f.locals.device);
				return call("dma_chan_get", f.args);
			}),
			done: step("Return the channel, NULL when its driver refuses.", (k, f) => {
				if ((f.result | 0) === 0) return ret(f.args[0]);
				dropPrivate(k, f.locals.device);
				return ret(0);
			}),
		}),
	),
	underListMutex(
		steps("struct dma_chan *dma_get_any_slave_channel(struct dma_device *device)", {
			look: step("Take any free channel that has DMA_SLAVE.", (k, f) => {
				const mask = stackBytes(k, 8);
				k.space.w64(mask, 1 << Cap.SLAVE);
				return call("find_candidate", [f.args[0], mask, 0, 0]);
			}),
			done: step("Return it, or NULL.", (_, f) => ret(isErr(f.result) ? 0 : f.result)),
		}),
	),
	underListMutex(
		steps("void dma_release_channel(struct dma_chan *chan)", {
			put: step("The controller is public again when no private channel is left. Drop the client.", (k, f) => {
				const [chan] = f.args;
				const count = clients(k, chan);
				if (count !== 1)
					warnOnce(k, "drivers/dma/dmaengine.c:912 dma_release_channel", `chan reference count ${count} != 1\n`);
				dropPrivate(k, dmaChan.device.get(k.space, chan));
				return call("dma_chan_put", f.args);
			}),
			unlink: step("Remove the links in sysfs and the client's name.", (k, f) => {
				const [chan] = f.args;
				if (dmaChan.slave.get(k.space, chan) !== 0) {
					removeChannelLinks(k, chan);
					kfree(k, dmaChan.name.get(k.space, chan));
					dmaChan.name.set(k.space, chan, 0);
					dmaChan.slave.set(k.space, chan, 0);
				}
				kfree(k, dmaChan.dbg_client_name.get(k.space, chan));
				dmaChan.dbg_client_name.set(k.space, chan, 0);
				return ret();
			}),
		}),
	),
];

/** Exclusive use: the controller is private as long as somebody has such a channel. */
export function takePrivate(k: Kernel, device: number): void {
	setCap(k, device, Cap.PRIVATE);
	dmaDevice.privatecnt.set(k.space, device, dmaDevice.privatecnt.get(k.space, device) + 1);
}

export function dropPrivate(k: Kernel, device: number): void {
	const count = dmaDevice.privatecnt.get(k.space, device) - 1;
	dmaDevice.privatecnt.set(k.space, device, count);
	if (count === 0) clearCap(k, device, Cap.PRIVATE);
}
