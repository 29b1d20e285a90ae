/** What follows `%p`, and `%s`. */

import { functionIndexAt } from "../../language/vm/vm";
import { deviceNode, resource } from "../device/structs";
import type { VarArgs } from "../functions";
import type { Kernel } from "../kernel";
import { symbolName } from "../sched/trace";
import { readString, toByteString } from "./bytes";
import { errorName, isErr } from "./errno";
import { formatNumber, formatText, hexNumber, newSpec, type Spec } from "./number-format";

const PAGE = 4096;

/** "(null)", "(efault)" for pointers that must not be followed; "" for others. */
function badPointer(address: number): string {
	if (address === 0) return "(null)";
	return (address > 0 && address < PAGE) || isErr(address) ? "(efault)" : "";
}

/** `%s`: at most `precision` bytes of the string. */
export function formatStringAt(k: Kernel, address: number, spec: Spec): string {
	const bad = badPointer(address);
	if (bad) return formatText(bad, spec);
	return formatText(readString(k, address, spec.precision >= 0 ? spec.precision : Number.POSITIVE_INFINITY), spec);
}

type VaFormat = (k: Kernel, address: number) => string;

/** `kind`: the letters and digits behind `%p`. The pointer is argument `index`. */
export function formatPointerKind(
	k: Kernel,
	kind: string,
	args: VarArgs,
	index: number,
	spec: Spec,
	va: VaFormat,
): string {
	const value = index < args.count ? args.value(index) : 0;
	const plain = (): string => {
		const low = index < args.count ? args.low(index) : 0;
		const high = index < args.count ? args.high(index) : 0;
		return pointerValue(low, high, spec);
	};
	switch (kind[0]) {
		case "S":
		case "s":
		case "F":
		case "f":
			if (kind.startsWith("fw"))
				return formatText(value ? nodeName(k, value - deviceNode.fwnode.offset) : "(null)", spec);
			return formatText(symbol(k, value, kind[0] === "S" || kind[0] === "F"), spec);
		case "B":
			return formatText(symbol(k, value, true), spec);
		case "e":
			return isErr(value) ? formatText(errorText(value), spec) : plain();
		case "V":
			return badPointer(value) || va(k, value);
		case "a":
			return checked(value, spec, () => hexNumber(wide(k, value), 8));
		case "h":
			return value === 0 || value === 16 ? "" : hexBytes(k, value, spec.width, separatorOf(kind));
		case "b":
			return badPointer(value) || (kind[1] === "l" ? bitmapList(k, value, spec.width) : bitmap(k, value, spec.width));
		case "R":
		case "r":
			return checked(value, spec, () => resourceText(k, value, kind[0] === "r"));
		case "M":
		case "m":
			return checked(value, spec, () => mac(k, value, kind));
		case "I":
		case "i":
			return kind[1] === "4" ? checked(value, spec, () => ipv4(k, value, kind)) : plain();
		case "U":
			return checked(value, spec, () => uuid(k, value, kind));
		case "4":
			return checked(value, spec, () => fourcc(k, value));
		case "O":
			return kind[1] === "F" ? checked(value, spec, () => nodeText(k, value, kind.slice(2))) : plain();
		case "C":
			return checked(value, spec, () => readString(k, k.space.r64(value)));
		case "E":
			return badPointer(value) || escaped(k, value, spec.width);
		default:
			return plain();
	}
}

function checked(address: number, spec: Spec, text: () => string): string {
	return formatText(badPointer(address) || text(), { ...spec, precision: -1 });
}

/** The value itself, 16 digits unless a width is given. */
function pointerValue(low: number, high: number, spec: Spec): string {
	const value = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
	const field: Spec = { ...spec, base: 16, upper: false, plus: false, space: false };
	if (field.width < 0) {
		field.width = spec.special ? 18 : 16;
		field.zero = true;
	}
	return formatNumber(value, field);
}

/** A function or variable; with `offset` as "name+0x4/0x20". */
function symbol(k: Kernel, address: number, offset: boolean): string {
	const fn = functionIndexAt(address, k.vm.functions.length);
	const entry = k.vm.functions[fn];
	if (!entry) return symbolName(k, address) || `0x${BigInt.asUintN(64, BigInt(address)).toString(16)}`;
	const size = entry.kind === "c" ? 4 * (entry.info.endPc - entry.info.firstPc) : 16;
	return offset ? `${entry.name}+0x0/0x${size.toString(16)}` : entry.name;
}

function errorText(value: number): string {
	const name = errorName(value);
	return name ? `-${name}` : String(value);
}

/** The 64-bit value at an address, unsigned. */
function wide(k: Kernel, address: number): bigint {
	return BigInt(k.space.r32(address)) | (BigInt(k.space.r32(address + 4)) << 32n);
}

const hex2 = (byte: number): string => byte.toString(16).padStart(2, "0");

function separatorOf(kind: string): string {
	return { C: ":", D: "-", N: "" }[kind[1] ?? ""] ?? " ";
}

/** `%*ph`: up to 64 bytes. */
function hexBytes(k: Kernel, address: number, width: number, separator: string): string {
	const bad = badPointer(address);
	if (bad) return bad;
	const length = width < 0 ? 1 : Math.min(width, 64);
	return Array.from(k.space.readBytes(address, length), hex2).join(separator);
}

function bit(k: Kernel, address: number, index: number): boolean {
	return ((k.space.r8(address + (index >> 3)) >> (index & 7)) & 1) !== 0;
}

/** `%*pb`: 32 bits a group, highest first. */
function bitmap(k: Kernel, address: number, width: number): string {
	const bits = Math.max(0, Math.min(width, 1 << 16));
	const groups: string[] = [];
	for (let first = 0; first < bits; first += 32) {
		const count = Math.min(32, bits - first);
		let word = 0;
		for (let i = 0; i < count; i++) if (bit(k, address, first + i)) word += 2 ** i;
		groups.unshift(word.toString(16).padStart(Math.ceil(count / 4), "0"));
	}
	return groups.join(",");
}

/** `%*pbl`: ranges. */
function bitmapList(k: Kernel, address: number, width: number): string {
	const parts: string[] = [];
	for (let i = 0; i < width; i++) {
		if (!bit(k, address, i)) continue;
		const first = i;
		while (i + 1 < width && bit(k, address, i + 1)) i++;
		parts.push(first === i ? `${first}` : `${first}-${i}`);
	}
	return parts.join(",");
}

const IO = 0x100;
const MEM = 0x200;
const IRQ = 0x400;
const DMA = 0x800;

function resourceText(k: Kernel, address: number, raw: boolean): string {
	const start = wide(k, resource.start.at(address));
	const end = wide(k, resource.end.at(address));
	const flags = resource.flags.get(k.space, address);
	const number = (value: bigint, digits: number): string => `0x${value.toString(16).padStart(digits, "0")}`;
	const range = (digits: number): string =>
		start === end ? number(start, digits) : `${number(start, digits)}-${number(end, digits)}`;
	const decimal = start === end ? `${start}` : `${start}-${end}`;
	let text: string;
	if (flags & IO) text = `io  ${range(4)}`;
	else if (flags & MEM) text = `mem ${range(8)}`;
	else if (flags & IRQ) text = `irq ${decimal}`;
	else if (flags & DMA) text = `dma ${decimal}`;
	else text = `??? ${range(8)}`;
	if (raw || !(flags & (IO | MEM | IRQ | DMA))) text += ` flags 0x${flags.toString(16)}`;
	return `[${text}]`;
}

/** MAC address: M with colons, MF with dashes, MR reversed, m without separators. */
function mac(k: Kernel, address: number, kind: string): string {
	const bytes = Array.from(k.space.readBytes(address, 6), hex2);
	if (kind.includes("R", 1)) bytes.reverse();
	return bytes.join(kind[0] === "m" ? "" : kind.includes("F", 1) ? "-" : ":");
}

function ipv4(k: Kernel, address: number, kind: string): string {
	const bytes = Array.from(k.space.readBytes(address, 4));
	if (kind[2] === "h" || kind[2] === "l") bytes.reverse();
	return bytes.map((b) => (kind[0] === "i" ? String(b).padStart(3, "0") : String(b))).join(".");
}

const UUID_ORDER = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

function uuid(k: Kernel, address: number, kind: string): string {
	const bytes = k.space.readBytes(address, 16);
	const order = kind[1] === "l" || kind[1] === "L" ? GUID_ORDER : UUID_ORDER;
	const hex = order.map((i) => hex2(bytes[i]!)).join("");
	const text = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
	return kind[1] === "L" || kind[1] === "B" ? text.toUpperCase() : text;
}

/** `%p4cc`: the characters, the byte order, the value. */
function fourcc(k: Kernel, address: number): string {
	const value = k.space.r32(address);
	const bare = value & 0x7fffffff;
	let text = "";
	for (let i = 0; i < 4; i++) {
		const c = (bare >>> (8 * i)) & 0xff;
		text += c >= 0x20 && c < 0x7f ? String.fromCharCode(c) : ".";
	}
	return `${text} ${value & 0x80000000 ? "big" : "little"}-endian (${hexNumber(value, 4)})`;
}

function nodeName(k: Kernel, node: number): string {
	const parent = deviceNode.parent.get(k.space, node);
	if (parent === 0) return "/";
	const name = readString(k, deviceNode.full_name.get(k.space, node)).split("/").at(-1) ?? "";
	const above = nodeName(k, parent);
	return above === "/" ? `/${name}` : `${above}/${name}`;
}

/** `%pOF` with its letters: f full path, n name, p phandle, P name with unit address, c compatible, C all of them. */
function nodeText(k: Kernel, node: number, letters: string): string {
	return (letters.replace(/[^fnpPcCF]/g, "") || "f")
		.split("")
		.map((letter) => {
			const name = readString(k, deviceNode.full_name.get(k.space, node)).split("/").at(-1) ?? "";
			switch (letter) {
				case "n":
					return name.split("@")[0] ?? "";
				case "P":
					return name;
				case "p":
					return formatNumber(deviceNode.phandle.get(k.space, node), newSpec());
				case "c":
				case "C":
					return compatible(k, node, letter === "C");
				case "F":
					return "----";
				default:
					return nodeName(k, node);
			}
		})
		.join(":");
}

function compatible(k: Kernel, node: number, all: boolean): string {
	for (let p = deviceNode.properties.get(k.space, node); p !== 0; p = k.space.r64(p + 24)) {
		if (readString(k, k.space.r64(p)) !== "compatible") continue;
		const bytes = k.space.readBytes(k.space.r64(p + 16), k.space.s32(p + 8));
		const names = String.fromCharCode(...bytes)
			.split("\0")
			.filter((name) => name !== "");
		return all ? names.map((name) => `"${name}"`).join(",") : toByteString(names[0] ?? "");
	}
	return "";
}

const ESCAPES: Readonly<Record<number, string>> = {
	7: "\\a",
	8: "\\b",
	9: "\\t",
	10: "\\n",
	11: "\\v",
	12: "\\f",
	13: "\\r",
	27: "\\e",
	0: "\\0",
};

/** `%*pE`: bytes that cannot be printed as escapes. */
function escaped(k: Kernel, address: number, width: number): string {
	return Array.from(k.space.readBytes(address, width < 0 ? 1 : width), (c) => {
		if (c >= 0x20 && c < 0x7f && c !== 0x5c) return String.fromCharCode(c);
		return ESCAPES[c] ?? `\\${c.toString(8).padStart(3, "0")}`;
	}).join("");
}
