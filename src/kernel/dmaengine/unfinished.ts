/** What the channels have not done, for the report of a run that got stuck. */
import type { Kernel } from "../kernel";
import { DmaStatus } from "./constants";
import { cookieState } from "./cookies";
import { channelsOf, deviceList } from "./core-channels";
import { type ChannelInfo, inspectChannels, inspectorOf } from "./inspect";
import { channelName } from "./names";
import { dmaChan, virtDmaChan } from "./structs";

/** Name of the channel whose tasklet this is, "" when there is none. */
export function channelOfTasklet(k: Kernel, tasklet: number): string {
	const taskletOf = (chan: number): number =>
		inspectorOf(k, chan)?.tasklet?.(chan) ?? virtDmaChan.task.at(virtDmaChan.chan.container(chan));
	for (const device of deviceList(k))
		for (const chan of channelsOf(k, device)) if (taskletOf(chan) === tasklet) return channelName(k, chan);
	return "";
}

/** "dma1chan0 (10010000.dma-controller): cookie 2 is issued but was never started", for each channel with such work. */
export function unfinishedTexts(k: Kernel): string[] {
	return channels(k).flatMap((info) => {
		const what = unfinished(k, info);
		return what ? [`${info.name} (${info.controller}): ${what}`] : [];
	});
}

function channels(k: Kernel): ChannelInfo[] {
	try {
		return k.state.dma.deviceList === 0 ? [] : inspectChannels(k);
	} catch {
		// A driver may have left its lists in any state.
		return [];
	}
}

function unfinished(k: Kernel, { chan, client, queues, lastCookie, completedCookie, state }: ChannelInfo): string {
	if (client === null || cookieState(lastCookie, completedCookie, lastCookie) === DmaStatus.COMPLETE) return "";
	const list = (cookies: readonly { cookie: number }[]): string =>
		`cookie ${cookies.map(({ cookie }) => cookie).join(", ")}`;
	if (state === "paused") return "paused";
	if (queues.active.length > 0) return `${list(queues.active)} is active and was never completed`;
	if (queues.issued.length > 0) return `${list(queues.issued)} is issued but was never started or completed`;
	if (queues.submitted.length > 0)
		return `${list(queues.submitted)} is submitted, but dma_async_issue_pending() was not called`;
	const last = dmaChan.cookie.get(k.space, chan);
	const first = completedCookie + 1;
	return `cookie ${first === last ? last : `${first} to ${last}`} was started or dropped, and never completed`;
}
