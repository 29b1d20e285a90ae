/** The driver's probe and remove, and its lookup of channels for devicetree clients. */

import { device, deviceDriver, ofDeviceId, ofPhandleArgs, platformDevice, platformDriver } from "../../device/structs";
import { setCap } from "../../dmaengine/caps";
import { Cap, EINVAL, ENOMEM, EOVERFLOW, isErr, RESIDUE_GRANULARITY_BURST } from "../../dmaengine/constants";
import {
	callPlain,
	cellsOf,
	devInfo,
	devWarn,
	kstrdup,
	kzalloc,
	ofNodeOf,
	setCoherentMask,
	setDeviceMask,
	setDeviceParm,
} from "../../dmaengine/external";
import { listDel, listInit, listNodes } from "../../dmaengine/lists";
import { dmaChan, dmaDevice, ofDma, virtDmaChan } from "../../dmaengine/structs";
import { vchanInit, virtChannel } from "../../dmaengine/virt-dma";
import { call, goto, type KernelFunction, next, ret, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { writeText } from "../../text";
import { switchOff, switchOn } from "./power";
import {
	axiChannel,
	CH_INTSTATUS_ENA,
	CHANNEL_LENGTH,
	COMMON_LENGTH,
	changeConfig,
	channelAt,
	disableChannel,
	INT_EN,
	writeChannel,
} from "./registers";
import { readKnobs } from "./state";
import { axiDmaChan, axiDmaChip, dwAxiDma, dwAxiDmaHcfg, MAX_CHANNELS } from "./structs";

const MAX_MASTERS = 2;
const MAX_BLOCK_SIZE = 0x200000;
const MAX_WIDTH = 6;
const NARROW_CHANNELS = 8;
/** What the driver tells clients: 1024 blocks of four bytes. */
const SEGMENT_HINT = 0x1000;
/** The driver ORs byte counts where bit numbers are meant. */
const BUS_WIDTHS = 1 | 2 | 4 | 8 | 16 | 32 | 64;
const DIRECTIONS = 0b111;
const IRQF_SHARED = 0x80;

const FLAG_APB_REGS = 1;
const FLAG_RESETS = 2;
const FLAG_CFG2 = 4;
const COMPATIBLES: readonly (readonly [string, number])[] = [
	["snps,axi-dma-1.01a", 0],
	["intel,kmb-axi-dma", FLAG_APB_REGS],
	["starfive,jh7110-axi-dma", FLAG_RESETS | FLAG_CFG2],
	["starfive,jh8100-axi-dma", FLAG_RESETS],
];

/** `count` cells of a property; a negative errno when it is missing or too short. */
function read(k: Kernel, np: number, name: string, count: number): readonly number[] | number {
	const values = cellsOf(k, np, name);
	if (!values) return -EINVAL;
	return values.length < count ? -EOVERFLOW : values.slice(0, count);
}

/** Checks the devicetree and fills the hardware description. 0 or a negative errno. */
function parseProperties(k: Kernel, np: number, hdata: number): number {
	const one = (name: string, least: number, most: number): number => {
		const values = read(k, np, name, 1);
		if (typeof values === "number") return values;
		return values[0] < least || values[0] > most ? -EINVAL : values[0];
	};
	const channels = one("dma-channels", 1, MAX_CHANNELS);
	if (channels < 0) return channels;
	dwAxiDmaHcfg.nr_channels.set(k.space, hdata, channels);
	dwAxiDmaHcfg.reg_map_8_channels.set(k.space, hdata, channels <= NARROW_CHANNELS ? 1 : 0);
	const masters = one("snps,dma-masters", 1, MAX_MASTERS);
	if (masters < 0) return masters;
	dwAxiDmaHcfg.nr_masters.set(k.space, hdata, masters);
	const width = one("snps,data-width", 0, MAX_WIDTH);
	if (width < 0) return width;
	dwAxiDmaHcfg.m_data_width.set(k.space, hdata, width);
	const sizes = read(k, np, "snps,block-size", channels);
	if (typeof sizes === "number") return sizes;
	if (sizes.some((size) => size === 0 || size > MAX_BLOCK_SIZE)) return -EINVAL;
	const priorities = read(k, np, "snps,priority", channels);
	if (typeof priorities === "number") return priorities;
	if (priorities.some((priority) => priority >= channels)) return -EINVAL;
	for (let channel = 0; channel < channels; channel++) {
		k.space.w32(dwAxiDmaHcfg.block_size.at(hdata) + 4 * channel, sizes[channel]);
		k.space.w32(dwAxiDmaHcfg.priority.at(hdata) + 4 * channel, priorities[channel]);
	}
	if (cellsOf(k, np, "snps,axi-max-burst-len")) {
		const burst = one("snps,axi-max-burst-len", 1, 256);
		if (burst < 0) return burst;
		dwAxiDmaHcfg.restrict_axi_burst_len.set(k.space, hdata, 1);
		dwAxiDmaHcfg.axi_rw_burst_len.set(k.space, hdata, burst);
	}
	return 0;
}

function channelAddress(k: Kernel, chip: number, index: number): number {
	return dwAxiDma.chan.get(k.space, axiDmaChip.dw.get(k.space, chip)) + index * axiDmaChan.$size;
}

function hdataOf(k: Kernel, chip: number): number {
	return dwAxiDma.hdata.get(k.space, axiDmaChip.dw.get(k.space, chip));
}

const channelCount = (k: Kernel, chip: number): number => dwAxiDmaHcfg.nr_channels.get(k.space, hdataOf(k, chip));

/** The driver's own structs: chip, controller and hardware description. Returns the chip. */
function allocateChip(k: Kernel, dev: number): number {
	const chip = managed(k, dev, axiDmaChip.$size);
	const dw = managed(k, dev, dwAxiDma.$size);
	const hdata = managed(k, dev, dwAxiDmaHcfg.$size);
	if (chip === 0 || dw === 0 || hdata === 0) return 0;
	axiDmaChip.dev.set(k.space, chip, dev);
	axiDmaChip.dw.set(k.space, chip, dw);
	dwAxiDma.hdata.set(k.space, dw, hdata);
	return chip;
}

/** devm_kzalloc. */
const managed = (k: Kernel, dev: number, size: number): number => callPlain(k, "devm_kzalloc", dev, size, 0xcc0);

/** Sets up every channel and puts it on the controller's list. */
function createChannels(k: Kernel, chip: number): boolean {
	const dw = axiDmaChip.dw.get(k.space, chip);
	const count = channelCount(k, chip);
	const channels = managed(k, axiDmaChip.dev.get(k.space, chip), count * axiDmaChan.$size);
	if (channels === 0) return false;
	dwAxiDma.chan.set(k.space, dw, channels);
	listInit(k.space, dmaDevice.channels.at(dwAxiDma.dma.at(dw)));
	for (let id = 0; id < count; id++) {
		const chan = channelAddress(k, chip, id);
		axiDmaChan.chip.set(k.space, chan, chip);
		axiDmaChan.id.set(k.space, chan, id);
		const regs = axiDmaChip.regs.get(k.space, chip) + COMMON_LENGTH + id * CHANNEL_LENGTH;
		axiDmaChan.chan_regs.set(k.space, chan, regs);
		virtDmaChan.desc_free.set(k.space, axiDmaChan.vc.at(chan), k.address("vchan_desc_put"));
		vchanInit(k, axiDmaChan.vc.at(chan), dwAxiDma.dma.at(dw));
	}
	return true;
}

/** Fills the dma_device: capabilities and ops. */
function describe(k: Kernel, chip: number): void {
	const dma = dwAxiDma.dma.at(axiDmaChip.dw.get(k.space, chip));
	for (const cap of [Cap.MEMCPY, Cap.SLAVE, Cap.CYCLIC]) setCap(k, dma, cap);
	dmaDevice.max_burst.set(k.space, dma, dwAxiDmaHcfg.axi_rw_burst_len.get(k.space, hdataOf(k, chip)));
	dmaDevice.src_addr_widths.set(k.space, dma, BUS_WIDTHS);
	dmaDevice.dst_addr_widths.set(k.space, dma, BUS_WIDTHS);
	dmaDevice.directions.set(k.space, dma, DIRECTIONS);
	dmaDevice.residue_granularity.set(k.space, dma, RESIDUE_GRANULARITY_BURST);
	dmaDevice.dev.set(k.space, dma, axiDmaChip.dev.get(k.space, chip));
	const ops = {
		device_tx_status: "dma_chan_tx_status",
		device_issue_pending: "dma_chan_issue_pending",
		device_terminate_all: "dma_chan_terminate_all",
		device_pause: "dma_chan_pause",
		device_resume: "dma_chan_resume",
		device_alloc_chan_resources: "dma_chan_alloc_chan_resources",
		device_free_chan_resources: "dma_chan_free_chan_resources",
		device_prep_dma_memcpy: "dma_chan_prep_dma_memcpy",
		device_synchronize: "dw_axi_dma_synchronize",
		device_config: "dw_axi_dma_chan_slave_config",
		device_prep_slave_sg: "dw_axi_dma_chan_prep_slave_sg",
		device_prep_dma_cyclic: "dw_axi_dma_chan_prep_cyclic",
	} as const;
	for (const [op, name] of Object.entries(ops) as [keyof typeof ops, string][])
		dmaDevice[op].set(k.space, dma, k.address(name));
}

export const probeFunctions: KernelFunction[] = [
	steps("struct dma_chan *dw_axi_dma_of_xlate(struct of_phandle_args *dma_spec, struct of_dma *ofdma)", {
		any: step("Take any free channel of the controller.", (k, f) =>
			call("dma_get_any_slave_channel", [dwAxiDma.dma.at(ofDma.of_dma_data.get(k.space, f.args[1]))]),
		),
		handshake: step("The cell is the hardware handshake that it will use.", (k, f) => {
			if (f.result === 0) return ret(0);
			const cell = k.space.r32(ofPhandleArgs.args.at(f.args[0]));
			axiDmaChan.hw_handshake_num.set(k.space, axiChannel(f.result), cell);
			return ret(f.result);
		}),
	}),
	steps("int dw_probe(struct platform_device *pdev)", {
		allocate: step("Allocate the driver's structs and map the registers.", (k, f) => {
			f.locals.dev = platformDevice.dev.at(f.args[0]);
			f.locals.chip = allocateChip(k, f.locals.dev);
			return f.locals.chip === 0 ? ret(-ENOMEM) : call("devm_platform_ioremap_resource", [f.args[0], 0]);
		}),
		glue: step("Keem Bay: map the registers of the glue, too.", (k, f) => {
			if (isErr(f.result)) return ret(f.result);
			axiDmaChip.regs.set(k.space, f.locals.chip, f.result);
			f.locals.flags = callPlain(k, "of_device_get_match_data", f.locals.dev);
			f.result = 0;
			return f.locals.flags & FLAG_APB_REGS ? call("devm_platform_ioremap_resource", [f.args[0], 1]) : next;
		}),
		reset: step("StarFive: take the controller out of reset.", (k, f) => {
			const { dev, chip, flags } = f.locals;
			if (isErr(f.result)) return ret(f.result);
			axiDmaChip.apb_regs.set(k.space, chip, f.result);
			if ((flags & FLAG_RESETS) === 0) return next;
			const resets = callPlain(k, "devm_reset_control_array_get_exclusive", dev);
			if (isErr(resets)) return ret(resets);
			const error = callPlain(k, "reset_control_deassert", resets);
			return error === 0 ? next : ret(error);
		}),
		core: step("Get the core clock.", (k, f) => {
			dwAxiDmaHcfg.use_cfg2.set(k.space, hdataOf(k, f.locals.chip), f.locals.flags & FLAG_CFG2 ? 1 : 0);
			return call("devm_clk_get", [f.locals.dev, kstrdup(k, "core-clk")]);
		}),
		config: step("Get the configuration clock.", (k, f) => {
			if (isErr(f.result)) return ret(f.result);
			axiDmaChip.core_clk.set(k.space, f.locals.chip, f.result);
			return call("devm_clk_get", [f.locals.dev, kstrdup(k, "cfgr-clk")]);
		}),
		parse: step("Check the devicetree properties; make the channels.", (k, f) => {
			if (isErr(f.result)) return ret(f.result);
			axiDmaChip.cfgr_clk.set(k.space, f.locals.chip, f.result);
			const np = ofNodeOf(k, f.locals.dev);
			const error = parseProperties(k, np, hdataOf(k, f.locals.chip));
			if (error !== 0) return ret(error);
			const knobs = readKnobs((name, otherwise) => cellsOf(k, np, name)?.[0] ?? otherwise);
			k.state.dwAxi.knobs[f.locals.chip] = knobs;
			if (!createChannels(k, f.locals.chip)) return ret(-ENOMEM);
			f.locals.irqs = callPlain(k, "platform_irq_count", f.args[0]);
			f.locals.index = 0;
			return next;
		}),
		irq: step("Request each interrupt of the device, all for one handler.", (k, f) => {
			if (f.locals.index >= f.locals.irqs) return goto("describe");
			const irq = callPlain(k, "platform_get_irq", f.args[0], f.locals.index);
			if (irq < 0) return ret(irq);
			k.space.w32(axiDmaChip.irq.at(f.locals.chip) + 4 * f.locals.index++, irq);
			const name = kstrdup(k, "dw_axi_dmac_platform");
			const handler = k.address("dw_axi_dma_interrupt");
			return call("devm_request_irq", [f.locals.dev, irq, handler, IRQF_SHARED, name, f.locals.chip]);
		}),
		requested: step("Go on with the next one.", (_, f) => {
			const error = f.result | 0;
			return error < 0 ? ret(error) : goto("irq");
		}),
		describe: step(
			"Fill the dma_device; power the controller up, disable every channel and its interrupts.",
			(k, f) => {
				const { chip, dev } = f.locals;
				describe(k, chip);
				device.dma_parms.set(k.space, dev, dwAxiDma.dma_parms.at(axiDmaChip.dw.get(k.space, chip)));
				setDeviceParm(k, dev, "max_segment_size", SEGMENT_HINT);
				device.driver_data.set(k.space, dev, chip);
				switchOn(k, chip);
				for (let id = 0; id < channelCount(k, chip); id++) {
					const chan = channelAt(k, channelAddress(k, chip, id));
					writeChannel(k, chan, CH_INTSTATUS_ENA, 0);
					disableChannel(k, chan);
				}
				setDeviceMask(k, dev, 2 ** 64);
				setCoherentMask(k, dev, 2 ** 64);
				return next;
			},
		),
		register: step("The controller may sleep until a channel is used. Register it with dmaengine.", (k, f) => {
			switchOff(k, f.locals.chip);
			const dw = axiDmaChip.dw.get(k.space, f.locals.chip);
			return call("dmaenginem_async_device_register", [dwAxiDma.dma.at(dw)]);
		}),
		of: step("Register the lookup for devicetree clients.", (k, f) => {
			const { chip, dev } = f.locals;
			if (f.result !== 0) return ret(f.result | 0);
			const dw = axiDmaChip.dw.get(k.space, chip);
			const xlate = k.address("dw_axi_dma_of_xlate");
			if (callPlain(k, "of_dma_controller_register", ofNodeOf(k, dev), xlate, dw) < 0)
				devWarn(k, dev, "Failed to register OF DMA controller, fallback to MEM_TO_MEM mode\n");
			devInfo(k, dev, `DesignWare AXI DMA Controller, ${channelCount(k, chip)} channels\n`);
			return ret(0);
		}),
	}),
	steps("void dw_remove(struct platform_device *pdev)", {
		off: step("Switch interrupts, channels and controller off; clients find it no longer.", (k, f) => {
			const dev = platformDevice.dev.at(f.args[0]);
			const chip = device.driver_data.get(k.space, dev);
			f.locals.chip = chip;
			changeConfig(k, chip, 0, INT_EN);
			for (let id = 0; id < channelCount(k, chip); id++) {
				const chan = channelAt(k, channelAddress(k, chip, id));
				disableChannel(k, chan);
				writeChannel(k, chan, CH_INTSTATUS_ENA, 0);
			}
			switchOff(k, chip);
			callPlain(k, "of_dma_controller_free", ofNodeOf(k, dev));
			return next;
		}),
		channel: step("Take the next channel off the controller's list and wait for its tasklet.", (k, f) => {
			const head = dmaDevice.channels.at(dwAxiDma.dma.at(axiDmaChip.dw.get(k.space, f.locals.chip)));
			const [node] = listNodes(k.space, head);
			if (node === undefined) return ret();
			listDel(k.space, node);
			return call("tasklet_kill", [virtDmaChan.task.at(virtChannel(dmaChan.device_node.container(node)))], "channel");
		}),
	}),
	steps("int dw_axi_dmac_driver_init(void)", {
		register: step("Register the platform driver with the compatibles that it knows.", (k) => {
			const table = kzalloc(k, ofDeviceId.$size * (COMPATIBLES.length + 1));
			COMPATIBLES.forEach(([compatible, flags], index) => {
				const entry = table + index * ofDeviceId.$size;
				writeText(k, ofDeviceId.compatible.at(entry), compatible);
				ofDeviceId.data.set(k.space, entry, flags);
			});
			const driver = kzalloc(k, platformDriver.$size);
			platformDriver.probe.set(k.space, driver, k.address("dw_probe"));
			platformDriver.remove.set(k.space, driver, k.address("dw_remove"));
			deviceDriver.name.set(k.space, platformDriver.driver.at(driver), kstrdup(k, "dw_axi_dmac_platform"));
			deviceDriver.of_match_table.set(k.space, platformDriver.driver.at(driver), table);
			return call("__platform_driver_register", [driver, 0]);
		}),
		done: step("Return its result.", (_, f) => ret(f.result | 0)),
	}),
];
