/** Tells, once, of each register and bit that software uses and the model does not have. */

import type { Machine } from "../sim/machine";
import { ObserverBit } from "../sim/observers";
import type { Register, RegisterBank } from "./registers";

/** Bits of one word of a register, or all of it, that are not modelled. */
interface Watch {
	readonly device: number;
	readonly name: string;
	readonly missing: string;
	/** Told of a read, too: there is nothing but reading that software could do with it. */
	readonly onRead: boolean;
	/** Bits of the word at this address, and what they are after a reset. */
	readonly mask: number;
	readonly reset: number;
	/** Only these patterns under the mask count; any change does when it is missing. */
	readonly patterns?: readonly number[];
}

/** A register block, and the component index of the device that it belongs to. */
export interface DeviceBank {
	readonly device: number;
	readonly bank: RegisterBank;
}

export const unmodelledText = (what: string, missing: string): string => `${what} is not modelled: ${missing}`;

/** What of a register lies in the word `word` (0 or 1) of it, given `width` bits from `lsb`. */
function bitsInWord(lsb: number, width: number, word: number): number {
	const first = Math.max(0, lsb - 32 * word);
	const end = Math.min(32, lsb + width - 32 * word);
	return end <= first ? 0 : (2 ** end - 2 ** first) >>> 0;
}

function watchesOf(device: number, register: Register, word: number): Watch[] {
	const { name, access, fields, size, unmodelled } = register;
	const shift = (register.offset % 4) * 8;
	const reset = (Math.floor(register.reset / 2 ** (32 * word)) << shift) >>> 0;
	if (unmodelled !== undefined) {
		return [
			{ device, name, missing: unmodelled, onRead: access === "ro", mask: bitsInWord(shift, 8 * size, word), reset },
		];
	}
	return fields.flatMap((field) => {
		const mask = bitsInWord(shift + field.lsb, field.width, word);
		if (field.unmodelled === undefined || mask === 0 || access === "ro") return [];
		const watch = { device, name: `${name}.${field.name}`, missing: field.unmodelled, onRead: false, mask, reset };
		if (field.unmodelledValues === undefined) return [watch];
		// Such a field lies in one word.
		const at = shift + (field.lsb % 32);
		return [{ ...watch, patterns: field.unmodelledValues.map((value) => (value << at) >>> 0) }];
	});
}

/** Whether a write of `value`, which reaches the bits of `touched` from bit `shift` of the word on, uses what is missing. */
function isUse({ onRead, patterns, mask, reset }: Watch, value: number, touched: number, shift: number): boolean {
	if (onRead || touched === 0) return false;
	if (patterns === undefined) return ((value ^ (reset >>> shift)) & touched) !== 0;
	return touched >>> 0 === mask >>> shift && patterns.includes(((value & touched) << shift) >>> 0);
}

/**
 * Watches what the CPU reads and writes, and warns of uses of what is declared `unmodelled`: a field or register that is
 * changed from its reset value, and a read of a register that can only be read.
 */
export function watchUnmodelled(machine: Machine, banks: readonly DeviceBank[]): void {
	const byAddress = new Map<number, Watch[]>();
	for (const { device, bank } of banks)
		for (const register of bank.registers)
			for (let word = 0; 4 * word < register.size; word++) {
				const watches = watchesOf(device, register, word);
				const at = bank.base + register.offset + 4 * word;
				if (watches.length > 0) byAddress.set(at - (at % 4), [...(byAddress.get(at - (at % 4)) ?? []), ...watches]);
			}
	if (byAddress.size === 0) return;
	const told = new Set<string>();
	machine.observers.add({
		mmio(address, size, value, write) {
			const shift = (address % 4) * 8;
			for (const watch of byAddress.get(address - (address % 4)) ?? []) {
				const touched = (watch.mask >>> shift) & (size === 4 ? -1 : 2 ** (8 * size) - 1);
				if (!(write ? isUse(watch, value, touched, shift) : watch.onRead && touched !== 0)) continue;
				const key = `${watch.device} ${watch.name}`;
				if (told.has(key)) continue;
				told.add(key);
				if (machine.observers.mask & ObserverBit.WARNING)
					machine.observers.warning(watch.device, watch.name, unmodelledText(watch.name, watch.missing));
			}
		},
	});
}
