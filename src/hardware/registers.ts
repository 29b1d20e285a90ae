/** Register banks as data: they feed the models' write masks, the register view and the documentation. */

export interface RegisterField {
	readonly name: string;
	readonly lsb: number;
	readonly width: number;
	/** Names of values, where the manual gives them. */
	readonly values?: Readonly<Record<number, string>>;
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
}

export function field(name: string, lsb: number, width = 1, values?: Readonly<Record<number, string>>): RegisterField {
	return values === undefined ? { name, lsb, width } : { name, lsb, width, values };
}

/** Every register of a bank with its value taken apart into fields. */
export function decodeRegisters(bank: RegisterBank): DecodedRegister[] {
	return bank.registers.map((register) => decodeRegister(bank, register));
}

export function decodeRegister(bank: RegisterBank, register: Register): DecodedRegister {
	const { name, offset, size, access } = register;
	const low = bank.peek(offset, Math.min(size, 4)) >>> 0;
	const high = size === 8 ? bank.peek(offset + 4, 4) >>> 0 : 0;
	const whole = (BigInt(high) << 32n) | BigInt(low);
	const fields = register.fields.map(({ name, lsb, width, values }) => {
		const value = Number(BigInt.asUintN(width, whole >> BigInt(lsb)));
		return { name, lsb, width, value, text: values?.[value] ?? "" };
	});
	return { name, address: bank.base + offset, size, access, value: whole, fields };
}
