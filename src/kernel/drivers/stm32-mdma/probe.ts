/** The driver's probe, and its lookup of channels for devicetree clients. */

import { ofPhandleArgs, platformDevice } from "../../device/structs";
import { setCap } from "../../dmaengine/caps";
import { Cap, ENODEV, ENOMEM, isErr, RESIDUE_GRANULARITY_BURST } from "../../dmaengine/constants";
import { callPlain, cellsOf, devErr, devInfo, deviceNamePointer, devWarn, ofNodeOf } from "../../dmaengine/external";
import { listInit } from "../../dmaengine/lists";
import { stackBytes } from "../../dmaengine/scratch";
import { dmaDevice, ofDma, virtDmaChan } from "../../dmaengine/structs";
import { vchanInit } from "../../dmaengine/virt-dma";
import { call, goto, type KernelFunction, next, plain, ret, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { setOps } from "../common/dma-ops";
import { driverInit } from "../common/platform-driver";
import { enableClock, mayRest, resetPulse } from "../common/power";
import { MAX_BUFFER } from "./parameters";
import { CCR_SM, controlOf, deviceOf, mdmaChannel } from "./registers";
import { MAX_CHANNELS, mdmaChan, mdmaChanConfig, mdmaDevice } from "./structs";

const MAX_REQUESTS = 256;
const VERY_HIGH_PRIORITY = 3;
const CELLS = 5;
/** Widths 1, 2, 4 and 8 as bit numbers. */
const BUS_WIDTHS = (1 << 1) | (1 << 2) | (1 << 4) | (1 << 8);
const DIRECTIONS = 0b111;

/** A number of the node; without it `otherwise`, with a line in the log. */
function numberOf(k: Kernel, dev: number, property: string, otherwise: number, what: string): number {
	const value = cellsOf(k, ofNodeOf(k, dev), property)?.[0];
	if (value === undefined) devWarn(k, dev, `MDMA defaulting on ${otherwise} ${what}\n`);
	return value ?? otherwise;
}

/** Fills the dma_device: capabilities and ops. */
function describe(k: Kernel, dmadev: number, dev: number): void {
	const { space } = k;
	const dma = mdmaDevice.ddev.at(dmadev);
	for (const cap of [Cap.SLAVE, Cap.PRIVATE, Cap.CYCLIC, Cap.MEMCPY]) setCap(k, dma, cap);
	dmaDevice.descriptor_reuse.set(space, dma, 1);
	dmaDevice.src_addr_widths.set(space, dma, BUS_WIDTHS);
	dmaDevice.dst_addr_widths.set(space, dma, BUS_WIDTHS);
	dmaDevice.directions.set(space, dma, DIRECTIONS);
	dmaDevice.residue_granularity.set(space, dma, RESIDUE_GRANULARITY_BURST);
	dmaDevice.max_burst.set(space, dma, MAX_BUFFER);
	dmaDevice.dev.set(space, dma, dev);
	setOps(k, dma, {
		device_alloc_chan_resources: "stm32_mdma_alloc_chan_resources",
		device_free_chan_resources: "stm32_mdma_free_chan_resources",
		device_tx_status: "stm32_mdma_tx_status",
		device_issue_pending: "stm32_mdma_issue_pending",
		device_prep_slave_sg: "stm32_mdma_prep_slave_sg",
		device_prep_dma_cyclic: "stm32_mdma_prep_dma_cyclic",
		device_prep_dma_memcpy: "stm32_mdma_prep_dma_memcpy",
		device_config: "stm32_mdma_slave_config",
		device_pause: "stm32_mdma_pause",
		device_resume: "stm32_mdma_resume",
		device_terminate_all: "stm32_mdma_terminate_all",
		device_synchronize: "stm32_mdma_synchronize",
	});
}

/** Sets up every channel; those that firmware has made secure are noted. */
function createChannels(k: Kernel, dmadev: number): void {
	const { space } = k;
	const dma = mdmaDevice.ddev.at(dmadev);
	listInit(space, dmaDevice.channels.at(dma));
	let reserved = 0;
	for (let id = 0; id < mdmaDevice.nr_channels.get(space, dmadev); id++) {
		const chan = mdmaDevice.chan.at(dmadev) + id * mdmaChan.$size;
		mdmaChan.id.set(space, chan, id);
		if (controlOf(k, dmadev, id) & CCR_SM) reserved |= 1 << id;
		virtDmaChan.desc_free.set(space, mdmaChan.vchan.at(chan), k.address("stm32_mdma_desc_free"));
		vchanInit(k, mdmaChan.vchan.at(chan), dma);
	}
	mdmaDevice.chan_reserved.set(space, dmadev, reserved >>> 0);
}

export const stm32MdmaProbeFunctions: KernelFunction[] = [
	...plain({
		"bool stm32_mdma_filter_fn(struct dma_chan *c, void *fn_param)": (k, dchan) => {
			const chan = mdmaChannel(dchan);
			const reserved = mdmaDevice.chan_reserved.get(k.space, deviceOf(k, chan));
			return (reserved >>> mdmaChan.id.get(k.space, chan)) & 1 ? 0 : 1;
		},
	}),
	steps("struct dma_chan *stm32_mdma_of_xlate(struct of_phandle_args *dma_spec, struct of_dma *ofdma)", {
		cells: step(
			"Five cells: request line, priority, transfer configuration, mask address and data. Take any channel that is not secure.",
			(k, f) => {
				const [spec, ofdma] = f.args;
				const { space } = k;
				const dmadev = ofDma.of_dma_data.get(space, ofdma);
				f.locals.dev = dmaDevice.dev.get(space, mdmaDevice.ddev.at(dmadev));
				const refuse = (text: string) => {
					devErr(k, f.locals.dev, `${text}\n`);
					return ret(0);
				};
				if (ofPhandleArgs.args_count.get(space, spec) < CELLS) return refuse("Bad number of args");
				const cell = (index: number) => space.r32(ofPhandleArgs.args.at(spec) + 4 * index);
				if (cell(0) >= mdmaDevice.nr_requests.get(space, dmadev)) return refuse("Bad request line");
				if (cell(1) > VERY_HIGH_PRIORITY) return refuse("Priority level not supported");
				const config = stackBytes(k, mdmaChanConfig.$size);
				mdmaChanConfig.request.set(space, config, cell(0));
				mdmaChanConfig.priority_level.set(space, config, cell(1));
				mdmaChanConfig.transfer_config.set(space, config, cell(2));
				mdmaChanConfig.mask_addr.set(space, config, cell(3));
				mdmaChanConfig.mask_data.set(space, config, cell(4));
				f.locals.config = config;
				const mask = stackBytes(k, 8);
				space.copy(mask, dmaDevice.cap_mask.at(mdmaDevice.ddev.at(dmadev)), 8);
				const filter = k.address("stm32_mdma_filter_fn");
				return call("__dma_request_channel", [mask, filter, config, ofDma.of_node.get(space, ofdma)]);
			},
		),
		configure: step("Keep what the cells say for the transfers of this client.", (k, f) => {
			if (f.result === 0) {
				devErr(k, f.locals.dev, "No more channels available\n");
				return ret(0);
			}
			k.space.copy(mdmaChan.chan_config.at(mdmaChannel(f.result)), f.locals.config, mdmaChanConfig.$size);
			return ret(f.result);
		}),
	}),
	steps("int stm32_mdma_probe(struct platform_device *pdev)", {
		allocate: step(
			"Read the numbers of channels and requests, allocate the driver's struct, map the registers.",
			(k, f) => {
				const { space } = k;
				const dev = platformDevice.dev.at(f.args[0]);
				if (ofNodeOf(k, dev) === 0) return ret(-ENODEV);
				const channels = numberOf(k, dev, "dma-channels", MAX_CHANNELS, "channels");
				const requests = numberOf(k, dev, "dma-requests", MAX_REQUESTS, "request lines");
				const masks = cellsOf(k, ofNodeOf(k, dev), "st,ahb-addr-masks") ?? [];
				const dmadev = callPlain(k, "devm_kzalloc", dev, mdmaDevice.$size + 4 * masks.length, 0xcc0);
				if (dmadev === 0) return ret(-ENOMEM);
				// Linux has room for 32 and does not look: more would be written behind its struct.
				mdmaDevice.nr_channels.set(space, dmadev, Math.min(channels, MAX_CHANNELS));
				mdmaDevice.nr_requests.set(space, dmadev, requests);
				mdmaDevice.nr_ahb_addr_masks.set(space, dmadev, masks.length);
				masks.forEach((mask, i) => {
					space.w32(mdmaDevice.ahb_addr_masks.at(dmadev) + 4 * i, mask);
				});
				f.locals.dev = dev;
				f.locals.dmadev = dmadev;
				return call("devm_platform_ioremap_resource", [f.args[0], 0]);
			},
		),
		clock: step("Get the clock and enable it.", (k, f) => {
			const { dev, dmadev } = f.locals;
			if (isErr(f.result)) return ret(f.result);
			mdmaDevice.base.set(k.space, dmadev, f.result);
			const clk = enableClock(k, dev, "Missing clock controller");
			if (isErr(clk)) return ret(clk);
			mdmaDevice.clk.set(k.space, dmadev, clk);
			return next;
		}),
		...resetPulse("describe"),
		describe: step("Fill the dma_device, set up the channels, request the one interrupt.", (k, f) => {
			const { dev, dmadev } = f.locals;
			describe(k, dmadev, dev);
			createChannels(k, dmadev);
			const irq = callPlain(k, "platform_get_irq", f.args[0], 0);
			f.locals.error = irq;
			if (irq < 0) return goto("failed");
			mdmaDevice.irq.set(k.space, dmadev, irq);
			const handler = k.address("stm32_mdma_irq_handler");
			return call("devm_request_irq", [dev, irq, handler, 0, deviceNamePointer(k, dev), dmadev]);
		}),
		register: step("Register with dmaengine.", (k, f) => {
			f.locals.error = f.result | 0;
			if (f.locals.error !== 0) {
				devErr(k, f.locals.dev, "failed to request IRQ\n");
				return goto("failed");
			}
			return call("dmaenginem_async_device_register", [mdmaDevice.ddev.at(f.locals.dmadev)]);
		}),
		of: step("Register the lookup for devicetree clients.", (k, f) => {
			const { dev, dmadev } = f.locals;
			f.locals.error = f.result | 0;
			if (f.locals.error !== 0) return goto("failed");
			const xlate = k.address("stm32_mdma_of_xlate");
			f.locals.error = callPlain(k, "of_dma_controller_register", ofNodeOf(k, dev), xlate, dmadev);
			if (f.locals.error < 0) {
				devErr(k, dev, `STM32 MDMA DMA OF registration failed ${f.locals.error}\n`);
				return goto("failed");
			}
			callPlain(k, "dev_set_drvdata", dev, dmadev);
			mayRest(k, dev);
			devInfo(k, dev, "STM32 MDMA driver registered\n");
			return ret(0);
		}),
		failed: step("Disable the clock and return the error.", (k, f) => {
			callPlain(k, "clk_disable_unprepare", mdmaDevice.clk.get(k.space, f.locals.dmadev));
			return ret(f.locals.error);
		}),
	}),
	driverInit("int stm32_mdma_init(void)", {
		name: "stm32-mdma",
		matches: [["st,stm32h7-mdma"]],
		probe: "stm32_mdma_probe",
	}),
];
