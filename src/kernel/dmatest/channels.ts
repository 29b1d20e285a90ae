/** Which channels are tested, and the start and stop of their tests (core-semantics 6.2). */
import { devName } from "../device/names";
import { hasCap } from "../dmaengine/caps";
import { Cap, EBUSY, EINVAL } from "../dmaengine/constants";
import { channelName } from "../dmaengine/names";
import { stackBytes } from "../dmaengine/scratch";
import { dmaChan, dmaDevice } from "../dmaengine/structs";
import { block, call, goto, type KernelFunction, next, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { isErr } from "../lib/errno";
import { kfree, kzalloc } from "../mm/kmalloc";
import { createKthread } from "../sched/kthread";
import { say } from "../sched/say";
import { wakeTask } from "../sched/wake";
import type { TestThread } from "./state";
import { OPERATION_NAMES } from "./test-thread";

/** Capabilities in the order in which channels are asked for. */
const ASKED = [Cap.MEMCPY, Cap.MEMSET, Cap.XOR, Cap.PQ];
/** Length of a name as the module keeps it. */
const CHANNEL_NAME = 20;
const DEVICE_NAME = 32;
/** sizeof(struct dmatest_thread): what the callback gets is its address. */
const THREAD_BYTES = 160;

function threads(k: Kernel): TestThread[] {
	const { channels, threads: all } = k.state.dmatest;
	return channels.flatMap((channel) => channel.threads.flatMap((key) => all[key] ?? []));
}

export const isRunning = (k: Kernel): boolean => threads(k).some(({ done, pending }) => !done && !pending);
export const isPending = (k: Kernel): boolean => threads(k).some(({ pending }) => pending);

/** The operations that a channel is tested with. */
function operations(k: Kernel, device: number): Cap[] {
	const mode = k.state.dmatest.values.dmatest;
	return [...(mode === 0 ? [Cap.MEMCPY] : []), ...(mode === 1 ? [Cap.MEMSET] : []), Cap.XOR, Cap.PQ].filter((cap) =>
		hasCap(k, device, cap),
	);
}

/** Makes the threads of one channel; they start when `run` is set. */
function addChannel(k: Kernel, chan: number): void {
	const { dmatest } = k.state;
	const device = dmaChan.device.get(k.space, chan);
	const name = channelName(k, chan);
	const keys: number[] = [];
	if (hasCap(k, device, Cap.COMPLETION_NO_ORDER) && dmatest.taken.polled) {
		dmatest.taken.polled = false;
		say(k, 4, "dmatest: DMA_COMPLETION_NO_ORDER, polled disabled");
	}
	for (const type of operations(k, device)) {
		for (let i = 0; i < dmatest.taken.threads_per_chan; i++) {
			const key = kzalloc(k, THREAD_BYTES);
			if (key === 0) {
				say(k, 4, `dmatest: No memory for ${name}-${OPERATION_NAMES[type]}${i}`);
				break;
			}
			const task = createKthread(k, `${name}-${OPERATION_NAMES[type]}${i}`, k.address("dmatest_func"), key);
			if (isErr(task)) {
				say(k, 4, `dmatest: Failed to create thread ${name}-${OPERATION_NAMES[type]}${i}`);
				kfree(k, key);
				break;
			}
			dmatest.threads[key] = {
				chan,
				type,
				task,
				pending: true,
				done: false,
				called: false,
				src: [],
				dst: [],
				srcDma: [],
				dstDma: [],
				arrays: [],
			};
			keys.push(key);
		}
	}
	say(k, 6, `dmatest: Added ${keys.length} threads using ${name}`);
	dmatest.channels.push({ chan, threads: keys });
}

/** Names lose the blanks around them when they are used. */
const trimmed = (text: string, size: number): string => text.trim().slice(0, size - 1);

/** The name of the channel that was added last. */
const lastName = (k: Kernel): string => {
	const last = k.state.dmatest.channels.at(-1);
	return last ? channelName(k, last.chan) : "";
};

export const channelTestFunctions: KernelFunction[] = [
	...plain(
		{
			"bool dmatest_filter(struct dma_chan *chan, void *param)": (k, chan) => {
				const { channel, device } = k.state.dmatest.taken;
				const dev = dmaDevice.dev.get(k.space, dmaChan.device.get(k.space, chan));
				return (channel === "" || channelName(k, chan) === channel) && (device === "" || devName(k, dev) === device);
			},
		},
		0,
	),
	steps("void dmatest_add_tests(void)", {
		take: step("Take the parameters as they are now.", (k, f) => {
			const { dmatest } = k.state;
			dmatest.channel = dmatest.channel.trimEnd();
			dmatest.device = dmatest.device.trimEnd();
			dmatest.taken = {
				...dmatest.values,
				channel: trimmed(dmatest.channel, CHANNEL_NAME),
				device: trimmed(dmatest.device, DEVICE_NAME),
			};
			f.locals.index = 0;
			return next;
		}),
		request: step(
			"Ask for a channel that copies; when there are no more, for one that fills, XORs, makes P and Q.",
			(k, f) => {
				const cap = ASKED[f.locals.index];
				if (cap === undefined) return ret();
				const mask = stackBytes(k, 8);
				k.space.w64(mask, 1 << cap);
				return call("__dma_request_channel", [mask, k.address("dmatest_filter"), 0, 0]);
			},
		),
		add: step("Make the threads of the channel.", (k, f) => {
			const { channels, taken } = k.state.dmatest;
			if (f.result !== 0) addChannel(k, f.result);
			const enough = taken.max_channels !== 0 && channels.length >= taken.max_channels;
			if (f.result === 0 || enough) f.locals.index++;
			return goto("request");
		}),
	}),
	steps("void dmatest_stop_tests(void)", {
		channel: step("Take the next channel.", (k, f) => {
			const channel = k.state.dmatest.channels.shift();
			if (!channel) return ret();
			f.locals.chan = channel.chan;
			f.locals.count = channel.threads.length;
			channel.threads.forEach((key, i) => {
				f.locals[`thread${i}`] = key;
			});
			f.locals.at = 0;
			return next;
		}),
		stop: step("Stop its threads one after the other.", (k, f) => {
			if (f.locals.at > 0) dropThread(k, f.locals[`thread${f.locals.at - 1}`]);
			if (f.locals.at >= f.locals.count) return next;
			const key = f.locals[`thread${f.locals.at++}`];
			return call("kthread_stop", [k.state.dmatest.threads[key]?.task ?? 0], "stop");
		}),
		terminate: step("Terminate what is left on the channel.", (_, f) =>
			call("dmaengine_terminate_sync", [f.locals.chan]),
		),
		release: step("Release it.", (_, f) => call("dma_release_channel", [f.locals.chan], "channel")),
	}),
	steps("int dmatest_run_set(void)", {
		check: step("Stop, or start what is pending; without pending tests any channel is taken.", (k, f) => {
			const { dmatest } = k.state;
			f.locals.error = 0;
			if (!dmatest.run) return call("dmatest_stop_tests", [], "done");
			if (isPending(k)) return goto("start");
			if (dmatest.lastError !== 0) {
				say(k, 3, "dmatest: Channel misconfigured, can't continue");
				f.locals.error = dmatest.lastError;
				return goto("done");
			}
			say(k, 6, "dmatest: No channels configured, continue with any");
			return isRunning(k) ? next : call("dmatest_stop_tests", []);
		}),
		add: step("Add channels.", () => call("dmatest_add_tests", [])),
		start: step("Start the tests; while the module is being loaded they wait for the end of its parameters.", (k) => {
			if (k.state.dmatest.didInit) startPending(k);
			return next;
		}),
		done: step("Return 0 or the errno.", (_, f) => ret(f.locals.error)),
	}),
	steps("void dmatest_run_get(void)", {
		check: step("When no test runs any more and none is pending, the channels are released.", (k) => {
			k.state.dmatest.run = isRunning(k);
			return k.state.dmatest.run || isPending(k) ? ret() : call("dmatest_stop_tests", []);
		}),
		done: step("The value is there.", () => ret()),
	}),
	steps("int dmatest_chan_set(void)", {
		old: step("Drop the channels of tests that are over.", (k) =>
			isRunning(k) || isPending(k) ? next : call("dmatest_stop_tests", []),
		),
		pending: step("A channel that is pending already is busy.", (k) => {
			const { dmatest } = k.state;
			const name = dmatest.channel.trim();
			if (isPending(k) && dmatest.channels.some(({ chan }) => channelName(k, chan) === name))
				return refuseChannel(k, -EBUSY);
			return call("dmatest_add_tests", []);
		}),
		added: step("The last channel must be the one asked for; else its name comes back.", (k) => {
			const { dmatest } = k.state;
			const name = dmatest.channel.trim();
			if (dmatest.channels.length === 0) return refuseChannel(k, -EBUSY);
			if (name !== "" && lastName(k) !== name) return refuseChannel(k, -EINVAL);
			dmatest.lastError = 0;
			return ret(0);
		}),
	}),
	steps("void dmatest_chan_get(void)", {
		check: step("When no test runs any more and none is pending, there is no channel.", (k) => {
			if (isRunning(k) || isPending(k)) return ret();
			k.state.dmatest.channel = "";
			return call("dmatest_stop_tests", []);
		}),
		done: step("The name is there.", () => ret()),
	}),
	steps("void dmatest_wait_get(void)", {
		wait: step("With a number of iterations: wait until no test runs.", (k) => {
			const { dmatest } = k.state;
			if (dmatest.taken.iterations !== 0 && isRunning(k)) {
				if (dmatest.ends === 0) dmatest.ends = kzalloc(k, 24);
				return block(
					{ kind: "wait queue", address: dmatest.ends, name: "thread_wait" },
					Number.POSITIVE_INFINITY,
					"wait",
				);
			}
			dmatest.wait = true;
			return ret();
		}),
	}),
];

function refuseChannel(k: Kernel, error: number) {
	const { dmatest } = k.state;
	dmatest.channel = lastName(k);
	dmatest.lastError = error;
	return ret(error);
}

function dropThread(k: Kernel, key: number): void {
	delete k.state.dmatest.threads[key];
	kfree(k, key);
}

/** Wakes the threads of all channels. */
export function startPending(k: Kernel): void {
	const { channels, threads: all } = k.state.dmatest;
	for (const { chan, threads: keys } of channels) {
		for (const key of keys) wakeTask(k, all[key]?.task ?? 0);
		say(k, 6, `dmatest: Started ${keys.length} threads using ${channelName(k, chan)}`);
	}
}

/** What reading `test_list` logs. */
export function listTests(k: Kernel): void {
	for (const { chan, threads: keys } of k.state.dmatest.channels)
		say(k, 6, `dmatest: ${keys.length} threads using ${channelName(k, chan)}`);
}
