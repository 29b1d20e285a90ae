import assert from "node:assert/strict";
import fc from "fast-check";
import type { Kernel } from "../../../src/kernel/kernel";
import { listFunctions } from "../../../src/kernel/lib/list";
import { KernelBug } from "../../../src/kernel/sched/oops";
import { invoke, logTexts, SCRATCH, standIn } from "./stand-in";

const HEAD = SCRATCH;
const OTHER = SCRATCH + 16;
const node = (n: number): number => SCRATCH + 64 + 16 * n;

function call(k: Kernel, name: string, ...args: number[]): unknown {
	return invoke(k, listFunctions, name, ...args);
}

function items(k: Kernel, head = HEAD): number[] {
	const forward: number[] = [];
	for (let at = k.space.r64(head); at !== head; at = k.space.r64(at)) forward.push((at - node(0)) / 16);
	const back: number[] = [];
	for (let at = k.space.r64(head + 8); at !== head; at = k.space.r64(at + 8)) back.push((at - node(0)) / 16);
	assert.deepEqual(back.reverse(), forward);
	return forward;
}

function lists(...tails: number[]): Kernel {
	const k = standIn();
	call(k, "INIT_LIST_HEAD", HEAD);
	call(k, "INIT_LIST_HEAD", OTHER);
	for (const n of tails) call(k, "list_add_tail", node(n), HEAD);
	return k;
}

describe("list.h", () => {
	it("adds at both ends and deletes", () => {
		const k = lists(1, 2, 3);
		call(k, "list_add", node(0), HEAD);
		assert.deepEqual(items(k), [0, 1, 2, 3]);
		call(k, "list_del", node(2));
		assert.deepEqual(items(k), [0, 1, 3]);
		assert.equal(call(k, "list_count_nodes", HEAD), 3);
		assert.equal(call(k, "list_is_last", node(3), HEAD), true);
		assert.equal(call(k, "list_is_first", node(0), HEAD), true);
	});

	it("poisons what it deletes, as arm64 does", () => {
		const k = lists(1);
		call(k, "list_del", node(1));
		assert.equal(k.space.r32(node(1) + 4), 0xdead0000);
		assert.equal(k.space.r32(node(1)), 0x100);
		assert.equal(k.space.r32(node(1) + 8), 0x122);
		assert.equal(call(k, "list_empty", HEAD), true);
	});

	it("reports deleting twice", () => {
		const k = lists(1, 2);
		call(k, "list_del", node(1));
		assert.throws(() => call(k, "list_del", node(1)), KernelBug);
		assert.equal(logTexts(k)[0], "list_del corruption, ffff000000000050->next is LIST_POISON1 (dead000000000100)");
	});

	it("reports adding twice and memory that is no list", () => {
		const k = lists(1);
		assert.throws(() => call(k, "list_add", node(1), HEAD), KernelBug);
		assert.throws(() => call(k, "list_del", node(9)), KernelBug);
	});

	it("splices and empties", () => {
		const k = lists(1, 2);
		call(k, "list_add_tail", node(5), OTHER);
		call(k, "list_add_tail", node(6), OTHER);
		call(k, "list_splice_tail_init", OTHER, HEAD);
		assert.deepEqual(items(k), [1, 2, 5, 6]);
		assert.deepEqual(items(k, OTHER), []);
		call(k, "list_splice_init", HEAD, OTHER);
		assert.deepEqual(items(k, OTHER), [1, 2, 5, 6]);
	});

	it("cuts", () => {
		const k = lists(1, 2, 3, 4);
		call(k, "list_cut_position", OTHER, HEAD, node(2));
		assert.deepEqual(
			[items(k, OTHER), items(k)],
			[
				[1, 2],
				[3, 4],
			],
		);
		const j = lists(1, 2, 3, 4);
		call(j, "list_cut_before", OTHER, HEAD, node(3));
		assert.deepEqual(
			[items(j, OTHER), items(j)],
			[
				[1, 2],
				[3, 4],
			],
		);
	});

	it("moves, replaces, swaps and rotates", () => {
		const k = lists(1, 2, 3);
		call(k, "list_move_tail", node(1), HEAD);
		assert.deepEqual(items(k), [2, 3, 1]);
		call(k, "list_replace_init", node(3), node(7));
		assert.deepEqual(items(k), [2, 7, 1]);
		call(k, "list_swap", node(2), node(1));
		assert.deepEqual(items(k), [1, 7, 2]);
		call(k, "list_swap", node(7), node(2));
		assert.deepEqual(items(k), [1, 2, 7]);
		call(k, "list_rotate_left", HEAD);
		assert.deepEqual(items(k), [2, 7, 1]);
	});

	it("agrees with an array", () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 19 })), { maxLength: 50 }),
				(steps) => {
					const k = lists();
					let model: number[] = [];
					for (const [what, n] of steps) {
						const there = model.includes(n);
						if (there) model = model.filter((m) => m !== n);
						if (!there && what === 0) call(k, "list_add", node(n), HEAD);
						else if (!there) call(k, "list_add_tail", node(n), HEAD);
						else if (what === 0) call(k, "list_move", node(n), HEAD);
						else if (what === 1) call(k, "list_move_tail", node(n), HEAD);
						else call(k, "list_del", node(n));
						if (what === 0) model.unshift(n);
						else if (!there || what === 1) model.push(n);
						assert.deepEqual(items(k), model);
					}
				},
			),
			{ numRuns: 50 },
		);
	});
});
