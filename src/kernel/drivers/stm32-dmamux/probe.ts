/** The router's probe. */

import { platformDevice } from "../../device/structs";
import { EINVAL, ENODEV, ENOMEM, EPROBE_DEFER, isErr } from "../../dmaengine/constants";
import {
	callPlain,
	cellsOf,
	devErr,
	devInfo,
	devWarn,
	initLock,
	kstrdup,
	ofNodeOf,
	stringsOf,
} from "../../dmaengine/external";
import { dmaRouter } from "../../dmaengine/structs";
import { call, goto, type KernelFunction, next, ret, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { driverInit } from "../common/platform-driver";
import { enableClock } from "../common/power";
import { outputRegister } from "./route";
import { MAX_OUTPUTS, stm32DmamuxData } from "./structs";

const DEFAULT_REQUESTS = 255;

/** Outputs of each master; a negative errno when one is no STM32 DMA, or they are too many. */
function outputsOf(k: Kernel, dev: number): number[] | number {
	const node = ofNodeOf(k, dev);
	const outputs: number[] = [];
	for (let index = 0; index < (cellsOf(k, node, "dma-masters") ?? []).length; index++) {
		const master = callPlain(k, "of_parse_phandle", node, kstrdup(k, "dma-masters"), index);
		if (master === 0 || !stringsOf(k, master, "compatible").includes("st,stm32-dma")) {
			devErr(k, dev, "DMA master is not supported\n");
			return -EINVAL;
		}
		const requests = cellsOf(k, master, "dma-requests")?.[0];
		if (requests === undefined) devInfo(k, dev, `Missing MUX output information, using ${MAX_OUTPUTS}.\n`);
		outputs.push(requests ?? MAX_OUTPUTS);
	}
	if (outputs.reduce((sum, count) => sum + count, 0) > MAX_OUTPUTS) {
		devErr(k, dev, "Too many DMA Master Requests to manage\n");
		return -ENODEV;
	}
	return outputs;
}

export const stm32DmamuxProbeFunctions: KernelFunction[] = [
	steps("int stm32_dmamux_probe(struct platform_device *pdev)", {
		masters: step(
			"Count the outputs: dma-requests of each of dma-masters, at most 32 in all. Map the registers.",
			(k, f) => {
				const dev = platformDevice.dev.at(f.args[0]);
				f.locals.dev = dev;
				const node = ofNodeOf(k, dev);
				if (node === 0) return ret(-ENODEV);
				if (cellsOf(k, node, "dma-masters") === undefined) {
					devErr(k, dev, "Can't get DMA master(s) node\n");
					return ret(-ENODEV);
				}
				const outputs = outputsOf(k, dev);
				if (typeof outputs === "number") return ret(outputs);
				const data = callPlain(k, "devm_kzalloc", dev, stm32DmamuxData.$size + 4 * (outputs.length + 1), 0xcc0);
				if (data === 0) return ret(-ENOMEM);
				f.locals.data = data;
				f.locals.masters = outputs.length;
				[outputs.length, ...outputs].forEach((value, index) => {
					k.space.w32(stm32DmamuxData.dma_reqs.at(data) + 4 * index, value);
				});
				stm32DmamuxData.dma_requests.set(
					k.space,
					data,
					outputs.reduce((sum, count) => sum + count, 0),
				);
				const inputs = cellsOf(k, node, "dma-requests")?.[0];
				if (inputs === undefined) devWarn(k, dev, `DMAMUX defaulting on ${DEFAULT_REQUESTS} requests\n`);
				stm32DmamuxData.dmamux_requests.set(k.space, data, inputs ?? DEFAULT_REQUESTS);
				callPlain(k, "pm_runtime_get_noresume", dev);
				return call("devm_platform_ioremap_resource", [f.args[0], 0]);
			},
		),
		clock: step("Get the clock and enable it.", (k, f) => {
			const { dev, data } = f.locals;
			if (isErr(f.result)) return ret(f.result);
			stm32DmamuxData.iomem.set(k.space, data, f.result);
			initLock(k, stm32DmamuxData.lock.at(data), "&stm32_dmamux->lock");
			const clk = enableClock(k, dev, "Missing clock controller");
			if (isErr(clk)) return ret(clk);
			stm32DmamuxData.clk.set(k.space, data, clk);
			return next;
		}),
		reset: step("Pulse the reset line for 2 µs, where there is one and more than one master.", (k, f) => {
			const reset = callPlain(k, "devm_reset_control_get", f.locals.dev, 0);
			f.locals.reset = reset;
			if (reset === -EPROBE_DEFER) {
				callPlain(k, "clk_disable_unprepare", stm32DmamuxData.clk.get(k.space, f.locals.data));
				return ret(reset);
			}
			if (isErr(reset) || f.locals.masters <= 1) return goto("routes");
			callPlain(k, "reset_control_assert", reset);
			return call("udelay", [2]);
		}),
		release: step("Out of reset.", (k, f) => {
			callPlain(k, "reset_control_deassert", f.locals.reset);
			return next;
		}),
		routes: step("CxCR: no output has a request. Register the router for devicetree clients.", (k, f) => {
			const { dev, data } = f.locals;
			const router = stm32DmamuxData.dmarouter.at(data);
			dmaRouter.dev.set(k.space, router, dev);
			dmaRouter.route_free.set(k.space, router, k.address("stm32_dmamux_free"));
			callPlain(k, "dev_set_drvdata", dev, data);
			callPlain(k, "pm_runtime_set_active", dev);
			callPlain(k, "pm_runtime_enable", dev);
			callPlain(k, "pm_runtime_get_noresume", dev);
			for (let output = 0; output < stm32DmamuxData.dma_requests.get(k.space, data); output++)
				k.space.w32(outputRegister(k, data, output), 0);
			callPlain(k, "pm_runtime_put", dev);
			const allocate = k.address("stm32_dmamux_route_allocate");
			const error = callPlain(k, "of_dma_router_register", ofNodeOf(k, dev), allocate, router);
			if (error === 0) return ret(0);
			callPlain(k, "pm_runtime_disable", dev);
			callPlain(k, "clk_disable_unprepare", stm32DmamuxData.clk.get(k.space, data));
			return ret(error);
		}),
	}),
	driverInit("int stm32_dmamux_init(void)", {
		name: "stm32-dmamux",
		matches: [["st,stm32h7-dmamux"]],
		probe: "stm32_dmamux_probe",
	}),
];
