/** From descriptors to the requests of a thread: two at a time, each with its program. */
import { Direction, EAGAIN, EINVAL, ENOMEM, ENOTSUPP } from "../../dmaengine/constants";
import { devErr, devInfo, scheduleTasklet } from "../../dmaengine/external";
import { dmaAsyncTxDescriptor } from "../../dmaengine/structs";
import type { Kernel } from "../../kernel";
import { spinLockIrqsave, spinUnlockIrqrestore } from "../../locks/locks";
import { program } from "./microcode";
import { descsOn } from "./pool";
import {
	config,
	deviceOf,
	dmacOf,
	dmacOfThread,
	isManagerNonSecure,
	QUIRK_BROKEN_NO_FLUSHP,
	QUIRK_PERIPH_BURST,
	reqAt,
	reqDesc,
	setReqDesc,
	threadOf,
} from "./registers";
import {
	DescStatus,
	DmacState,
	dmaPl330Chan,
	dmaPl330Desc,
	pl330Config,
	pl330Dmac,
	pl330Req,
	pl330Reqcfg,
	pl330Tbd,
	pl330Thread,
	pl330Xfer,
} from "./structs";

const REVISION_R1P0 = 1;

/** CCR of a request: both sides have the same burst and protection. */
export function prepareCcr(k: Kernel, rqcfg: number): number {
	const get = (name: Exclude<keyof typeof pl330Reqcfg, `$${string}`>): number => pl330Reqcfg[name].get(k.space, rqcfg);
	const flag = (name: "src_inc" | "dst_inc" | "privileged" | "nonsecure" | "insnaccess"): number => (get(name) ? 1 : 0);
	const length = (get("brst_len") - 1) & 15;
	const size = get("brst_size") & 7;
	const protection = flag("privileged") | (flag("nonsecure") << 1) | (flag("insnaccess") << 2);
	const side = (inc: number, cache: number): number =>
		inc | (size << 1) | (length << 4) | (protection << 8) | (cache << 11);
	const source = side(flag("src_inc"), get("scctl"));
	const destination = side(flag("dst_inc"), get("dcctl"));
	return (source | (destination << 14) | (get("swap") << 28)) >>> 0;
}

/** The program of a descriptor for a thread. */
export function microcode(k: Kernel, thrd: number, desc: number): number[] {
	const { space } = k;
	const dmac = dmacOfThread(k, thrd);
	const quirks = pl330Dmac.quirks.get(space, dmac);
	const revision = (pl330Config.periph_id.get(space, pl330Dmac.pcfg.at(dmac)) >>> 20) & 15;
	const px = dmaPl330Desc.px.at(desc);
	return program(
		{
			lockupFree: revision >= REVISION_R1P0,
			flushes: (quirks & QUIRK_BROKEN_NO_FLUSHP) === 0,
			alwaysBurst: (quirks & QUIRK_PERIPH_BURST) !== 0,
		},
		{
			ccr: prepareCcr(k, dmaPl330Desc.rqcfg.at(desc)),
			src: pl330Xfer.src_addr.get(space, px),
			dst: pl330Xfer.dst_addr.get(space, px),
			bytes: pl330Xfer.bytes.get(space, px),
			direction: dmaPl330Desc.rqtype.get(space, desc),
			peripheral: dmaPl330Desc.peri.get(space, desc),
			event: pl330Thread.ev.get(space, thrd),
		},
	);
}

/** Writes a descriptor's program into a free half of the thread's microcode: 0, -EAGAIN when there is none, or an error. */
function submitRequest(k: Kernel, thrd: number, desc: number): number {
	const { space } = k;
	const dmac = dmacOfThread(k, thrd);
	const direction: Direction = dmaPl330Desc.rqtype.get(space, desc);
	if (direction > Direction.DEV_TO_MEM) return -ENOTSUPP;
	const resets = pl330Tbd.reset_chan.get(space, pl330Dmac.dmac_tbd.at(dmac));
	if (pl330Dmac.state.get(space, dmac) === DmacState.DYING || resets & (1 << pl330Thread.id.get(space, thrd))) {
		devInfo(k, deviceOf(k, dmac), "pl330_submit_req:1501\n");
		return -EAGAIN;
	}
	const peripheral = dmaPl330Desc.peri.get(space, desc);
	if (direction !== Direction.MEM_TO_MEM && peripheral >= config(k, dmac, "num_peri")) {
		devInfo(k, deviceOf(k, dmac), `pl330_submit_req:1509 Invalid peripheral(${peripheral})!\n`);
		return -EINVAL;
	}
	const flags = spinLockIrqsave(k, pl330Dmac.lock.at(dmac));
	const error = enqueue(k, thrd, desc);
	spinUnlockIrqrestore(k, pl330Dmac.lock.at(dmac), flags);
	return error;
}

function enqueue(k: Kernel, thrd: number, desc: number): number {
	const { space } = k;
	const dmac = dmacOfThread(k, thrd);
	if (reqDesc(k, thrd, 0) !== 0 && reqDesc(k, thrd, 1) !== 0) return -EAGAIN;
	pl330Reqcfg.nonsecure.set(space, dmaPl330Desc.rqcfg.at(desc), isManagerNonSecure(k, dmac) ? 1 : 0);
	const index = reqDesc(k, thrd, 0) === 0 ? 0 : 1;
	const code = microcode(k, thrd, desc);
	const room = pl330Dmac.mcbufsz.get(space, dmac) / 2;
	if (code.length > room) {
		const text = `pl330_submit_req:1539 Try increasing mcbufsz (${code.length}/${room})\n`;
		devInfo(k, deviceOf(k, dmac), text);
		return -ENOMEM;
	}
	pl330Thread.lstenq.set(space, thrd, index);
	setReqDesc(k, thrd, index, desc);
	space.writeBytes(pl330Req.mc_cpu.get(space, reqAt(thrd, index)), Uint8Array.from(code));
	return 0;
}

/** Hands waiting descriptors to the thread until it has two; what cannot be done counts as done. */
export function fillQueue(k: Kernel, pch: number): void {
	const { space } = k;
	for (const desc of descsOn(k, pch, "work_list")) {
		const status: DescStatus = dmaPl330Desc.status.get(space, desc);
		if (status === DescStatus.BUSY || status === DescStatus.PAUSED) continue;
		const error = submitRequest(k, threadOf(k, pch), desc);
		if (error === -EAGAIN) return;
		dmaPl330Desc.status.set(space, desc, error === 0 ? DescStatus.BUSY : DescStatus.DONE);
		if (error === 0) continue;
		const cookie = dmaAsyncTxDescriptor.cookie.get(space, dmaPl330Desc.txd.at(desc));
		devErr(k, deviceOf(k, dmacOf(k, pch)), `fill_queue:2063 Bad Desc(${cookie})\n`);
		scheduleTasklet(k, dmaPl330Chan.task.at(pch));
	}
}

/** A request is over, whether it went well or not: its descriptor is done, and the channel's tasklet will see it. */
export function requestDone(k: Kernel, desc: number): void {
	if (desc === 0) return;
	const pch = dmaPl330Desc.pchan.get(k.space, desc);
	if (pch === 0) return;
	const flags = spinLockIrqsave(k, dmaPl330Chan.lock.at(pch));
	dmaPl330Desc.status.set(k.space, desc, DescStatus.DONE);
	spinUnlockIrqrestore(k, dmaPl330Chan.lock.at(pch), flags);
	scheduleTasklet(k, dmaPl330Chan.task.at(pch));
}

/** Both requests of a thread, the older one first. */
export function abortRequests(k: Kernel, thrd: number): void {
	const last = pl330Thread.lstenq.get(k.space, thrd);
	requestDone(k, reqDesc(k, thrd, 1 - last));
	requestDone(k, reqDesc(k, thrd, last));
}

/** The thread has no requests, and none runs. */
export function forgetRequests(k: Kernel, thrd: number): void {
	setReqDesc(k, thrd, 0, 0);
	setReqDesc(k, thrd, 1, 0);
	pl330Thread.req_running.set(k.space, thrd, -1);
}
