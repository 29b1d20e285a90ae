/** A client of a channel on the Raspberry Pi 3, and its registers. */
import { virtDmaDesc } from "../../../src/kernel/dmaengine/structs";
import { bcmChannel, blockAt, entryAt } from "../../../src/kernel/drivers/bcm2835-dma/registers";
import {
	bcm2835CbEntry,
	bcm2835Chan,
	bcm2835Desc,
	bcm2835DmaCb,
} from "../../../src/kernel/drivers/bcm2835-dma/structs";
import { Client } from "../dmaengine/client";
import { Rig, type RigOptions } from "../dmaengine/rig";

export const DMA = 0x3f007000;
/** RAM as the controller sees it. */
export const RAM_ALIAS = 0xc0000000;

export const pi = (options: RigOptions = {}): Rig => new Rig({ board: "bcm2837", ...options });

const REGISTERS = { CS: 0, CONBLK_AD: 4, TI: 8, SOURCE_AD: 0xc, DEST_AD: 0x10, TXFR_LEN: 0x14, DEBUG: 0x20 };

/** CPU address of a channel's register. */
export const registerOf = (channel: number, name: keyof typeof REGISTERS): number =>
	DMA + (channel << 8) + REGISTERS[name];
export const readRegister = (rig: Rig, channel: number, name: keyof typeof REGISTERS): number =>
	rig.k.machine.bus.read(registerOf(channel, name), 4);

/** Number of a client's channel in the hardware. */
export const numberOf = (client: Client): number => bcm2835Chan.ch.get(client.rig.k.space, bcmChannel(client.chan));

/** A client of a normal channel (dma0chan0 is channel 0) or of a lite one: Linux gives the normal ones out first. */
export function clientOf(rig: Rig, lite: boolean): Client {
	for (;;) {
		const client = new Client(rig, rig.channel());
		if (client.chan === 0) throw new Error("no channel of that kind");
		if ((bcm2835Chan.is_lite_channel.get(rig.k.space, bcmChannel(client.chan)) !== 0) === lite) return client;
	}
}

/** The control blocks of a prepared transfer, as the cases write them. */
export function controlBlocks(rig: Rig, tx: number): Record<string, string | number>[] {
	const { space } = rig.k;
	const desc = bcm2835Desc.vd.container(virtDmaDesc.tx.container(tx));
	const hex = (value: number) => `0x${value.toString(16).padStart(8, "0")}`;
	return Array.from({ length: bcm2835Desc.frames.get(space, desc) }, (_, i) => {
		const block = blockAt(rig.k, desc, i);
		return {
			at: hex(bcm2835CbEntry.paddr.get(space, entryAt(desc, i))),
			info: hex(bcm2835DmaCb.info.get(space, block)),
			src: hex(bcm2835DmaCb.src.get(space, block)),
			dst: hex(bcm2835DmaCb.dst.get(space, block)),
			length: bcm2835DmaCb.length.get(space, block),
			stride: bcm2835DmaCb.stride.get(space, block),
			next: hex(bcm2835DmaCb.next.get(space, block)),
		};
	});
}

/** The next page of a DMA pool lies at this bus address. */
export function placePool(rig: Rig, bus: number): void {
	rig.k.state.dmaMemory.nextPoolPage = bus - RAM_ALIAS;
}
