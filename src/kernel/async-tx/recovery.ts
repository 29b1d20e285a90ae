/** crypto/async_tx/async_raid6_recov.c: two lost data blocks, or one and P (core-semantics 5.5). */
import { Cap } from "../dmaengine/constants";
import { kernelBug } from "../dmaengine/external";
import { stackBytes } from "../dmaengine/scratch";
import { call, goto, type KernelFunction, type Next, next, ret, type Step, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { GF_EXI, GF_EXP, GF_INV } from "../raid6/field";
import { emptyZeroPage, recoverDataAndP, recoverTwo } from "../raid6/raid6";
import type { StepFrame } from "../state";
import { byteOf, pointerAt } from "./memory";
import { offsetAt } from "./pq";
import {
	asyncSubmitCtl,
	FENCE,
	initSubmit,
	quiesceDependency,
	setSubmitValues,
	submitValues,
	syncEpilog,
	XOR_DROP_DST,
	XOR_ZERO_DST,
} from "./submit-ctl";

const FILE = "crypto/async_tx/async_raid6_recov.c";

/** A page and an offset in it. */
interface Block {
	readonly page: number;
	readonly offset: number;
}

/** How a function of this file names its arguments. */
interface Arguments {
	readonly disks: number;
	readonly bytes: number;
	readonly a: number;
	readonly b: number;
	readonly blocks: number;
	readonly offsets: number;
	readonly submit: number;
}
const ofTwo = (f: StepFrame): Arguments => {
	const [disks, bytes, a, b, blocks, offsets, submit] = f.args;
	return { disks, bytes, a, b, blocks, offsets, submit };
};
const ofOne = (f: StepFrame): Arguments => {
	const [disks, bytes, a, blocks, offsets, submit] = f.args;
	return { disks, bytes, a, b: a, blocks, offsets, submit };
};

const blockAt = (k: Kernel, { blocks, offsets }: Arguments, i: number): Block => ({
	page: pointerAt(k, blocks, i),
	offset: offsetAt(k, offsets, i),
});
function setBlock(k: Kernel, { blocks, offsets }: Arguments, i: number, block: Block): void {
	k.space.w64(blocks + 8 * i, block.page);
	k.space.w32(offsets + 4 * i, block.offset);
}
const pOf = (k: Kernel, a: Arguments): Block => blockAt(k, a, a.disks - 2);
const qOf = (k: Kernel, a: Arguments): Block => blockAt(k, a, a.disks - 1);

/** Data blocks that are there and not lost, by index. */
function goodBlocks(k: Kernel, a: Arguments): number[] {
	const good: number[] = [];
	for (let i = 0; i < a.disks - 2; i++) if (i !== a.a && i !== a.b && pointerAt(k, a.blocks, i) !== 0) good.push(i);
	return good;
}

/** What the caller wants of the last operation. */
function rememberCaller(k: Kernel, f: StepFrame, submit: number): void {
	const { flags, callback, parameter } = submitValues(k, submit);
	Object.assign(f.locals, { flags, callback, parameter });
	f.result = 0;
}

/** One operation of a chain: fenced, and behind the one before, whose descriptor is the last result. */
const link = (text: string, of: (f: StepFrame) => Arguments, flags: number, run: Run): Step =>
	step(text, (k, f) => {
		const a = of(f);
		initSubmit(k, a.submit, FENCE | flags, f.result);
		return run(k, f, a);
	});
/** The last operation of a chain: with the caller's flags and callback. */
const lastLink = (text: string, of: (f: StepFrame) => Arguments, flags: number, run: Run): Step =>
	step(text, (k, f) => {
		const a = of(f);
		asyncSubmitCtl.depend_tx.set(k.space, a.submit, f.result);
		const { callback, parameter } = f.locals;
		setSubmitValues(k, a.submit, { flags: f.locals.flags | flags, callback, parameter });
		return run(k, f, a);
	});
type Run = (k: Kernel, f: StepFrame, a: Arguments) => Next;

/** Two pages and their offsets as arrays on the stack. */
function pair(k: Kernel, f: StepFrame, sources: readonly [Block, Block]): [number, number] {
	f.locals.pages = f.locals.pages ?? stackBytes(k, 16);
	f.locals.pageOffsets = f.locals.pageOffsets ?? stackBytes(k, 8);
	sources.forEach(({ page, offset }, i) => {
		k.space.w64(f.locals.pages + 8 * i, page);
		k.space.w32(f.locals.pageOffsets + 4 * i, offset);
	});
	return [f.locals.pages, f.locals.pageOffsets];
}

function xor(k: Kernel, f: StepFrame, a: Arguments, dest: Block, sources: readonly [Block, Block]): Next {
	const arrays = pair(k, f, sources);
	return call("async_xor_offs", [dest.page, dest.offset, ...arrays, 2, a.bytes, a.submit]);
}

/** D_b = A·(P ^ Pxy) ^ B·(Q ^ Qxy). */
function sumProduct(k: Kernel, f: StepFrame, a: Arguments, dest: Block, sources: readonly [Block, Block]): Next {
	const arrays = pair(k, f, sources);
	const coefficients = stackBytes(k, 2);
	k.space.w8(coefficients, GF_EXI[a.b - a.a]!);
	k.space.w8(coefficients + 1, GF_INV[GF_EXP[a.a]! ^ GF_EXP[a.b]!]!);
	return call("async_sum_product", [dest.page, dest.offset, ...arrays, coefficients, a.bytes, a.submit]);
}

function multiply(a: Arguments, dest: Block, source: Block, coefficient: number, then?: string): Next {
	const args = [dest.page, dest.offset, source.page, source.offset, coefficient, a.bytes, a.submit];
	return call("async_mult", args, then);
}

const copy = (a: Arguments, dest: Block, source: Block): Next =>
	call("async_memcpy", [dest.page, source.page, dest.offset, source.offset, a.bytes, a.submit]);

/** The lost blocks hold Pxy and Qxy: the way from there to the data. */
const fromDifferences: Record<string, Step> = {
	p: link("P ^ Pxy, in the place of block a.", ofTwo, XOR_DROP_DST, (k, f, a) => {
		const dp = blockAt(k, a, a.a);
		return xor(k, f, a, dp, [dp, pOf(k, a)]);
	}),
	q: link("Q ^ Qxy, in the place of block b.", ofTwo, XOR_DROP_DST, (k, f, a) => {
		const dq = blockAt(k, a, a.b);
		return xor(k, f, a, dq, [dq, qOf(k, a)]);
	}),
	b: link("Block b: the sum of both, each times its number.", ofTwo, 0, (k, f, a) => {
		const dq = blockAt(k, a, a.b);
		return sumProduct(k, f, a, dq, [blockAt(k, a, a.a), dq]);
	}),
	a: lastLink("Block a: P ^ Pxy ^ block b.", ofTwo, XOR_DROP_DST, (k, f, a) => {
		const dp = blockAt(k, a, a.a);
		return xor(k, f, a, dp, [dp, blockAt(k, a, a.b)]);
	}),
	done: step("Return the last descriptor.", (_, f) => ret(f.result)),
};

const begin = (of: (f: StepFrame) => Arguments): Step =>
	step("Remember what the caller asked for: it is for the last operation.", (k, f) => {
		rememberCaller(k, f, of(f).submit);
		return next;
	});

const TWO =
	"int disks, size_t bytes, int faila, int failb, struct page **blocks, unsigned int *offs, struct async_submit_ctl *submit";
const ONE =
	"int disks, size_t bytes, int faila, struct page **blocks, unsigned int *offs, struct async_submit_ctl *submit";

/** Whether the CPU has to do it: no channel for P and Q, or no scribble space. */
const forCpu = (k: Kernel, chan: number, submit: number): boolean =>
	chan === 0 || asyncSubmitCtl.scribble.get(k.space, submit) === 0;

/** The blocks by address, in the scribble space or else in the array of blocks itself. */
function addresses(k: Kernel, a: Arguments): number {
	const pointers = asyncSubmitCtl.scribble.get(k.space, a.submit) || a.blocks;
	for (let i = 0; i < a.disks; i++) {
		const { page, offset } = blockAt(k, a, i);
		k.space.w64(pointers + 8 * i, page === 0 ? emptyZeroPage(k) : byteOf(k, page, offset));
	}
	return pointers;
}

export const asyncRecoveryFunctions: KernelFunction[] = [
	steps(`struct dma_async_tx_descriptor *__2data_recov_4(${TWO})`, {
		begin: begin(ofTwo),
		b: link(
			"No other data: P ^ Pxy is P, Q ^ Qxy is Q. Block b is their sum, each times its number.",
			ofTwo,
			0,
			(k, f, a) => sumProduct(k, f, a, blockAt(k, a, a.b), [pOf(k, a), qOf(k, a)]),
		),
		a: lastLink("Block a: P ^ block b.", ofTwo, XOR_ZERO_DST, (k, f, a) =>
			xor(k, f, a, blockAt(k, a, a.a), [pOf(k, a), blockAt(k, a, a.b)]),
		),
		done: step("Return the last descriptor.", (_, f) => ret(f.result)),
	}),
	steps(`struct dma_async_tx_descriptor *__2data_recov_5(${TWO})`, {
		begin: begin(ofTwo),
		copy: link("One other data block: it is Pxy. Copy it to the place of block a.", ofTwo, 0, (k, f, a) => {
			const good = goodBlocks(k, a);
			if (good.length > 1) kernelBug(k, `${FILE}:229`);
			f.locals.good = good[0]!;
			return copy(a, blockAt(k, a, a.a), blockAt(k, a, f.locals.good));
		}),
		multiply: link("Qxy is that block times its power of 2, in the place of block b.", ofTwo, 0, (k, f, a) =>
			multiply(a, blockAt(k, a, a.b), blockAt(k, a, f.locals.good), GF_EXP[f.locals.good]!),
		),
		...fromDifferences,
	}),
	steps(`struct dma_async_tx_descriptor *__2data_recov_n(${TWO})`, {
		begin: begin(ofTwo),
		syndrome: link("Pxy and Qxy of the data that is left, into the places of blocks a and b.", ofTwo, 0, (k, f, a) => {
			const [p, q] = [pOf(k, a), qOf(k, a)];
			Object.assign(f.locals, { p: p.page, pOffset: p.offset, q: q.page, qOffset: q.offset });
			const [da, db] = [blockAt(k, a, a.a), blockAt(k, a, a.b)];
			Object.assign(f.locals, { a: da.page, b: db.page });
			setBlock(k, a, a.a, { ...da, page: 0 });
			setBlock(k, a, a.b, { ...db, page: 0 });
			setBlock(k, a, a.disks - 2, da);
			setBlock(k, a, a.disks - 1, db);
			return call("async_gen_syndrome", [a.blocks, a.offsets, a.disks, a.bytes, a.submit]);
		}),
		restore: step("The array of blocks is as it was.", (k, f) => {
			const a = ofTwo(f);
			const { p, q, pOffset, qOffset } = f.locals;
			setBlock(k, a, a.a, { page: f.locals.a, offset: offsetAt(k, a.offsets, a.disks - 2) });
			setBlock(k, a, a.b, { page: f.locals.b, offset: offsetAt(k, a.offsets, a.disks - 1) });
			setBlock(k, a, a.disks - 2, { page: p, offset: pOffset });
			setBlock(k, a, a.disks - 1, { page: q, offset: qOffset });
			return next;
		}),
		...fromDifferences,
	}),
	steps(`struct dma_async_tx_descriptor *async_raid6_2data_recov(${TWO})`, {
		load: step("async_tx is loaded.", (k) => (k.state.asyncTx.loaded ? next : call("async_tx_load", []))),
		check: step("BUG when both lost blocks are the same. The lower index comes first.", (k, f) => {
			if (f.args[2] === f.args[3]) kernelBug(k, `${FILE}:400`);
			if (f.args[3] < f.args[2]) [f.args[2], f.args[3]] = [f.args[3], f.args[2]];
			return call("dma_find_channel", [Cap.PQ]);
		}),
		choose: step(
			"With a channel for P and Q, the way depends on how many data blocks there are; BUG for fewer than 2.",
			(k, f) => {
				const a = ofTwo(f);
				if (forCpu(k, f.result, a.submit)) return goto("wait");
				let count = 0;
				for (let i = 0; i < a.disks - 2; i++) if (pointerAt(k, a.blocks, i) !== 0) count++;
				if (count < 2) kernelBug(k, `${FILE}:436`);
				const way = count === 2 ? "__2data_recov_4" : count === 3 ? "__2data_recov_5" : "__2data_recov_n";
				return call(way, f.args);
			},
		),
		queued: step("Return the last descriptor.", (_, f) => ret(f.result)),
		wait: step("Without a channel or scribble space the CPU does it: wait for the dependency.", (_, f) =>
			quiesceDependency(ofTwo(f).submit),
		),
		recover: step("Recover both blocks, and call the callback.", (k, f) => {
			const a = ofTwo(f);
			recoverTwo(k, a.disks, a.bytes, a.a, a.b, addresses(k, a));
			return syncEpilog(k, a.submit);
		}),
		done: step("Done: there is no descriptor.", () => ret(0)),
	}),
	steps(`struct dma_async_tx_descriptor *async_raid6_datap_recov(${ONE})`, {
		load: step("async_tx is loaded.", (k) => (k.state.asyncTx.loaded ? next : call("async_tx_load", []))),
		find: step("Is there a channel for P and Q?", () => call("dma_find_channel", [Cap.PQ])),
		choose: step("The lost block takes Qxy, P takes Pxy. BUG when no other data block is there.", (k, f) => {
			const a = ofOne(f);
			if (forCpu(k, f.result, a.submit)) return goto("wait");
			rememberCaller(k, f, a.submit);
			const good = goodBlocks(k, a);
			if (good.length === 0) kernelBug(k, `${FILE}:523`);
			const [q, lost] = [qOf(k, a), blockAt(k, a, a.a)];
			Object.assign(f.locals, { q: q.page, qOffset: q.offset, lost: lost.page, good: good[0]! });
			setBlock(k, a, a.a, { ...lost, page: 0 });
			setBlock(k, a, a.disks - 1, lost);
			return good.length === 1 ? next : goto("syndrome");
		}),
		copy: link("One other data block: it is Pxy.", ofOne, 0, (k, f, a) =>
			copy(a, pOf(k, a), blockAt(k, a, f.locals.good)),
		),
		multiply: step("Qxy is that block times its power of 2.", (k, f) => {
			const a = ofOne(f);
			initSubmit(k, a.submit, FENCE, f.result);
			return multiply(a, qOf(k, a), blockAt(k, a, f.locals.good), GF_EXP[f.locals.good]!, "restore");
		}),
		syndrome: link("Pxy and Qxy of the data that is left.", ofOne, 0, (_k, _f, a) =>
			call("async_gen_syndrome", [a.blocks, a.offsets, a.disks, a.bytes, a.submit]),
		),
		restore: step("The array of blocks is as it was.", (k, f) => {
			const a = ofOne(f);
			setBlock(k, a, a.a, { page: f.locals.lost, offset: offsetAt(k, a.offsets, a.disks - 1) });
			setBlock(k, a, a.disks - 1, { page: f.locals.q, offset: f.locals.qOffset });
			return next;
		}),
		q: link("Q ^ Qxy.", ofOne, XOR_DROP_DST, (k, f, a) => {
			const dq = blockAt(k, a, a.a);
			return xor(k, f, a, dq, [dq, qOf(k, a)]);
		}),
		data: link("The data: that divided by its power of 2.", ofOne, 0, (k, _f, a) => {
			const dq = blockAt(k, a, a.a);
			return multiply(a, dq, dq, GF_INV[GF_EXP[a.a]!]!);
		}),
		p: lastLink("P: Pxy ^ the data.", ofOne, XOR_DROP_DST, (k, f, a) => {
			const p = pOf(k, a);
			return xor(k, f, a, p, [p, blockAt(k, a, a.a)]);
		}),
		queued: step("Return the last descriptor.", (_, f) => ret(f.result)),
		wait: step("Without a channel or scribble space the CPU does it: wait for the dependency.", (_, f) =>
			quiesceDependency(ofOne(f).submit),
		),
		recover: step("Recover the block and P, and call the callback.", (k, f) => {
			const a = ofOne(f);
			recoverDataAndP(k, a.disks, a.bytes, a.a, addresses(k, a));
			return syncEpilog(k, a.submit);
		}),
		done: step("Done: there is no descriptor.", () => ret(0)),
	}),
];
