import type { LoadedModule, LoadOptions } from "../program";
import type { CheckedUnit, FunctionSymbol, VariableSymbol } from "../tree";
import { sizeOf } from "../types";
import { type AddressSpace, PAGE_SIZE } from "../vm/address-space";
import { Poison, poisonByte, setShadow } from "../vm/shadow";
import { dataImage } from "./data";
import type { RelocationTarget } from "./emitter";
import type { FunctionCode } from "./functions";

/** Bytes behind each string that belong to nobody. */
const STRING_GAP = 16;

/**
 * Gaps between objects belong to nobody, so that an access beside an object can be told from one to its neighbour.
 *
 * Allocates a unit's objects and strings: addresses of the symbols into `table`, of the strings (by `stringKey`) returned. */
export function layOutData(
	space: AddressSpace,
	unit: CheckedUnit,
	codes: readonly FunctionCode[],
	module: LoadedModule,
	table: Map<VariableSymbol | FunctionSymbol, number>,
	options: LoadOptions,
): Map<string, number> {
	let size = 0;
	let gap = 32;
	const offsets: number[] = [];
	const strings = new Map<string, number>();
	let stringSize = 0;
	const redzones: { at: number; size: number }[] = [];
	const addString = (target: RelocationTarget): void => {
		if (target.kind !== "string") return;
		const key = stringKey(target.bytes);
		if (strings.has(key)) return;
		strings.set(key, stringSize);
		stringSize += target.bytes.length + STRING_GAP;
	};
	for (const variable of unit.globals) {
		const align = Math.max(1, variable.symbol.align);
		const from = size;
		size = Math.ceil((size + gap) / align) * align;
		redzones.push({ at: from, size: size - from });
		offsets.push(size);
		const image = dataImage(variable);
		size += image.bytes.length;
		gap = image.bytes.length > 128 ? 64 : 32;
		for (const relocation of image.relocations) addString(relocation.target);
	}
	for (const code of codes) for (const relocation of code.relocations) addString(relocation.target);
	if (size > 0) {
		const whole = Math.ceil((size + gap) / PAGE_SIZE) * PAGE_SIZE;
		redzones.push({ at: size, size: whole - size });
		const base = options.allocate(size + gap, "data");
		module.memory.push(base);
		for (const { at, size: bytes } of redzones) setShadow(space, base + at, bytes, poisonByte(Poison.Global));
		unit.globals.forEach(({ symbol }, i) => {
			const address = base + offsets[i];
			table.set(symbol, address);
			module.globals.push({
				name: symbol.name,
				type: symbol.type,
				address,
				size: sizeOf(symbol.type),
				module: module.name,
				external: symbol.storage === "global",
				readOnly: false,
				owner: symbol.owner,
			});
		});
	}
	if (stringSize > 0) placeStrings(space, strings, stringSize, module, options);
	return strings;
}

function placeStrings(
	space: AddressSpace,
	strings: Map<string, number>,
	size: number,
	module: LoadedModule,
	options: LoadOptions,
): void {
	const base = options.allocate(size, "strings");
	module.memory.push(base);
	const all = new Uint8Array(size);
	setShadow(space, base, Math.ceil(size / PAGE_SIZE) * PAGE_SIZE, poisonByte(Poison.Global));
	for (const [key, offset] of strings) {
		setShadow(space, base + offset, key.length, 0);
		for (let i = 0; i < key.length; i++) all[offset + i] = key.charCodeAt(i);
		strings.set(key, base + offset);
	}
	space.writeBytes(base, all);
	space.protect(base);
}

/** Strings are keyed by their bytes as Latin-1 text. */
export function stringKey(bytes: Uint8Array): string {
	let key = "";
	for (const byte of bytes) key += String.fromCharCode(byte);
	return key;
}
