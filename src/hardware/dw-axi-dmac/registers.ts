/** Registers of the DesignWare AXI DMAC, standard layout of up to 8 channels and the wider ones. */

import { field, type Register, type RegisterField, unmodelled, withoutModel, withoutValues } from "../registers";

/** Offsets in the common block. */
export enum Common {
	ID = 0x00,
	COMPVER = 0x08,
	CFG = 0x10,
	CHEN = 0x18,
	CHSUSP = 0x20,
	CHABORT = 0x28,
	INTSTATUS = 0x30,
	COMMON_INTCLEAR = 0x38,
	COMMON_INTSTATUS_ENA = 0x40,
	COMMON_INTSIGNAL_ENA = 0x48,
	COMMON_INTSTATUS = 0x50,
	RESET = 0x58,
}

/** Offsets in a channel's block. */
export enum Channel {
	SAR = 0x00,
	DAR = 0x08,
	BLOCK_TS = 0x10,
	CTL = 0x18,
	CFG = 0x20,
	LLP = 0x28,
	STATUS = 0x30,
	SWHSSRC = 0x38,
	SWHSDST = 0x40,
	BLK_TFR_RESUMEREQ = 0x48,
	AXI_ID = 0x50,
	AXI_QOS = 0x58,
	SSTAT = 0x60,
	DSTAT = 0x68,
	SSTATAR = 0x70,
	DSTATAR = 0x78,
	INTSTATUS_ENA = 0x80,
	INTSTATUS = 0x88,
	INTSIGNAL_ENA = 0x90,
	INTCLEAR = 0x98,
}

/** Channel interrupts as masks. */
export enum Irq {
	BLOCK_TFR_DONE = 1 << 0,
	DMA_TFR_DONE = 1 << 1,
	SRC_TRANSCOMP = 1 << 3,
	DST_TRANSCOMP = 1 << 4,
	SRC_DEC_ERR = 1 << 5,
	DST_DEC_ERR = 1 << 6,
	SRC_SLV_ERR = 1 << 7,
	DST_SLV_ERR = 1 << 8,
	LLI_RD_DEC_ERR = 1 << 9,
	LLI_WR_DEC_ERR = 1 << 10,
	LLI_RD_SLV_ERR = 1 << 11,
	LLI_WR_SLV_ERR = 1 << 12,
	SHADOWREG_OR_LLI_INVALID = 1 << 13,
	SLVIF_MULTIBLKTYPE = 1 << 14,
	SLVIF_WR2RO = 1 << 17,
	SLVIF_WRONCHEN = 1 << 19,
	SUSPENDED = 1 << 29,
	DISABLED = 1 << 30,
	ABORTED = 1 << 31,
}

/** CTL_L bits. */
export enum CtlLow {
	LAST_WRITE_EN = 1 << 30,
}

/** CTL_H bits. */
export enum CtlHigh {
	ARLEN_EN = 1 << 6,
	AWLEN_EN = 1 << 15,
	SRC_STAT_EN = 1 << 24,
	DST_STAT_EN = 1 << 25,
	IOC_BLK_TFR = 1 << 26,
	LAST = 1 << 30,
	VALID = 1 << 31,
}

const IRQ_NAMES: readonly [string, number][] = [
	["BLOCK_TFR_DONE", 0],
	["DMA_TFR_DONE", 1],
	["SRC_TRANSCOMP", 3],
	["DST_TRANSCOMP", 4],
	["SRC_DEC_ERR", 5],
	["DST_DEC_ERR", 6],
	["SRC_SLV_ERR", 7],
	["DST_SLV_ERR", 8],
	["LLI_RD_DEC_ERR", 9],
	["LLI_WR_DEC_ERR", 10],
	["LLI_RD_SLV_ERR", 11],
	["LLI_WR_SLV_ERR", 12],
	["SHADOWREG_OR_LLI_INVALID", 13],
	["SLVIF_MULTIBLKTYPE", 14],
	["SLVIF_DEC", 16],
	["SLVIF_WR2RO", 17],
	["SLVIF_RD2RWO", 18],
	["SLVIF_WRONCHEN", 19],
	["SLVIF_SHADOWREG_WRON_VALID", 20],
	["SLVIF_WRONHOLD", 21],
	["LOCK_CLEARED", 27],
	["SRC_SUSPENDED", 28],
	["SUSPENDED", 29],
	["DISABLED", 30],
	["ABORTED", 31],
];

const WIDTH = { 0: "8", 1: "16", 2: "32", 3: "64", 4: "128", 5: "256", 6: "512" };
const MSIZE = { 0: "1", 1: "4", 2: "8", 3: "16", 4: "32", 5: "64", 6: "128", 7: "256", 8: "512", 9: "1024" };
const INC = { 0: "increment", 1: "fixed" };
const MULTBLK = { 0: "contiguous", 1: "reload", 2: "shadow", 3: "linked list" };
const TT_FC = {
	0: "M2M",
	1: "M2P",
	2: "P2M",
	3: "P2P",
	4: "P2M, source controls",
	5: "P2P, source controls",
	6: "M2P, destination controls",
	7: "P2P, destination controls",
};

const irqFields = (): RegisterField[] => IRQ_NAMES.map(([name, bit]) => field(name, bit));

export const UNMODELLED_CTL_HIGH = CtlHigh.SRC_STAT_EN | CtlHigh.DST_STAT_EN | CtlHigh.IOC_BLK_TFR;
const NO_STATUS = "no status is fetched from the peripheral and written into the item";
export const CTL_FIELDS: RegisterField[] = [
	field("SMS", 0),
	field("DMS", 2),
	field("SINC", 4, 1, INC),
	field("DINC", 6, 1, INC),
	field("SRC_TR_WIDTH", 8, 3, WIDTH),
	field("DST_TR_WIDTH", 11, 3, WIDTH),
	field("SRC_MSIZE", 14, 4, MSIZE),
	field("DST_MSIZE", 18, 4, MSIZE),
	unmodelled("LAST_WRITE_EN", 30, 1, "every write waits for its response anyway"),
	field("ARLEN_EN", 38),
	field("ARLEN", 39, 8),
	field("AWLEN_EN", 47),
	field("AWLEN", 48, 8),
	unmodelled("SRC_STAT_EN", 56, 1, NO_STATUS),
	unmodelled("DST_STAT_EN", 57, 1, NO_STATUS),
	unmodelled("IOC_BLK_TFR", 58, 1, "BLOCK_TFR_DONE comes at the end of every block"),
	field("LAST", 62),
	field("VALID", 63),
];

const SELECT = { 0: "hardware", 1: "software" };
const NO_SOFTWARE = "there are no handshakes by software, a channel waits for the hardware's request";
const ONE_OUTSTANDING = "one burst each way is outstanding at a time";

const multiblock = (name: string, lsb: number): RegisterField =>
	withoutValues(
		field(name, lsb, 2, MULTBLK),
		[2],
		"there are no shadow registers: the channel stops with SLVIF_MULTIBLKTYPE",
	);

function cfgFields(layoutB: boolean): RegisterField[] {
	const low = [multiblock("SRC_MULTBLK", 0), multiblock("DST_MULTBLK", 2)];
	const handshake = [
		withoutValues(field("TT_FC", 32, 3, TT_FC), [4, 5, 6, 7], "the controller counts the items, whoever should"),
		withoutModel(field("HS_SEL_SRC", 35, 1, SELECT), NO_SOFTWARE),
		withoutModel(field("HS_SEL_DST", 36, 1, SELECT), NO_SOFTWARE),
	];
	if (layoutB) return [...low, field("SRC_PER", 4, 7), field("DST_PER", 11, 7), ...handshake, field("PRIOR", 52, 5)];
	return [
		...low,
		...handshake,
		field("SRC_PER", 39, 5),
		field("DST_PER", 44, 5),
		field("PRIOR", 49, 3),
		unmodelled("LOCK_CH", 52, 1, "the bus is never locked"),
		unmodelled("SRC_OSR_LMT", 55, 4, ONE_OUTSTANDING),
		unmodelled("DST_OSR_LMT", 59, 4, ONE_OUTSTANDING),
	];
}

const reg = (
	name: string,
	offset: number,
	access: Register["access"],
	fields: RegisterField[] = [],
	reset = 0,
): Register => ({ name, offset, size: 8, access, reset, fields });

/** The registers of the whole controller. From 9 channels on suspend and abort have registers of their own. */
function commonRegisters(channels: number): Register[] {
	/** A bit for each channel: the first 16 in the low word, the others in the high one. */
	const each = (name: string, lsb = 0) =>
		Array.from({ length: channels }, (_, at) => field(`CH${at + 1}_${name}`, lsb + (at < 16 ? at : 16 + at)));
	const chen = [
		reg("DMAC_CHEN", Common.CHEN, "rw", [
			...each("EN"),
			...each("EN_WE", 8),
			...each("SUSP", 16),
			...each("SUSP_WE", 24),
			...each("ABORT", 32),
			...each("ABORT_WE", 40),
		]),
	];
	const wideChen = [
		reg("DMAC_CHEN", Common.CHEN, "rw", [...each("EN"), ...each("EN_WE", 16)]),
		reg("DMAC_CHSUSPREG", Common.CHSUSP, "rw", [...each("SUSP"), ...each("SUSP_WE", 16)]),
		reg("DMAC_CHABORTREG", Common.CHABORT, "rw", [...each("ABORT"), ...each("ABORT_WE", 16)]),
	];
	const silent = "errors of the register interface are latched in the channels only";
	return [
		withoutModel(reg("DMAC_ID", Common.ID, "ro"), "it reads 0"),
		reg("DMAC_COMPVER", Common.COMPVER, "ro", [], 0x3130312a),
		reg("DMAC_CFG", Common.CFG, "rw", [field("DMAC_EN", 0), field("INT_EN", 1)]),
		...(channels > 8 ? wideChen : chen),
		reg("DMAC_INTSTATUS", Common.INTSTATUS, "ro", [...each("INTSTAT"), unmodelled("COMMON_INTSTAT", 16, 1, silent)]),
		withoutModel(reg("DMAC_COMMON_INTCLEAR", Common.COMMON_INTCLEAR, "wo"), silent),
		withoutModel(reg("DMAC_COMMON_INTSTATUS_ENA", Common.COMMON_INTSTATUS_ENA, "rw"), silent),
		withoutModel(reg("DMAC_COMMON_INTSIGNAL_ENA", Common.COMMON_INTSIGNAL_ENA, "rw"), silent),
		withoutModel(reg("DMAC_COMMON_INTSTATUS", Common.COMMON_INTSTATUS, "ro"), silent),
		reg("DMAC_RESET", Common.RESET, "rw", [field("DMAC_RST", 0)]),
	];
}

function channelRegisters(channel: number, layoutB: boolean): Register[] {
	const base = 0x100 + channel * 0x100;
	const own = (name: string, offset: Channel, access: Register["access"], fields: RegisterField[] = []) =>
		reg(`CH${channel + 1}_${name}`, base + offset, access, fields);
	const status = [field("CMPLTD_BLK_TFR_SIZE", 0, 22), field("DATA_LEFT_IN_FIFO", 32, 15)];
	const llp = [unmodelled("LMS", 0, 1, "items are fetched over the first master"), field("LOC", 6, 58)];
	const registers = [
		own("SAR", Channel.SAR, "rw"),
		own("DAR", Channel.DAR, "rw"),
		own("BLOCK_TS", Channel.BLOCK_TS, "rw", [field("BLOCK_TS", 0, 22)]),
		own("CTL", Channel.CTL, "rw", CTL_FIELDS),
		own("CFG", Channel.CFG, "rw", cfgFields(layoutB)),
		own("LLP", Channel.LLP, "rw", llp),
		own("STATUS", Channel.STATUS, "ro", status),
		withoutModel(own("SWHSSRC", Channel.SWHSSRC, "rw"), NO_SOFTWARE),
		withoutModel(own("SWHSDST", Channel.SWHSDST, "rw"), NO_SOFTWARE),
		own("BLK_TFR_RESUMEREQ", Channel.BLK_TFR_RESUMEREQ, "wo", [field("BLK_TFR_RESUMEREQ", 0)]),
		withoutModel(own("AXI_ID", Channel.AXI_ID, "rw"), "transactions on the bus have no ID"),
		withoutModel(own("AXI_QOS", Channel.AXI_QOS, "rw"), "the bus knows no quality of service"),
		withoutModel(own("SSTAT", Channel.SSTAT, "ro"), NO_STATUS),
		withoutModel(own("DSTAT", Channel.DSTAT, "ro"), NO_STATUS),
		withoutModel(own("SSTATAR", Channel.SSTATAR, "rw"), NO_STATUS),
		withoutModel(own("DSTATAR", Channel.DSTATAR, "rw"), NO_STATUS),
		own("INTSTATUS_ENA", Channel.INTSTATUS_ENA, "rw", irqFields()),
		own("INTSTATUS", Channel.INTSTATUS, "ro", irqFields()),
		own("INTSIGNAL_ENA", Channel.INTSIGNAL_ENA, "rw", irqFields()),
		own("INTCLEAR", Channel.INTCLEAR, "wo", irqFields()),
	];
	return registers.map((register) => ({ ...register, channel }));
}

/** The registers of a controller; channels carry the databook's numbers, which begin at 1. */
export const dwAxiRegisters = (channels: number, layoutB: boolean): Register[] => [
	...commonRegisters(channels),
	...Array.from({ length: channels }, (_, channel) => channelRegisters(channel, layoutB)).flat(),
];
