/** The driver's probe and remove, its lookup of channels for devicetree clients, and its file in debugfs. */
import { device, deviceDriver, ofDeviceId, ofPhandleArgs, platformDevice, platformDriver } from "../../device/structs";
import { setCap } from "../../dmaengine/caps";
import { Cap, ENODEV, ENOMEM, isErr, RESIDUE_GRANULARITY_BURST } from "../../dmaengine/constants";
import {
	callPlain,
	devErr,
	devInfo,
	deviceName,
	deviceNamePointer,
	devWarn,
	hasOfProperty,
	initLock,
	initTasklet,
	kfree,
	kstrdup,
	kzalloc,
	ofNodeOf,
	setDeviceParm,
} from "../../dmaengine/external";
import { listAddTail, listDel, listInit, listNodes } from "../../dmaengine/lists";
import { dmaChan, dmaDevice, ofDma } from "../../dmaengine/structs";
import { addFile, registerReader, removePath } from "../../fs/files";
import { call, goto, type KernelFunction, next, ret, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { writeText } from "../../text";
import { addDesc, NR_DEFAULT_DESC } from "./pool";
import { DMA_NONE, MAX_BURST } from "./prep";
import {
	CR0,
	CR3,
	CR4,
	CRD,
	chanOf,
	config,
	deviceOf,
	MODE_NON_SECURE,
	pchanOf,
	QUIRK_BROKEN_NO_FLUSHP,
	QUIRK_PERIPH_BURST,
	read,
	reqAt,
	threadAt,
	threadOf,
} from "./registers";
import { forgetRequests } from "./request";
import { DmacState, dmaPl330Chan, MAX_IRQS, pl330Config, pl330Dmac, pl330Req, pl330Thread } from "./structs";

/** AMBA_NR_IRQS. */
const MOST_IRQS = 9;
/** Where an AMBA device of 4 KiB says what it is, and what it must say as a PrimeCell. */
const PERIPH_ID = 0xfe0;
const CELL_ID = 0xff0;
const AMBA_CID = 0xb105f00d;
const PL330_ID = 0x41330;
const PL330_ID_MASK = 0xfffff;
/** Two programs of 256 bytes for each thread. */
const MICROCODE_BYTES = 512;
const MAX_SEGMENT = 1900800;
/** BIT() of undefined, 1, 2, 4 and 8 bytes. */
const BUS_WIDTHS = 1 | (1 << 1) | (1 << 2) | (1 << 4) | (1 << 8);
const SLAVE_DIRECTIONS = 0b110;
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

/** What the controller says of itself. */
function readDmacConfig(k: Kernel, dmac: number): void {
	const pcfg = pl330Dmac.pcfg.at(dmac);
	const set = (name: Exclude<keyof typeof pl330Config, `$${string}`>, value: number): void =>
		pl330Config[name].set(k.space, pcfg, value);
	const crd = read(k, dmac, CRD);
	const cr0 = read(k, dmac, CR0);
	set("data_bus_width", 8 << (crd & 7));
	set("data_buf_dep", ((crd >>> 20) & 0x3ff) + 1);
	set("num_chan", ((cr0 >>> 4) & 7) + 1);
	const requests = (cr0 & 1) !== 0;
	set("num_peri", requests ? ((cr0 >>> 12) & 31) + 1 : 0);
	if (requests) set("peri_ns", read(k, dmac, CR4));
	set("mode", cr0 & 4 ? MODE_NON_SECURE : 0);
	set("num_events", ((cr0 >>> 17) & 31) + 1);
	set("irq_ns", read(k, dmac, CR3));
}

/** Memory for the programs, and the threads with the manager behind them. False: there is no memory. */
function allocResources(k: Kernel, dmac: number): boolean {
	const { space } = k;
	const count = config(k, dmac, "num_chan");
	const bytes = pl330Dmac.mcbufsz.get(space, dmac);
	const dev = deviceOf(k, dmac);
	const code = callPlain(k, "dma_alloc_attrs", dev, count * bytes, pl330Dmac.mcode_bus.at(dmac), 0xcc0, 0);
	if (code === 0) {
		devErr(k, dev, "dmac_alloc_resources:1929 Can't allocate memory!\n");
		return false;
	}
	pl330Dmac.mcode_cpu.set(space, dmac, code);
	const threads = kzalloc(k, (count + 1) * pl330Thread.$size);
	if (threads === 0) {
		devErr(k, dev, "dmac_alloc_resources:1936 Can't to create channels for DMAC!\n");
		return false;
	}
	pl330Dmac.channels.set(space, dmac, threads);
	for (let id = 0; id <= count; id++) {
		const thrd = threadAt(k, dmac, id);
		pl330Thread.id.set(space, thrd, id);
		pl330Thread.dmac.set(space, thrd, dmac);
		if (id === count) continue;
		for (const index of [0, 1]) {
			const offset = id * bytes + (index * bytes) / 2;
			pl330Req.mc_cpu.set(space, reqAt(thrd, index), code + offset);
			pl330Req.mc_bus.set(space, reqAt(thrd, index), pl330Dmac.mcode_bus.get(space, dmac) + offset);
		}
		forgetRequests(k, thrd);
		pl330Thread.free.set(space, thrd, 1);
	}
	pl330Dmac.manager.set(space, dmac, threadAt(k, dmac, count));
	return true;
}

/** pl330_add: configuration, locks, events, memory. 0 or -ENOMEM. */
function addDmac(k: Kernel, dmac: number): number {
	readDmacConfig(k, dmac);
	initLock(k, pl330Dmac.lock.at(dmac), "&pl330->lock");
	listInit(k.space, pl330Dmac.req_done.at(dmac));
	pl330Dmac.mcbufsz.set(k.space, dmac, MICROCODE_BYTES);
	for (let ev = 0; ev < MAX_IRQS; ev++) k.space.w32(pl330Dmac.events.at(dmac) + 4 * ev, -1);
	if (!allocResources(k, dmac)) {
		devErr(k, deviceOf(k, dmac), "Unable to create channels for DMAC\n");
		return -ENOMEM;
	}
	initTasklet(k, pl330Dmac.tasks.at(dmac), k.address("pl330_dotask"));
	pl330Dmac.state.set(k.space, dmac, DmacState.INIT);
	return 0;
}

/** Linux's channels: as many as there are peripherals, at least one for each thread. */
function createChannels(k: Kernel, dmac: number): boolean {
	const { space } = k;
	const dma = pl330Dmac.ddma.at(dmac);
	const count = Math.max(config(k, dmac, "num_peri"), config(k, dmac, "num_chan"));
	const channels = kzalloc(k, count * dmaPl330Chan.$size);
	if (channels === 0) return false;
	pl330Dmac.num_peripherals.set(space, dmac, count);
	pl330Dmac.peripherals.set(space, dmac, channels);
	listInit(space, dmaDevice.channels.at(dma));
	for (let n = 0; n < count; n++) {
		const pch = channels + n * dmaPl330Chan.$size;
		const chan = chanOf(pch);
		dmaChan.private.set(space, chan, ofNodeOf(k, deviceOf(k, dmac)));
		for (const list of ["submitted_list", "work_list", "completed_list"] as const)
			listInit(space, dmaPl330Chan[list].at(pch));
		initLock(k, dmaPl330Chan.lock.at(pch), "&pch->lock");
		dmaChan.device.set(space, chan, dma);
		dmaPl330Chan.dmac.set(space, pch, dmac);
		dmaPl330Chan.dir.set(space, pch, DMA_NONE);
		listAddTail(space, dmaChan.device_node.at(chan), dmaDevice.channels.at(dma));
	}
	return true;
}

/** Fills the dma_device: capabilities and ops. */
function describe(k: Kernel, dmac: number): void {
	const { space } = k;
	const dma = pl330Dmac.ddma.at(dmac);
	setCap(k, dma, Cap.MEMCPY);
	if (config(k, dmac, "num_peri") > 0) for (const cap of [Cap.SLAVE, Cap.CYCLIC, Cap.PRIVATE]) setCap(k, dma, cap);
	const ops = {
		device_alloc_chan_resources: "pl330_alloc_chan_resources",
		device_free_chan_resources: "pl330_free_chan_resources",
		device_prep_dma_memcpy: "pl330_prep_dma_memcpy",
		device_prep_dma_cyclic: "pl330_prep_dma_cyclic",
		device_tx_status: "pl330_tx_status",
		device_prep_slave_sg: "pl330_prep_slave_sg",
		device_config: "pl330_config",
		device_pause: "pl330_pause",
		device_terminate_all: "pl330_terminate_all",
		device_issue_pending: "pl330_issue_pending",
	} as const;
	for (const [op, name] of Object.entries(ops) as [keyof typeof ops, string][])
		dmaDevice[op].set(space, dma, k.address(name));
	dmaDevice.src_addr_widths.set(space, dma, BUS_WIDTHS);
	dmaDevice.dst_addr_widths.set(space, dma, BUS_WIDTHS);
	dmaDevice.directions.set(space, dma, SLAVE_DIRECTIONS);
	dmaDevice.residue_granularity.set(space, dma, RESIDUE_GRANULARITY_BURST);
	dmaDevice.max_burst.set(space, dma, MAX_BURST);
}

/** /sys/kernel/debug/<device>: which of Linux's channels has which thread. */
function debugText(k: Kernel, dmac: number): string {
	const { space } = k;
	const lines = ["PL330 physical channels:", "THREAD:\t\tCHANNEL:", "--------\t-----"];
	const count = pl330Dmac.num_peripherals.get(space, dmac);
	for (let id = 0; id < config(k, dmac, "num_chan"); id++) {
		let found = -1;
		for (let n = 0; n < count; n++) {
			const thrd = threadOf(k, pl330Dmac.peripherals.get(space, dmac) + n * dmaPl330Chan.$size);
			if (thrd !== 0 && pl330Thread.id.get(space, thrd) === id) found = n;
		}
		lines.push(`${id}\t\t${found < 0 ? "--" : found}`);
	}
	return `${lines.join("\n")}\n`;
}
registerReader("pl330_debugfs_show", debugText);

const debugPath = (k: Kernel, dmac: number): string => `/sys/kernel/debug/${deviceName(k, deviceOf(k, dmac))}`;

function announce(k: Kernel, dmac: number): void {
	const { space } = k;
	const pcfg = pl330Dmac.pcfg.at(dmac);
	const get = (name: Exclude<keyof typeof pl330Config, `$${string}`>): number => pl330Config[name].get(space, pcfg);
	const dev = deviceOf(k, dmac);
	devInfo(k, dev, `Loaded driver for PL330 DMAC-${get("periph_id").toString(16)}\n`);
	const buffer = `DBUFF-${get("data_buf_dep")}x${get("data_bus_width") / 8}bytes`;
	const counts = `Num_Chans-${get("num_chan")} Num_Peri-${get("num_peri")} Num_Events-${get("num_events")}`;
	devInfo(k, dev, `\t${buffer} ${counts}\n`);
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
