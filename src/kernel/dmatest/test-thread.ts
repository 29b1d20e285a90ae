/** The thread that tests one operation of a channel (core-semantics 6.3). */
import { mapPhys } from "../dma-mapping/mapping";
import { hasCap } from "../dmaengine/caps";
import { dmaDeviceOf } from "../dmaengine/client-plain";
import { Cap, DMA_CTRL_ACK, DMA_HAS_PQ_CONTINUE, DMA_PREP_INTERRUPT, DmaStatus, ENOMEM } from "../dmaengine/constants";
import { notePrepared } from "../dmaengine/records";
import { dmaAsyncTxDescriptor, dmaChan, dmaDevice, dmaengineUnmapData } from "../dmaengine/structs";
import { getUnmap, putUnmap } from "../dmaengine/unmap-data";
import { block, call, goto, type KernelFunction, type Next, next, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { random32 } from "../lib/random";
import { GFP_KERNEL } from "../mm/gfp";
import { kfree, kmalloc } from "../mm/kmalloc";
import { warn } from "../sched/oops";
import { say } from "../sched/say";
import { taskStruct } from "../sched/task";
import { wakeWaiters } from "../sched/threads";
import type { StepFrame } from "../state";
import { readText } from "../text";
import { jiffiesToWake, msecsToJiffies } from "../timers/jiffies";
import { ratesText, smallerOdd } from "./numbers";
import { fillPattern, PATTERN_COPY, PATTERN_DST, PATTERN_OVERWRITE, PATTERN_SRC, verifyRange } from "./patterns";
import type { TestThread } from "./state";

const GFP_DMA = 0x01;
/** The unmap data counts buffers in a byte. */
const MOST_BUFFERS = 255;
/** A prep or a submit that fails is tried again after this. */
const RETRY_MS = 100;

const FIELDS = {
	[Cap.MEMCPY]: dmaDevice.copy_align,
	[Cap.MEMSET]: dmaDevice.fill_align,
	[Cap.XOR]: dmaDevice.xor_align,
	[Cap.PQ]: dmaDevice.pq_align,
} as const;

function threadOf(k: Kernel, f: StepFrame): TestThread {
	const thread = k.state.dmatest.threads[f.args[0]];
	if (!thread) throw new Error("no such dmatest thread");
	return thread;
}

const comm = (k: Kernel): string => readText(k, taskStruct.comm.at(k.current.task));

/** `dmatest_random() % limit`: 64 random bits. */
function randomBelow(k: Kernel, limit: number): number {
	const low = BigInt(random32(k));
	return Number(((BigInt(random32(k)) << 32n) | low) % BigInt(limit));
}

const alignDown = (value: number, shift: number): number => Math.floor(value / 2 ** shift) * 2 ** shift;

/** Prints a result line; `data` is signed when it is an errno. */
function result(k: Kernel, f: StepFrame, what: string, data: number): void {
	const { total, srcOff, dstOff, len } = f.locals;
	const hex = (value: number): string => `0x${value.toString(16)}`;
	const where = `src_off=${hex(srcOff)} dst_off=${hex(dstOff)} len=${hex(len)}`;
	say(k, 6, `dmatest: ${comm(k)}: result #${total}: '${what}' with ${where} (${data})`);
}

/** How many sources and destinations an operation has. */
function counts(k: Kernel, thread: TestThread): { src: number; dst: number } {
	const { taken } = k.state.dmatest;
	const device = dmaChan.device.get(k.space, thread.chan);
	if (thread.type === Cap.XOR)
		return { src: smallerOdd(taken.xor_sources | 1, dmaDevice.max_xor.get(k.space, device)), dst: 1 };
	if (thread.type === Cap.PQ) {
		const most = dmaDevice.max_pq.get(k.space, device) & ~DMA_HAS_PQ_CONTINUE;
		return { src: smallerOdd(taken.pq_sources | 1, most), dst: 2 };
	}
	return { src: 1, dst: 1 };
}

/** Buffers and arrays; false when memory is short. */
function allocate(
	k: Kernel,
	thread: TestThread,
	size: number,
	align: number,
	n: { src: number; dst: number },
): boolean {
	const gfp = k.state.dmatest.taken.nobounce ? GFP_DMA : GFP_KERNEL;
	for (const [list, count] of [
		[thread.src, n.src],
		[thread.dst, n.dst],
	] as const)
		for (let i = 0; i < count; i++) {
			const buffer = kmalloc(k, size + align, gfp);
			if (buffer === 0) return false;
			list.push(buffer);
		}
	for (const bytes of [8 * n.src, 8 * n.dst, n.src]) {
		const array = kmalloc(k, bytes, GFP_KERNEL);
		if (array === 0) return false;
		thread.arrays.push(array);
	}
	k.space.fill(thread.arrays[2]!, n.src, 1);
	return true;
}

function release(k: Kernel, thread: TestThread): void {
	for (const address of [...thread.src, ...thread.dst, ...thread.arrays]) kfree(k, address);
	thread.src = [];
	thread.dst = [];
	thread.arrays = [];
}

/** Chooses length and offsets of the next test; false when the size asked for is too large. */
function choose(k: Kernel, f: StepFrame): boolean {
	const { taken } = k.state.dmatest;
	const { align } = f.locals;
	const size = taken.test_buf_size;
	let len = taken.transfer_size;
	if (len !== 0) {
		if (len >= size) {
			say(k, 3, `dmatest: ${len}-byte transfer size must be lower than ${size}-buffer size`);
			return false;
		}
	} else {
		len = taken.norandom ? size : randomBelow(k, size) + 1;
		len = alignDown(len, align) || 2 ** align;
	}
	f.locals.len = len;
	f.locals.bytes += len;
	const offset = (): number => (taken.norandom ? 0 : alignDown(randomBelow(k, size - len + 1), align));
	f.locals.srcOff = offset();
	f.locals.dstOff = offset();
	return true;
}

function fill(k: Kernel, f: StepFrame, thread: TestThread): void {
	const { srcOff, dstOff, len } = f.locals;
	const size = k.state.dmatest.taken.test_buf_size;
	const memset = thread.type === Cap.MEMSET;
	const src = fillPattern(size, srcOff, len, PATTERN_SRC, PATTERN_COPY, memset);
	const dst = fillPattern(size, dstOff, len, PATTERN_DST, PATTERN_OVERWRITE, memset);
	for (const at of thread.src) k.space.writeBytes(at, src);
	for (const at of thread.dst) k.space.writeBytes(at, dst);
}

/** Maps the buffers whole; the errno and which side failed, or null. */
function map(k: Kernel, f: StepFrame, thread: TestThread): { side: "src" | "dst"; error: number } | null {
	const { um } = f.locals;
	const dev = dmaDeviceOf(k, thread.chan);
	const size = k.state.dmatest.taken.test_buf_size;
	const unmap = dmaengineUnmapData;
	unmap.len.set(k.space, um, size);
	thread.srcDma = [];
	thread.dstDma = [];
	let at = um + unmap.$size;
	const sides = [
		{ side: "src", buffers: thread.src, list: thread.srcDma, direction: 1, count: unmap.to_cnt },
		// Both ways, so that caches are written back and invalidated.
		{ side: "dst", buffers: thread.dst, list: thread.dstDma, direction: 0, count: unmap.bidi_cnt },
	] as const;
	for (const { side, buffers, list, direction, count } of sides)
		for (const buffer of buffers) {
			const dma = mapPhys(k, dev, buffer - k.space.fromPhys(0), size, direction);
			k.space.w64(at, dma);
			at += 8;
			if (dma === -1) return { side, error: -ENOMEM };
			list.push(dma);
			count.set(k.space, um, count.get(k.space, um) + 1);
		}
	return null;
}

/** The prep op of the operation and its arguments. */
function prepCall(k: Kernel, f: StepFrame, thread: TestThread): Next {
	const { chan, type, arrays } = thread;
	const { srcOff, dstOff, len, flags } = f.locals;
	const device = dmaChan.device.get(k.space, chan);
	const src = thread.srcDma.map((dma) => dma + srcOff);
	const dst = thread.dstDma.map((dma) => dma + dstOff);
	const [srcArray, dstArray, coefficients] = arrays;
	src.forEach((dma, i) => {
		k.space.w64(srcArray + 8 * i, dma);
	});
	dst.forEach((dma, i) => {
		k.space.w64(dstArray + 8 * i, dma);
	});
	switch (type) {
		case Cap.MEMCPY:
			return call(dmaDevice.device_prep_dma_memcpy.get(k.space, device), [chan, dst[0], src[0], len, flags]);
		case Cap.MEMSET: {
			const value = k.space.r8(thread.src[0] + srcOff);
			return call(dmaDevice.device_prep_dma_memset.get(k.space, device), [chan, dst[0], value, len, flags]);
		}
		case Cap.XOR:
			return call(dmaDevice.device_prep_dma_xor.get(k.space, device), [chan, dst[0], srcArray, src.length, len, flags]);
		default: {
			const args = [chan, dstArray, srcArray, src.length, coefficients, len, flags];
			return call(dmaDevice.device_prep_dma_pq.get(k.space, device), args);
		}
	}
}

/** Compares all buffers; how many bytes are wrong. */
function verify(k: Kernel, f: StepFrame, thread: TestThread): number {
	const { srcOff, dstOff, len } = f.locals;
	const size = k.state.dmatest.taken.test_buf_size;
	const memset = thread.type === Cap.MEMSET;
	const name = comm(k);
	let errors = 0;
	for (const side of ["src", "dst"] as const) {
		const off = side === "src" ? srcOff : dstOff;
		const outside = side === "src" ? PATTERN_SRC : PATTERN_DST;
		const buffers = thread[side].map((at) => k.space.readBytes(at, size));
		const ranges = [
			{ start: 0, end: off, counter: 0, pattern: outside },
			{ start: off, end: off + len, counter: srcOff, pattern: PATTERN_SRC | PATTERN_COPY },
			{ start: off + len, end: size, counter: off + len, pattern: outside },
		];
		for (const range of ranges) errors += verifyRange(k, name, buffers, range, side === "src", memset);
	}
	return errors;
}

/** A test has failed: its mappings go, the next one begins. */
function failed(k: Kernel, f: StepFrame): Next {
	putUnmap(k, f.locals.um);
	f.locals.failed++;
	return goto("test");
}

export const testThreadFunctions: KernelFunction[] = [
	...plain(
		{
			"void dmatest_callback(void *arg)": (k, arg) => {
				const thread = k.state.dmatest.threads[arg];
				if (!thread || thread.done) {
					warn(k, "drivers/dma/dmatest.c:450 dmatest_callback", "dmatest: Kernel memory may be corrupted!!");
					return;
				}
				thread.called = true;
				wakeWaiters(k, "wait queue", arg);
			},
		},
		0,
	),
	steps("int dmatest_func(void *data)", {
		begin: step("Take the parameters: alignment, number of buffers, flags.", (k, f) => {
			const thread = threadOf(k, f);
			const { taken } = k.state.dmatest;
			thread.pending = false;
			Object.assign(f.locals, { total: 0, failed: 0, bytes: 0, runtime: 0, value: -ENOMEM, error: -ENOMEM });
			const device = dmaChan.device.get(k.space, thread.chan);
			const own = FIELDS[thread.type as keyof typeof FIELDS].get(k.space, device);
			f.locals.align = taken.alignment < 0 ? own : taken.alignment & 255;
			f.locals.flags = taken.polled ? DMA_CTRL_ACK : DMA_CTRL_ACK | DMA_PREP_INTERRUPT;
			return next;
		}),
		allocate: step("Allocate the buffers; too many or too small ones are an error.", (k, f) => {
			const thread = threadOf(k, f);
			const size = k.state.dmatest.taken.test_buf_size;
			const n = counts(k, thread);
			const smallest = 2 ** f.locals.align;
			if (n.src + n.dst >= MOST_BUFFERS) {
				say(k, 3, `dmatest: too many buffers (${n.src + n.dst} of ${MOST_BUFFERS} supported)`);
				return goto("summary");
			}
			if (smallest > size) {
				say(k, 3, `dmatest: ${size}-byte buffer too small for ${smallest}-byte alignment`);
				return goto("summary");
			}
			if (!allocate(k, thread, size, f.locals.align, n)) return goto("free");
			f.locals.start = k.machine.time;
			return next;
		}),
		test: step(
			"Until it is told to stop or all iterations are done: choose length and offsets, fill the buffers.",
			(k, f) => {
				const thread = threadOf(k, f);
				const { taken } = k.state.dmatest;
				const stop = k.state.kthreads[k.current.id]?.shouldStop ?? false;
				if (stop || (taken.iterations !== 0 && f.locals.total >= taken.iterations)) return goto("end");
				f.locals.total++;
				if (!choose(k, f)) return goto("end");
				if (!taken.noverify) fill(k, f, thread);
				f.locals.um = getUnmap(k, dmaDeviceOf(k, thread.chan), thread.src.length + thread.dst.length);
				if (f.locals.um !== 0) return next;
				f.locals.failed++;
				result(k, f, "unmap data NULL", f.locals.error);
				return goto("test");
			},
		),
		map: step("Map the buffers, sources to the device, destinations both ways.", (k, f) => {
			const wrong = map(k, f, threadOf(k, f));
			f.locals.error = wrong?.error ?? 0;
			if (wrong === null) return next;
			result(k, f, `${wrong.side} mapping error`, wrong.error);
			return failed(k, f);
		}),
		prep: step("Let the provider prepare the operation.", (k, f) => prepCall(k, f, threadOf(k, f))),
		submit: step("Set the callback unless the test polls, and submit.", (k, f) => {
			const thread = threadOf(k, f);
			const tx = f.result;
			f.locals.tx = tx;
			const kind = { [Cap.MEMCPY]: "memcpy", [Cap.MEMSET]: "memset", [Cap.XOR]: "xor", [Cap.PQ]: "pq" }[
				thread.type as Cap.MEMCPY
			];
			notePrepared(k, thread.chan, tx, kind, f.locals.len);
			if (tx === 0) {
				result(k, f, "prep error", f.locals.error);
				return call("msleep", [RETRY_MS], "retry");
			}
			thread.called = false;
			if (!k.state.dmatest.taken.polled) {
				dmaAsyncTxDescriptor.callback.set(k.space, tx, k.address("dmatest_callback"));
				dmaAsyncTxDescriptor.callback_param.set(k.space, tx, f.args[0]);
			}
			return call(dmaAsyncTxDescriptor.tx_submit.get(k.space, tx), [tx]);
		}),
		start: step("Issue it, or poll until it is complete.", (k, f) => {
			const { chan } = threadOf(k, f);
			f.locals.cookie = f.result | 0;
			if (f.locals.cookie < 0) {
				result(k, f, "submit error", f.locals.error);
				return call("msleep", [RETRY_MS], "retry");
			}
			return k.state.dmatest.taken.polled
				? call("dma_sync_wait", [chan, f.locals.cookie], "polled")
				: call("dma_async_issue_pending", [chan]);
		}),
		wait: step("Wait for the callback, at most `timeout` ms.", (k, f) => {
			const { timeout } = k.state.dmatest.taken;
			f.locals.until = timeout < 0 ? Number.POSITIVE_INFINITY : jiffiesToWake(k, msecsToJiffies(timeout));
			return next;
		}),
		sleep: step("Sleep until the callback has run.", (k, f) => {
			if (threadOf(k, f).called || k.machine.time >= f.locals.until) return goto("status");
			return block({ kind: "wait queue", address: f.args[0], name: "done_wait" }, f.locals.until, "sleep");
		}),
		polled: step("The channel is terminated after each polled test.", (k, f) => {
			const thread = threadOf(k, f);
			f.locals.status = f.result | 0;
			if (f.locals.status === DmaStatus.COMPLETE) thread.called = true;
			return call("dmaengine_terminate_sync", [thread.chan], "judge");
		}),
		status: step("Ask for the status of the cookie.", (k, f) =>
			call("dma_async_is_tx_complete", [threadOf(k, f).chan, f.locals.cookie, 0, 0]),
		),
		read: step("Keep the status.", (_, f) => {
			f.locals.status = f.result | 0;
			return next;
		}),
		judge: step("No callback is a time-out; a status other than complete is an error.", (k, f) => {
			const thread = threadOf(k, f);
			const { status } = f.locals;
			if (!thread.called) {
				result(k, f, "test timed out", 0);
				return failed(k, f);
			}
			const device = dmaChan.device.get(k.space, thread.chan);
			const unordered = status === DmaStatus.OUT_OF_ORDER && hasCap(k, device, Cap.COMPLETION_NO_ORDER);
			if (status !== DmaStatus.COMPLETE && !unordered) {
				const what = status === DmaStatus.ERROR ? "completion error status" : "completion busy status";
				result(k, f, what, f.locals.error);
				return failed(k, f);
			}
			putUnmap(k, f.locals.um);
			return next;
		}),
		verify: step("Compare every byte of all buffers.", (k, f) => {
			const { taken, values } = k.state.dmatest;
			const errors = taken.noverify ? 0 : verify(k, f, threadOf(k, f));
			if (errors > 0) {
				result(k, f, "data error", errors);
				f.locals.failed++;
			} else if (values.verbose) result(k, f, "test passed", 0);
			return goto("test");
		}),
		retry: step("After 100 ms the test counts as failed.", failed),
		end: step("The tests are over: take the time.", (k, f) => {
			// Filling and comparing take no virtual time here; Linux takes it off.
			f.locals.runtime = Math.floor((k.machine.time - f.locals.start) / 1e6);
			f.locals.value = 0;
			return next;
		}),
		free: step("Free the buffers.", (k, f) => {
			release(k, threadOf(k, f));
			return next;
		}),
		summary: step("Print the summary. After a failure the channel is terminated.", (k, f) => {
			const { total, failed: failures, bytes, runtime, value } = f.locals;
			const tests = `summary ${total} tests, ${failures} failures ${ratesText(runtime, total, bytes)}`;
			say(k, 6, `dmatest: ${comm(k)}: ${tests} (${value})`);
			return value !== 0 || failures > 0 ? call("dmaengine_terminate_sync", [threadOf(k, f).chan]) : next;
		}),
		done: step("Tell those who wait for the end.", (k, f) => {
			threadOf(k, f).done = true;
			wakeWaiters(k, "wait queue", k.state.dmatest.ends);
			return ret(f.locals.value);
		}),
	}),
];

/** enum dma_transaction_type of a thread to the name in its thread's name. */
export const OPERATION_NAMES: Readonly<Record<number, string>> = {
	[Cap.MEMCPY]: "copy",
	[Cap.MEMSET]: "set",
	[Cap.XOR]: "xor",
	[Cap.PQ]: "pq",
};
