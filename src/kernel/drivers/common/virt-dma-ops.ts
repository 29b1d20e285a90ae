/** What the ops of drivers with virt-dma do alike. Their first argument is the struct dma_chan. */
import { listInit } from "../../dmaengine/lists";
import { stackBytes } from "../../dmaengine/scratch";
import { virtDmaChan } from "../../dmaengine/structs";
import { vchanGetAllDescriptors, vchanIssuePending, virtChannel } from "../../dmaengine/virt-dma";
import { call, type Next, next, ret, type Step, step } from "../../functions";
import type { Kernel } from "../../kernel";
import { channelLock } from "./channel-lock";

const { lock, unlock } = channelLock((vc) => virtDmaChan.lock.at(vc));

/** issue_pending of a channel that is started when it has no transfer: `start` says how, or `next` when it has one. */
export const issuePending = (start: (k: Kernel, dchan: number) => Next): Record<string, Step> => ({
	issue: step(
		"Under the lock: everything submitted is issued now. Start the channel when it has no transfer.",
		(k, f) => {
			const vc = virtChannel(f.args[0]);
			lock(k, f, vc);
			return vchanIssuePending(k, vc) ? start(k, f.args[0]) : next;
		},
	),
	done: step("Release the lock.", (k, f) => {
		unlock(k, f, virtChannel(f.args[0]));
		return ret();
	}),
});

/** The end of a terminate_all, from step "collect" on: the driver holds the channel's lock (channelLock). */
export const collectAll: Record<string, Step> = {
	collect: step(
		"Collect the descriptors of all lists and free them; none of their callbacks will be called.",
		(k, f) => {
			const vc = virtChannel(f.args[0]);
			const head = stackBytes(k, 16);
			listInit(k.space, head);
			vchanGetAllDescriptors(k, vc, head);
			unlock(k, f, vc);
			return call("vchan_dma_desc_free_list", [vc, head]);
		},
	),
	done: step("The channel is empty.", () => ret(0)),
};

/** device_synchronize. */
export const synchronize: Record<string, Step> = {
	wait: step("Wait for the channel's tasklet: vchan_synchronize.", (_, f) =>
		call("vchan_synchronize", [virtChannel(f.args[0])]),
	),
	done: step("No callback runs any more.", () => ret()),
};
