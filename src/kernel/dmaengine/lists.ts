/**
 * `struct list_head` in simulated memory: next at 0, prev at 8, as include/linux/list.h keeps them. These trust the
 * links; what C calls checks them first (lib/list.ts).
 */
import type { Memory } from "../struct";

/** What list_del leaves in the links (arm64: 0xdead000000000100 and …122): any use is an oops. */
export const POISON_HIGH = 0xdead0000;
export const POISON_NEXT = 0x100;
export const POISON_PREV = 0x122;

export function listInit(m: Memory, head: number): void {
	m.w64(head, head);
	m.w64(head + 8, head);
}

export function listEmpty(m: Memory, head: number): boolean {
	return m.r64(head) === head;
}

export function listFirst(m: Memory, head: number): number {
	return m.r64(head);
}

/** Puts a node between two neighbours. */
export function listLink(m: Memory, node: number, previous: number, next: number): void {
	m.w64(next + 8, node);
	m.w64(node, next);
	m.w64(node + 8, previous);
	m.w64(previous, node);
}

export function listAdd(m: Memory, node: number, head: number): void {
	listLink(m, node, head, m.r64(head));
}

export function listAddTail(m: Memory, node: number, head: number): void {
	listLink(m, node, m.r64(head + 8), head);
}

/** Closes the gap where a node was; its own links stay. */
export function listUnlink(m: Memory, node: number): void {
	const next = m.r64(node);
	const previous = m.r64(node + 8);
	m.w64(next + 8, previous);
	m.w64(previous, next);
}

export function listPoison(m: Memory, node: number): void {
	m.w32(node, POISON_NEXT);
	m.w32(node + 4, POISON_HIGH);
	listPoisonPrev(m, node);
}

export function listPoisonPrev(m: Memory, node: number): void {
	m.w32(node + 8, POISON_PREV);
	m.w32(node + 12, POISON_HIGH);
}

/** Removes a node and poisons its links. */
export function listDel(m: Memory, node: number): void {
	listUnlink(m, node);
	listPoison(m, node);
}

export function listMoveTail(m: Memory, node: number, head: number): void {
	listUnlink(m, node);
	listAddTail(m, node, head);
}

/** Moves everything on `list` behind what is on `head` and leaves `list` empty. */
export function listSpliceTailInit(m: Memory, list: number, head: number): void {
	listSplice(m, list, m.r64(head + 8), head);
	listInit(m, list);
}

/** Puts all of `list` between two neighbours; its head stays as it is. */
export function listSplice(m: Memory, list: number, previous: number, next: number): void {
	if (listEmpty(m, list)) return;
	const first = m.r64(list);
	const last = m.r64(list + 8);
	m.w64(first + 8, previous);
	m.w64(previous, first);
	m.w64(last, next);
	m.w64(next + 8, last);
}

/** The nodes of a list, in order. Of one that leads back into itself each node once; a broken one throws. */
export function listNodes(m: Memory, head: number): number[] {
	const nodes: number[] = [];
	// Brent's way: the mark moves on at each power of two, so that a walk in circles comes by it soon.
	let mark = head;
	let until = 1;
	for (let node = m.r64(head); node !== head; node = m.r64(node)) {
		if (node === mark) return [...new Set(nodes)];
		nodes.push(node);
		if (nodes.length === until) {
			mark = node;
			until *= 2;
		}
	}
	return nodes;
}
