/** Register accesses of the driver, over MMIO, and the way between its structs. */
import { dmaDevice } from "../../dmaengine/structs";
import type { Kernel } from "../../kernel";
import { dmaPl330Chan, dmaPl330Desc, pl330Config, pl330Dmac, pl330Req, pl330Thread } from "./structs";

export const DS = 0x000;
export const INTEN = 0x020;
export const ES = 0x024;
export const INTCLR = 0x02c;
export const FSM = 0x030;
export const FSC = 0x034;
export const FTC = 0x040;
export const CS = 0x100;
export const SA = 0x400;
export const DA = 0x404;
export const CHANNEL_LENGTH = 0x20;
export const DBGSTATUS = 0xd00;
export const DBGCMD = 0xd04;
export const DBGINST0 = 0xd08;
export const DBGINST1 = 0xd0c;
export const CR0 = 0xe00;
export const CR3 = 0xe0c;
export const CR4 = 0xe10;
export const CRD = 0xe14;

export const QUIRK_BROKEN_NO_FLUSHP = 1;
export const QUIRK_PERIPH_BURST = 2;
export const MODE_NON_SECURE = 1;

export const read = (k: Kernel, dmac: number, register: number): number =>
	k.space.r32(pl330Dmac.base.get(k.space, dmac) + register);
export const write = (k: Kernel, dmac: number, register: number, value: number): void =>
	k.space.w32(pl330Dmac.base.get(k.space, dmac) + register, value >>> 0);

/** The driver's channel of a dma_chan, and back; its descriptor of a dma_async_tx_descriptor. */
export const pchanOf = (chan: number): number => dmaPl330Chan.chan.container(chan);
export const chanOf = (pch: number): number => dmaPl330Chan.chan.at(pch);
export const descOf = (tx: number): number => dmaPl330Desc.txd.container(tx);
export const descOfNode = (node: number): number => dmaPl330Desc.node.container(node);

export const dmacOf = (k: Kernel, pch: number): number => dmaPl330Chan.dmac.get(k.space, pch);
export const threadOf = (k: Kernel, pch: number): number => dmaPl330Chan.thread.get(k.space, pch);
export const dmacOfThread = (k: Kernel, thrd: number): number => pl330Thread.dmac.get(k.space, thrd);
export const threadAt = (k: Kernel, dmac: number, id: number): number =>
	pl330Dmac.channels.get(k.space, dmac) + id * pl330Thread.$size;
export const reqAt = (thrd: number, index: number): number => pl330Thread.req.at(thrd) + index * pl330Req.$size;
/** Descriptor of one of a thread's two requests, 0 for none. */
export const reqDesc = (k: Kernel, thrd: number, index: number): number =>
	pl330Req.desc.get(k.space, reqAt(thrd, index));
export const setReqDesc = (k: Kernel, thrd: number, index: number, desc: number): void =>
	pl330Req.desc.set(k.space, reqAt(thrd, index), desc);

export const deviceOf = (k: Kernel, dmac: number): number => dmaDevice.dev.get(k.space, pl330Dmac.ddma.at(dmac));
export const config = (k: Kernel, dmac: number, name: "num_chan" | "num_peri" | "num_events" | "mode"): number =>
	pl330Config[name].get(k.space, pl330Dmac.pcfg.at(dmac));
export const isManagerNonSecure = (k: Kernel, dmac: number): boolean =>
	(config(k, dmac, "mode") & MODE_NON_SECURE) !== 0;

/** State of a thread as the driver tells them apart. */
export enum State {
	STOPPED = 1 << 0,
	EXECUTING = 1 << 1,
	WFE = 1 << 2,
	FAULTING = 1 << 3,
	COMPLETING = 1 << 4,
	WFP = 1 << 5,
	KILLING = 1 << 6,
	FAULT_COMPLETING = 1 << 7,
	CACHEMISS = 1 << 8,
	UPDTPC = 1 << 9,
	ATBARRIER = 1 << 10,
	QUEUEBUSY = 1 << 11,
	INVALID = 1 << 15,
}

/** By the value of the status field; the manager knows only those of the second table. */
const STATES: Readonly<Record<number, State>> = {
	0: State.STOPPED,
	1: State.EXECUTING,
	2: State.CACHEMISS,
	3: State.UPDTPC,
	4: State.WFE,
	5: State.ATBARRIER,
	6: State.QUEUEBUSY,
	7: State.WFP,
	8: State.KILLING,
	9: State.COMPLETING,
	14: State.FAULT_COMPLETING,
	15: State.FAULTING,
};
const MANAGER_STATES = State.STOPPED | State.EXECUTING | State.CACHEMISS | State.UPDTPC | State.WFE | State.FAULTING;

export const isManager = (k: Kernel, thrd: number): boolean =>
	pl330Dmac.manager.get(k.space, dmacOfThread(k, thrd)) === thrd;

/** Reads the thread's state from DSR or its CSR. */
export function stateOf(k: Kernel, thrd: number): State {
	const dmac = dmacOfThread(k, thrd);
	const manager = isManager(k, thrd);
	const register = manager ? DS : CS + 8 * pl330Thread.id.get(k.space, thrd);
	const state = STATES[read(k, dmac, register) & 15] ?? State.INVALID;
	return manager && (state & MANAGER_STATES) === 0 ? State.INVALID : state;
}
