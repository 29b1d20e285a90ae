/** Registers of the RDC R6040's MAC, 16 bits each (reference 7.4). */

import { bits, field, type Register, type RegisterField, unmodelled, withoutModel } from "../registers";

export enum Offset {
	MCR0 = 0x00,
	MCR1 = 0x04,
	MBCR = 0x08,
	MT_ICR = 0x0c,
	MR_ICR = 0x10,
	MTPR = 0x14,
	MR_BSR = 0x18,
	MR_DCR = 0x1a,
	MLSR = 0x1c,
	MMDIO = 0x20,
	MMRD = 0x24,
	MMWD = 0x28,
	MTD_SA0 = 0x2c,
	MTD_SA1 = 0x30,
	MRD_SA0 = 0x34,
	MRD_SA1 = 0x38,
	MISR = 0x3c,
	MIER = 0x40,
	MAR0 = 0x60,
	MID_0L = 0x68,
	MAC_SM = 0xac,
	MD_CSC = 0xb6,
	MAC_ID = 0xbe,
}
export const REGISTER_BYTES = 0x100;

export enum Mcr0 {
	RCVEN = 0x0002,
	PROMISC = 0x0020,
	HASH_EN = 0x0100,
	XMTEN = 0x1000,
	FD = 0x8000,
}
export const MCR1_RESET = 1;
export const MTPR_POLL = 1;
/** The frame could not be read from memory fast enough, or not at all. */
export const MLSR_UNDERRUN = 0x0200;

/** Bits of MISR and MIER. */
export enum Event {
	RX_FINISH = 0x0001,
	RX_NO_DESC = 0x0002,
	RX_FIFO_FULL = 0x0004,
	TX_FINISH = 0x0010,
}

/** Bits of a descriptor's status. */
export enum Status {
	OWNER_MAC = 0x8000,
	RX_OK = 0x4000,
	RX_ERR = 0x0800,
	RX_ERR_BUF = 0x0200,
	RX_ERR_LONG = 0x0100,
	RX_ERR_RUNT = 0x0080,
	RX_ERR_CRC = 0x0040,
	RX_BCAST = 0x0020,
	RX_MCAST = 0x0010,
	RX_HASH_HIT = 0x0008,
	RX_MID_HIT = 0x0004,
}

/** Bytes of a descriptor that the MAC reads: status, len, buf, ndesc. */
export const DESCRIPTOR_BYTES = 12;
/** Own addresses: MID_0 is the station's. */
export const OWN_ADDRESSES = 4;

const half = (
	name: string,
	offset: number,
	access: Register["access"],
	fields: readonly RegisterField[] = [],
	reset = 0,
): Register => ({ name, offset, size: 2, access, reset, fields });

const events = (): RegisterField[] => [
	...bits(["RX_FINISH", 0], ["RX_NO_DESC", 1], ["RX_FIFO_FULL", 2], ["TX_FINISH", 4]),
	unmodelled("RX_EARLY", 3, 1, "a frame is told of when it is complete"),
	unmodelled("TX_EARLY", 7, 1, "a frame is told of when it is complete"),
	unmodelled("EVENT_OVRFL", 8, 1, "there are no event counters"),
	unmodelled("LINK_CHANGED", 9, 1, "the link is always up"),
];

const MDIO = "there is no PHY behind the MDIO bus: it reads 0";
const COUNTERS = "events are not counted: it reads 0";

/** Every register of the MAC. */
export function r6040Registers(): Register[] {
	const addresses = Array.from({ length: OWN_ADDRESSES }, (_, n) =>
		["L", "M", "H"].map((part, i) => half(`MID_${n}${part}`, Offset.MID_0L + 8 * n + 2 * i, "rw")),
	).flat();
	return [
		half("MCR0", Offset.MCR0, "rw", [
			field("RCVEN", 1),
			field("PROMISC", 5),
			field("HASH_EN", 8),
			field("XMTEN", 12),
			unmodelled("FD", 15, 1, "the link is full duplex always"),
		]),
		half("MCR1", Offset.MCR1, "rw", [field("MAC_RST", 0)]),
		half("MBCR", Offset.MBCR, "rw", [], 0x012a),
		withoutModel(half("MT_ICR", Offset.MT_ICR, "rw"), "each frame interrupts"),
		withoutModel(half("MR_ICR", Offset.MR_ICR, "rw"), "each frame interrupts"),
		half("MTPR", Offset.MTPR, "rw", [field("TM2TX", 0)]),
		half("MR_BSR", Offset.MR_BSR, "rw", [], 0x0600),
		half("MR_DCR", Offset.MR_DCR, "rw"),
		half("MLSR", Offset.MLSR, "ro", [
			field("TX_FIFO_UNDR", 9),
			unmodelled("TX_EXCEEDC", 13, 1, "there are no collisions"),
			unmodelled("TX_LATEC", 14, 1, "there are no collisions"),
		]),
		withoutModel(half("MMDIO", Offset.MMDIO, "rw"), MDIO),
		withoutModel(half("MMRD", Offset.MMRD, "ro"), MDIO),
		withoutModel(half("MMWD", Offset.MMWD, "rw"), MDIO),
		half("MTD_SA0", Offset.MTD_SA0, "rw"),
		half("MTD_SA1", Offset.MTD_SA1, "rw"),
		half("MRD_SA0", Offset.MRD_SA0, "rw"),
		half("MRD_SA1", Offset.MRD_SA1, "rw"),
		half("MISR", Offset.MISR, "ro", events()),
		half("MIER", Offset.MIER, "rw", events()),
		...[0x44, 0x48].map((offset, n) => withoutModel(half(n === 0 ? "ME_CISR" : "ME_CIER", offset, "rw"), COUNTERS)),
		...["MR_CNT", "ME_CNT0", "ME_CNT1", "ME_CNT2", "ME_CNT3", "MT_CNT", "ME_CNT4", "MP_CNT"].map((name, n) =>
			withoutModel(half(name, 0x50 + 2 * n, "ro"), COUNTERS),
		),
		...Array.from({ length: 4 }, (_, n) => half(`MAR${n}`, Offset.MAR0 + 2 * n, "rw")),
		...addresses,
		half("MAC_SM", Offset.MAC_SM, "rw", [field("RST", 1)]),
		half("MD_CSC", Offset.MD_CSC, "rw", [], 0x0030),
		half("MAC_ID", Offset.MAC_ID, "ro", [], 0x6040),
	];
}
