/** What the driver's probe sets up: configuration, memory, channels, ops, and a file in debugfs. */
import { setCap } from "../../dmaengine/caps";
import { Cap, ENOMEM, RESIDUE_GRANULARITY_BURST } from "../../dmaengine/constants";
import {
	callPlain,
	devErr,
	devInfo,
	deviceName,
	initLock,
	initTasklet,
	kzalloc,
	ofNodeOf,
} from "../../dmaengine/external";
import { listAddTail, listInit } from "../../dmaengine/lists";
import { dmaChan, dmaDevice } from "../../dmaengine/structs";
import { registerReader } from "../../fs/files";
import type { Kernel } from "../../kernel";
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
	read,
	reqAt,
	threadAt,
	threadOf,
} from "./registers";
import { forgetRequests } from "./request";
import { DmacState, dmaPl330Chan, MAX_IRQS, pl330Config, pl330Dmac, pl330Req, pl330Thread } from "./structs";

/** Two programs of 256 bytes for each thread. */
const MICROCODE_BYTES = 512;
/** BIT() of undefined, 1, 2, 4 and 8 bytes. */
const BUS_WIDTHS = 1 | (1 << 1) | (1 << 2) | (1 << 4) | (1 << 8);
const SLAVE_DIRECTIONS = 0b110;

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
export function addDmac(k: Kernel, dmac: number): number {
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
export function createChannels(k: Kernel, dmac: number): boolean {
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
export function describe(k: Kernel, dmac: number): void {
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

export const debugPath = (k: Kernel, dmac: number): string => `/sys/kernel/debug/${deviceName(k, deviceOf(k, dmac))}`;

export function announce(k: Kernel, dmac: number): void {
	const { space } = k;
	const pcfg = pl330Dmac.pcfg.at(dmac);
	const get = (name: Exclude<keyof typeof pl330Config, `$${string}`>): number => pl330Config[name].get(space, pcfg);
	const dev = deviceOf(k, dmac);
	devInfo(k, dev, `Loaded driver for PL330 DMAC-${get("periph_id").toString(16)}\n`);
	const buffer = `DBUFF-${get("data_buf_dep")}x${get("data_bus_width") / 8}bytes`;
	const counts = `Num_Chans-${get("num_chan")} Num_Peri-${get("num_peri")} Num_Events-${get("num_events")}`;
	devInfo(k, dev, `\t${buffer} ${counts}\n`);
}
