/** A small machine programmed by register writes, as a driver would. */

import { DwAxiDmac } from "../../src/hardware/dw-axi-dmac/controller";
import type { DwAxiConfig } from "../../src/hardware/dw-axi-dmac/state";
import { Machine } from "../../src/sim/machine";
import type { Response } from "../../src/sim/observers";

export const RAM = 0x80000000;
export const ITEMS = 0x90000000;
export const DMAC = 0x80000;
/** A core clock cycle at 200 MHz. */
export const CYCLE = 5000;
export const LINE = 27;

export interface BurstRecord {
	time: number;
	channel: number;
	src: number;
	dst: number;
	length: number;
	beats: number;
	response: Response;
}

export interface Rig {
	machine: Machine;
	dmac: DwAxiDmac;
	bursts: BurstRecord[];
	done: number[];
}

export function newRig(config: Partial<DwAxiConfig> = {}, observe = true): Rig {
	const machine = new Machine();
	machine.memory.addRegion(RAM, 0x20000000);
	const dmac = new DwAxiDmac(machine, {
		name: "80000.dma-controller",
		base: DMAC,
		size: 0x1000,
		interrupt: LINE,
		channels: 4,
		masters: 2,
		dataWidth: 3,
		...config,
	});
	const bursts: BurstRecord[] = [];
	const done: number[] = [];
	if (observe)
		machine.observers.add({
			burst(_controller, channel, src, dst, length, beats, response) {
				bursts.push({ time: machine.time, channel, src, dst, length, beats, response });
			},
			channelDone(_controller, channel) {
				done.push(channel);
			},
		});
	machine.interrupts.unmask(LINE);
	return { machine, dmac, bursts, done };
}

/** Puts a linked-list item into memory. */
export function item(
	rig: Rig,
	at: number,
	fields: { sar: number; dar: number; items: number; llp?: number; low: number; high: number },
): void {
	const { memory } = rig.machine;
	memory.fill(at, 0, 64);
	memory.write32(at, fields.sar);
	memory.write32(at + 8, fields.dar);
	memory.write32(at + 16, fields.items - 1);
	memory.write32(at + 24, fields.llp ?? 0);
	memory.write32(at + 32, fields.low);
	memory.write32(at + 36, fields.high);
}

/** The register writes of a start (reference 1.4). */
export function start(rig: Rig, channel: number, llp: number, cfgHigh = channel << 17): void {
	const { bus } = rig.machine;
	const base = DMAC + 0x100 + channel * 0x100;
	bus.write(DMAC + 0x10, 4, 3);
	bus.write(base + 0x20, 4, 0xf);
	bus.write(base + 0x24, 4, cfgHigh);
	bus.write(base + 0x28, 4, llp);
	bus.write(base + 0x2c, 4, 0);
	bus.write(base + 0x90, 4, 0x003f7fe2);
	bus.write(base + 0x80, 4, 0x203f7fe2);
	bus.write(DMAC + 0x18, 4, 0x101 << channel);
}

export function channelRegister(rig: Rig, channel: number, offset: number): number {
	return rig.machine.bus.read(DMAC + 0x100 + channel * 0x100 + offset, 4);
}

export function pattern(length: number, seed = 1): Uint8Array {
	return Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8) * 13 + seed) & 255);
}

export const COPY = 0x00045b04;
export const MORE = 0x80108840;
export const LAST = 0xc0108840;
