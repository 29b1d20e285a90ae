/** Routes through the STM32 DMAMUX: an output for each client, in the order in which they ask (reference 3). */
import { device, ofPhandleArgs, platformDevice } from "../../device/structs";
import { EINVAL, ENOMEM } from "../../dmaengine/constants";
import { callPlain, devErr, kfree, kstrdup, kzalloc } from "../../dmaengine/external";
import { ofDma } from "../../dmaengine/structs";
import { type KernelFunction, plain } from "../../functions";
import type { Kernel } from "../../kernel";
import { spinLockIrqsave, spinUnlockIrqrestore } from "../../locks/locks";
import { stm32Dmamux, stm32DmamuxData } from "./structs";

const CELLS = 3;

const dataOf = (k: Kernel, dev: number): number => device.driver_data.get(k.space, dev);

/** CxCR, over MMIO. */
export const outputRegister = (k: Kernel, data: number, output: number): number =>
	stm32DmamuxData.iomem.get(k.space, data) + 4 * output;

function locked<T>(k: Kernel, data: number, body: () => T): T {
	const flags = spinLockIrqsave(k, stm32DmamuxData.lock.at(data));
	const result = body();
	spinUnlockIrqrestore(k, stm32DmamuxData.lock.at(data), flags);
	return result;
}

const inUse = (k: Kernel, data: number): number => k.space.r32(stm32DmamuxData.dma_inuse.at(data));
const setInUse = (k: Kernel, data: number, bits: number): void =>
	k.space.w32(stm32DmamuxData.dma_inuse.at(data), bits >>> 0);

/** Takes the lowest free output; -1 when there is none. */
function takeOutput(k: Kernel, data: number): number {
	const used = inUse(k, data);
	const count = stm32DmamuxData.dma_requests.get(k.space, data);
	for (let output = 0; output < count; output++)
		if (((used >>> output) & 1) === 0) {
			setInUse(k, data, used | (1 << output));
			return output;
		}
	return -1;
}

/** The master that an output leads to, and that master's first output. */
function masterOf(k: Kernel, data: number, output: number): { index: number; first: number } {
	const outputs = (index: number) => k.space.r32(stm32DmamuxData.dma_reqs.at(data) + 4 * (1 + index));
	const masters = k.space.r32(stm32DmamuxData.dma_reqs.at(data));
	let first = 0;
	let index = 0;
	while (index < masters - 1 && output >= first + outputs(index)) first += outputs(index++);
	return { index, first };
}

/** Chooses an output, programs it and rewrites the three cells to the four of its master. */
function routeAllocate(k: Kernel, spec: number, ofdma: number): number {
	const { space } = k;
	const pdev = callPlain(k, "of_find_device_by_node", ofDma.of_node.get(space, ofdma));
	const dev = platformDevice.dev.at(pdev);
	const data = dataOf(k, dev);
	const cell = (index: number) => ofPhandleArgs.args.at(spec) + 4 * index;
	if (ofPhandleArgs.args_count.get(space, spec) !== CELLS) {
		devErr(k, dev, "invalid number of dma mux args\n");
		return -EINVAL;
	}
	const request = space.r32(cell(0));
	if (request > stm32DmamuxData.dmamux_requests.get(space, data)) {
		devErr(k, dev, `invalid mux request number: ${request | 0}\n`);
		return -EINVAL;
	}
	const mux = kzalloc(k, stm32Dmamux.$size);
	if (mux === 0) return -ENOMEM;
	const output = locked(k, data, () => takeOutput(k, data));
	if (output < 0) {
		devErr(k, dev, "Run out of free DMA requests\n");
		kfree(k, mux);
		return -ENOMEM;
	}
	const { index, first } = masterOf(k, data, output);
	const node = ofDma.of_node.get(space, ofdma);
	const master = callPlain(k, "of_parse_phandle", node, kstrdup(k, "dma-masters"), index);
	if (master === 0) {
		devErr(k, dev, "can't get dma master\n");
		setInUse(k, data, inUse(k, data) & ~(1 << output));
		kfree(k, mux);
		return -EINVAL;
	}
	locked(k, data, () => callPlain(k, "pm_runtime_resume_and_get", dev));
	stm32Dmamux.master.set(space, mux, index);
	stm32Dmamux.request.set(space, mux, request);
	stm32Dmamux.chan_id.set(space, mux, output);
	ofPhandleArgs.np.set(space, spec, master);
	space.w32(cell(3), (space.r32(cell(2)) | (output << 16)) >>> 0);
	space.w32(cell(2), space.r32(cell(1)));
	space.w32(cell(1), 0);
	space.w32(cell(0), output - first);
	ofPhandleArgs.args_count.set(space, spec, CELLS + 1);
	space.w32(outputRegister(k, data, output), request);
	return mux;
}

function routeFree(k: Kernel, dev: number, mux: number): void {
	const data = dataOf(k, dev);
	const output = stm32Dmamux.chan_id.get(k.space, mux);
	locked(k, data, () => {
		k.space.w32(outputRegister(k, data, output), 0);
		setInUse(k, data, inUse(k, data) & ~(1 << output));
		callPlain(k, "pm_runtime_put_sync", dev);
	});
	kfree(k, mux);
}

/** Calls `visit` with each output's register and its place in the driver's copy, while the router has power. */
function eachOutput(k: Kernel, dev: number, visit: (register: number, copy: number) => void): void {
	const data = dataOf(k, dev);
	callPlain(k, "pm_runtime_resume_and_get", dev);
	for (let output = 0; output < stm32DmamuxData.dma_requests.get(k.space, data); output++)
		visit(outputRegister(k, data, output), stm32DmamuxData.ccr.at(data) + 4 * output);
	callPlain(k, "pm_runtime_put_sync", dev);
}

export const stm32DmamuxRouteFunctions: KernelFunction[] = plain({
	"void *stm32_dmamux_route_allocate(struct of_phandle_args *dma_spec, struct of_dma *ofdma)": routeAllocate,
	"void stm32_dmamux_free(struct device *dev, void *route_data)": routeFree,
	"int stm32_dmamux_suspend(struct device *dev)": (k, dev) => {
		eachOutput(k, dev, (register, copy) => k.space.w32(copy, k.space.r32(register)));
		callPlain(k, "pm_runtime_force_suspend", dev);
		return 0;
	},
	"int stm32_dmamux_resume(struct device *dev)": (k, dev) => {
		callPlain(k, "pm_runtime_force_resume", dev);
		eachOutput(k, dev, (register, copy) => k.space.w32(register, k.space.r32(copy)));
		return 0;
	},
});
