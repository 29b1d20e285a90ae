/** The driver's probe and remove, and its lookup of channels for devicetree clients. */
import { device, deviceDriver, ofDeviceId, ofPhandleArgs, platformDevice, platformDriver } from "../../device/structs";
import { ENODEV, ENOMEM, isErr } from "../../dmaengine/constants";
import {
	callPlain,
	devErr,
	deviceNamePointer,
	devWarn,
	hasOfProperty,
	initLock,
	kfree,
	kstrdup,
	kzalloc,
	ofNodeOf,
	setDeviceParm,
} from "../../dmaengine/external";
import { listDel, listInit, listNodes } from "../../dmaengine/lists";
import { dmaChan, dmaDevice, ofDma } from "../../dmaengine/structs";
import { addFile, removePath } from "../../fs/files";
import { call, goto, type KernelFunction, next, ret, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { writeText } from "../../text";
import { addDesc, NR_DEFAULT_DESC } from "./pool";
import { chanOf, config, pchanOf, QUIRK_BROKEN_NO_FLUSHP, QUIRK_PERIPH_BURST, threadAt, threadOf } from "./registers";
import { addDmac, announce, createChannels, debugPath, describe } from "./setup";
import { DmacState, dmaPl330Chan, pl330Config, pl330Dmac, pl330Thread } from "./structs";

/** AMBA_NR_IRQS. */
const MOST_IRQS = 9;
/** Where an AMBA device of 4 KiB says what it is, and what it must say as a PrimeCell. */
const PERIPH_ID = 0xfe0;
const CELL_ID = 0xff0;
const AMBA_CID = 0xb105f00d;
const PL330_ID = 0x41330;
const PL330_ID_MASK = 0xfffff;
const MAX_SEGMENT = 1900800;
const QUIRKS: readonly (readonly [string, number])[] = [
	["arm,pl330-broken-no-flushp", QUIRK_BROKEN_NO_FLUSHP],
	["arm,pl330-periph-burst", QUIRK_PERIPH_BURST],
];

/** An identification number: the low bytes of four registers. */
function ambaId(k: Kernel, base: number, offset: number): number {
	let id = 0;
	for (let n = 0; n < 4; n++) id += (k.space.r32(base + offset + 4 * n) & 255) * 256 ** n;
	return id;
}

export const pl330ProbeFunctions: KernelFunction[] = [
	steps("struct dma_chan *of_dma_pl330_xlate(struct of_phandle_args *dma_spec, struct of_dma *ofdma)", {
		channel: step("One cell: the peripheral's request, and the number of the channel.", (k, f) => {
			const [spec, ofdma] = f.args;
			const dmac = ofDma.of_dma_data.get(k.space, ofdma);
			if (dmac === 0 || ofPhandleArgs.args_count.get(k.space, spec) !== 1) return ret(0);
			const id = k.space.r32(ofPhandleArgs.args.at(spec));
			if (id >= pl330Dmac.num_peripherals.get(k.space, dmac)) return ret(0);
			const pch = pl330Dmac.peripherals.get(k.space, dmac) + id * dmaPl330Chan.$size;
			return call("dma_get_slave_channel", [chanOf(pch)]);
		}),
		done: step("Return it, unless somebody has it.", (_, f) => ret(f.result)),
	}),
	steps("int amba_probe(struct platform_device *pdev)", {
		map: step("The AMBA bus: map the registers.", (_, f) => {
			f.locals.dev = platformDevice.dev.at(f.args[0]);
			return call("devm_platform_ioremap_resource", [f.args[0], 0]);
		}),
		clock: step("Get and enable apb_pclk. The last registers say what the device is.", (k, f) => {
			if (isErr(f.result)) return ret(f.result);
			f.locals.base = f.result;
			const clk = callPlain(k, "devm_clk_get_enabled", f.locals.dev, kstrdup(k, "apb_pclk"));
			if (isErr(clk)) return ret(clk);
			const id = ambaId(k, f.locals.base, PERIPH_ID);
			const fits = ambaId(k, f.locals.base, CELL_ID) === AMBA_CID && (id & PL330_ID_MASK) === PL330_ID;
			return fits ? call("pl330_probe", [f.args[0], f.locals.base, id]) : ret(-ENODEV);
		}),
		done: step("Return the driver's result.", (_, f) => ret(f.result | 0)),
	}),
	steps("int pl330_probe(struct platform_device *adev, void *base, u32 periphid)", {
		allocate: step("Allocate the driver's struct. 32 bits of address. Quirks from the devicetree.", (k, f) => {
			const [pdev, base, id] = f.args;
			const { space } = k;
			const dev = platformDevice.dev.at(pdev);
			const error = callPlain(k, "dma_set_mask_and_coherent", dev, 0xffffffff);
			if (error !== 0) return ret(error);
			const dmac = callPlain(k, "devm_kzalloc", dev, pl330Dmac.$size, 0xcc0);
			if (dmac === 0) return ret(-ENOMEM);
			f.locals.dev = dev;
			f.locals.dmac = dmac;
			dmaDevice.dev.set(space, pl330Dmac.ddma.at(dmac), dev);
			let quirks = 0;
			for (const [name, bit] of QUIRKS) if (hasOfProperty(k, ofNodeOf(k, dev), name)) quirks |= bit;
			pl330Dmac.quirks.set(space, dmac, quirks);
			pl330Dmac.base.set(space, dmac, base);
			pl330Config.periph_id.set(space, pl330Dmac.pcfg.at(dmac), id);
			device.driver_data.set(space, dev, dmac);
			return next;
		}),
		reset: step("Out of reset, where the devicetree has reset lines.", (k, f) => {
			for (const name of ["dma", "dma-ocp"]) {
				const line = callPlain(k, "devm_reset_control_get_optional", f.locals.dev, kstrdup(k, name));
				if (isErr(line)) return ret(line);
				if (line !== 0) callPlain(k, "reset_control_deassert", line);
			}
			f.locals.index = 0;
			return next;
		}),
		irq: step("Request each interrupt of the device, nine at most, all for one handler.", (k, f) => {
			const { dev, dmac, index } = f.locals;
			const irq = index < MOST_IRQS ? callPlain(k, "platform_get_irq_optional", f.args[0], index) : 0;
			if (irq <= 0) return goto("add");
			f.locals.index++;
			const handler = k.address("pl330_irq_handler");
			return call("devm_request_irq", [dev, irq, handler, 0, deviceNamePointer(k, dev), dmac]);
		}),
		requested: step("Go on with the next one.", (_, f) => {
			const error = f.result | 0;
			return error < 0 ? ret(error) : goto("irq");
		}),
		add: step(
			"Read the configuration registers. Allocate memory for microcode, threads, 16 descriptors and the channels.",
			(k, f) => {
				const { dev, dmac } = f.locals;
				const error = addDmac(k, dmac);
				if (error !== 0) return ret(error);
				listInit(k.space, pl330Dmac.desc_pool.at(dmac));
				initLock(k, pl330Dmac.pool_lock.at(dmac), "&pl330->pool_lock");
				if (addDesc(k, pl330Dmac.desc_pool.at(dmac), NR_DEFAULT_DESC) === 0)
					devWarn(k, dev, "unable to allocate desc\n");
				if (!createChannels(k, dmac)) return ret(-ENOMEM);
				describe(k, dmac);
				return call("dma_async_device_register", [pl330Dmac.ddma.at(dmac)]);
			},
		),
		of: step(
			"Registered: register the lookup for devicetree clients, too. Segments of up to 1900800 bytes.",
			(k, f) => {
				const { dev, dmac } = f.locals;
				if ((f.result | 0) !== 0) {
					devErr(k, dev, "unable to register DMAC\n");
					return ret(f.result | 0);
				}
				const xlate = k.address("of_dma_pl330_xlate");
				if (callPlain(k, "of_dma_controller_register", ofNodeOf(k, dev), xlate, dmac) !== 0)
					devErr(k, dev, "unable to register DMA to the generic DT DMA helpers\n");
				setDeviceParm(k, dev, "max_segment_size", MAX_SEGMENT);
				addFile(k, { path: debugPath(k, dmac), mode: 0o444, read: "pl330_debugfs_show", write: "", arg: dmac });
				announce(k, dmac);
				callPlain(k, "pm_runtime_put_autosuspend", dev);
				return ret(0);
			},
		),
	}),
	steps("void pl330_remove(struct platform_device *adev)", {
		begin: step("Clients find the controller no longer.", (k, f) => {
			const dev = platformDevice.dev.at(f.args[0]);
			f.locals.dev = dev;
			f.locals.dmac = device.driver_data.get(k.space, dev);
			f.locals.index = 0;
			removePath(k, debugPath(k, f.locals.dmac));
			callPlain(k, "pm_runtime_get_noresume", dev);
			callPlain(k, "of_dma_controller_free", ofNodeOf(k, dev));
			return next;
		}),
		irq: step("Free each interrupt.", (k, f) => {
			const { dev, dmac, index } = f.locals;
			const irq = index < MOST_IRQS ? callPlain(k, "platform_get_irq_optional", f.args[0], index) : 0;
			if (irq <= 0) return next;
			f.locals.index++;
			return call("devm_free_irq", [dev, irq, dmac], "irq");
		}),
		unregister: step("Unregister from dmaengine.", (_, f) =>
			call("dma_async_device_unregister", [pl330Dmac.ddma.at(f.locals.dmac)]),
		),
		channel: step("Take the next channel off the list; one that is still used is terminated.", (k, f) => {
			const [node] = listNodes(k.space, dmaDevice.channels.at(pl330Dmac.ddma.at(f.locals.dmac)));
			if (node === undefined) return goto("tasklet");
			listDel(k.space, node);
			f.locals.chan = dmaChan.device_node.container(node);
			return threadOf(k, pchanOf(f.locals.chan)) === 0
				? goto("channel")
				: call("pl330_terminate_all", [f.locals.chan], "release");
		}),
		release: step("Give its thread back.", (_, f) => call("pl330_free_chan_resources", [f.locals.chan], "channel")),
		tasklet: step("Wait for the controller's tasklet.", (k, f) => {
			pl330Dmac.state.set(k.space, f.locals.dmac, DmacState.UNINIT);
			return call("tasklet_kill", [pl330Dmac.tasks.at(f.locals.dmac)]);
		}),
		thread: step("Stop the threads that are still taken.", (k, f) => {
			const { dmac } = f.locals;
			for (let id = 0; id < config(k, dmac, "num_chan"); id++) {
				const thrd = threadAt(k, dmac, id);
				if (!pl330Thread.free.get(k.space, thrd)) return call("pl330_release_channel", [thrd], "thread");
			}
			return next;
		}),
		free: step("Free threads and microcode.", (k, f) => {
			const { dev, dmac } = f.locals;
			kfree(k, pl330Dmac.channels.get(k.space, dmac));
			const bytes = config(k, dmac, "num_chan") * pl330Dmac.mcbufsz.get(k.space, dmac);
			const [cpu, bus] = [pl330Dmac.mcode_cpu.get(k.space, dmac), pl330Dmac.mcode_bus.get(k.space, dmac)];
			callPlain(k, "dma_free_attrs", dev, bytes, cpu, bus, 0);
			return ret();
		}),
	}),
	steps("int pl330_driver_init(void)", {
		register: step("Register the driver for PL330s.", (k) => {
			const table = kzalloc(k, ofDeviceId.$size * 2);
			writeText(k, ofDeviceId.compatible.at(table), "arm,pl330");
			const driver = kzalloc(k, platformDriver.$size);
			platformDriver.probe.set(k.space, driver, k.address("amba_probe"));
			platformDriver.remove.set(k.space, driver, k.address("pl330_remove"));
			deviceDriver.name.set(k.space, platformDriver.driver.at(driver), kstrdup(k, "dma-pl330"));
			deviceDriver.of_match_table.set(k.space, platformDriver.driver.at(driver), table);
			return call("__platform_driver_register", [driver, 0]);
		}),
		done: step("Return its result.", (_, f) => ret(f.result | 0)),
	}),
];
