import assert from "node:assert/strict";
import { Stm32I2c } from "../../src/hardware/stm32-i2c/controller";
import { Cr1, Cr2, Isr, Offset } from "../../src/hardware/stm32-i2c/registers";
import type { TargetConfig } from "../../src/hardware/stm32-i2c/targets";
import { BASE, ERROR_LINE, LINE, lineRig, MS } from "./line-rig";

/** 64 MHz / (100 + 60) is 400 kHz: nine clocks take 22.5 us (reference 7.2). */
const TIMING = (59 << 8) | 99;
const BYTE = 22.5e6;

const NEVER = { nackAfter: -1, busErrorAfter: -1, arbitrationLostAfter: -1, stretchAfter: -1, stretchPs: -1 };
const TARGETS: TargetConfig[] = [
	{ kind: "stream", address: 0x48, ...NEVER },
	{ kind: "eeprom", address: 0x50, ...NEVER, size: 256, pageSize: 8, writePs: 5 * MS },
	{ kind: "stream", address: 0x51, ...NEVER, nackAfter: 2 },
	{ kind: "stream", address: 0x52, ...NEVER, busErrorAfter: 1 },
	{ kind: "stream", address: 0x53, ...NEVER, arbitrationLostAfter: 1 },
	{ kind: "stream", address: 0x54, ...NEVER, stretchAfter: 1 },
	{ kind: "stream", address: 0x55, ...NEVER, stretchAfter: 1, stretchPs: 3 * MS },
];

function rig() {
	const one = lineRig(
		(machine) =>
			new Stm32I2c(machine, {
				name: "i2c",
				base: BASE,
				size: 0x400,
				interrupt: LINE,
				errorInterrupt: ERROR_LINE,
				clock: 64e6,
				targets: TARGETS,
			}),
	);
	one.write(Offset.TIMINGR, TIMING);
	one.write(Offset.CR1, Cr1.PE);
	const start = (address: number, bytes: number, more = 0) =>
		one.write(Offset.CR2, (address << 1) | (bytes << 16) | Cr2.START | more);
	const isr = () => one.read(Offset.ISR);
	/** Gives each byte when TXIS asks for it. */
	const send = (bytes: readonly number[]) => {
		for (const byte of bytes) {
			while ((isr() & Isr.TXIS) === 0) {
				const before = one.machine.time;
				one.machine.advanceTo(one.machine.nextEventTime());
				assert.ok(one.machine.time > before, "TXIS never came");
			}
			one.write(Offset.TXDR, byte);
		}
		one.machine.advanceTo(Number.POSITIVE_INFINITY);
	};
	return { ...one, start, isr, send };
}

describe("STM32 I2C", () => {
	it("a write of 32 bytes at 400 kHz is over after 33 bytes' time: 742.5 us (7.2)", () => {
		const { machine, device, start, isr, send } = rig();
		start(0x48, 32, Cr2.AUTOEND);
		assert.equal(isr() & (Isr.BUSY | Isr.TXIS), Isr.BUSY);
		send(Array.from({ length: 32 }, (_, at) => at));
		assert.equal(machine.time, 33 * BYTE);
		assert.equal(isr() & (Isr.STOPF | Isr.BUSY | Isr.NACKF), Isr.STOPF);
		assert.deepEqual(
			[...device.takeSent(99)],
			Array.from({ length: 32 }, (_, at) => at),
		);
	});

	it("TXIS asks for a byte ahead: TXDR is free while a byte is shifted out; after the last it asks no more", () => {
		const { machine, start, isr, write } = rig();
		start(0x48, 2);
		machine.advanceTo(BYTE);
		assert.equal(isr() & Isr.TXIS, Isr.TXIS);
		write(Offset.TXDR, 1);
		assert.equal(isr() & Isr.TXIS, Isr.TXIS);
		write(Offset.TXDR, 2);
		assert.equal(isr() & (Isr.TXIS | Isr.TXE), 0);
		machine.advanceTo(2 * BYTE);
		assert.equal(isr() & (Isr.TXIS | Isr.TXE), Isr.TXE);
		assert.equal(isr() & Isr.TC, 0);
		machine.advanceTo(3 * BYTE);
		assert.equal(isr() & (Isr.TC | Isr.BUSY | Isr.STOPF), Isr.TC | Isr.BUSY);
	});

	it("holds the clock while TXDR is empty", () => {
		const { machine, device, start, write } = rig();
		start(0x48, 1, Cr2.AUTOEND);
		machine.advanceTo(10 * BYTE);
		write(Offset.TXDR, 9);
		machine.advanceTo(11 * BYTE - 1);
		assert.equal(device.takeSent(9).length, 0);
		machine.advanceTo(11 * BYTE);
		assert.deepEqual([...device.takeSent(9)], [9]);
	});

	it("reads; a byte that nobody fetches holds the clock, and nothing is lost", () => {
		const { machine, device, start, isr, read } = rig();
		device.receive(Uint8Array.of(1, 2, 3));
		start(0x48, 4, Cr2.RD_WRN | Cr2.AUTOEND);
		machine.advanceTo(10 * BYTE);
		assert.equal(isr() & (Isr.RXNE | Isr.BUSY | Isr.STOPF), Isr.RXNE | Isr.BUSY);
		assert.equal(read(Offset.RXDR), 1);
		assert.equal(read(Offset.RXDR), 2);
		machine.advanceTo(11 * BYTE);
		assert.equal(read(Offset.RXDR), 3);
		machine.advanceTo(12 * BYTE);
		// Nothing was left to say: the line stays high.
		assert.equal(read(Offset.RXDR), 0xff);
		assert.equal(isr() & (Isr.RXNE | Isr.BUSY | Isr.STOPF), Isr.STOPF);
	});

	it("asks for DMA only while CR1 says so", () => {
		const { machine, device, requests, start, read, write } = rig();
		start(0x48, 2, Cr2.AUTOEND);
		machine.advanceTo(BYTE);
		assert.deepEqual(requests, { rx: false, tx: false });
		write(Offset.CR1, Cr1.PE | Cr1.TXDMAEN | Cr1.RXDMAEN);
		assert.deepEqual(requests, { rx: false, tx: true });
		write(Offset.TXDR, 1);
		write(Offset.TXDR, 2);
		assert.deepEqual(requests, { rx: false, tx: false });
		machine.advanceTo(10 * BYTE);
		device.receive(Uint8Array.of(7));
		start(0x48, 1, Cr2.RD_WRN | Cr2.AUTOEND);
		machine.advanceTo(20 * BYTE);
		assert.deepEqual(requests, { rx: true, tx: false });
		assert.equal(read(Offset.RXDR), 7);
		assert.deepEqual(requests, { rx: false, tx: false });
	});

	it("with RELOAD a block ends in TCR and goes on with the next NBYTES", () => {
		const { machine, device, start, isr, write, send } = rig();
		start(0x48, 2, Cr2.RELOAD);
		send([1, 2]);
		assert.equal(isr() & (Isr.TCR | Isr.TC | Isr.TXIS | Isr.BUSY), Isr.TCR | Isr.BUSY);
		write(Offset.CR2, (0x48 << 1) | (1 << 16));
		assert.equal(isr() & (Isr.TCR | Isr.TXIS), Isr.TXIS);
		send([3]);
		assert.equal(isr() & Isr.TC, Isr.TC);
		write(Offset.CR2, (0x48 << 1) | (1 << 16) | Cr2.STOP);
		assert.equal(isr() & (Isr.TC | Isr.STOPF | Isr.BUSY), Isr.STOPF);
		assert.deepEqual([...device.takeSent(9)], [1, 2, 3]);
		assert.equal(machine.time, 4 * BYTE);
	});

	it("an EEPROM: address, page that wraps, read after a repeated start, busy while it stores", () => {
		const { machine, device, start, isr, send, read, write } = rig();
		start(0x50, 4, Cr2.AUTOEND);
		send([0x0e, 10, 11, 12]);
		assert.deepEqual([...device.targetMemory(0x50).slice(8, 16)], [12, 255, 255, 255, 255, 255, 10, 11]);

		// It does not answer while it stores.
		write(Offset.ICR, Isr.STOPF);
		start(0x50, 0, Cr2.AUTOEND);
		machine.advanceTo(machine.time + BYTE);
		assert.equal(isr() & (Isr.NACKF | Isr.STOPF | Isr.BUSY), Isr.NACKF | Isr.STOPF);
		write(Offset.ICR, Isr.STOPF | Isr.NACKF);
		machine.advanceTo(machine.time + 5 * MS);

		start(0x50, 1);
		send([0x0e]);
		assert.equal(isr() & Isr.TC, Isr.TC);
		start(0x50, 2, Cr2.RD_WRN | Cr2.AUTOEND);
		assert.equal(isr() & Isr.TC, 0);
		machine.advanceTo(machine.time + 2 * BYTE);
		assert.equal(read(Offset.RXDR), 10);
		machine.advanceTo(machine.time + BYTE);
		assert.equal(read(Offset.RXDR), 11);
		assert.equal(isr() & Isr.STOPF, Isr.STOPF);
	});

	it("an address where nobody is: NACKF, and STOPF by itself", () => {
		const { machine, start, isr, write, level } = rig();
		write(Offset.CR1, Cr1.PE | Cr1.NACKIE);
		start(0x20, 4);
		machine.advanceTo(BYTE);
		assert.equal(isr() & (Isr.NACKF | Isr.STOPF | Isr.BUSY | Isr.TXIS), Isr.NACKF | Isr.STOPF);
		assert.ok(level());
		write(Offset.ICR, Isr.NACKF);
		assert.ok(!level());
	});

	it("a data byte that is not acknowledged ends the transfer; what TXDR holds stays until ISR.TXE is written", () => {
		const { machine, device, start, isr, read, write } = rig();
		start(0x51, 9);
		machine.advanceTo(BYTE);
		for (const byte of [1, 2, 3]) {
			write(Offset.TXDR, byte);
			machine.advanceTo(machine.time + BYTE);
		}
		assert.equal(isr() & (Isr.NACKF | Isr.STOPF), Isr.NACKF | Isr.STOPF);
		assert.deepEqual([...device.takeSent(9)], [1, 2]);
		write(Offset.TXDR, 4);
		assert.equal(isr() & Isr.TXE, 0);
		write(Offset.ISR, Isr.TXE);
		assert.equal(read(Offset.ISR) & Isr.TXE, Isr.TXE);
	});

	it("a bus error and a lost arbitration set BERR and ARLO and interrupt on the error line", () => {
		for (const [address, flag] of [
			[0x52, Isr.BERR],
			[0x53, Isr.ARLO],
		] as const) {
			const { machine, start, isr, write, send, level } = rig();
			write(Offset.CR1, Cr1.PE | Cr1.ERRIE);
			start(address, 4, Cr2.AUTOEND);
			machine.advanceTo(BYTE);
			write(Offset.TXDR, 1);
			write(Offset.TXDR, 2);
			machine.advanceTo(3 * BYTE);
			assert.equal(isr() & (Isr.BERR | Isr.ARLO), flag);
			assert.equal(isr() & Isr.BUSY, flag === Isr.ARLO ? Isr.BUSY : 0);
			assert.ok(level(ERROR_LINE) && !level());
			machine.advanceTo(4 * BYTE);
			assert.equal(isr() & Isr.BUSY, 0);
			write(Offset.ICR, flag);
			assert.ok(!level(ERROR_LINE));
			// The next transfer works.
			write(Offset.ISR, Isr.TXE);
			start(0x48, 1, Cr2.AUTOEND);
			send([1]);
			assert.equal(isr() & Isr.STOPF, Isr.STOPF);
		}
	});

	it("a target that holds the clock for ever hangs the bus until PE falls; one that lets go delays it", () => {
		const { machine, start, isr, write, read } = rig();
		start(0x54, 2, Cr2.AUTOEND);
		machine.advanceTo(BYTE);
		write(Offset.TXDR, 1);
		write(Offset.TXDR, 2);
		machine.advanceTo(1000 * MS);
		assert.equal(isr() & (Isr.BUSY | Isr.STOPF), Isr.BUSY);
		write(Offset.CR1, 0);
		assert.equal(read(Offset.ISR), Isr.TXE);

		write(Offset.CR1, Cr1.PE);
		const began = machine.time;
		start(0x55, 2, Cr2.AUTOEND);
		machine.advanceTo(began + BYTE);
		write(Offset.TXDR, 1);
		write(Offset.TXDR, 2);
		machine.advanceTo(began + 3 * BYTE + 3 * MS - 1);
		assert.equal(isr() & Isr.STOPF, 0);
		machine.advanceTo(began + 3 * BYTE + 3 * MS);
		assert.equal(isr() & Isr.STOPF, Isr.STOPF);
	});

	it("says once what it does not model, and what was done too early", () => {
		const { warnings, start, write } = rig();
		write(Offset.CR2, 1 << 11);
		write(Offset.CR2, 1 << 11);
		write(Offset.TIMINGR, 0);
		start(0x48, 1);
		assert.deepEqual(warnings, ["CR2.ADD10", "timing", "timing-reset"]);
	});

	it("goes on from a snapshot in the middle of a byte", () => {
		const { machine, device, start, write, isr } = rig();
		start(0x48, 2, Cr2.AUTOEND);
		machine.advanceTo(BYTE);
		write(Offset.TXDR, 1);
		write(Offset.TXDR, 2);
		machine.advanceTo(1.5 * BYTE);
		const snapshot = machine.snapshot();
		machine.advanceTo(5 * BYTE);
		const hash = machine.hash();
		machine.restore(snapshot);
		machine.advanceTo(5 * BYTE);
		assert.equal(machine.hash(), hash);
		assert.equal(isr() & Isr.STOPF, Isr.STOPF);
		assert.deepEqual([...device.takeSent(9)], [1, 2]);
	});
});
