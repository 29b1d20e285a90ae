import assert from "node:assert/strict";
import { Stm32Sai } from "../../src/hardware/stm32-sai/controller";
import { Cr1, Cr2, Flag, Offset } from "../../src/hardware/stm32-sai/registers";
import { BASE, LINE, lineRig, MS } from "./line-rig";

const S16 = 4 << 5;
const HALF = 2;
/** Two slots, both enabled, frames of 32 bits: stereo, 16 bits. */
const STEREO = (3 << 16) | (1 << 8);

/** 12.288 MHz / 256 are 48,000 frames a second. */
function rig({ mode = 0, fth = HALF, cr2 = 0, frame = 31, cr1 = 0 } = {}) {
	const one = lineRig(
		(machine) => new Stm32Sai(machine, { name: "sai", base: BASE, size: 0x20, interrupt: LINE, clock: 12288000 }),
	);
	const config = mode | S16 | (1 << 20) | cr1;
	one.write(Offset.CR1, config);
	one.write(Offset.CR2, fth | cr2);
	one.write(Offset.FRCR, frame);
	one.write(Offset.SLOTR, STEREO);
	const enable = (more = 0) => one.write(Offset.CR1, config | Cr1.SAIEN | more);
	const disable = (more = 0) => one.write(Offset.CR1, config | more);
	const play = (...samples: number[]) => {
		for (const sample of samples) one.write(Offset.DR, sample, 2);
	};
	/** When the frame number `n` is over, ps: they do not drift. */
	const frameEnd = (n: number) => Math.round((n * 1e12) / 48000);
	return { ...one, enable, disable, play, frameEnd, sr: () => one.read(Offset.SR) };
}

const words = (bytes: Uint8Array) => [...new Uint16Array(bytes.slice().buffer)];

describe("STM32 SAI", () => {
	it("plays a sample a slot at the audio rate", () => {
		const { machine, device, enable, play, frameEnd } = rig();
		play(1, 2, 3, 4);
		enable();
		machine.advanceTo(frameEnd(0.5));
		assert.deepEqual(words(device.takeSent(99)), [1]);
		machine.advanceTo(frameEnd(1));
		assert.deepEqual(words(device.takeSent(99)), [2]);
		machine.advanceTo(frameEnd(2));
		assert.deepEqual(words(device.takeSent(99)), [3, 4]);
	});

	it("30 ms are 1440 frames at 48 kHz: rounding does not add up (7.3)", () => {
		const { machine, device, enable, play, sr, frameEnd } = rig();
		enable();
		for (let frame = 1; frame <= 1440; frame++) {
			play(frame, frame);
			machine.advanceTo(frameEnd(frame) - (frame === 1440 ? 1 : 0));
		}
		assert.equal(device.takeSent(1e6).length, 1440 * 4 - 2);
		machine.advanceTo(30 * MS);
		assert.equal(device.takeSent(1e6).length, 2);
		assert.equal(sr() & Flag.OVRUDR, 0);
	});

	it("the rate: NODIV counts the frame's bits, OSR doubles, MCKDIV divides", () => {
		const { device, write } = rig();
		assert.equal(device.frameRate(), 48000);
		write(Offset.CR1, S16 | (2 << 20));
		assert.equal(device.frameRate(), 24000);
		write(Offset.CR1, S16 | (1 << 20) | Cr1.OSR);
		assert.equal(device.frameRate(), 24000);
		write(Offset.CR1, S16 | (8 << 20) | Cr1.NODIV);
		assert.equal(device.frameRate(), 48000);
	});

	it("asks at the threshold: half empty when it plays, half full when it records", () => {
		const player = rig();
		player.enable(Cr1.DMAEN);
		assert.deepEqual(player.requests, { rx: false, tx: true });
		player.play(1, 2, 3, 4);
		assert.deepEqual(player.requests, { rx: false, tx: true });
		player.play(5);
		assert.deepEqual(player.requests, { rx: false, tx: false });
		player.machine.advanceTo(player.frameEnd(0.5));
		assert.deepEqual(player.requests, { rx: false, tx: true });

		const recorder = rig({ mode: 1 });
		recorder.device.receive(new Uint8Array(8));
		recorder.enable(Cr1.DMAEN);
		recorder.machine.advanceTo(recorder.frameEnd(2) - 1);
		assert.deepEqual(recorder.requests, { rx: false, tx: false });
		recorder.machine.advanceTo(recorder.frameEnd(2));
		assert.deepEqual(recorder.requests, { rx: true, tx: false });
		assert.equal((recorder.sr() >>> 16) & 7, 2);
	});

	it("an empty FIFO is an underrun: silence, OVRUDR, an interrupt; the channels are not exchanged", () => {
		const { machine, device, enable, play, frameEnd, sr, read, write, level } = rig();
		write(Offset.IM, Flag.OVRUDR);
		play(1, 2, 3);
		enable();
		machine.advanceTo(frameEnd(2));
		assert.deepEqual(words(device.takeSent(99)), [1, 2, 3, 0]);
		assert.equal(sr() & Flag.OVRUDR, Flag.OVRUDR);
		assert.ok(level());
		write(Offset.CLRFR, Flag.OVRUDR);
		assert.ok(!level());
		assert.equal(read(Offset.SR) & Flag.OVRUDR, 0);
		// The right sample that was missed goes to the next right slot.
		play(4, 5, 6);
		machine.advanceTo(frameEnd(4));
		assert.deepEqual(words(device.takeSent(99)), [0, 4, 5, 6]);
	});

	it("an underrun that nobody mends costs no events; the slots go on all the same", () => {
		const { machine, device, enable, play, frameEnd } = rig();
		play(1, 2, 3);
		enable();
		machine.advanceTo(frameEnd(2));
		assert.equal(machine.nextEventTime(), Number.POSITIVE_INFINITY);
		device.takeSent(99);
		machine.advanceTo(frameEnd(1000.2));
		play(4, 5);
		machine.advanceTo(frameEnd(1001) - 1);
		assert.deepEqual(words(device.takeSent(99)), [0]);
		machine.advanceTo(frameEnd(1002));
		assert.deepEqual(words(device.takeSent(99)), [4, 5, 0]);
	});

	it("samples that come in the frame that lacked one wait for their slot, and are played", () => {
		const { machine, device, enable, play, frameEnd } = rig();
		play(1, 2);
		enable();
		machine.advanceTo(frameEnd(1.5));
		play(3, 4);
		machine.advanceTo(frameEnd(3));
		assert.deepEqual(words(device.takeSent(99)), [1, 2, 0, 0, 3, 4]);
	});

	it("MUTEVAL repeats the last samples in an underrun; MUTE silences", () => {
		const repeats = rig({ cr2: Cr2.MUTEVAL });
		repeats.play(1, 2);
		repeats.enable();
		repeats.machine.advanceTo(repeats.frameEnd(2));
		assert.deepEqual(words(repeats.device.takeSent(99)), [1, 2, 1, 2]);

		const muted = rig({ cr2: Cr2.MUTE });
		muted.play(1, 2);
		muted.enable();
		muted.machine.advanceTo(muted.frameEnd(1));
		assert.deepEqual(words(muted.device.takeSent(99)), [0, 0]);
	});

	it("records; a full FIFO is an overrun, and silence when nobody speaks", () => {
		const { machine, device, enable, frameEnd, sr, read, write } = rig({ mode: 1 });
		device.receive(Uint8Array.from({ length: 20 }, (_, at) => (at % 2 ? 0 : at / 2 + 1)));
		enable();
		machine.advanceTo(frameEnd(4));
		assert.equal(sr() & Flag.OVRUDR, 0);
		assert.equal((sr() >>> 16) & 7, 5);
		machine.advanceTo(frameEnd(5));
		assert.equal(sr() & Flag.OVRUDR, Flag.OVRUDR);
		write(Offset.CLRFR, Flag.OVRUDR);
		for (let sample = 1; sample <= 8; sample++) assert.equal(read(Offset.DR, 2), sample);
		machine.advanceTo(frameEnd(6));
		// The ten samples are over.
		assert.equal(read(Offset.DR, 2), 0);
	});

	it("SAIEN falls at the end of the frame", () => {
		const { machine, device, enable, disable, play, frameEnd, read } = rig();
		play(1, 2, 3);
		enable();
		machine.advanceTo(frameEnd(0.5));
		disable();
		assert.equal(read(Offset.CR1) & Cr1.SAIEN, Cr1.SAIEN);
		machine.advanceTo(frameEnd(1));
		assert.equal(read(Offset.CR1) & Cr1.SAIEN, 0);
		machine.advanceTo(frameEnd(9));
		assert.deepEqual(words(device.takeSent(99)), [1, 2]);
		assert.equal(machine.nextEventTime(), Number.POSITIVE_INFINITY);
	});

	it("a frame whose length is no power of two is a wrong clock configuration, unless NODIV is set", () => {
		const wrong = rig({ frame: 47 });
		wrong.write(Offset.IM, Flag.WCKCFG);
		wrong.enable();
		assert.equal(wrong.sr() & Flag.WCKCFG, Flag.WCKCFG);
		assert.equal(wrong.read(Offset.CR1) & Cr1.SAIEN, 0);
		assert.ok(wrong.level());
		const right = rig({ frame: 47, cr1: Cr1.NODIV });
		right.enable();
		assert.equal(right.sr() & Flag.WCKCFG, 0);
	});

	it("FFLUSH empties the FIFO", () => {
		const { play, sr, write } = rig();
		play(1, 2, 3);
		assert.equal((sr() >>> 16) & 7, 2);
		write(Offset.CR2, HALF | Cr2.FFLUSH);
		assert.equal((sr() >>> 16) & 7, 0);
	});

	it("goes on from a snapshot in the middle of a slot", () => {
		const { machine, device, enable, play, frameEnd } = rig();
		play(1, 2, 3, 4);
		enable();
		machine.advanceTo(frameEnd(1) * 0.7);
		const snapshot = machine.snapshot();
		machine.advanceTo(frameEnd(2));
		const hash = machine.hash();
		machine.restore(snapshot);
		machine.advanceTo(frameEnd(2));
		assert.equal(machine.hash(), hash);
		assert.deepEqual(words(device.takeSent(99)), [1, 2, 3, 4]);
	});
});
