/** vsnprintf: the kernel's conversions (Documentation/core-api/printk-formats.rst). Texts are byte strings (bytes.ts). */
import { pairToBigInt } from "../../language/vm/host-call";
import type { VarArgs } from "../functions";
import { checkWrite } from "../kasan/check";
import type { Kernel } from "../kernel";
import { readString } from "./bytes";
import { formatNumber, formatText, newSpec, type Spec } from "./number-format";
import { formatPointerKind, formatStringAt } from "./pointer-format";

/** Longest text that is made; Linux's limit is INT_MAX, a wrong width must not cost the host its memory. */
const MAX_TEXT = 1 << 20;
/** What a field width may be, as in struct printf_spec. */
const MAX_WIDTH = (1 << 23) - 1;

/** Formats the string at `format` with `args`. Throws MemoryFault where a pointer cannot be read. */
export function formatAt(k: Kernel, format: number, args: VarArgs): string {
	return formatString(k, readString(k, format), args);
}

/** Formats a byte string. */
export function formatString(k: Kernel, format: string, args: VarArgs): string {
	let out = "";
	let next = 0;
	let at = 0;
	while (at < format.length && out.length < MAX_TEXT) {
		const percent = format.indexOf("%", at);
		if (percent < 0) return out + format.slice(at);
		out += format.slice(at, percent);
		const decoded = decode(format, percent, () => (next < args.count ? args.low(next++) | 0 : 0));
		at = decoded.end;
		const { spec, size, conversion } = decoded;
		switch (conversion) {
			case "%":
				out += "%";
				break;
			case "c":
				out += formatText(String.fromCharCode((next < args.count ? args.low(next) : 0) & 0xff), {
					...spec,
					precision: -1,
				});
				next++;
				break;
			case "s":
				out += formatStringAt(k, next < args.count ? args.value(next) : 0, spec);
				next++;
				break;
			case "p": {
				const start = at;
				while (at < format.length && /[0-9A-Za-z]/.test(format[at]!)) at++;
				out += formatPointerKind(k, format.slice(start, at), args, next, spec, formatVaFormat);
				next++;
				break;
			}
			case "d":
			case "i":
				out += formatNumber(integer(args, next, size, true), spec);
				next++;
				break;
			case "u":
			case "x":
			case "X":
			case "o":
				spec.base = conversion === "o" ? 8 : conversion === "u" ? 10 : 16;
				spec.upper = conversion === "X";
				spec.plus = false;
				spec.space = false;
				out += formatNumber(integer(args, next, size, false), spec);
				next++;
				break;
			default:
				// Linux gives up at a conversion that it does not know.
				return out;
		}
	}
	return out;
}

interface Decoded {
	spec: Spec;
	/** Bytes of an integer. */
	size: number;
	conversion: string;
	end: number;
}

function decode(format: string, percent: number, star: () => number): Decoded {
	const spec = newSpec();
	let at = percent + 1;
	for (; ; at++) {
		const c = format[at];
		if (c === "-") spec.left = true;
		else if (c === "+") spec.plus = true;
		else if (c === " ") spec.space = true;
		else if (c === "#") spec.special = true;
		else if (c === "0") spec.zero = true;
		else break;
	}
	const digits = (): number => {
		let value = 0;
		for (; at < format.length && format[at]! >= "0" && format[at]! <= "9"; at++)
			value = Math.min(MAX_WIDTH, value * 10 + Number(format[at]));
		return value;
	};
	if (format[at]! >= "0" && format[at]! <= "9") spec.width = digits();
	else if (format[at] === "*") {
		at++;
		const width = star();
		if (width < 0) spec.left = true;
		spec.width = Math.min(MAX_WIDTH, Math.abs(width));
	}
	if (format[at] === ".") {
		at++;
		if (format[at] === "*") {
			at++;
			spec.precision = Math.max(0, Math.min(MAX_WIDTH, star()));
		} else spec.precision = digits();
	}
	if (spec.left) spec.zero = false;
	let size = 4;
	const qualifier = format[at] ?? "";
	if ("hlLzt".includes(qualifier) && qualifier !== "") {
		at++;
		size = qualifier === "h" ? 2 : 8;
		if (format[at] === qualifier && (qualifier === "h" || qualifier === "l")) {
			at++;
			if (qualifier === "h") size = 1;
		}
	}
	return { spec, size, conversion: format[at] ?? "", end: at + 1 };
}

/** An argument as the integer that the conversion asks for. */
function integer(args: VarArgs, index: number, size: number, signed: boolean): number | bigint {
	if (index >= args.count) return 0;
	const low = args.low(index);
	switch (size) {
		case 1:
			return signed ? (low << 24) >> 24 : low & 0xff;
		case 2:
			return signed ? (low << 16) >> 16 : low & 0xffff;
		case 4:
			return signed ? low | 0 : low >>> 0;
		default:
			return pairToBigInt(low, args.high(index), signed);
	}
}

/** The arguments of a va_list: the record at `list` (next slot, slots left) and the slots behind it. */
export function vaListArgs(k: Kernel, list: number): VarArgs {
	const slots = k.space.r64(list);
	const count = Math.max(0, Math.min(256, k.space.r64(list + 8)));
	return {
		count,
		low: (index) => k.space.s32(slots + 8 * index),
		high: (index) => k.space.s32(slots + 8 * index + 4),
		value: (index) => k.space.r64(slots + 8 * index),
	};
}

/** `%pV`: struct va_format { const char *fmt; va_list *va; }. */
function formatVaFormat(k: Kernel, address: number): string {
	return formatAt(k, k.space.r64(address), vaListArgs(k, k.space.r64(address + 8)));
}

/** Stores text as vsnprintf does: cut to `size` bytes with the zero byte. Returns the length of the whole text. */
export function storeFormatted(k: Kernel, buffer: number, size: number, text: string): number {
	if (size > 0) {
		const room = Math.min(size, 2 ** 31 - 1) - 1;
		const bytes = new Uint8Array(Math.min(text.length, room) + 1);
		for (let i = 0; i < bytes.length - 1; i++) bytes[i] = text.charCodeAt(i);
		checkWrite(k, buffer, bytes.length);
		k.space.writeBytes(buffer, bytes);
	}
	return text.length;
}
