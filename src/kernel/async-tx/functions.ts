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
