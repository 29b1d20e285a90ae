/** Channel programs as text, as ARM's assembler writes them. */

import type { ProgramLine } from "../model";
import {
	CONDITIONAL,
	COUNTER_1,
	destinationBeats,
	destinationIncrements,
	destinationSize,
	FINITE,
	IF_BURST,
	OPS,
	Op,
	SECOND,
	SIZES,
	sourceBeats,
	sourceIncrements,
	sourceSize,
	swapUnit,
	Target,
} from "./instructions";

export interface Instruction {
	readonly op: Op;
	readonly address: number;
	readonly bytes: Uint8Array;
}

/** The most that a program may have before its END: what lies behind is hardly a program. */
const MOST_BYTES = 4096;

/** The instruction at an address; one byte of Op.UNDEFINED where there is none. */
export function instructionAt(address: number, read8: (address: number) => number): Instruction {
	const opcode = read8(address);
	const size = SIZES[opcode] || 1;
	return { op: OPS[opcode]!, address, bytes: Uint8Array.from({ length: size }, (_, at) => read8(address + at)) };
}

/** A program from its first instruction to its END, to a byte that is no instruction, or to 4 KiB. */
export function programAt(entry: number, read8: (address: number) => number): Instruction[] {
	const program: Instruction[] = [];
	for (let address = entry; address < entry + MOST_BYTES; ) {
		const instruction = instructionAt(address, read8);
		program.push(instruction);
		if (instruction.op === Op.END || instruction.op === Op.UNDEFINED) break;
		address += instruction.bytes.length;
	}
	return program;
}

export const programLine = (instruction: Instruction): ProgramLine => ({
	address: instruction.address,
	bytes: instruction.bytes,
	text: textOf(instruction),
});

const hex = (value: number): string => `0x${value.toString(16)}`;
const condition = (opcode: number): string => (opcode & CONDITIONAL ? (opcode & IF_BURST ? "B" : "S") : "");
export const immediate = (bytes: Uint8Array): number =>
	(bytes[2]! | (bytes[3]! << 8) | (bytes[4]! << 16) | (bytes[5]! << 24)) >>> 0;
/** The number in bits 3 to 7 of the second byte: a peripheral or an event. */
export const number = (bytes: Uint8Array): number => bytes[1]! >>> 3;

/** CCR in the assembler's words: source and destination burst length and size, and what is not the default. */
export function ccrText(ccr: number): string {
	const parts = [
		`SB${sourceBeats(ccr)}`,
		`SS${8 * sourceSize(ccr)}`,
		sourceIncrements(ccr) ? "SAI" : "SAF",
		`DB${destinationBeats(ccr)}`,
		`DS${8 * destinationSize(ccr)}`,
		destinationIncrements(ccr) ? "DAI" : "DAF",
	];
	const [sourceProtection, destinationProtection] = [(ccr >>> 8) & 7, (ccr >>> 22) & 7];
	if (sourceProtection !== 0) parts.push(`SP${sourceProtection}`);
	if (destinationProtection !== 0) parts.push(`DP${destinationProtection}`);
	const [sourceCache, destinationCache] = [(ccr >>> 11) & 7, (ccr >>> 25) & 7];
	if (sourceCache !== 0) parts.push(`SC${sourceCache}`);
	if (destinationCache !== 0) parts.push(`DC${destinationCache}`);
	if (swapUnit(ccr) > 1) parts.push(`ES${8 * swapUnit(ccr)}`);
	return parts.join(" ");
}

function movText(bytes: Uint8Array): string {
	const value = immediate(bytes);
	switch (bytes[1]! & 7) {
		case Target.SAR:
			return `DMAMOV SAR, ${hex(value)}`;
		case Target.CCR:
			return `DMAMOV CCR, ${ccrText(value)} (${hex(value)})`;
		case Target.DAR:
			return `DMAMOV DAR, ${hex(value)}`;
		default:
			return `DMAMOV ?${bytes[1]! & 7}, ${hex(value)}`;
	}
}

function textOf({ op, address, bytes }: Instruction): string {
	const opcode = bytes[0]!;
	const loop = (): string => (opcode & COUNTER_1 ? "lc1" : "lc0");
	const wide = (): number => bytes[1]! | (bytes[2]! << 8);
	const suffix = opcode & SECOND ? "B" : "S";
	switch (op) {
		case Op.ADDH:
			return `DMAADDH ${opcode & SECOND ? "DAR" : "SAR"}, ${hex(wide())}`;
		case Op.ADNH:
			return `DMAADNH ${opcode & SECOND ? "DAR" : "SAR"}, -${hex(0x10000 - wide())}`;
		case Op.END:
			return "DMAEND";
		case Op.FLUSHP:
			return `DMAFLUSHP P${number(bytes)}`;
		case Op.GO:
			return `DMAGO C${bytes[1]! & 7}, ${hex(immediate(bytes))}${opcode & SECOND ? ", ns" : ""}`;
		case Op.KILL:
			return "DMAKILL";
		case Op.LD:
			return `DMALD${condition(opcode)}`;
		case Op.LDP:
			return `DMALDP${suffix} P${number(bytes)}`;
		case Op.LP:
			return `DMALP ${opcode & SECOND ? "lc1" : "lc0"}, ${bytes[1]! + 1}`;
		case Op.LPEND: {
			const name = opcode & FINITE ? "DMALPEND" : "DMALPFE end";
			return `${name}${condition(opcode)} ${opcode & FINITE ? `${loop()}, ` : ""}${hex(address - bytes[1]!)}`;
		}
		case Op.MOV:
			return movText(bytes);
		case Op.NOP:
			return "DMANOP";
		case Op.RMB:
			return "DMARMB";
		case Op.SEV:
			return `DMASEV E${number(bytes)}`;
		case Op.ST:
			return `DMAST${condition(opcode)}`;
		case Op.STP:
			return `DMASTP${suffix} P${number(bytes)}`;
		case Op.STZ:
			return "DMASTZ";
		case Op.WFE:
			return `DMAWFE E${number(bytes)}${bytes[1]! & 2 ? ", invalid" : ""}`;
		case Op.WFP: {
			const kind = opcode & CONDITIONAL ? "periph" : opcode & SECOND ? "burst" : "single";
			return `DMAWFP P${number(bytes)}, ${kind}`;
		}
		case Op.WMB:
			return "DMAWMB";
		default:
			return `undefined (${hex(opcode)})`;
	}
}
