/** What async_tx's C text needs of the kernel: loading on first use, and the bytes of the synchronous paths. */
import { call, type KernelFunction, next, plain, ret, step, steps } from "../functions";
import { checkRead, checkWrite } from "../kasan/check";
import type { Kernel } from "../kernel";
import { say } from "../sched/say";

export interface AsyncTxState {
	/** The module has been loaded: it is a public client of dmaengine from then on. */
	loaded: boolean;
}
export const createAsyncTxState = (): AsyncTxState => ({ loaded: false });

/** GF(2^8) with polynomial 0x11d, generator 2 (core-semantics 5.5). */
export function gfMultiply(a: number, b: number): number {
	let product = 0;
	for (let x = a, y = b; y !== 0; y >>= 1) {
		if (y & 1) product ^= x;
		x = (x << 1) ^ (x & 0x80 ? 0x11d : 0);
	}
	return product;
}

/** 2^i; the last entry is a filler, as in Linux's table. */
export const GF_EXP: readonly number[] = Array.from({ length: 256 }, (_, i) => {
	let value = 1;
	for (let n = 0; n < i; n++) value = gfMultiply(value, 2);
	return i === 255 ? 0 : value;
});

/** P and Q of disks - 2 data blocks into the last two pointers; NULL data counts as zero, NULL P or Q is left out. */
function syndrome(k: Kernel, disks: number, length: number, pointers: number, into: number): void {
	const block = (i: number): number => k.space.r64(pointers + 8 * i);
	const start = (at: number): Uint8Array => (into && at !== 0 ? k.space.readBytes(at, length) : new Uint8Array(length));
	const [pAt, qAt] = [block(disks - 2), block(disks - 1)];
	const p = start(pAt);
	const q = start(qAt);
	for (let i = 0; i < disks - 2; i++) {
		if (block(i) === 0) continue;
		const data = k.space.readBytes(block(i), length);
		const table = Uint8Array.from({ length: 256 }, (_, value) => gfMultiply(value, GF_EXP[i]!));
		for (let at = 0; at < length; at++) {
			p[at] = p[at]! ^ data[at]!;
			q[at] = q[at]! ^ table[data[at]!]!;
		}
	}
	if (pAt !== 0) k.space.writeBytes(pAt, p);
	if (qAt !== 0) k.space.writeBytes(qAt, q);
}

function xorInto(k: Kernel, dest: number, src: number, length: number): void {
	checkRead(k, src, length);
	checkWrite(k, dest, length);
	const bytes = k.space.readBytes(dest, length);
	const other = k.space.readBytes(src, length);
	for (let i = 0; i < length; i++) bytes[i] = bytes[i]! ^ other[i]!;
	k.space.writeBytes(dest, bytes);
}

function isZero(k: Kernel, at: number, length: number): boolean {
	return k.space.readBytes(at, length).every((byte) => byte === 0);
}

export const asyncTxFunctions: KernelFunction[] = [
	...plain({
		"void __async_tx_xor_bytes(void *dest, const void *src, size_t len)": xorInto,
		"void __raid6_syndrome(int disks, size_t bytes, void **ptrs, bool add)": syndrome,
		"u8 __raid6_gfexp(unsigned int i)": (_, i) => GF_EXP[i & 255]!,
		"u8 __raid6_gfmul(u8 a, u8 b)": (_, a, b) => gfMultiply(a, b),
		"bool __async_tx_is_zero(const void *buf, size_t len)": isZero,
	}),
	steps(
		"void __async_tx_load(void)",
		{
			load: step("The first use of async_tx loads it: it becomes a public client of all channels.", (k) => {
				if (k.state.asyncTx.loaded) return ret();
				k.state.asyncTx.loaded = true;
				return call("dmaengine_get", []);
			}),
			done: step("Say so.", (k) => {
				say(k, 6, "async_tx: api initialized (async)");
				return next;
			}),
		},
		0,
	),
];
