/** drivers/dma/dmaengine.c: the requests of clients (core-semantics 2.4). */
import { call, goto, type KernelFunction, next, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { Cap, ENODEV, EPROBE_DEFER, isErr, isErrOrNull } from "./constants";
import { deviceList } from "./core-channels";
import { cString, deviceName, devmAddAction, kstrdup, mightSleep, ofNodeOf } from "./external";
import { createChannelLinks } from "./files";
import { underListMutex } from "./list-mutex";
import { stackBytes } from "./scratch";
import { dmaChan, dmaDevice, dmaFilter, dmaSlaveMap } from "./structs";

/** The entry of a controller's filter map for a client and a channel name; 0 when there is none. */
function filterMatch(k: Kernel, device: number, name: string, client: string): number {
	const filter = dmaDevice.filter.at(device);
	const count = dmaFilter.mapcnt.get(k.space, filter);
	const first = dmaFilter.map.get(k.space, filter);
	for (let index = 0; index < count; index++) {
		const entry = first + index * dmaSlaveMap.$size;
		if (
			cString(k, dmaSlaveMap.devname.get(k.space, entry)) === client &&
			cString(k, dmaSlaveMap.slave.get(k.space, entry)) === name
		)
			return entry;
	}
	return 0;
}

function slaveMask(k: Kernel): number {
	const mask = stackBytes(k, 8);
	k.space.w64(mask, 1 << Cap.SLAVE);
	return mask;
}

/** Names the client in sysfs and debugfs once a channel has been found by name. */
function noteClient(k: Kernel, chan: number, dev: number, name: string): void {
	dmaChan.dbg_client_name.set(k.space, chan, kstrdup(k, `${deviceName(k, dev)}:${name}`));
	const text = kstrdup(k, `dma:${name}`);
	dmaChan.name.set(k.space, chan, text);
	if (text === 0) return;
	dmaChan.slave.set(k.space, chan, dev);
	createChannelLinks(k, chan, dev, `dma:${name}`);
}

export const requestFunctions: KernelFunction[] = [
	underListMutex(
		steps(
			"struct dma_chan *__dma_request_channel(const dma_cap_mask_t *mask, dma_filter_fn fn, void *fn_param, struct device_node *np)",
			{
				begin: step("Walk the controllers in order of registration.", (_, f) => {
					f.locals.index = 0;
					return next;
				}),
				look: step("Ask the next controller for a channel that suits mask and filter.", (k, f) => {
					const [mask, filter, param, np] = f.args;
					const devices = deviceList(k);
					for (; f.locals.index < devices.length; f.locals.index++) {
						const device = devices[f.locals.index];
						const own = np === 0 ? 0 : ofNodeOf(k, dmaDevice.dev.get(k.space, device));
						if (np !== 0 && own !== 0 && own !== np) continue;
						return call("find_candidate", [device, mask, filter, param]);
					}
					return ret(0);
				}),
				found: step("The first success counts; otherwise go on.", (_, f) => {
					if (!isErr(f.result)) return ret(f.result);
					f.locals.index++;
					return goto("look");
				}),
			},
		),
	),
	steps("struct dma_chan *dma_request_chan(struct device *dev, const char *name)", {
		of: step("A client in the devicetree: look in its dmas and dma-names.", (k, f) => {
			mightSleep(k);
			f.result = 0;
			const node = ofNodeOf(k, f.args[0]);
			return node === 0 ? next : call("of_dma_request_slave_channel", [node, f.args[1]]);
		}),
		maps: step("Deferral is passed on. Not found: look in the controllers' filter maps.", (_, f) => {
			f.locals.chan = f.result;
			f.locals.index = 0;
			if (f.result === -EPROBE_DEFER) return ret(f.result);
			return isErrOrNull(f.result) ? next : goto("found");
		}),
		map: step("Ask the next controller whose map names this client and channel.", (k, f) => {
			const name = cString(k, f.args[1]);
			const client = deviceName(k, f.args[0]);
			const devices = deviceList(k);
			for (; f.locals.index < devices.length; f.locals.index++) {
				const device = devices[f.locals.index];
				const entry = filterMatch(k, device, name, client);
				if (entry === 0) continue;
				const filter = dmaFilter.fn.get(k.space, dmaDevice.filter.at(device));
				return call("find_candidate", [device, slaveMask(k), filter, dmaSlaveMap.param.get(k.space, entry)]);
			}
			if (isErr(f.locals.chan)) return ret(f.locals.chan);
			return f.locals.chan === 0 ? ret(-EPROBE_DEFER) : goto("found");
		}),
		mapped: step("Stop at the first success.", (_, f) => {
			f.locals.chan = f.result;
			f.locals.index++;
			return isErr(f.result) ? goto("map") : next;
		}),
		found: step("Name the client: links in sysfs, a name for debugfs. Return the channel.", (k, f) => {
			noteClient(k, f.locals.chan, f.args[0], cString(k, f.args[1]));
			return ret(f.locals.chan);
		}),
	}),
	steps("struct dma_chan *dma_request_chan_by_mask(const dma_cap_mask_t *mask)", {
		look: step("Take any channel that has the capabilities.", (_, f) =>
			f.args[0] === 0 ? ret(-ENODEV) : call("__dma_request_channel", [f.args[0], 0, 0, 0]),
		),
		done: step("None: defer while no controller is registered at all, else there is no such device.", (k, f) => {
			if (f.result !== 0) return ret(f.result);
			return ret(deviceList(k).length === 0 ? -EPROBE_DEFER : -ENODEV);
		}),
	}),
	steps("struct dma_chan *devm_dma_request_chan(struct device *dev, const char *name)", {
		request: step("Request the channel.", (_, f) => call("dma_request_chan", f.args)),
		manage: step("Let the driver core release it when the driver is detached.", (k, f) => {
			if (!isErr(f.result)) devmAddAction(k, f.args[0], k.address("dma_release_channel"), f.result);
			return ret(f.result);
		}),
	}),
	steps("struct dma_chan *dma_request_slave_channel(struct device *dev, const char *name)", {
		request: step("Deprecated form of dma_request_chan.", (_, f) => call("dma_request_chan", f.args)),
		done: step("Every error becomes NULL, deferral too.", (_, f) => ret(isErr(f.result) ? 0 : f.result)),
	}),
	steps(
		"struct dma_chan *dma_request_slave_channel_compat(const dma_cap_mask_t mask, dma_filter_fn fn, void *fn_param, struct device *dev, const char *name)",
		{
			request: step("Look for the channel by name first.", (_, f) =>
				call("dma_request_slave_channel", [f.args[3], f.args[4]]),
			),
			filter: step("Else by mask and filter, when both filter and parameter are given.", (_, f) => {
				if (f.result !== 0) return ret(f.result);
				const [mask, filter, param] = f.args;
				return filter === 0 || param === 0 ? ret(0) : call("__dma_request_channel", [mask, filter, param, 0]);
			}),
			done: step("Return the channel or NULL.", (_, f) => ret(f.result)),
		},
	),
];
