/** Registers of the PL330 (reference chapter 5, TRM DDI 0424). */

import { field, type Register, type RegisterField, withoutModel } from "../registers";

export enum Reg {
	DSR = 0x000,
	DPC = 0x004,
	INTEN = 0x020,
	INT_EVENT_RIS = 0x024,
	INTMIS = 0x028,
	INTCLR = 0x02c,
	FSRD = 0x030,
	FSRC = 0x034,
	FTRD = 0x038,
	FTR = 0x040,
	CSR = 0x100,
	SAR = 0x400,
	DBGSTATUS = 0xd00,
	DBGCMD = 0xd04,
	DBGINST0 = 0xd08,
	DBGINST1 = 0xd0c,
	CR0 = 0xe00,
	CR1 = 0xe04,
	CR2 = 0xe08,
	CR3 = 0xe0c,
	CR4 = 0xe10,
	CRD = 0xe14,
	WD = 0xe80,
	PERIPH_ID = 0xfe0,
	PCELL_ID = 0xff0,
}

/** Registers of a channel: CSR and CPC follow each other, and so do SAR, DAR, CCR, LC0 and LC1. */
export const STATUS_STRIDE = 8;
export const CHANNEL_STRIDE = 0x20;
export enum Channel {
	SAR = 0x00,
	DAR = 0x04,
	CCR = 0x08,
	LC0 = 0x0c,
	LC1 = 0x10,
}

/** What a thread does: the field of DSR and CSR. */
export enum Status {
	STOPPED = 0,
	EXECUTING = 1,
	CACHE_MISS = 2,
	UPDATING_PC = 3,
	WAITING_FOR_EVENT = 4,
	AT_BARRIER = 5,
	QUEUE_BUSY = 6,
	WAITING_FOR_PERIPHERAL = 7,
	KILLING = 8,
	COMPLETING = 9,
	FAULTING_COMPLETING = 14,
	FAULTING = 15,
}

/** Why a thread was stopped: bits of FTRD and FTRn. */
export enum Fault {
	UNDEF_INSTR = 1 << 0,
	OPERAND_INVALID = 1 << 1,
	DMAGO_ERR = 1 << 4,
	EVNT_ERR = 1 << 5,
	PERIPH_ERR = 1 << 6,
	RDWR_ERR = 1 << 7,
	MFIFO_ERR = 1 << 12,
	ST_DATA_UNAVAILABLE = 1 << 13,
	INSTR_FETCH_ERR = 1 << 16,
	DATA_WRITE_ERR = 1 << 17,
	DATA_READ_ERR = 1 << 18,
	DBG_INSTR = 1 << 30,
	LOCKUP_ERR = 1 << 31,
}

export const MOST_CHANNELS = 8;
/** Where a channel's security shows in CSR, and the manager's in DSR. */
export const CSR_NON_SECURE = 1 << 21;
export const DSR_NON_SECURE = 1 << 9;
export const CSR_WFP_BURST = 1 << 14;
export const CSR_WFP_PERIPHERAL = 1 << 15;

const PART = 0x330;
const ARM = 0x41;
/** "Component of the PrimeCell family". */
const PCELL = 0xb105f00d;
export const peripheralId = (revision: number): number => PART | (ARM << 12) | (revision << 20);

/** The byte of an identification register. */
export function idByte(offset: number, revision: number): number {
	const word = offset >= Reg.PCELL_ID ? PCELL : peripheralId(revision);
	return (word >>> (8 * ((offset >>> 2) & 3))) & 0xff;
}

const STATUS_NAMES = {
	0: "stopped",
	1: "executing",
	2: "cache miss",
	3: "updating PC",
	4: "waiting for event",
	5: "at barrier",
	6: "queue busy",
	7: "waiting for peripheral",
	8: "killing",
	9: "completing",
	14: "faulting completing",
	15: "faulting",
};
const BYTES = { 0: "1 byte", 1: "2 bytes", 2: "4 bytes", 3: "8 bytes", 4: "16 bytes" };
const BEATS = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [n, n === 0 ? "1 beat" : `${n + 1} beats`]));
const INCREMENT = { 0: "fixed", 1: "incrementing" };

const faultFields = (manager: boolean): RegisterField[] => [
	field("undef_instr", 0),
	field("operand_invalid", 1),
	...(manager
		? [field("dmago_err", 4), field("mgr_evnt_err", 5)]
		: [
				field("ch_evnt_err", 5),
				field("ch_periph_err", 6),
				field("ch_rdwr_err", 7),
				field("mfifo_err", 12),
				field("st_data_unavailable", 13),
			]),
	field("instr_fetch_err", 16),
	...(manager ? [] : [field("data_write_err", 17), field("data_read_err", 18)]),
	field("dbg_instr", 30),
	...(manager ? [] : [field("lockup_err", 31)]),
];

const csrFields: readonly RegisterField[] = [
	field("channel_status", 0, 4, STATUS_NAMES),
	field("wakeup_number", 4, 5),
	field("dmawfp_b_ns", 14, 1, { 0: "single", 1: "burst" }),
	field("dmawfp_periph", 15),
	field("CNS", 21, 1, { 0: "secure", 1: "non-secure" }),
];

const ccrFields: readonly RegisterField[] = [
	field("src_inc", 0, 1, INCREMENT),
	field("src_burst_size", 1, 3, BYTES),
	field("src_burst_len", 4, 4, BEATS),
	field("src_prot_ctrl", 8, 3),
	field("src_cache_ctrl", 11, 3),
	field("dst_inc", 14, 1, INCREMENT),
	field("dst_burst_size", 15, 3, BYTES),
	field("dst_burst_len", 18, 4, BEATS),
	field("dst_prot_ctrl", 22, 3),
	field("dst_cache_ctrl", 25, 3),
	field("endian_swap_size", 28, 3, { 0: "none", 1: "16 bit", 2: "32 bit", 3: "64 bit", 4: "128 bit" }),
];

const debugFields: readonly RegisterField[] = [
	field("debug_thread", 0, 1, { 0: "manager", 1: "channel" }),
	field("channel_number", 8, 3),
	field("instruction_byte_0", 16, 8),
	field("instruction_byte_1", 24, 8),
];

const cr0Fields: readonly RegisterField[] = [
	field("periph_req", 0),
	field("boot_en", 1),
	field("mgr_ns_at_rst", 2),
	field("num_chnls", 4, 3),
	field("num_periph_req", 12, 5),
	field("num_events", 17, 5),
];

const crdFields: readonly RegisterField[] = [
	field("data_width", 0, 3, { 2: "32 bit", 3: "64 bit", 4: "128 bit" }),
	field("wr_cap", 4, 3),
	field("wr_q_dep", 8, 4),
	field("rd_cap", 12, 3),
	field("rd_q_dep", 16, 4),
	field("data_buffer_dep", 20, 10),
];

/** Every register of a controller with this many channels and events. CR0 to CRD have the values of `fixed`. */
export function pl330Registers(
	channels: number,
	events: number,
	fixed: Readonly<Record<number, number>>,
	revision: number,
): Register[] {
	const word = (
		name: string,
		offset: number,
		access: Register["access"],
		fields: readonly RegisterField[] = [],
	): Register => ({ name, offset, size: 4, access, reset: fixed[offset] ?? 0, fields });
	const event = (access: Register["access"], name: string, offset: number): Register =>
		word(name, offset, access, [field("event_irq", 0, events)]);
	const perChannel = Array.from({ length: channels }, (_, n) => {
		const at = Reg.SAR + n * CHANNEL_STRIDE;
		return [
			word(`FTR${n}`, Reg.FTR + 4 * n, "ro", faultFields(false)),
			word(`CSR${n}`, Reg.CSR + n * STATUS_STRIDE, "ro", csrFields),
			word(`CPC${n}`, Reg.CSR + n * STATUS_STRIDE + 4, "ro"),
			word(`SAR${n}`, at + Channel.SAR, "ro"),
			word(`DAR${n}`, at + Channel.DAR, "ro"),
			word(`CCR${n}`, at + Channel.CCR, "ro", ccrFields),
			word(`LC0_${n}`, at + Channel.LC0, "ro", [field("loop_counter", 0, 8)]),
			word(`LC1_${n}`, at + Channel.LC1, "ro", [field("loop_counter", 0, 8)]),
		].map((register) => ({ ...register, channel: n }));
	}).flat();
	const ids = (name: string, offset: number): Register[] =>
		[0, 1, 2, 3].map((n) => {
			const at = offset + 4 * n;
			return { ...word(`${name}_${n}`, at, "ro"), reset: idByte(at, revision) };
		});
	return [
		word("DSR", Reg.DSR, "ro", [
			field("dma_status", 0, 4, STATUS_NAMES),
			field("wakeup_event", 4, 5),
			field("DNS", 9, 1, { 0: "secure", 1: "non-secure" }),
		]),
		word("DPC", Reg.DPC, "ro"),
		event("rw", "INTEN", Reg.INTEN),
		event("ro", "INT_EVENT_RIS", Reg.INT_EVENT_RIS),
		event("ro", "INTMIS", Reg.INTMIS),
		event("wo", "INTCLR", Reg.INTCLR),
		word("FSRD", Reg.FSRD, "ro", [field("fs_mgr", 0)]),
		word("FSRC", Reg.FSRC, "ro", [field("fault_status", 0, channels)]),
		word("FTRD", Reg.FTRD, "ro", faultFields(true)),
		...perChannel,
		word("DBGSTATUS", Reg.DBGSTATUS, "ro", [field("dbgstatus", 0, 1, { 0: "idle", 1: "busy" })]),
		word("DBGCMD", Reg.DBGCMD, "wo", [field("dbgcmd", 0, 2, { 0: "execute" })]),
		word("DBGINST0", Reg.DBGINST0, "wo", debugFields),
		word("DBGINST1", Reg.DBGINST1, "wo"),
		word("CR0", Reg.CR0, "ro", cr0Fields),
		word("CR1", Reg.CR1, "ro", [field("i_cache_len", 0, 3), field("num_i_cache_lines", 4, 4)]),
		word("CR2", Reg.CR2, "ro"),
		word("CR3", Reg.CR3, "ro"),
		word("CR4", Reg.CR4, "ro"),
		word("CRD", Reg.CRD, "ro", crdFields),
		word("WD", Reg.WD, "rw", [
			withoutModel(field("wd_irq_only", 0, 1, { 0: "abort", 1: "interrupt only" }), "a lock-up always aborts"),
		]),
		...ids("PERIPH_ID", Reg.PERIPH_ID),
		...ids("PCELL_ID", Reg.PCELL_ID),
	];
}
