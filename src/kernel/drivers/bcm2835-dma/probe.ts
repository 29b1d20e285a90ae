/** The driver's probe, and its lookup of channels for devicetree clients. */

import { ofPhandleArgs, platformDevice } from "../../device/structs";
import { mapPhys, unmapDma } from "../../dma-mapping/mapping";
import { setCap } from "../../dmaengine/caps";
import { Cap, EINVAL, ENOMEM, isErr, RESIDUE_GRANULARITY_BURST } from "../../dmaengine/constants";
import { callPlain, cellsOf, devErr, devWarn, kernelBytes, ofNodeOf, setDeviceParm } from "../../dmaengine/external";
import { listDel, listInit, listNodes } from "../../dmaengine/lists";
import { dmaChan, dmaDevice, ofDma, virtDmaChan } from "../../dmaengine/structs";
import { vchanInit, virtChannel } from "../../dmaengine/virt-dma";
import { call, goto, type KernelFunction, next, ret, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { firstTime } from "../../printk/log";
import { setOps } from "../common/dma-ops";
import { driverInit } from "../common/platform-driver";
import { bcmChannel, DEBUG, DEBUG_LITE, read } from "./registers";
import { IRQF_SHARED } from "./run";
import { bcm2835Chan, bcm2835DmaDev } from "./structs";

/** Channels 0 to 14: the sixteenth has its own base address. */
const CHANNELS = 15;
const CHANNEL_LENGTH = 0x100;
/** Above this one channels share its interrupt, where the devicetree names none. */
const LAST_OWN_INTERRUPT = 11;
const MAX_SEGMENT = 0x3fffffff;
const WIDTH_4 = 1 << 4;
const ALL_DIRECTIONS = 0b111;
const PAGE_SIZE = 4096;
const TO_DEVICE = 1;
const GFP_KERNEL_ZERO = 0xdc0;
const MASK_32 = 0xffffffff;

/** Fills the dma_device: capabilities and ops. */
function describe(k: Kernel, od: number, dev: number): void {
	const { space } = k;
	const dma = bcm2835DmaDev.ddev.at(od);
	for (const cap of [Cap.SLAVE, Cap.PRIVATE, Cap.CYCLIC, Cap.MEMCPY]) setCap(k, dma, cap);
	dmaDevice.src_addr_widths.set(space, dma, WIDTH_4);
	dmaDevice.dst_addr_widths.set(space, dma, WIDTH_4);
	dmaDevice.directions.set(space, dma, ALL_DIRECTIONS);
	dmaDevice.residue_granularity.set(space, dma, RESIDUE_GRANULARITY_BURST);
	dmaDevice.descriptor_reuse.set(space, dma, 1);
	dmaDevice.dev.set(space, dma, dev);
	listInit(space, dmaDevice.channels.at(dma));
	setOps(k, dma, {
		device_alloc_chan_resources: "bcm2835_dma_alloc_chan_resources",
		device_free_chan_resources: "bcm2835_dma_free_chan_resources",
		device_tx_status: "bcm2835_dma_tx_status",
		device_issue_pending: "bcm2835_dma_issue_pending",
		device_prep_dma_cyclic: "bcm2835_dma_prep_dma_cyclic",
		device_prep_slave_sg: "bcm2835_dma_prep_slave_sg",
		device_prep_dma_memcpy: "bcm2835_dma_prep_dma_memcpy",
		device_config: "bcm2835_dma_slave_config",
		device_terminate_all: "bcm2835_dma_terminate_all",
		device_synchronize: "bcm2835_dma_synchronize",
	});
}

/** Interrupt of each channel that the mask leaves to Linux, -1 for the others. */
function channelInterrupts(k: Kernel, pdev: number, mask: number): number[] {
	const dev = platformDevice.dev.at(pdev);
	return Array.from({ length: CHANNELS }, (_, n) => {
		if ((mask & (1 << n)) === 0) return -1;
		const named = callPlain(k, "platform_get_irq_byname", pdev, kernelBytes(k, `dma${n}`));
		if (named >= 0) return named;
		if (firstTime(k, "bcm2835_dma_probe"))
			devWarn(k, dev, "missing interrupt-names property in device tree - legacy interpretation is used\n");
		return callPlain(k, "platform_get_irq", pdev, Math.min(n, LAST_OWN_INTERRUPT));
	});
}

/** bcm2835_dma_chan_init: 0 or -ENOMEM. */
function createChannel(k: Kernel, od: number, dev: number, id: number, irq: number, flags: number): number {
	const { space } = k;
	const chan = callPlain(k, "devm_kzalloc", dev, bcm2835Chan.$size, GFP_KERNEL_ZERO);
	if (chan === 0) return -ENOMEM;
	virtDmaChan.desc_free.set(space, bcm2835Chan.vc.at(chan), k.address("bcm2835_dma_desc_free"));
	vchanInit(k, bcm2835Chan.vc.at(chan), bcm2835DmaDev.ddev.at(od));
	bcm2835Chan.chan_base.set(space, chan, bcm2835DmaDev.base.get(space, od) + id * CHANNEL_LENGTH);
	bcm2835Chan.ch.set(space, chan, id);
	bcm2835Chan.irq_number.set(space, chan, irq);
	bcm2835Chan.irq_flags.set(space, chan, flags);
	if (read(k, chan, DEBUG) & DEBUG_LITE) bcm2835Chan.is_lite_channel.set(space, chan, 1);
	return 0;
}

function createChannels(k: Kernel, od: number, pdev: number, mask: number): number {
	const irqs = channelInterrupts(k, pdev, mask);
	for (const [id, irq] of irqs.entries()) {
		if (irq < 0) continue;
		const flags = irqs.some((other, i) => i !== id && other === irq) ? IRQF_SHARED : 0;
		const error = createChannel(k, od, platformDevice.dev.at(pdev), id, irq, flags);
		if (error !== 0) return error;
	}
	return 0;
}

export const bcm2835ProbeFunctions: KernelFunction[] = [
	steps("struct dma_chan *bcm2835_dma_xlate(struct of_phandle_args *spec, struct of_dma *ofdma)", {
		any: step("Any free channel will do.", (k, f) =>
			call("dma_get_any_slave_channel", [bcm2835DmaDev.ddev.at(ofDma.of_dma_data.get(k.space, f.args[1]))]),
		),
		dreq: step("The cell is the DREQ that paces it.", (k, f) => {
			if (f.result === 0) return ret(0);
			const dreq = k.space.r32(ofPhandleArgs.args.at(f.args[0]));
			bcm2835Chan.dreq.set(k.space, bcmChannel(f.result), dreq);
			return ret(f.result);
		}),
	}),
	steps("void bcm2835_dma_free(struct bcm2835_dmadev *od)", {
		first: step("Take the next channel off the list, and wait for its tasklet.", (k, f) => {
			const channels = dmaDevice.channels.at(bcm2835DmaDev.ddev.at(f.args[0]));
			const node = listNodes(k.space, channels)[0];
			if (node === undefined) return goto("zero");
			listDel(k.space, node);
			return call("tasklet_kill", [virtDmaChan.task.at(virtChannel(dmaChan.device_node.container(node)))], "first");
		}),
		zero: step("Unmap the page of zeros.", (k, f) => {
			const dev = dmaDevice.dev.get(k.space, bcm2835DmaDev.ddev.at(f.args[0]));
			unmapDma(k, dev, bcm2835DmaDev.zero_page.get(k.space, f.args[0]), PAGE_SIZE, TO_DEVICE);
			return ret();
		}),
	}),
	steps("int bcm2835_dma_probe(struct platform_device *pdev)", {
		allocate: step("32-bit addresses. Allocate the driver's struct and map the registers.", (k, f) => {
			const dev = platformDevice.dev.at(f.args[0]);
			f.locals.dev = dev;
			const error = callPlain(k, "dma_set_mask_and_coherent", dev, MASK_32);
			if (error !== 0) {
				devErr(k, dev, "Unable to set DMA mask\n");
				return ret(error);
			}
			f.locals.od = callPlain(k, "devm_kzalloc", dev, bcm2835DmaDev.$size, GFP_KERNEL_ZERO);
			if (f.locals.od === 0) return ret(-ENOMEM);
			setDeviceParm(k, dev, "max_segment_size", MAX_SEGMENT);
			return call("devm_platform_ioremap_resource", [f.args[0], 0]);
		}),
		describe: step("Fill the dma_device. Map the page of zeros, to know it again in cyclic transfers.", (k, f) => {
			const { dev, od } = f.locals;
			if (isErr(f.result)) return ret(f.result);
			bcm2835DmaDev.base.set(k.space, od, f.result);
			describe(k, od, dev);
			callPlain(k, "dev_set_drvdata", dev, od);
			const zeros = k.space.toPhys(callPlain(k, "__empty_zero_page"));
			const dma = mapPhys(k, dev, zeros, PAGE_SIZE, TO_DEVICE);
			bcm2835DmaDev.zero_page.set(k.space, od, dma);
			if (!isErr(dma)) return next;
			devErr(k, dev, "Failed to map zero page\n");
			return ret(-ENOMEM);
		}),
		channels: step(
			"brcm,dma-channel-mask: set up the channels that the firmware leaves to Linux, each with its interrupt.",
			(k, f) => {
				const { dev, od } = f.locals;
				const mask = cellsOf(k, ofNodeOf(k, dev), "brcm,dma-channel-mask")?.[0];
				f.locals.error = -EINVAL;
				if (mask === undefined) {
					devErr(k, dev, "Failed to get channel mask\n");
					return goto("undo");
				}
				f.locals.error = createChannels(k, od, f.args[0], mask);
				if (f.locals.error !== 0) return goto("undo");
				const xlate = k.address("bcm2835_dma_xlate");
				f.locals.error = callPlain(k, "of_dma_controller_register", ofNodeOf(k, dev), xlate, od);
				if (f.locals.error === 0) return call("dma_async_device_register", [bcm2835DmaDev.ddev.at(od)]);
				devErr(k, dev, "Failed to register DMA controller\n");
				return goto("undo");
			},
		),
		registered: step("Registered with dmaengine.", (k, f) => {
			f.locals.error = f.result | 0;
			if (f.locals.error === 0) return ret(0);
			devErr(k, f.locals.dev, `Failed to register slave DMA engine device: ${f.locals.error}\n`);
			return next;
		}),
		undo: step("Something is missing: free what was set up.", (_, f) => call("bcm2835_dma_free", [f.locals.od])),
		failed: step("Return the error.", (_, f) => ret(f.locals.error)),
	}),
	steps("void bcm2835_dma_remove(struct platform_device *pdev)", {
		unregister: step("Unregister from dmaengine.", (k, f) => {
			f.locals.od = callPlain(k, "dev_get_drvdata", platformDevice.dev.at(f.args[0]));
			return call("dma_async_device_unregister", [bcm2835DmaDev.ddev.at(f.locals.od)]);
		}),
		free: step("Free the channels.", (_, f) => call("bcm2835_dma_free", [f.locals.od])),
		done: step("The device is free.", () => ret()),
	}),
	driverInit("int bcm2835_dma_driver_init(void)", {
		name: "bcm2835-dma",
		matches: [["brcm,bcm2835-dma"]],
		probe: "bcm2835_dma_probe",
		remove: "bcm2835_dma_remove",
	}),
];
