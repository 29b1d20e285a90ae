/** drivers/dma/of-dma.c: from a client's dmas and dma-names to a channel (core-semantics chapter 4). */

import { ObserverBit } from "../../sim/observers";
import { ofPhandleArgs } from "../device/structs";
import { call, goto, type KernelFunction, next, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { GFP_KERNEL, mightAlloc } from "../mm/gfp";
import { EINVAL, ENODEV, ENOMEM, EPROBE_DEFER, isErr, isErrOrNull } from "./constants";
import { channelsOf } from "./core-channels";
import {
	cString,
	hasOfProperty,
	kfree,
	kzalloc,
	mightSleep,
	nodeFullName,
	parsePhandle,
	prErr,
	stringsOf,
} from "./external";
import { stackBytes } from "./scratch";
import { dmaChan, dmaDevice, dmaRouter, ofDma, ofDmaFilterInfo } from "./structs";

const spec = ofPhandleArgs;

/** Linux says nothing about a channel that the devicetree does not name; a debugger does. */
function tellMissing(k: Kernel, node: number, name: number, why: string): void {
	const { observers } = k.machine;
	if ((observers.mask & ObserverBit.WARNING) === 0) return;
	const wanted = cString(k, name);
	const text = `no DMA channel "${wanted}": ${nodeFullName(k, node)} ${why}`;
	observers.warning(k.component, `dmas ${node} ${wanted}`, text);
}

/** The registered controller or router for a devicetree node; 0 when there is none yet. */
function findController(k: Kernel, node: number): number {
	return k.state.dma.controllers.find((entry) => ofDma.of_node.get(k.space, entry) === node) ?? 0;
}

function register(
	k: Kernel,
	name: string,
	node: number,
	values: Partial<Record<keyof typeof ofDma, number>>,
	ok: boolean,
) {
	if (!ok) {
		prErr(k, `${name}: not enough information provided\n`);
		return -EINVAL;
	}
	mightAlloc(k, GFP_KERNEL);
	const entry = kzalloc(k, ofDma.$size);
	if (entry === 0) return -ENOMEM;
	// of_dma_lock
	mightSleep(k);
	ofDma.of_node.set(k.space, entry, node);
	if (values.of_dma_xlate) ofDma.of_dma_xlate.set(k.space, entry, values.of_dma_xlate);
	if (values.of_dma_route_allocate) ofDma.of_dma_route_allocate.set(k.space, entry, values.of_dma_route_allocate);
	if (values.dma_router) ofDma.dma_router.set(k.space, entry, values.dma_router);
	if (values.of_dma_data) ofDma.of_dma_data.set(k.space, entry, values.of_dma_data);
	k.state.dma.controllers.push(entry);
	return 0;
}

export const ofDmaFunctions: KernelFunction[] = [
	...plain({
		"int of_dma_controller_register(struct device_node *np, struct dma_chan *(*of_dma_xlate)(struct of_phandle_args *, struct of_dma *), void *data)":
			(k, node, xlate, data) =>
				register(
					k,
					"of_dma_controller_register",
					node,
					{ of_dma_xlate: xlate, of_dma_data: data },
					node !== 0 && xlate !== 0,
				),
		"void of_dma_controller_free(struct device_node *np)": (k, node) => {
			mightSleep(k);
			const entry = findController(k, node);
			if (entry === 0) return;
			k.state.dma.controllers = k.state.dma.controllers.filter((other) => other !== entry);
			kfree(k, entry);
		},
		"int of_dma_router_register(struct device_node *np, void *(*of_dma_route_allocate)(struct of_phandle_args *, struct of_dma *), struct dma_router *dma_router)":
			(k, node, allocate, router) =>
				register(
					k,
					"of_dma_router_register",
					node,
					{
						of_dma_xlate: k.address("of_dma_router_xlate"),
						of_dma_route_allocate: allocate,
						dma_router: router,
					},
					node !== 0 && allocate !== 0 && router !== 0,
				),
	}),
	steps("struct dma_chan *of_dma_request_slave_channel(struct device_node *np, const char *name)", {
		check: step("The node must have dmas and dma-names; lookups of one name go round over its entries.", (k, f) => {
			const [node, name] = f.args;
			mightSleep(k);
			if (node === 0 || name === 0) {
				prErr(k, "of_dma_request_slave_channel: not enough information provided\n");
				return ret(-ENODEV);
			}
			if (!hasOfProperty(k, node, "dmas")) {
				tellMissing(k, node, name, "has no dmas property");
				return ret(-ENODEV);
			}
			const names = stringsOf(k, node, "dma-names");
			if (names.length === 0) {
				const where = nodeFullName(k, node);
				prErr(k, `of_dma_request_slave_channel: dma-names property of node '${where}' missing or empty\n`);
				return ret(-ENODEV);
			}
			if (!names.includes(cString(k, name))) tellMissing(k, node, name, `has in dma-names only ${names.join(", ")}`);
			f.locals.start = ++k.state.dma.ofLookups;
			f.locals.index = 0;
			f.locals.error = -ENODEV;
			f.locals.spec = stackBytes(k, spec.$size);
			return next;
		}),
		match: step("Take the next entry of that name and let its controller translate it into a channel.", (k, f) => {
			const [node, name] = f.args;
			const wanted = cString(k, name);
			const names = stringsOf(k, node, "dma-names");
			while (f.locals.index < names.length) {
				const at = (f.locals.index++ + f.locals.start) % names.length;
				if (names[at] !== wanted || !parsePhandle(k, node, "dmas", "#dma-cells", at, f.locals.spec)) continue;
				const entry = findController(k, spec.np.get(k.space, f.locals.spec));
				if (entry !== 0) return call(ofDma.of_dma_xlate.get(k.space, entry), [f.locals.spec, entry]);
				f.locals.error = -EPROBE_DEFER;
			}
			return ret(f.locals.error);
		}),
		translated: step("A channel or an error is the answer; NULL means that the next entry is tried.", (_, f) =>
			f.result !== 0 ? ret(f.result) : goto("match"),
		),
	}),
	steps("struct dma_chan *of_dma_simple_xlate(struct of_phandle_args *dma_spec, struct of_dma *ofdma)", {
		request: step("One cell: the parameter of the filter that the controller gave.", (k, f) => {
			const [args, entry] = f.args;
			const info = ofDma.of_dma_data.get(k.space, entry);
			const filter = info === 0 ? 0 : ofDmaFilterInfo.filter_fn.get(k.space, info);
			if (filter === 0 || spec.args_count.get(k.space, args) !== 1) return ret(0);
			return call("__dma_request_channel", [
				ofDmaFilterInfo.dma_cap.at(info),
				filter,
				spec.args.at(args),
				spec.np.get(k.space, args),
			]);
		}),
		done: step("Return the channel or NULL.", (_, f) => ret(f.result)),
	}),
	steps("struct dma_chan *of_dma_xlate_by_chan_id(struct of_phandle_args *dma_spec, struct of_dma *ofdma)", {
		find: step("One cell: the channel's number.", (k, f) => {
			const [args, entry] = f.args;
			const device = ofDma.of_dma_data.get(k.space, entry);
			if (device === 0 || spec.args_count.get(k.space, args) !== 1) return ret(0);
			const id = k.space.r32(spec.args.at(args));
			const chan = channelsOf(k, device).find((c) => dmaChan.chan_id.get(k.space, c) === id);
			return chan === undefined ? ret(0) : call("dma_get_slave_channel", [chan]);
		}),
		done: step("Return the channel, NULL when somebody has it.", (_, f) => ret(f.result)),
	}),
	steps("struct dma_chan *of_dma_router_xlate(struct of_phandle_args *dma_spec, struct of_dma *ofdma)", {
		route: step("Let the router allocate a route: it rewrites the specifier for the real controller.", (k, f) => {
			const [args, entry] = f.args;
			f.locals.spec = stackBytes(k, spec.$size);
			k.space.copy(f.locals.spec, args, spec.$size);
			f.locals.router = ofDma.dma_router.get(k.space, entry);
			return call(ofDma.of_dma_route_allocate.get(k.space, entry), [f.locals.spec, entry]);
		}),
		translate: step("Let that controller translate it into a channel.", (k, f) => {
			if (isErr(f.result)) return ret(0);
			f.locals.data = f.result;
			const target = findController(k, spec.np.get(k.space, f.locals.spec));
			if (target !== 0) return call(ofDma.of_dma_xlate.get(k.space, target), [f.locals.spec, target]);
			f.result = -EPROBE_DEFER;
			return next;
		}),
		configure: step(
			"With a channel: note its router and let the driver set it up. Without: free the route.",
			(k, f) => {
				const { router, data } = f.locals;
				f.locals.chan = f.result;
				if (isErrOrNull(f.result))
					return call(dmaRouter.route_free.get(k.space, router), [dmaRouter.dev.get(k.space, router), data], "failed");
				dmaChan.router.set(k.space, f.locals.chan, router);
				dmaChan.route_data.set(k.space, f.locals.chan, data);
				const op = dmaDevice.device_router_config.get(k.space, dmaChan.device.get(k.space, f.locals.chan));
				return op === 0 ? ret(f.locals.chan) : call(op, [f.locals.chan]);
			},
		),
		configured: step("A driver that refuses gets its channel back.", (_, f) => {
			f.locals.error = f.result | 0;
			return f.locals.error === 0 ? ret(f.locals.chan) : call("dma_release_channel", [f.locals.chan]);
		}),
		released: step("Return the driver's error.", (_, f) => ret(f.locals.error)),
		failed: step("Return NULL or the controller's error.", (_, f) => ret(f.locals.chan)),
	}),
];
