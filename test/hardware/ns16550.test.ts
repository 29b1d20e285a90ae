import assert from "node:assert/strict";
import { Ns16550 } from "../../src/hardware/ns16550";
import { Machine } from "../../src/sim/machine";

const BASE = 0x10000000;
/** 10 bits of 16 clocks of 1.8432 MHz, in ps. */
const CHARACTER = 86805556;

function rig() {
	const machine = new Machine();
	const uart = new Ns16550(machine, { name: "u", base: BASE, size: 256, interrupt: 10, clock: 1843200, regShift: 0 });
	machine.interrupts.unmask(10);
	const outputs: { time: number; text: string }[] = [];
	machine.observers.add({
		output: (_device, bytes) => outputs.push({ time: machine.time, text: new TextDecoder().decode(bytes) }),
	});
	const get = (register: number) => machine.bus.read(BASE + register, 1);
	const put = (register: number, value: number) => machine.bus.write(BASE + register, 1, value);
	return { machine, uart, outputs, get, put };
}

describe("16550 UART", () => {
	it("sends at the line's rate; TEMT comes when the last bit has left", () => {
		const { machine, uart, get, put, outputs } = rig();
		assert.equal(get(5), 0x60);
		for (const byte of [72, 105, 10]) put(0, byte);
		assert.equal(get(5), 0);
		machine.advanceTo(3 * CHARACTER - 1);
		assert.equal(get(5), 0x20);
		assert.equal(uart.takeSent(10).length, 2);
		machine.advanceTo(3 * CHARACTER);
		assert.equal(get(5), 0x60);
		assert.deepEqual([...uart.takeSent(10)], [10]);
		assert.deepEqual(outputs, [{ time: 3 * CHARACTER, text: "Hi\n" }]);
	});

	it("reports output without a newline after ten idle characters", () => {
		const { machine, put, outputs } = rig();
		put(0, 65);
		machine.advanceTo(10 * CHARACTER);
		put(0, 66);
		machine.advanceTo(Number.POSITIVE_INFINITY);
		assert.deepEqual(outputs, [{ time: 21 * CHARACTER, text: "AB" }]);
	});

	it("interrupts at the trigger level, and after four silent characters below it", () => {
		const { machine, uart, get, put } = rig();
		put(1, 1);
		uart.receive(new Uint8Array(10).fill(7));
		machine.advanceTo(8 * CHARACTER - 1);
		assert.equal(machine.interrupts.pending(), -1);
		machine.advanceTo(8 * CHARACTER);
		assert.equal(machine.interrupts.pending(), 10);
		assert.equal(get(2), 0xc4);
		machine.advanceTo(10 * CHARACTER);
		for (let n = 0; n < 6; n++) assert.equal(get(0), 7);
		assert.equal(get(2), 0xc1);
		machine.advanceTo(14 * CHARACTER - 1);
		assert.equal(machine.interrupts.pending(), -1);
		machine.advanceTo(14 * CHARACTER);
		assert.equal(get(2), 0xcc);
		assert.equal(get(0), 7);
		assert.equal(get(2), 0xc1);
		assert.equal(machine.interrupts.pending(), -1);
	});

	it("loses the seventeenth byte and says OE once", () => {
		const { machine, uart, get, put } = rig();
		put(1, 4);
		uart.receive(Uint8Array.from({ length: 17 }, (_, at) => at));
		machine.advanceTo(17 * CHARACTER);
		assert.equal(get(2), 0xc6);
		assert.equal(get(5), 0x63);
		assert.equal(get(5), 0x61);
		const read = Array.from({ length: 16 }, () => get(0));
		assert.deepEqual(
			read,
			read.map((_, at) => at),
		);
		assert.equal(get(0), 0);
	});

	it("THR-empty interrupt goes with IIR's read and comes back when the FIFO has emptied", () => {
		const { machine, get, put } = rig();
		put(1, 2);
		assert.equal(get(2), 0xc2);
		assert.equal(get(2), 0xc1);
		put(0, 1);
		put(0, 2);
		machine.advanceTo(CHARACTER);
		assert.equal(get(2), 0xc2);
	});

	it("takes the baud rate from the divisor latch and the frame from LCR", () => {
		const { uart, put } = rig();
		put(3, 0x83);
		put(0, 12);
		put(1, 0);
		put(3, 0x1f);
		// 9600 baud, 1 start + 8 data + parity + 2 stop bits.
		assert.equal(uart.characterTime(), Math.round((12 * 1e12) / 9600));
	});
});
