/** A client of a PL330 on the Zynq-7000, and the controller's registers. */

import type { Pl330 } from "../../../src/hardware/pl330/controller";
import { device, ofPhandleArgs } from "../../../src/kernel/device/structs";
import { ofDma } from "../../../src/kernel/dmaengine/structs";
import { descOf, pchanOf, reqAt, threadOf } from "../../../src/kernel/drivers/pl330/registers";
import { microcode } from "../../../src/kernel/drivers/pl330/request";
import { pl330Req } from "../../../src/kernel/drivers/pl330/structs";
import type { RequestSource } from "../../../src/sim/requests";
import { Client } from "../dmaengine/client";
import { LINEAR, Rig, type RigOptions } from "../dmaengine/rig";

export const DMAC = 0xf8003000;
export const FIFO = 0x43c00000;
/** Registers that read 0 and ignore writes. */
export const NOWHERE = 0xe0001000;
export const ABORT_IRQ = 45;
export const FIRST_EVENT_IRQ = 46;
export const MEM_TO_DEV = 1;
export const DEV_TO_MEM = 2;

export const zynq = (options: RigOptions = {}): Rig => new Rig({ board: "zynq-7000", ...options });
export const pointer = (phys: number): number => LINEAR + phys;
export const read = (rig: Rig, register: number): number => rig.k.machine.bus.read(DMAC + register, 4);
export const modelOf = (rig: Rig): Pl330 =>
	rig.k.devices.find(({ labels }) => labels.includes("dmac_s"))!.model as Pl330;

/** The channel of one cell; 0 when the driver refuses. */
export function xlate(rig: Rig, ...cells: readonly number[]): number {
	const { k } = rig;
	const spec = rig.memory(ofPhandleArgs.$size);
	ofPhandleArgs.args_count.set(k.space, spec, cells.length);
	cells.forEach((cell, i) => {
		k.space.w32(ofPhandleArgs.args.at(spec) + 4 * i, cell);
	});
	const node = device.of_node.get(k.space, rig.device("dmac_s"));
	const ofdma = k.state.dma.controllers.find((entry) => ofDma.of_node.get(k.space, entry) === node) ?? 0;
	return rig.call("of_dma_pl330_xlate", spec, ofdma);
}

export const copier = (rig: Rig): Client => new Client(rig, rig.channel());
export const slave = (rig: Rig, peripheral: number): Client => new Client(rig, xlate(rig, peripheral));

/** The program that the driver would write for a prepared transfer, as hex digits. */
export const programOf = (client: Client, tx: number): string =>
	hex(microcode(client.rig.k, threadOf(client.rig.k, pchanOf(client.chan)), descOf(tx)));

/** The program in one of the halves of a channel's microcode. */
export function programIn(client: Client, index: number, length: number): string {
	const { k } = client.rig;
	const at = pl330Req.mc_bus.get(k.space, reqAt(threadOf(k, pchanOf(client.chan)), index));
	return hex([...k.machine.memory.readBytes(at, length)]);
}

const hex = (bytes: readonly number[]): string => bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");

export const pattern = (length: number, seed = 1): Uint8Array =>
	Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8) * 13 + seed) & 255);

/** Requests that a test raises by hand, in place of whatever the board has on that input. */
export class Requester implements RequestSource {
	private readonly line: number;
	private left = 0;
	answered = 0;

	constructor(
		private readonly rig: Rig,
		peripheral: number,
	) {
		this.line = modelOf(rig).connectRequest(this, peripheral);
	}

	/** Asks for `count` bursts. */
	ask(count: number): void {
		this.left += count;
		this.rig.k.machine.requests.set(this.line, this.left > 0);
	}

	acknowledged(): void {
		this.answered++;
		this.left--;
		this.rig.k.machine.requests.set(this.line, this.left > 0);
	}
}
