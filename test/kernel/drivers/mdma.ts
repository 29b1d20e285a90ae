/** A client of an MDMA channel on the STM32MP157, and its registers. */
import { virtDmaDesc } from "../../../src/kernel/dmaengine/structs";
import { mdmaChannel, nodeAt } from "../../../src/kernel/drivers/stm32-mdma/registers";
import { mdmaChan, mdmaDesc, mdmaDescNode, mdmaHwdesc } from "../../../src/kernel/drivers/stm32-mdma/structs";
import type { Rig } from "../dmaengine/rig";
import { controller, specifier } from "./stm32";

export const MDMA = 0x58000000;
export const LINE = 32 + 122;

type Name = "CISR" | "CIFCR" | "CESR" | "CCR" | "CTCR" | "CBNDTR" | "CSAR" | "CDAR" | "CLAR" | "CTBR" | "CMAR" | "CMDR";
const OFFSETS: Readonly<Record<Name, number>> = {
	CISR: 0x00,
	CIFCR: 0x04,
	CESR: 0x08,
	CCR: 0x0c,
	CTCR: 0x10,
	CBNDTR: 0x14,
	CSAR: 0x18,
	CDAR: 0x1c,
	CLAR: 0x24,
	CTBR: 0x28,
	CMAR: 0x30,
	CMDR: 0x34,
};
export const mdmaRegister = (channel: number, name: Name): number => MDMA + 0x40 + 0x40 * channel + OFFSETS[name];

/** The channel that five cells name; 0 when the driver refuses. */
export const mdmaXlate = (rig: Rig, cells: readonly number[]): number =>
	rig.call("stm32_mdma_of_xlate", specifier(rig, cells), controller(rig, "mdma1"));

const hex = (value: number): string => `0x${value.toString(16).padStart(8, "0")}`;
const descOf = (tx: number): number => mdmaDesc.vdesc.container(virtDmaDesc.tx.container(tx));

export const ccrOf = (rig: Rig, tx: number): string => hex(mdmaDesc.ccr.get(rig.k.space, descOf(tx)));

/** The nodes of a prepared transfer, as the cases write them. */
export function nodesOf(rig: Rig, tx: number): Record<string, string>[] {
	const { space } = rig.k;
	const desc = descOf(tx);
	return Array.from({ length: mdmaDesc.count.get(space, desc) }, (_, i) => {
		const node = nodeAt(desc, i);
		const at = mdmaDescNode.hwdesc.get(space, node);
		return {
			at: hex(mdmaDescNode.hwdesc_phys.get(space, node)),
			CTCR: hex(mdmaHwdesc.ctcr.get(space, at)),
			CBNDTR: hex(mdmaHwdesc.cbndtr.get(space, at)),
			CSAR: hex(mdmaHwdesc.csar.get(space, at)),
			CDAR: hex(mdmaHwdesc.cdar.get(space, at)),
			CBRUR: hex(mdmaHwdesc.cbrur.get(space, at)),
			CLAR: hex(mdmaHwdesc.clar.get(space, at)),
			CTBR: hex(mdmaHwdesc.ctbr.get(space, at)),
			CMAR: hex(mdmaHwdesc.cmar.get(space, at)),
			CMDR: hex(mdmaHwdesc.cmdr.get(space, at)),
		};
	});
}

/** The driver's own channel. */
export const channelState = (rig: Rig, chan: number) => {
	const at = mdmaChannel(chan);
	return {
		busy: mdmaChan.busy.get(rig.k.space, at) !== 0,
		current: mdmaChan.curr_hwdesc.get(rig.k.space, at),
		burst: mdmaChan.mem_burst.get(rig.k.space, at),
		width: mdmaChan.mem_width.get(rig.k.space, at),
	};
};

/** What the interrupt handler reads from a channel's CISR, whenever a flag is set. */
export function watchFlags(rig: Rig, channel: number): number[] {
	const seen: number[] = [];
	const { mmio } = rig.k.space;
	if (mmio === null) throw new Error("no MMIO");
	const { read } = mmio;
	mmio.read = (phys, size) => {
		const value = read(phys, size);
		if (phys === mdmaRegister(channel, "CISR") && value & 0x1f) seen.push(value & 0x1f);
		return value;
	};
	return seen;
}
