/** What a channel program does in all, found by reading it: for people who look at the channel. */

import { immediate, number, programAt } from "./disassemble";
import { CONDITIONAL, destinationBeats, destinationSize, FINITE, IF_BURST, Op, SECOND, Target } from "./instructions";

export interface ProgramSummary {
	/** The first SAR and DAR. */
	readonly src: number;
	readonly dst: number;
	/** Bytes and bursts that it stores; 0 when it has no end. */
	readonly length: number;
	readonly bursts: number;
	/** Peripherals of its LDPs and STPs; -1: none. */
	readonly from: number;
	readonly to: number;
}

interface Tally {
	stored: number;
	bursts: number;
}

const newTally = (): Tally => ({ stored: 0, bursts: 0 });

/** Counts the loops of a program instead of running them. What a WFP waits for is what it gets. */
export function summarize(entry: number, read8: (address: number) => number): ProgramSummary {
	let ccr = 0;
	let [src, dst, from, to] = [-1, -1, -1, -1];
	let burstRequest = false;
	let endless = false;
	const loops: { times: number; tally: Tally }[] = [{ times: 1, tally: newTally() }];
	const count = (what: keyof Tally, value: number): void => {
		const inner = loops.at(-1);
		if (inner) inner.tally[what] += value;
	};
	const store = (beats: number): void => {
		count("stored", beats * destinationSize(ccr));
		count("bursts", 1);
	};
	const applies = (opcode: number): boolean =>
		(opcode & CONDITIONAL) === 0 || ((opcode & IF_BURST) !== 0) === burstRequest;
	for (const { op, bytes } of programAt(entry, read8)) {
		const opcode = bytes[0]!;
		const single = (opcode & 3) === CONDITIONAL;
		switch (op) {
			case Op.MOV:
				if (bytes[1] === Target.CCR) ccr = immediate(bytes);
				else if (bytes[1] === Target.SAR && src < 0) src = immediate(bytes);
				else if (bytes[1] === Target.DAR && dst < 0) dst = immediate(bytes);
				break;
			case Op.WFP:
				burstRequest = (opcode & (SECOND | CONDITIONAL)) !== 0;
				break;
			case Op.LDP:
				from = number(bytes);
				break;
			case Op.ST:
				if (applies(opcode)) store(single ? 1 : destinationBeats(ccr));
				break;
			case Op.STP:
				to = number(bytes);
				if (((opcode & SECOND) !== 0) === burstRequest) store(burstRequest ? destinationBeats(ccr) : 1);
				break;
			case Op.STZ:
				store(destinationBeats(ccr));
				break;
			case Op.LP:
				loops.push({ times: bytes[1]! + 1, tally: newTally() });
				break;
			case Op.LPEND: {
				if ((opcode & FINITE) === 0) endless = true;
				const loop = (opcode & FINITE) !== 0 && loops.length > 1 ? loops.pop() : undefined;
				if (!loop) break;
				count("stored", loop.times * loop.tally.stored);
				count("bursts", loop.times * loop.tally.bursts);
				break;
			}
			default:
				break;
		}
	}
	const tally = loops[0]!.tally;
	return {
		src: Math.max(0, src),
		dst: Math.max(0, dst),
		length: endless ? 0 : tally.stored,
		bursts: endless ? 0 : tally.bursts,
		from,
		to,
	};
}
