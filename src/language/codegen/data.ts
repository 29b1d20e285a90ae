import type { GlobalVariable, Initializer, InitializerItem } from "../tree";
import { sizeOf } from "../types";
import type { RelocationTarget } from "./emitter";

/** An address in static data: 8 bytes at `at` from the start of the object. */
export interface DataRelocation {
	at: number;
	target: RelocationTarget;
	offset: number;
}

/** The initial bytes of an object of static storage. A flexible array member may make them longer than the type. */
export interface DataImage {
	bytes: Uint8Array;
	relocations: DataRelocation[];
}

export function dataImage(variable: GlobalVariable): DataImage {
	const { initializer } = variable;
	const bytes = new Uint8Array(Math.max(1, sizeOf(variable.symbol.type), extent(initializer)));
	const relocations: DataRelocation[] = [];
	for (const item of initializer?.items ?? [])
		for (let i = 0; i < item.count; i++) writeItem(bytes, relocations, item, item.offset + i * item.stride);
	return { bytes, relocations };
}

function extent(initializer: Initializer | null): number {
	let end = 0;
	for (const item of initializer?.items ?? []) {
		const size = item.bytes ? item.bytes.length : (item.bitField?.unit ?? sizeOf(item.type));
		end = Math.max(end, item.offset + (item.count - 1) * item.stride + size);
	}
	return end;
}

function writeItem(bytes: Uint8Array, relocations: DataRelocation[], item: InitializerItem, at: number): void {
	if (item.bytes) {
		bytes.set(item.bytes, at);
		return;
	}
	let value = item.value;
	while (value?.kind === "cast") value = value.operand;
	if (!value) return;
	const size = item.bitField?.unit ?? sizeOf(item.type);
	bytes.fill(0, at, item.bitField ? at : at + size);
	dropRelocations(relocations, at, size);
	if (value.kind === "address-constant") {
		const target: RelocationTarget =
			value.base.kind === "string" ? { kind: "string", bytes: value.base.bytes } : value.base;
		relocations.push({ at, target, offset: value.offset });
		return;
	}
	if (value.kind === "function") {
		relocations.push({ at, target: value.symbol, offset: 0 });
		return;
	}
	if (value.kind !== "constant") throw new Error(`not a constant initialiser: ${value.kind}`);
	let bits = BigInt.asUintN(64, value.value);
	if (item.bitField) {
		const { bit, width } = item.bitField;
		const mask = ((1n << BigInt(width)) - 1n) << BigInt(bit);
		bits = (littleEndian(bytes, at, size) & ~mask) | ((bits << BigInt(bit)) & mask);
	}
	for (let i = 0; i < size; i++) bytes[at + i] = Number((bits >> BigInt(8 * i)) & 0xffn);
}

/** A later initialiser of the same member replaces an earlier one. */
function dropRelocations(relocations: DataRelocation[], at: number, size: number): void {
	for (let i = relocations.length - 1; i >= 0; i--)
		if (relocations[i].at >= at && relocations[i].at < at + size) relocations.splice(i, 1);
}

function littleEndian(bytes: Uint8Array, at: number, size: number): bigint {
	let value = 0n;
	for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i]);
	return value;
}
