/** The driver's probe, and its lookup of channels for devicetree clients. */

import { ofPhandleArgs, platformDevice, resource } from "../../device/structs";
import { setCap } from "../../dmaengine/caps";
import { Cap, ENOMEM, isErr, RESIDUE_GRANULARITY_BURST } from "../../dmaengine/constants";
import {
	callPlain,
	devErr,
	devInfo,
	deviceNamePointer,
	hasOfProperty,
	ofNodeOf,
	setDeviceParm,
} from "../../dmaengine/external";
import { listInit } from "../../dmaengine/lists";
import { channelDevice } from "../../dmaengine/names";
import { dmaDevice, ofDma, virtDmaChan } from "../../dmaengine/structs";
import { vchanInit } from "../../dmaengine/virt-dma";
import { call, goto, type KernelFunction, next, ret, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { setOps } from "../common/dma-ops";
import { driverInit } from "../common/platform-driver";
import { enableClock, mayRest, resetPulse } from "../common/power";
import { MAX_BURST, THRESHOLD_NONE } from "./parameters";
import { MAX_ITEMS } from "./prep";
import {
	clearRegister,
	dchanOf,
	flagShift,
	SCR_MINC,
	SCR_PINC,
	SCR_PINCOS,
	SCR_PL,
	SCR_TCIE,
	SCR_TEIE,
	SCR_TRBUFF,
	stmChannel,
	TCI,
} from "./registers";
import { chanReg, MAX_CHANNELS, mdmaConfig, stm32DmaChan, stm32DmaDevice } from "./structs";

const MAX_REQUESTS = 8;
/** Widths 1, 2 and 4 as bit numbers. */
const BUS_WIDTHS = (1 << 1) | (1 << 2) | (1 << 4);
const SLAVE_DIRECTIONS = 0b110;
const ALIGN_32_BYTES = 5;

const channelAt = (dmadev: number, id: number): number => stm32DmaDevice.chan.at(dmadev) + id * stm32DmaChan.$size;

/** Takes the four cells of a client apart (stm32_dma_set_config). */
function setConfig(k: Kernel, chan: number, line: number, config: number, features: number): void {
	const { space } = k;
	const image = stm32DmaChan.chan_reg.at(chan);
	space.fill(image, chanReg.$size, 0);
	let scr = (config & (SCR_PINC | SCR_MINC | SCR_PINCOS | SCR_PL)) | (line << 25) | SCR_TEIE | SCR_TCIE;
	if (features & 0x10) scr |= SCR_TRBUFF;
	chanReg.dma_scr.set(space, image, scr >>> 0);
	stm32DmaChan.threshold.set(space, chan, features & 4 ? THRESHOLD_NONE : features & 3);
	mdmaConfig.stream_id.set(space, stm32DmaChan.mdma_config.at(chan), (features >>> 16) & 15);
}

/** Fills the dma_device: capabilities and ops. */
function describe(k: Kernel, dmadev: number, dev: number): void {
	const { space } = k;
	const dma = stm32DmaDevice.ddev.at(dmadev);
	const copies = hasOfProperty(k, ofNodeOf(k, dev), "st,mem2mem");
	stm32DmaDevice.mem2mem.set(space, dmadev, copies ? 1 : 0);
	for (const cap of [Cap.SLAVE, Cap.PRIVATE, Cap.CYCLIC]) setCap(k, dma, cap);
	if (copies) setCap(k, dma, Cap.MEMCPY);
	dmaDevice.src_addr_widths.set(space, dma, BUS_WIDTHS);
	dmaDevice.dst_addr_widths.set(space, dma, BUS_WIDTHS);
	dmaDevice.directions.set(space, dma, SLAVE_DIRECTIONS | (copies ? 1 : 0));
	dmaDevice.residue_granularity.set(space, dma, RESIDUE_GRANULARITY_BURST);
	dmaDevice.copy_align.set(space, dma, ALIGN_32_BYTES);
	dmaDevice.max_burst.set(space, dma, MAX_BURST);
	dmaDevice.max_sg_burst.set(space, dma, MAX_ITEMS);
	dmaDevice.descriptor_reuse.set(space, dma, 1);
	dmaDevice.dev.set(space, dma, dev);
	setOps(k, dma, {
		device_alloc_chan_resources: "stm32_dma_alloc_chan_resources",
		device_free_chan_resources: "stm32_dma_free_chan_resources",
		device_tx_status: "stm32_dma_tx_status",
		device_issue_pending: "stm32_dma_issue_pending",
		device_prep_slave_sg: "stm32_dma_prep_slave_sg",
		device_prep_dma_cyclic: "stm32_dma_prep_dma_cyclic",
		device_config: "stm32_dma_slave_config",
		device_pause: "stm32_dma_pause",
		device_resume: "stm32_dma_resume",
		device_terminate_all: "stm32_dma_terminate_all",
		device_synchronize: "stm32_dma_synchronize",
	});
	if (copies) dmaDevice.device_prep_dma_memcpy.set(space, dma, k.address("stm32_dma_prep_dma_memcpy"));
}

/** Sets up every channel; MDMA is told where to clear a stream's TCIF. */
function createChannels(k: Kernel, dmadev: number, base: number): void {
	const { space } = k;
	const dma = stm32DmaDevice.ddev.at(dmadev);
	listInit(space, dmaDevice.channels.at(dma));
	for (let id = 0; id < MAX_CHANNELS; id++) {
		const chan = channelAt(dmadev, id);
		stm32DmaChan.id.set(space, chan, id);
		virtDmaChan.desc_free.set(space, stm32DmaChan.vchan.at(chan), k.address("stm32_dma_desc_free"));
		vchanInit(k, stm32DmaChan.vchan.at(chan), dma);
		const mdma = stm32DmaChan.mdma_config.at(chan);
		mdmaConfig.ifcr.set(space, mdma, base + clearRegister(id));
		mdmaConfig.tcf.set(space, mdma, (TCI << flagShift(id)) >>> 0);
	}
}

export const stm32DmaProbeFunctions: KernelFunction[] = [
	steps("struct dma_chan *stm32_dma_of_xlate(struct of_phandle_args *dma_spec, struct of_dma *ofdma)", {
		cells: step("Four cells: stream, request line, configuration, features. Take that stream.", (k, f) => {
			const [spec, ofdma] = f.args;
			const dmadev = ofDma.of_dma_data.get(k.space, ofdma);
			f.locals.dev = dmaDevice.dev.get(k.space, stm32DmaDevice.ddev.at(dmadev));
			if (ofPhandleArgs.args_count.get(k.space, spec) < 4) {
				devErr(k, f.locals.dev, "Bad number of cells\n");
				return ret(0);
			}
			const cell = (index: number) => k.space.r32(ofPhandleArgs.args.at(spec) + 4 * index);
			if (cell(0) >= MAX_CHANNELS || cell(1) >= MAX_REQUESTS) {
				devErr(k, f.locals.dev, "Bad channel and/or request id\n");
				return ret(0);
			}
			f.locals.chan = channelAt(dmadev, cell(0));
			f.locals.line = cell(1);
			f.locals.config = cell(2);
			f.locals.features = cell(3);
			return call("dma_get_slave_channel", [dchanOf(f.locals.chan)]);
		}),
		configure: step("Keep what the cells say for the transfers of this client.", (k, f) => {
			if (f.result === 0) {
				devErr(k, f.locals.dev, "No more channels available\n");
				return ret(0);
			}
			setConfig(k, stmChannel(f.result), f.locals.line, f.locals.config, f.locals.features);
			return ret(f.result);
		}),
	}),
	steps("int stm32_dma_probe(struct platform_device *pdev)", {
		allocate: step("Allocate the driver's struct and map the registers.", (k, f) => {
			f.locals.dev = platformDevice.dev.at(f.args[0]);
			f.locals.dmadev = callPlain(k, "devm_kzalloc", f.locals.dev, stm32DmaDevice.$size, 0xcc0);
			return f.locals.dmadev === 0 ? ret(-ENOMEM) : call("devm_platform_ioremap_resource", [f.args[0], 0]);
		}),
		clock: step("Get the clock and enable it.", (k, f) => {
			const { dev, dmadev } = f.locals;
			if (isErr(f.result)) return ret(f.result);
			stm32DmaDevice.base.set(k.space, dmadev, f.result);
			const clk = enableClock(k, dev, "Can't get clock");
			if (isErr(clk)) return ret(clk);
			stm32DmaDevice.clk.set(k.space, dmadev, clk);
			return next;
		}),
		...resetPulse("describe"),
		describe: step("Fill the dma_device, set up the eight channels and register with dmaengine.", (k, f) => {
			const { dev, dmadev } = f.locals;
			setDeviceParm(k, dev, "max_segment_size", MAX_ITEMS);
			describe(k, dmadev, dev);
			const region = platformDevice.resource.get(k.space, f.args[0]);
			createChannels(k, dmadev, resource.start.get(k.space, region));
			return call("dma_async_device_register", [stm32DmaDevice.ddev.at(dmadev)]);
		}),
		registered: step("Then every stream's interrupt.", (_, f) => {
			f.locals.error = f.result | 0;
			f.locals.index = 0;
			return f.locals.error === 0 ? next : goto("failed");
		}),
		irq: step("Request the next stream's interrupt, under the name of its channel.", (k, f) => {
			const { dev, dmadev } = f.locals;
			if (f.locals.index >= MAX_CHANNELS) return goto("of");
			const irq = callPlain(k, "platform_get_irq", f.args[0], f.locals.index);
			f.locals.error = irq;
			if (irq < 0) return goto("unregister");
			const chan = channelAt(dmadev, f.locals.index);
			stm32DmaChan.irq.set(k.space, chan, irq);
			const name = deviceNamePointer(k, channelDevice(k, dchanOf(chan)));
			return call("devm_request_irq", [dev, irq, k.address("stm32_dma_chan_irq"), 0, name, chan]);
		}),
		requested: step("Go on with the next one.", (k, f) => {
			const error = f.result | 0;
			if (error === 0) {
				f.locals.index++;
				return goto("irq");
			}
			devErr(k, f.locals.dev, `request_irq failed with err ${error} channel ${f.locals.index}\n`);
			f.locals.error = error;
			return goto("unregister");
		}),
		of: step("Register the lookup for devicetree clients.", (k, f) => {
			const { dev, dmadev } = f.locals;
			const xlate = k.address("stm32_dma_of_xlate");
			f.locals.error = callPlain(k, "of_dma_controller_register", ofNodeOf(k, dev), xlate, dmadev);
			if (f.locals.error < 0) {
				devErr(k, dev, `STM32 DMA DMA OF registration failed ${f.locals.error}\n`);
				return goto("unregister");
			}
			callPlain(k, "dev_set_drvdata", dev, dmadev);
			mayRest(k, dev);
			devInfo(k, dev, "STM32 DMA driver registered\n");
			return ret(0);
		}),
		unregister: step("Something is missing: unregister again.", (_, f) =>
			call("dma_async_device_unregister", [stm32DmaDevice.ddev.at(f.locals.dmadev)]),
		),
		failed: step("Disable the clock and return the error.", (k, f) => {
			callPlain(k, "clk_disable_unprepare", stm32DmaDevice.clk.get(k.space, f.locals.dmadev));
			return ret(f.locals.error);
		}),
	}),
	driverInit("int stm32_dma_init(void)", {
		name: "stm32-dma",
		matches: [["st,stm32-dma"]],
		probe: "stm32_dma_probe",
	}),
];
