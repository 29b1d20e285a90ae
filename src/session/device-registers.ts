/** Registers of a device as text, read without effect on it. */
import { banksOf, decodeRegister, type RegisterBank } from "../hardware/registers";
import type { BoardDevice } from "../kernel/board-device";
import type { RegisterInfo } from "./device-info";

/** The registers of the model behind a device; null when nothing models them. */
export function registerBankOf(device: BoardDevice): RegisterBank | null {
	const { model } = device;
	if (!model || !("registers" in model) || !("peek" in model)) return null;
	const bank = model as unknown as RegisterBank;
	return bank.registers.length > 0 ? bank : null;
}

/** The registers of one channel, or with null those that belong to no channel. */
export function describeRegisters(bank: RegisterBank, channel: number | null): RegisterInfo[] {
	return banksOf(bank)
		.flatMap((one) => one.registers.map((register) => ({ one, register })))
		.filter(({ register }) => (register.channel ?? null) === channel)
		.map(({ one, register }) => {
			const { name, address, size, value, access, fields } = decodeRegister(one, register);
			return {
				name,
				address: `0x${address.toString(16)}`,
				value: access === "wo" ? "(write only)" : `0x${value.toString(16).padStart(2 * size, "0")}`,
				fields: fields.map(({ name, lsb, width, value, text }) => ({
					name,
					value: text ? `${value} (${text})` : String(value),
					bits: width === 1 ? `bit ${lsb}` : `bits ${lsb + width - 1}:${lsb}`,
				})),
			};
		});
}
