/** linux/tty_flip.h: what a serial driver has received goes to the line discipline, in a work of its own. */
import { call, goto, type KernelFunction, plain, ret, step, steps } from "../functions";
import { checkSource } from "../kasan/check";
import type { Kernel } from "../kernel";
import { GFP_ATOMIC, GFP_NOWARN } from "../mm/gfp";
import { kfree, kmalloc } from "../mm/kmalloc";
import { queueWork } from "../work/queue";
import { ttyBufhead, ttyPortClientOperations, ttyPortHead } from "./structs";

/** Bytes that wait at most: more are lost, as in Linux. */
const LIMIT = 65536;
const FIRST_SIZE = 256;

/** Room for `more` bytes behind those that wait: how many of them have it. */
function reserve(k: Kernel, port: number, more: number): number {
	const { space } = k;
	const buf = ttyPortHead.buf.at(port);
	const used = ttyBufhead.used.get(space, buf);
	const size = ttyBufhead.size.get(space, buf);
	const wanted = Math.min(more, LIMIT - used);
	if (used + wanted <= size) return wanted;
	const grown = Math.min(LIMIT, Math.max(FIRST_SIZE, 2 ** Math.ceil(Math.log2(used + wanted))));
	const data = kmalloc(k, 2 * grown, GFP_ATOMIC | GFP_NOWARN);
	if (data === 0) return size - used;
	const old = ttyBufhead.data.get(space, buf);
	if (used > 0) {
		space.copy(data, old, used);
		space.copy(data + grown, old + size, used);
	}
	if (old !== 0) kfree(k, old);
	ttyBufhead.data.set(space, buf, data);
	ttyBufhead.size.set(space, buf, grown);
	return wanted;
}

/** Puts up to `count` bytes behind those that wait, each with `flag`; `from` is where they are, how many there was room for. */
function insert(k: Kernel, port: number, from: number, count: number, flag: number): number {
	const { space } = k;
	const room = reserve(k, port, count);
	if (room === 0) return 0;
	const buf = ttyPortHead.buf.at(port);
	const at = ttyBufhead.data.get(space, buf) + ttyBufhead.used.get(space, buf);
	checkSource(k, from, room);
	space.copy(at, from, room);
	space.fill(at + ttyBufhead.size.get(space, buf), room, flag);
	ttyBufhead.used.set(space, buf, ttyBufhead.used.get(space, buf) + room);
	return room;
}

function push(k: Kernel, port: number): void {
	const buf = ttyPortHead.buf.at(port);
	ttyBufhead.commit.set(k.space, buf, ttyBufhead.used.get(k.space, buf));
	queueWork(k, 0, ttyBufhead.work.at(buf));
}

/** Takes the first `count` bytes away, with their flags. */
function drop(k: Kernel, buf: number, count: number): void {
	const { space } = k;
	const data = ttyBufhead.data.get(space, buf);
	const size = ttyBufhead.size.get(space, buf);
	const rest = ttyBufhead.used.get(space, buf) - count;
	for (const at of [data, data + size]) if (rest > 0) space.copy(at, at + count, rest);
	ttyBufhead.used.set(space, buf, rest);
	ttyBufhead.commit.set(space, buf, ttyBufhead.commit.get(space, buf) - count);
}

export const ttyFunctions: KernelFunction[] = [
	...plain({
		"size_t tty_insert_flip_string(struct tty_port *port, const u8 *chars, size_t size)": (k, port, chars, size) =>
			insert(k, port, chars, size, 0),
		"size_t tty_insert_flip_string_fixed_flag(struct tty_port *port, const u8 *chars, u8 flag, size_t size)": (
			k,
			port,
			chars,
			flag,
			size,
		) => insert(k, port, chars, size, flag),
		"void tty_flip_buffer_push(struct tty_port *port)": push,
		"void tty_buffer_free_all(struct tty_port *port)": (k, port) => {
			const buf = ttyPortHead.buf.at(port);
			kfree(k, ttyBufhead.data.get(k.space, buf));
			for (const member of [ttyBufhead.data, ttyBufhead.used, ttyBufhead.size, ttyBufhead.commit])
				member.set(k.space, buf, 0);
		},
	}),
	steps("void flush_to_ldisc(struct work_struct *work)", {
		take: step("Hand what was pushed to the port's client: its receive_buf says how much it has taken.", (k, f) => {
			const { space } = k;
			const buf = ttyBufhead.work.container(f.args[0]);
			const port = ttyPortHead.buf.container(buf);
			const count = ttyBufhead.commit.get(space, buf);
			const ops = ttyPortHead.client_ops.get(space, port);
			const receive = ops === 0 ? 0 : ttyPortClientOperations.receive_buf.get(space, ops);
			if (count === 0) return ret();
			if (receive === 0) {
				drop(k, buf, count);
				return ret();
			}
			const data = ttyBufhead.data.get(space, buf);
			return call(receive, [port, data, data + ttyBufhead.size.get(space, buf), count]);
		}),
		done: step("What it has taken is gone. When it takes nothing, the rest waits for the next push.", (k, f) => {
			const buf = ttyBufhead.work.container(f.args[0]);
			const taken = Math.min(f.result, ttyBufhead.commit.get(k.space, buf));
			if (taken <= 0) return ret();
			drop(k, buf, taken);
			return goto("take");
		}),
	}),
];
