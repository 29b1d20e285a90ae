/** Register banks as data: they feed the models' write masks, the register view and the documentation. */

export interface RegisterField {
	readonly name: string;
	readonly lsb: number;
	readonly width: number;
	/** Names of values, where the manual gives them. */
	readonly values?: Readonly<Record<number, string>>;
	/** Not modelled, and what that means: software that changes it from its reset value is told so, once. */
	readonly unmodelled?: string;
	/** Only these values are not modelled. */
	readonly unmodelledValues?: readonly number[];
}

export interface Register {
	readonly name: string;
	/** From the start of the device's registers, in bytes. */
	readonly offset: number;
	/** Bytes: 1, 4 or 8. */
	readonly size: number;
	readonly access: "rw" | "ro" | "wo" | "w1c";
	readonly reset: number;
	readonly fields: readonly RegisterField[];
	/** The one channel that the register belongs to, from 0; registers of the whole controller have none. */
	readonly channel?: number;
	/** As for a field; of a register that is only read, the read is what software is told about. */
	readonly unmodelled?: string;
}

export interface DecodedField {
	name: string;
	lsb: number;
	width: number;
	value: number;
	/** The value's name, or "". */
	text: string;
}

export interface DecodedRegister {
	name: string;
	address: number;
	size: number;
	access: Register["access"];
	/** Unsigned; 64-bit registers hold control words that a number could not. */
	value: bigint;
	fields: DecodedField[];
}

/** What a debugger needs from a device: its registers, readable without side effects. */
export interface RegisterBank {
	readonly base: number;
	readonly registers: readonly Register[];
	/** The value of the 32-bit (or smaller) register part at `offset`, without any effect on the device. */
	peek(offset: number, size: number): number;
	/** Register blocks elsewhere on the bus that belong to the same device. */
	readonly furtherBanks?: readonly RegisterBank[];
}

export function field(name: string, lsb: number, width = 1, values?: Readonly<Record<number, string>>): RegisterField {
	return values === undefined ? { name, lsb, width } : { name, lsb, width, values };
}

/** Fields of one bit each. */
export function bits(...list: readonly (readonly [name: string, lsb: number])[]): RegisterField[] {
	return list.map(([name, lsb]) => field(name, lsb));
}

/** A field that is not modelled; `missing` says what that means. */
export function unmodelled(
	name: string,
	lsb: number,
	width = 1,
	missing = "it is kept and has no effect",
): RegisterField {
	return { name, lsb, width, unmodelled: missing };
}

/** Fields that are not modelled, all for the same reason; one bit each unless they say more. */
export function missingFields(
	missing: string,
	...list: readonly (readonly [name: string, lsb: number, width?: number])[]
): RegisterField[] {
	return list.map(([name, lsb, width]) => unmodelled(name, lsb, width ?? 1, missing));
}

/** A field of which some values are not modelled. */
export const withoutValues = (what: RegisterField, values: readonly number[], missing: string): RegisterField => ({
	...what,
	unmodelled: missing,
	unmodelledValues: values,
});

/** A field or register as one that is not modelled. */
export const withoutModel = <T extends RegisterField | Register>(what: T, missing: string): T => ({
	...what,
	unmodelled: missing,
});

/** A register of 32 bits. */
export function word(
	name: string,
	offset: number,
	access: Register["access"],
	fields: readonly RegisterField[] = [],
	reset = 0,
): Register {
	return { name, offset, size: 4, access, reset, fields };
}

/** All register blocks of a device. */
export const banksOf = (bank: RegisterBank): readonly RegisterBank[] => [bank, ...(bank.furtherBanks ?? [])];

/** Every register of a device with its value taken apart into fields. */
export function decodeRegisters(device: RegisterBank): DecodedRegister[] {
	return banksOf(device).flatMap((bank) => bank.registers.map((register) => decodeRegister(bank, register)));
}

/** The name of a field's value, and whether it is one that is not modelled. */
function textOf({ values, unmodelled, unmodelledValues }: RegisterField, value: number): string {
	const missing = unmodelledValues?.includes(value) ?? (unmodelled !== undefined && value !== 0);
	return [values?.[value], missing ? "not modelled" : undefined].filter((text) => text !== undefined).join(", ");
}

export function decodeRegister(bank: RegisterBank, register: Register): DecodedRegister {
	const { name, offset, size, access } = register;
	// What was written to a register that cannot be read is not kept anywhere.
	const peek = (at: number, bytes: number) => (access === "wo" ? 0 : bank.peek(at, bytes) >>> 0);
	const low = peek(offset, Math.min(size, 4));
	const high = size === 8 ? peek(offset + 4, 4) : 0;
	const whole = (BigInt(high) << 32n) | BigInt(low);
	const fields = register.fields.map((field) => {
		const { name, lsb, width } = field;
		const value = Number(BigInt.asUintN(width, whole >> BigInt(lsb)));
		return { name, lsb, width, value, text: textOf(field, value) };
	});
	return { name, address: bank.base + offset, size, access, value: whole, fields };
}
