import assert from "node:assert/strict";
import { Stm32Spi, type Stm32SpiConfig } from "../../src/hardware/stm32-spi/controller";
import { Cfg1, Cfg2, Cr1, Offset, Sr } from "../../src/hardware/stm32-spi/registers";
import { BASE, LINE, lineRig } from "./line-rig";

/** 8 bits at 64 MHz / 64: a frame takes 8 us. */
const MBR_64 = 5 << 28;
const FRAME = 8e6;
const CONTROLLER = Cfg2.MASTER | Cfg2.SSM;

function rig(config: Partial<Stm32SpiConfig> = {}) {
	const one = lineRig(
		(machine) =>
			new Stm32Spi(machine, { name: "spi", base: BASE, size: 0x400, interrupt: LINE, clock: 64e6, ...config }),
	);
	const setUp = ({ dsize = 8, packet = 1, tsize = 0, cfg1 = 0, cfg2 = CONTROLLER, cr1 = 0 }) => {
		one.write(Offset.CFG1, MBR_64 | (dsize - 1) | ((packet - 1) << 5) | cfg1);
		one.write(Offset.CFG2, cfg2);
		one.write(Offset.CR2, tsize);
		one.write(Offset.CR1, Cr1.SSI | Cr1.SPE | cr1);
	};
	const start = (cr1 = 0) => one.write(Offset.CR1, Cr1.SSI | Cr1.SPE | Cr1.CSTART | cr1);
	const sr = () => one.read(Offset.SR);
	return { ...one, setUp, start, sr };
}

describe("STM32 SPI", () => {
	it("sends a frame and receives one at a time; EOT after TSIZE of them", () => {
		const { machine, device, setUp, start, sr, read, write } = rig();
		device.receive(Uint8Array.of(0x11, 0x22));
		setUp({ tsize: 3 });
		for (const byte of [1, 2, 3]) write(Offset.TXDR, byte, 1);
		assert.equal(sr() & (Sr.TXTF | Sr.TXP | Sr.EOT), Sr.TXTF);
		machine.advanceTo(5 * FRAME);
		assert.equal(sr() & Sr.RXP, 0);
		start();
		machine.advanceTo(8 * FRAME - 1);
		assert.equal(sr() & Sr.EOT, 0);
		assert.equal(sr() >>> 16, 1);
		machine.advanceTo(8 * FRAME);
		assert.equal(sr() & (Sr.EOT | Sr.TXC | Sr.RXP), Sr.EOT | Sr.TXC | Sr.RXP);
		assert.equal(read(Offset.CR1) & Cr1.CSTART, 0);
		assert.deepEqual([...device.takeSent(9)], [1, 2, 3]);
		// The far end had two bytes to say; then the line stays high.
		assert.deepEqual([read(Offset.RXDR, 1), read(Offset.RXDR, 1), read(Offset.RXDR, 1)], [0x11, 0x22, 0xff]);
		write(Offset.IFCR, Sr.EOT | Sr.TXTF);
		assert.equal(sr() & (Sr.EOT | Sr.TXTF), 0);
	});

	it("packs frames into wider accesses, little endian, and says how many are left over", () => {
		const { machine, setUp, start, sr, read, write } = rig({ loopback: true });
		setUp({ tsize: 7 });
		write(Offset.TXDR, 0x04030201);
		write(Offset.TXDR, 0x0605, 2);
		write(Offset.TXDR, 7, 1);
		start();
		machine.advanceTo(7 * FRAME);
		assert.equal(sr() & Sr.RXWNE, Sr.RXWNE);
		assert.equal((sr() >>> 13) & 3, 3);
		assert.equal(read(Offset.RXDR), 0x04030201);
		assert.equal(sr() & Sr.RXWNE, 0);
		assert.equal((sr() >>> 13) & 3, 3);
		assert.equal(read(Offset.RXDR, 2), 0x0605);
		assert.equal(read(Offset.RXDR, 1), 7);
	});

	it("frames of 16 and 32 bits", () => {
		for (const [dsize, value] of [
			[16, 0xbeef],
			[32, 0xdeadbeef],
			[12, 0xabc],
		] as const) {
			const { machine, setUp, start, read, write } = rig({ loopback: true });
			setUp({ dsize, tsize: 1 });
			write(Offset.TXDR, value);
			start();
			machine.advanceTo((dsize / 8) * FRAME);
			assert.equal(read(Offset.RXDR), value);
		}
	});

	it("TXP and RXP wait for a packet; requests follow them, and at the end what is left is asked for as well", () => {
		const { machine, setUp, start, sr, read, write, requests } = rig({ loopback: true });
		setUp({ packet: 4, tsize: 6, cfg1: Cfg1.TXDMAEN | Cfg1.RXDMAEN });
		assert.deepEqual(requests, { rx: false, tx: true });
		for (let at = 0; at < 6; at++) write(Offset.TXDR, at, 1);
		assert.deepEqual(requests, { rx: false, tx: false });
		start();
		machine.advanceTo(3 * FRAME);
		assert.equal(sr() & Sr.RXP, 0);
		machine.advanceTo(4 * FRAME);
		assert.equal(sr() & Sr.RXP, Sr.RXP);
		assert.deepEqual(requests, { rx: true, tx: false });
		for (let at = 0; at < 4; at++) assert.equal(read(Offset.RXDR, 1), at);
		assert.deepEqual(requests, { rx: false, tx: false });
		machine.advanceTo(6 * FRAME);
		assert.equal(sr() & (Sr.RXP | Sr.EOT), Sr.EOT);
		assert.deepEqual(requests, { rx: true, tx: false });
		assert.equal(read(Offset.RXDR, 1), 4);
		assert.equal(read(Offset.RXDR, 1), 5);
		assert.deepEqual(requests, { rx: false, tx: false });
	});

	it("the clock stops while there is nothing to send", () => {
		const { machine, device, setUp, start, write } = rig();
		setUp({});
		start();
		write(Offset.TXDR, 1, 1);
		machine.advanceTo(10 * FRAME);
		assert.deepEqual([...device.takeSent(9)], [1]);
		write(Offset.TXDR, 2, 1);
		machine.advanceTo(11 * FRAME);
		assert.deepEqual([...device.takeSent(9)], [2]);
	});

	it("a full receive FIFO: OVR and lost frames, or with MASRX a pause", () => {
		const overrun = rig({ loopback: true });
		overrun.setUp({ cfg1: 0 });
		overrun.start();
		for (let at = 0; at < 18; at++) {
			overrun.write(Offset.TXDR, at, 1);
			overrun.machine.advanceTo((at + 1) * FRAME);
			assert.equal(overrun.sr() & Sr.OVR, at < 16 ? 0 : Sr.OVR);
		}
		for (let at = 0; at < 16; at++) assert.equal(overrun.read(Offset.RXDR, 1), at);
		assert.equal(overrun.sr() & Sr.RXP, 0);
		overrun.write(Offset.IFCR, Sr.OVR);
		assert.equal(overrun.sr() & Sr.OVR, 0);

		const paused = rig({ loopback: true });
		paused.setUp({ cr1: Cr1.MASRX });
		paused.start(Cr1.MASRX);
		for (let at = 0; at < 18; at++) {
			paused.write(Offset.TXDR, at, 1);
			paused.machine.advanceTo((at + 1) * FRAME);
		}
		assert.equal(paused.sr() & (Sr.OVR | Sr.SUSP), Sr.SUSP);
		for (let at = 0; at < 18; at++) {
			assert.equal(paused.read(Offset.RXDR, 1), at);
			paused.machine.advanceTo(paused.machine.time + FRAME);
		}
	});

	it("as target: the far end makes the clock, and an empty transmit FIFO is an underrun", () => {
		const { machine, device, setUp, sr, read, write } = rig({ farClock: 1e6 });
		setUp({ cfg2: 0 });
		write(Offset.UDRDR, 0x5a);
		write(Offset.TXDR, 1, 1);
		device.receive(Uint8Array.of(10, 11));
		machine.advanceTo(FRAME - 1);
		assert.equal(sr() & Sr.RXP, 0);
		machine.advanceTo(FRAME);
		assert.equal(read(Offset.RXDR, 1), 10);
		assert.equal(sr() & Sr.UDR, Sr.UDR);
		machine.advanceTo(2 * FRAME);
		assert.equal(read(Offset.RXDR, 1), 11);
		assert.deepEqual([...device.takeSent(9)], [1, 0x5a]);
		write(Offset.IFCR, Sr.UDR);
		assert.equal(sr() & Sr.UDR, 0);
	});

	it("SPE falls: the FIFOs are empty, and the frame on the wire never arrives", () => {
		const { machine, device, setUp, start, sr, write } = rig({ loopback: true });
		setUp({});
		write(Offset.TXDR, 1, 1);
		write(Offset.TXDR, 2, 1);
		start();
		machine.advanceTo(FRAME / 2);
		write(Offset.CR1, Cr1.SSI);
		machine.advanceTo(9 * FRAME);
		assert.equal(device.takeSent(9).length, 0);
		assert.equal(sr() & (Sr.RXP | Sr.TXP), 0);
	});

	it("CSUSP stops behind the frame on the wire; CSTART goes on", () => {
		const { machine, device, setUp, start, sr, write } = rig();
		setUp({});
		write(Offset.TXDR, 0x0201, 2);
		start();
		write(Offset.CR1, Cr1.SSI | Cr1.SPE | Cr1.CSUSP);
		machine.advanceTo(9 * FRAME);
		assert.equal(sr() & Sr.SUSP, Sr.SUSP);
		assert.deepEqual([...device.takeSent(9)], [1]);
		start();
		machine.advanceTo(18 * FRAME);
		assert.deepEqual([...device.takeSent(9)], [2]);
	});

	it("a controller whose select input is low has a mode fault and stays off", () => {
		const { sr, read, write, level } = rig();
		write(Offset.IER, Sr.MODF);
		write(Offset.CFG2, CONTROLLER);
		write(Offset.CR1, Cr1.SPE);
		assert.equal(sr() & Sr.MODF, Sr.MODF);
		assert.equal(read(Offset.CR1) & Cr1.SPE, 0);
		assert.ok(level());
		write(Offset.IFCR, Sr.MODF);
		assert.ok(!level());
	});

	it("interrupts: EOTIE for the end, DXPIE when both sides are ready", () => {
		const { machine, setUp, start, sr, write, level } = rig({ loopback: true });
		setUp({ tsize: 2 });
		write(Offset.IER, Sr.DXP);
		write(Offset.TXDR, 1, 1);
		start();
		assert.ok(!level());
		machine.advanceTo(FRAME);
		assert.equal(sr() & Sr.DXP, Sr.DXP);
		assert.ok(level());
		write(Offset.IER, Sr.EOT);
		assert.ok(!level());
		write(Offset.TXDR, 2, 1);
		machine.advanceTo(2 * FRAME);
		assert.ok(level());
	});

	it("keeps its configuration while SPE is set, and says so once; names what is not modelled", () => {
		const { setUp, read, write, warnings } = rig();
		setUp({ tsize: 5 });
		write(Offset.CR2, 6);
		write(Offset.CR2, 7);
		assert.equal(read(Offset.CR2), 5);
		write(Offset.CR1, 0);
		write(Offset.CFG1, 1 << 22);
		assert.deepEqual(warnings, ["locked-CR2", "CFG1.CRCEN"]);
	});

	it("goes on from a snapshot in the middle of a frame", () => {
		const { machine, device, setUp, start, write } = rig();
		setUp({});
		write(Offset.TXDR, 0x0201, 2);
		start();
		machine.advanceTo(FRAME / 2);
		const snapshot = machine.snapshot();
		machine.advanceTo(3 * FRAME);
		const hash = machine.hash();
		machine.restore(snapshot);
		machine.advanceTo(3 * FRAME);
		assert.equal(machine.hash(), hash);
		assert.deepEqual([...device.takeSent(9)], [1, 2]);
	});
});
