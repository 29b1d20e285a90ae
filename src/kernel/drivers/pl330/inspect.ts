/** The driver's structs and registers as a debugger reads them. */
import type { ChunkInfo, DriverInspector } from "../../dmaengine/inspector";
import { dmaAsyncTxDescriptor } from "../../dmaengine/structs";
import type { Kernel } from "../../kernel";
import { descsOn } from "./pool";
import { descOf, pchanOf, threadOf } from "./registers";
import { runningDesc, transferredOf } from "./residue";
import { DescStatus, dmaPl330Chan, dmaPl330Desc, pl330Thread, pl330Xfer } from "./structs";

function chunks(k: Kernel, tx: number): ChunkInfo[] {
	const px = dmaPl330Desc.px.at(descOf(tx));
	const get = (name: "src_addr" | "dst_addr" | "bytes"): number => pl330Xfer[name].get(k.space, px);
	return [{ address: -1, src: get("src_addr"), dst: get("dst_addr"), len: get("bytes") }];
}

/** Descriptor that the channel's thread works on; 0 for none. */
function running(k: Kernel, chan: number): number {
	const thrd = threadOf(k, pchanOf(chan));
	return thrd === 0 ? 0 : runningDesc(k, thrd);
}

const statusOf = (k: Kernel, desc: number): DescStatus => dmaPl330Desc.status.get(k.space, desc);

export const pl330Inspector: DriverInspector = {
	txStatus: "pl330_tx_status",
	isRunning: (k, chan) => running(k, chan) !== 0,
	active: (k, chan) => dmaPl330Desc.txd.at(running(k, chan)),
	tasklet: (chan) => dmaPl330Chan.task.at(pchanOf(chan)),
	isPaused: (k, chan) => descsOn(k, pchanOf(chan), "work_list").some((desc) => statusOf(k, desc) === DescStatus.PAUSED),
	isCyclic: (k, chan) => dmaPl330Chan.cyclic.get(k.space, pchanOf(chan)) !== 0,
	queues: (k, chan) => {
		const pch = pchanOf(chan);
		const active = running(k, chan);
		const work = descsOn(k, pch, "work_list").filter((desc) => desc !== active);
		const isDone = (desc: number): boolean => statusOf(k, desc) === DescStatus.DONE;
		const txs = (descs: readonly number[]): number[] => descs.map((desc) => dmaPl330Desc.txd.at(desc));
		return {
			submitted: txs(descsOn(k, pch, "submitted_list")),
			issued: txs(work.filter((desc) => !isDone(desc))),
			completed: txs([...work.filter(isDone), ...descsOn(k, pch, "completed_list")]),
		};
	},
	config: (_, chan) => dmaPl330Chan.slave_config.at(pchanOf(chan)),
	length: (k, tx) => pl330Xfer.bytes.get(k.space, dmaPl330Desc.px.at(descOf(tx))),
	chunks,
	residue: (k, tx) => {
		const desc = descOf(tx);
		const pch = pchanOf(dmaAsyncTxDescriptor.chan.get(k.space, tx));
		return dmaPl330Desc.bytes_requested.get(k.space, desc) - transferredOf(k, pch, desc);
	},
	channelNumber: (k, chan) => {
		const thrd = threadOf(k, pchanOf(chan));
		return thrd === 0 ? -1 : pl330Thread.id.get(k.space, thrd);
	},
};
