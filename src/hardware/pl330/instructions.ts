/** The PL330's instruction set: one table for the engine and the disassembler (reference chapter 5, TRM DDI 0424). */

export enum Op {
	UNDEFINED = 0,
	ADDH,
	ADNH,
	END,
	FLUSHP,
	GO,
	KILL,
	LD,
	LDP,
	LP,
	LPEND,
	MOV,
	NOP,
	RMB,
	SEV,
	ST,
	STP,
	STZ,
	WFE,
	WFP,
	WMB,
}

interface Encoding {
	readonly op: Op;
	/** Bytes. */
	readonly size: number;
	/** First bytes that mean this instruction; their variable bits are read by whoever runs or prints it. */
	readonly opcodes: readonly number[];
}

const range = (first: number, last: number): number[] =>
	Array.from({ length: last - first + 1 }, (_, at) => first + at);

/**
 * Of LD, ST and LPEND the condition in bits 0 and 1 is none (0), single (1) or burst (3); 2 is no instruction. An LPEND
 * of an endless loop on counter 0 that had a condition would be an STP: those codes are STP's.
 */
const ENCODINGS: readonly Encoding[] = [
	{ op: Op.ADDH, size: 3, opcodes: [0x54, 0x56] },
	{ op: Op.ADNH, size: 3, opcodes: [0x5c, 0x5e] },
	{ op: Op.END, size: 1, opcodes: [0x00] },
	{ op: Op.FLUSHP, size: 2, opcodes: [0x35] },
	{ op: Op.GO, size: 6, opcodes: [0xa0, 0xa2] },
	{ op: Op.KILL, size: 1, opcodes: [0x01] },
	{ op: Op.LD, size: 1, opcodes: [0x04, 0x05, 0x07] },
	{ op: Op.LDP, size: 2, opcodes: [0x25, 0x27] },
	{ op: Op.LP, size: 2, opcodes: [0x20, 0x22] },
	{ op: Op.LPEND, size: 2, opcodes: [0x28, 0x2c, 0x2d, 0x2f, 0x38, 0x39, 0x3b, 0x3c, 0x3d, 0x3f] },
	{ op: Op.MOV, size: 6, opcodes: [0xbc] },
	{ op: Op.NOP, size: 1, opcodes: [0x18] },
	{ op: Op.RMB, size: 1, opcodes: [0x12] },
	{ op: Op.SEV, size: 2, opcodes: [0x34] },
	{ op: Op.ST, size: 1, opcodes: [0x08, 0x09, 0x0b] },
	{ op: Op.STP, size: 2, opcodes: [0x29, 0x2b] },
	{ op: Op.STZ, size: 1, opcodes: [0x0c] },
	{ op: Op.WFE, size: 2, opcodes: [0x36] },
	{ op: Op.WFP, size: 2, opcodes: range(0x30, 0x32) },
	{ op: Op.WMB, size: 1, opcodes: [0x13] },
];

/** Operation and size by first byte; 0 where there is no instruction. */
export const OPS = new Uint8Array(256);
export const SIZES = new Uint8Array(256);
for (const { op, size, opcodes } of ENCODINGS)
	for (const opcode of opcodes) {
		OPS[opcode] = op;
		SIZES[opcode] = size;
	}

/** Bits of the first byte. */
export const CONDITIONAL = 1;
export const IF_BURST = 2;
/** LPEND: the loop began with LP (else it is endless), and its counter is LC1. */
export const FINITE = 0x10;
export const COUNTER_1 = 0x04;
/** LP: the counter is LC1. GO: the channel is non-secure. ADDH and ADNH: DAR. LDP, STP and WFP: burst. */
export const SECOND = 0x02;

/** Targets of MOV. */
export enum Target {
	SAR = 0,
	CCR = 1,
	DAR = 2,
}

/** Bytes of one beat, of the source and the destination side of CCR. */
export const sourceSize = (ccr: number): number => 1 << ((ccr >>> 1) & 7);
export const destinationSize = (ccr: number): number => 1 << ((ccr >>> 15) & 7);
export const sourceBeats = (ccr: number): number => ((ccr >>> 4) & 15) + 1;
export const destinationBeats = (ccr: number): number => ((ccr >>> 18) & 15) + 1;
export const sourceIncrements = (ccr: number): boolean => (ccr & 1) !== 0;
export const destinationIncrements = (ccr: number): boolean => (ccr & (1 << 14)) !== 0;
/** Bytes of a unit whose bytes are swapped: 1 for none, 2 to 16. */
export const swapUnit = (ccr: number): number => 1 << Math.min((ccr >>> 28) & 7, 4);

/**
 * Bytes of one burst: an incrementing one that does not begin at a multiple of its beats' size ends where an aligned
 * one would.
 */
export function burstBytes(address: number, size: number, beats: number, increments: boolean): number {
	return size * beats - (increments ? address % size : 0);
}
