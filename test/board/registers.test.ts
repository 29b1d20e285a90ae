/** The register data of every model on every board, against the machine that it describes. */
import assert from "node:assert/strict";
import { boardNames, boardSource } from "../../src/board/boards";
import { buildMachine } from "../../src/board/machine";
import { parseDts } from "../../src/devicetree/parser";
import type { RegisterBank } from "../../src/hardware/registers";

/** What the firmware has set up before Linux starts, and an SPI that says it has room only while it is enabled. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
	ns16550: ["IIR", "LCR"],
	"stm32-usart": ["CR1", "BRR", "ISR"],
	"stm32-spi": ["SR"],
};

/** One bank of each kind of model: boards in order of name. */
function banks(): Map<string, RegisterBank> {
	const found = new Map<string, RegisterBank>();
	for (const board of boardNames())
		for (const { model } of buildMachine(parseDts([boardSource(board)!]).tree).devices)
			if (model !== null && !found.has(model.kind)) found.set(model.kind, model);
	return found;
}

describe("register data", () => {
	for (const [kind, bank] of banks()) {
		it(`${kind}: fields lie in their register and do not overlap, and names are unique`, () => {
			const names = bank.registers.map(({ name }) => name);
			assert.equal(new Set(names).size, names.length);
			for (const register of bank.registers) {
				let taken = 0n;
				for (const { name, lsb, width } of register.fields) {
					const bits = ((1n << BigInt(width)) - 1n) << BigInt(lsb);
					assert.ok(width > 0 && lsb + width <= 8 * register.size, `${register.name}.${name} is outside`);
					assert.equal(taken & bits, 0n, `${register.name}.${name} overlaps another field`);
					taken |= bits;
				}
			}
		});

		it(`${kind}: a machine just built has the reset values`, () => {
			const wrong = bank.registers
				.filter(({ access, name }) => access !== "wo" && !OTHERS[kind]?.includes(name))
				.map((register) => {
					const { name, offset, size, reset } = register;
					const low = bank.peek(offset, Math.min(size, 4)) >>> 0;
					const value = size === 8 ? (bank.peek(offset + 4, 4) >>> 0) * 2 ** 32 + low : low;
					return { name, value, reset };
				})
				.filter(({ value, reset }) => value !== reset);
			assert.deepEqual(wrong, []);
		});
	}
});
