/** printk, dev_*, WARN and BUG as C calls them. */
import { FRAME_FUNCTION, FRAME_INTS, FRAME_PC } from "../../language/vm/stack";
import { devName, driverString } from "../device/names";
import { type KernelFunction, plain, variadic } from "../functions";
import type { Kernel } from "../kernel";
import { readString, toByteString, writeString } from "../lib/bytes";
import { errorName } from "../lib/errno";
import { formatAt, vaListArgs } from "../lib/format";
import { dumpStack, KernelBug, panic, warn } from "../sched/oops";
import { hexDump, hexLine } from "./hex-dump";
import { firstTime, printk, printkMessage, splitPrefix } from "./log";

const EPROBE_DEFER = 517;
const ENOMEM = 12;

/** "func+0x10/0x40" of the innermost C frame; offsets count 4 bytes for each word of code. */
export function whereInC(k: Kernel): string {
	const { stack } = k.current;
	for (let depth = stack.depth - 1; depth >= 0; depth--) {
		if (stack.hosts[depth]) continue;
		const at = depth * FRAME_INTS;
		const fn = k.vm.functions[stack.frames[at + FRAME_FUNCTION]!];
		if (fn?.kind !== "c") continue;
		const { firstPc, endPc } = fn.info;
		const offset = Math.max(0, 4 * (stack.frames[at + FRAME_PC]! - firstPc));
		return `${fn.info.name}+0x${offset.toString(16)}/0x${(4 * (endPc - firstPc)).toString(16)}`;
	}
	return "0x0";
}

/** "file:line func+0x…" of a check in C. */
function place(k: Kernel, file: number, line: number): string {
	return `${readString(k, file)}:${line} ${whereInC(k)}`;
}

function onceHere(k: Kernel, file: number, line: number): boolean {
	return firstTime(k, `${readString(k, file)}:${line}`);
}

/** dev_printk: "driver device: text". */
export function devPrintk(k: Kernel, level: number, dev: number, text: string): void {
	if (dev === 0) printk(k, level, `(NULL device *): ${text}`);
	else printk(k, level, `${toByteString(`${driverString(k, dev)} ${devName(k, dev)}`)}: ${text}`);
}

/** dev_err_probe and dev_warn_probe: quiet about deferral, which Linux notes as the device's reason to wait. */
export function probeFailed(k: Kernel, level: number, dev: number, error: number, text: string): number {
	if (error === -EPROBE_DEFER) k.state.printk.deferReasons[dev] = `${driverString(k, dev)}: ${text}`;
	else if (error !== -ENOMEM)
		devPrintk(k, level, dev, `error ${errorName(error) ? `-${errorName(error)}` : error}: ${text}`);
	return error;
}

const LEVELS: readonly (readonly [string, number])[] = [
	["emerg", 0],
	["alert", 1],
	["crit", 2],
	["err", 3],
	["warn", 4],
	["notice", 5],
	["info", 6],
	["dbg", 7],
];

function warnMessage(text: string): string {
	return splitPrefix(text).text.replace(/\n$/, "");
}

/** __ratelimit: struct ratelimit_state { int interval; int burst; int printed; int missed; unsigned long begin; … }. */
function rateLimit(k: Kernel, state: number, name: string): boolean {
	const { space } = k;
	const interval = space.s32(state);
	if (interval === 0) return true;
	const now = Math.floor(k.machine.time / 4e9) + 1;
	const begin = space.r32(state + 16);
	if (begin === 0 || now > begin + interval) {
		const missed = space.s32(state + 12);
		if (missed > 0) printk(k, 4, `${name}: ${missed} callbacks suppressed\n`);
		space.w32(state + 16, now);
		space.w32(state + 8, 0);
		space.w32(state + 12, 0);
	}
	const printed = space.s32(state + 8);
	if (printed < space.s32(state + 4)) {
		space.w32(state + 8, printed + 1);
		return true;
	}
	space.w32(state + 12, space.s32(state + 12) + 1);
	return false;
}

export const printkFunctions: KernelFunction[] = [
	...variadic({
		"int _printk(const char *fmt, ...)": (k, [format], rest) => printkMessage(k, formatAt(k, format!, rest)),
		"void _dev_printk(const char *level, const struct device *dev, const char *fmt, ...)": (
			k,
			[level, dev, format],
			rest,
		) => {
			const found = splitPrefix(readString(k, level!)).level;
			devPrintk(k, found < 0 ? 4 : found, dev!, formatAt(k, format!, rest));
		},
		"int dev_err_probe(const struct device *dev, int err, const char *fmt, ...)": (k, [dev, error, format], rest) =>
			probeFailed(k, 3, dev!, error!, formatAt(k, format!, rest)),
		"int dev_warn_probe(const struct device *dev, int err, const char *fmt, ...)": (k, [dev, error, format], rest) =>
			probeFailed(k, 4, dev!, error!, formatAt(k, format!, rest)),
		"int __warn_printf(const char *file, int line, const char *fmt, ...)": (k, [file, line, format], rest) => {
			warn(k, place(k, file!, line!), warnMessage(formatAt(k, format!, rest)));
			return 1;
		},
		"int __warn_printf_once(const char *file, int line, const char *fmt, ...)": (k, [file, line, format], rest) => {
			if (onceHere(k, file!, line!)) warn(k, place(k, file!, line!), warnMessage(formatAt(k, format!, rest)));
			return 1;
		},
		"void panic(const char *fmt, ...)": (k, [format], rest) => panic(k, formatAt(k, format!, rest).replace(/\n$/, "")),
	}),
	...variadic(
		Object.fromEntries(
			LEVELS.map(([name, level]) => [
				`void _dev_${name}(const struct device *dev, const char *fmt, ...)`,
				(k: Kernel, [dev, format]: number[], rest: Parameters<typeof formatAt>[2]) =>
					devPrintk(k, level, dev!, formatAt(k, format!, rest)),
			]),
		),
	),
	...plain({
		"int vprintk(const char *fmt, va_list args)": (k, format, list) =>
			printkMessage(k, formatAt(k, format!, vaListArgs(k, list!))),
		"int __warn_on(const char *file, int line)": (k, file, line) => {
			warn(k, place(k, file!, line!));
			return 1;
		},
		"int __warn_on_once(const char *file, int line)": (k, file, line) => {
			if (onceHere(k, file!, line!)) warn(k, place(k, file!, line!));
			return 1;
		},
		"void __bug(const char *file, int line)": (k, file, line) => {
			throw new KernelBug(`${readString(k, file!)}:${line}`);
		},
		"int ___ratelimit(struct ratelimit_state *rs, const char *func)": (k, state, name) =>
			rateLimit(k, state!, readString(k, name!)) ? 1 : 0,
		"void dump_stack(void)": (k) => dumpStack(k, k.current, 4),
		"void print_hex_dump(const char *level, const char *prefix_str, int prefix_type, int rowsize, int groupsize, const void *buf, size_t len, bool ascii)":
			(k, level, prefix, type, rowsize, groupsize, buffer, length, ascii) => {
				const found = splitPrefix(readString(k, level!)).level;
				const options = {
					prefix: readString(k, prefix!),
					type: type!,
					rowsize: rowsize!,
					groupsize: groupsize!,
					ascii: ascii !== 0,
				};
				for (const line of hexDump(k, buffer!, length!, options)) printk(k, found < 0 ? 4 : found, `${line}\n`);
			},
		"int hex_dump_to_buffer(const void *buf, size_t len, int rowsize, int groupsize, char *linebuf, size_t linebuflen, bool ascii)":
			(k, buffer, length, rowsize, groupsize, to, size, ascii) => {
				const row = rowsize === 32 ? 32 : 16;
				const bytes = k.space.readBytes(buffer!, Math.min(length!, row));
				const line = hexLine(bytes, row, groupsize!, ascii !== 0);
				if (size! > 0) writeString(k, to!, line.slice(0, size! - 1));
				return line.length;
			},
	}),
];
