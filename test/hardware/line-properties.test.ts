/** Whoever serves the requests, at whatever times: nothing is lost, doubled or exchanged. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Stm32I2c } from "../../src/hardware/stm32-i2c/controller";
import { Cr2, Cr1 as I2cCr1, Offset as I2cOffset, Isr } from "../../src/hardware/stm32-i2c/registers";
import { Stm32Sai } from "../../src/hardware/stm32-sai/controller";
import { Flag, Cr1 as SaiCr1, Offset as SaiOffset } from "../../src/hardware/stm32-sai/registers";
import { Stm32Spi } from "../../src/hardware/stm32-spi/controller";
import { Cfg1, Cfg2, Cr1 as SpiCr1, Offset as SpiOffset, Sr } from "../../src/hardware/stm32-spi/registers";
import { BASE, ERROR_LINE, LINE, lineRig, US } from "./line-rig";

const RUNS = { numRuns: 100 };
const NEVER = { nackAfter: -1, busErrorAfter: -1, arbitrationLostAfter: -1, stretchAfter: -1, stretchPs: -1 };

/** How long the one who serves sleeps before each look, us. */
const pauses = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 40 });

describe("lines of the STM32", () => {
	it("SPI in a loop: every frame comes back, in order, and EOT after the last", () => {
		fc.assert(
			fc.property(
				fc.constantFrom(8, 16, 32),
				fc.integer({ min: 1, max: 4 }),
				fc.integer({ min: 1, max: 70 }),
				pauses,
				(dsize, packet, frames, sleeps) => {
					const { machine, requests, read, write } = lineRig(
						(m) =>
							new Stm32Spi(m, { name: "spi", base: BASE, size: 0x400, interrupt: LINE, clock: 64e6, loopback: true }),
					);
					const bytes = dsize / 8;
					const fitting = Math.min(packet, 8 / bytes);
					write(SpiOffset.CFG1, (4 << 28) | (dsize - 1) | ((fitting - 1) << 5) | Cfg1.RXDMAEN | Cfg1.TXDMAEN);
					write(SpiOffset.CFG2, Cfg2.MASTER | Cfg2.SSM);
					write(SpiOffset.CR2, frames);
					write(SpiOffset.CR1, SpiCr1.SSI | SpiCr1.MASRX | SpiCr1.SPE);
					write(SpiOffset.CR1, SpiCr1.SSI | SpiCr1.MASRX | SpiCr1.SPE | SpiCr1.CSTART);
					const back: number[] = [];
					let given = 0;
					for (let look = 0; back.length < frames; look++) {
						assert.ok(look < 10000, "it stands still");
						machine.advanceTo(machine.time + sleeps[look % sleeps.length]! * US + US);
						while (requests.tx) write(SpiOffset.TXDR, (given++ * 0x01010101) >>> (32 - dsize), bytes);
						while (requests.rx) back.push(read(SpiOffset.RXDR, bytes));
					}
					assert.equal(given, frames);
					assert.deepEqual(
						back,
						Array.from({ length: frames }, (_, at) => ((at * 0x01010101) >>> (32 - dsize)) >>> 0),
					);
					assert.equal(read(SpiOffset.SR) & (Sr.EOT | Sr.OVR), Sr.EOT);
				},
			),
			RUNS,
		);
	});

	it("I2C: messages of any length, both ways, with repeated starts", () => {
		const messages = fc.array(fc.record({ read: fc.boolean(), length: fc.integer({ min: 1, max: 600 }) }), {
			minLength: 1,
			maxLength: 4,
		});
		fc.assert(
			fc.property(messages, pauses, (list, sleeps) => {
				const { machine, device, requests, read, write } = lineRig(
					(m) =>
						new Stm32I2c(m, {
							name: "i2c",
							base: BASE,
							size: 0x400,
							interrupt: LINE,
							errorInterrupt: ERROR_LINE,
							clock: 64e6,
							targets: [{ kind: "stream", address: 0x48, ...NEVER }],
						}),
				);
				write(I2cOffset.TIMINGR, (59 << 8) | 99);
				write(I2cOffset.CR1, I2cCr1.PE | I2cCr1.TXDMAEN | I2cCr1.RXDMAEN);
				let look = 0;
				let counter = 0;
				const written: number[] = [];
				const expected: number[] = [];
				const received: number[] = [];
				for (const [index, message] of list.entries()) {
					let left = message.length;
					let toGive = message.read ? 0 : left;
					if (message.read) {
						const bytes = Uint8Array.from({ length: left }, () => counter++ & 0xff);
						expected.push(...bytes);
						device.receive(bytes);
					}
					const block = () => {
						const count = Math.min(255, left);
						left -= count;
						return (0x48 << 1) | (message.read ? Cr2.RD_WRN : 0) | (count << 16) | (left > 0 ? Cr2.RELOAD : 0);
					};
					write(I2cOffset.CR2, block() | Cr2.START);
					for (;;) {
						assert.ok(look < 100000, "it stands still");
						machine.advanceTo(machine.time + sleeps[look++ % sleeps.length]! * US + US);
						while (requests.rx) received.push(read(I2cOffset.RXDR, 1));
						for (; requests.tx && toGive > 0; toGive--) {
							written.push(counter & 0xff);
							write(I2cOffset.TXDR, counter++ & 0xff, 1);
						}
						const status = read(I2cOffset.ISR);
						if (status & Isr.TCR) write(I2cOffset.CR2, block());
						if (status & Isr.TC && (status & Isr.RXNE) === 0) break;
					}
					if (index === list.length - 1) write(I2cOffset.CR2, Cr2.STOP);
				}
				assert.equal(read(I2cOffset.ISR) & (Isr.BUSY | Isr.STOPF | Isr.NACKF), Isr.STOPF);
				assert.deepEqual([...device.takeSent(1e6)], written);
				assert.deepEqual(received, expected);
			}),
			RUNS,
		);
	});

	it("SAI: however late the samples come, they are played in order, left ones left and right ones right", () => {
		fc.assert(
			fc.property(pauses, fc.integer({ min: 1, max: 60 }), (sleeps, frames) => {
				const { machine, device, requests, read, write } = lineRig(
					(m) => new Stm32Sai(m, { name: "sai", base: BASE, size: 0x20, interrupt: LINE, clock: 12288000 }),
				);
				const config = (4 << 5) | (1 << 20) | SaiCr1.DMAEN;
				write(SaiOffset.CR1, config);
				write(SaiOffset.CR2, 2);
				write(SaiOffset.FRCR, 31);
				write(SaiOffset.SLOTR, (3 << 16) | (1 << 8));
				write(SaiOffset.CR1, config | SaiCr1.SAIEN);
				let given = 0;
				for (let look = 0; given < 2 * frames; look++) {
					// Samples 1, 0x8001, 2, 0x8002, …: the highest bit is the right channel.
					for (; requests.tx && given < 2 * frames; given++)
						write(SaiOffset.DR, (given % 2) * 0x8000 + Math.floor(given / 2) + 1, 2);
					machine.advanceTo(machine.time + sleeps[look % sleeps.length]! * US + US);
					if (look % 3 === 0) write(SaiOffset.CLRFR, Flag.OVRUDR);
				}
				machine.advanceTo(machine.time + 1000 * US);
				assert.equal((read(SaiOffset.SR) >>> 16) & 7, 0);
				const slots = [...new Uint16Array(device.takeSent(1e6).slice().buffer)];
				for (const side of [0, 1])
					assert.deepEqual(
						slots.filter((sample, at) => at % 2 === side && sample !== 0),
						Array.from({ length: frames }, (_, at) => side * 0x8000 + at + 1),
					);
			}),
			RUNS,
		);
	});
});
