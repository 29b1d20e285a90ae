/** linux/list.h and llist.h: the functions, with the checks of CONFIG_DEBUG_LIST. */
import { formatPointer } from "../../language/vm/fault";
import {
	listEmpty,
	listInit,
	listLink,
	listPoison,
	listPoisonPrev,
	listSplice,
	listUnlink,
	POISON_HIGH,
	POISON_NEXT,
	POISON_PREV,
} from "../dmaengine/lists";
import { type KernelFunction, plain } from "../functions";
import type { Kernel } from "../kernel";
import { printk } from "../printk/log";
import { KernelBug } from "../sched/oops";

const PREV = 8;

function corrupt(k: Kernel, line: number, text: string): never {
	printk(k, 1, `${text}\n`);
	throw new KernelBug(`lib/list_debug.c:${line}`);
}

const hex = (address: number): string => formatPointer(address);

/** Links `node` between two neighbours, which must point at each other. */
function insert(k: Kernel, node: number, prev: number, next: number): void {
	const { space } = k;
	if (prev === 0) corrupt(k, 22, "list_add corruption. prev is NULL.");
	if (next === 0) corrupt(k, 25, "list_add corruption. next is NULL.");
	const back = space.r64(next + PREV);
	if (back !== prev)
		corrupt(
			k,
			29,
			`list_add corruption. next->prev should be prev (${hex(prev)}), but was ${hex(back)}. (next=${hex(next)}).`,
		);
	const forth = space.r64(prev);
	if (forth !== next)
		corrupt(
			k,
			32,
			`list_add corruption. prev->next should be next (${hex(next)}), but was ${hex(forth)}. (prev=${hex(prev)}).`,
		);
	if (node === prev || node === next)
		corrupt(k, 35, `list_add double add: new=${hex(node)}, prev=${hex(prev)}, next=${hex(next)}.`);
	listLink(space, node, prev, next);
}

function isPoison(k: Kernel, at: number, low: number): boolean {
	return k.space.r32(at + 4) === POISON_HIGH && k.space.r32(at) === low;
}

/** Takes `node` out of its list; its own links stay. */
function unlink(k: Kernel, node: number): void {
	const { space } = k;
	const next = space.r64(node);
	const prev = space.r64(node + PREV);
	if (next === 0) corrupt(k, 52, `list_del corruption, ${hex(node)}->next is NULL`);
	if (prev === 0) corrupt(k, 54, `list_del corruption, ${hex(node)}->prev is NULL`);
	if (isPoison(k, node, POISON_NEXT))
		corrupt(k, 56, `list_del corruption, ${hex(node)}->next is LIST_POISON1 (dead000000000100)`);
	if (isPoison(k, node + PREV, POISON_PREV))
		corrupt(k, 59, `list_del corruption, ${hex(node)}->prev is LIST_POISON2 (dead000000000122)`);
	const forth = space.r64(prev);
	if (forth !== node)
		corrupt(
			k,
			62,
			`list_del corruption. prev->next should be ${hex(node)}, but was ${hex(forth)}. (prev=${hex(prev)})`,
		);
	const back = space.r64(next + PREV);
	if (back !== node)
		corrupt(k, 65, `list_del corruption. next->prev should be ${hex(node)}, but was ${hex(back)}. (next=${hex(next)})`);
	listUnlink(space, node);
}

const initList = (k: Kernel, head: number): void => listInit(k.space, head);
const isListEmpty = (k: Kernel, head: number): boolean => listEmpty(k.space, head);

function addToList(k: Kernel, node: number, head: number): void {
	insert(k, node, head, k.space.r64(head));
}

export function addToListTail(k: Kernel, node: number, head: number): void {
	insert(k, node, k.space.r64(head + PREV), head);
}

export function deleteFromList(k: Kernel, node: number): void {
	unlink(k, node);
	listPoison(k.space, node);
}

/** Takes a node out of its list and puts it at the end of another one. */
export function moveToListTail(k: Kernel, node: number, head: number): void {
	unlink(k, node);
	addToListTail(k, node, head);
}

/** Whether a node is linked: not poisoned by list_del, not alone, and its neighbours point at it. */
export function isOnList(k: Kernel, node: number): boolean {
	if (isPoison(k, node, POISON_NEXT)) return false;
	const next = k.space.r64(node);
	return next !== 0 && next !== node && k.space.r64(next + PREV) === node;
}

function deleteAndInit(k: Kernel, node: number): void {
	unlink(k, node);
	initList(k, node);
}

function replace(k: Kernel, old: number, node: number): void {
	const next = k.space.r64(old);
	const prev = k.space.r64(old + PREV);
	k.space.w64(node, next);
	k.space.w64(next + PREV, node);
	k.space.w64(node + PREV, prev);
	k.space.w64(prev, node);
}

/** Cuts the list behind `entry`: what is up to it goes to `list`. */
function cut(k: Kernel, list: number, head: number, entry: number): void {
	const after = k.space.r64(entry);
	const first = k.space.r64(head);
	k.space.w64(list, first);
	k.space.w64(first + PREV, list);
	k.space.w64(list + PREV, entry);
	k.space.w64(entry, list);
	k.space.w64(head, after);
	k.space.w64(after + PREV, head);
}

function hlistDelete(k: Kernel, node: number): void {
	const next = k.space.r64(node);
	const pprev = k.space.r64(node + PREV);
	k.space.w64(pprev, next);
	if (next !== 0) k.space.w64(next + PREV, pprev);
}

export const listFunctions: KernelFunction[] = plain({
	"void INIT_LIST_HEAD(struct list_head *list)": (k, list) => initList(k, list!),
	"void list_add(struct list_head *new, struct list_head *head)": (k, node, head) => addToList(k, node!, head!),
	"void list_add_tail(struct list_head *new, struct list_head *head)": (k, node, head) =>
		addToListTail(k, node!, head!),
	"void list_add_rcu(struct list_head *new, struct list_head *head)": (k, node, head) => addToList(k, node!, head!),
	"void list_add_tail_rcu(struct list_head *new, struct list_head *head)": (k, node, head) =>
		addToListTail(k, node!, head!),
	"void list_del(struct list_head *entry)": (k, node) => deleteFromList(k, node!),
	"void list_del_init(struct list_head *entry)": (k, node) => deleteAndInit(k, node!),
	"void list_del_init_careful(struct list_head *entry)": (k, node) => deleteAndInit(k, node!),
	"void list_del_rcu(struct list_head *entry)": (k, node) => {
		unlink(k, node!);
		listPoisonPrev(k.space, node!);
	},
	"void __list_del_entry(struct list_head *entry)": (k, node) => unlink(k, node!),
	"void list_replace(struct list_head *old, struct list_head *new)": (k, old, node) => replace(k, old!, node!),
	"void list_replace_init(struct list_head *old, struct list_head *new)": (k, old, node) => {
		replace(k, old!, node!);
		initList(k, old!);
	},
	"void list_swap(struct list_head *entry1, struct list_head *entry2)": (k, one, two) => {
		const pos = k.space.r64(two! + PREV);
		unlink(k, two!);
		replace(k, one!, two!);
		const before = pos === one ? two! : pos;
		insert(k, one!, before, k.space.r64(before));
	},
	"void list_move(struct list_head *list, struct list_head *head)": (k, node, head) => {
		unlink(k, node!);
		addToList(k, node!, head!);
	},
	"void list_move_tail(struct list_head *list, struct list_head *head)": (k, node, head) => {
		unlink(k, node!);
		addToListTail(k, node!, head!);
	},
	"void list_bulk_move_tail(struct list_head *head, struct list_head *first, struct list_head *last)": (
		k,
		head,
		first,
		last,
	) => {
		const { space } = k;
		const before = space.r64(first! + PREV);
		const after = space.r64(last!);
		space.w64(before, after);
		space.w64(after + PREV, before);
		const tail = space.r64(head! + PREV);
		space.w64(tail, first!);
		space.w64(first! + PREV, tail);
		space.w64(last!, head!);
		space.w64(head! + PREV, last!);
	},
	"bool list_empty(const struct list_head *head)": (k, head) => isListEmpty(k, head!),
	"bool list_empty_careful(const struct list_head *head)": (k, head) =>
		isListEmpty(k, head!) && k.space.r64(head! + PREV) === head,
	"bool list_is_first(const struct list_head *list, const struct list_head *head)": (k, node, head) =>
		k.space.r64(node! + PREV) === head,
	"bool list_is_last(const struct list_head *list, const struct list_head *head)": (k, node, head) =>
		k.space.r64(node!) === head,
	"bool list_is_head(const struct list_head *list, const struct list_head *head)": (_, node, head) => node === head,
	"bool list_is_singular(const struct list_head *head)": (k, head) =>
		!isListEmpty(k, head!) && k.space.r64(head!) === k.space.r64(head! + PREV),
	"size_t list_count_nodes(struct list_head *head)": (k, head) => {
		let count = 0;
		for (let node = k.space.r64(head!); node !== head && count < 1 << 24; node = k.space.r64(node)) count++;
		return count;
	},
	"void list_rotate_left(struct list_head *head)": (k, head) => {
		if (isListEmpty(k, head!)) return;
		const first = k.space.r64(head!);
		unlink(k, first);
		addToListTail(k, first, head!);
	},
	"void list_cut_position(struct list_head *list, struct list_head *head, struct list_head *entry)": (
		k,
		list,
		head,
		entry,
	) => {
		if (isListEmpty(k, head!)) return;
		if (entry === head) initList(k, list!);
		else cut(k, list!, head!, entry!);
	},
	"void list_cut_before(struct list_head *list, struct list_head *head, struct list_head *entry)": (
		k,
		list,
		head,
		entry,
	) => {
		const before = k.space.r64(entry! + PREV);
		if (k.space.r64(head!) === entry) initList(k, list!);
		else cut(k, list!, head!, before);
	},
	"void list_splice(const struct list_head *list, struct list_head *head)": (k, list, head) =>
		listSplice(k.space, list!, head!, k.space.r64(head!)),
	"void list_splice_tail(struct list_head *list, struct list_head *head)": (k, list, head) =>
		listSplice(k.space, list!, k.space.r64(head! + PREV), head!),
	"void list_splice_init(struct list_head *list, struct list_head *head)": (k, list, head) => {
		listSplice(k.space, list!, head!, k.space.r64(head!));
		initList(k, list!);
	},
	"void list_splice_tail_init(struct list_head *list, struct list_head *head)": (k, list, head) => {
		listSplice(k.space, list!, k.space.r64(head! + PREV), head!);
		initList(k, list!);
	},
	"void INIT_HLIST_NODE(struct hlist_node *h)": (k, node) => {
		k.space.w64(node!, 0);
		k.space.w64(node! + PREV, 0);
	},
	"bool hlist_empty(const struct hlist_head *h)": (k, head) => k.space.r64(head!) === 0,
	"bool hlist_unhashed(const struct hlist_node *h)": (k, node) => k.space.r64(node! + PREV) === 0,
	"void hlist_add_head(struct hlist_node *n, struct hlist_head *h)": (k, node, head) => {
		const first = k.space.r64(head!);
		k.space.w64(node!, first);
		if (first !== 0) k.space.w64(first + PREV, node!);
		k.space.w64(head!, node!);
		k.space.w64(node! + PREV, head!);
	},
	"void hlist_add_before(struct hlist_node *n, struct hlist_node *next)": (k, node, after) => {
		const link = k.space.r64(after! + PREV);
		k.space.w64(node! + PREV, link);
		k.space.w64(node!, after!);
		k.space.w64(after! + PREV, node!);
		k.space.w64(link, node!);
	},
	"void hlist_add_behind(struct hlist_node *n, struct hlist_node *prev)": (k, node, before) => {
		const after = k.space.r64(before!);
		k.space.w64(node!, after);
		k.space.w64(before!, node!);
		k.space.w64(node! + PREV, before!);
		if (after !== 0) k.space.w64(after + PREV, node!);
	},
	"void hlist_del(struct hlist_node *n)": (k, node) => {
		hlistDelete(k, node!);
		listPoison(k.space, node!);
	},
	"void hlist_del_init(struct hlist_node *n)": (k, node) => {
		if (k.space.r64(node! + PREV) === 0) return;
		hlistDelete(k, node!);
		k.space.w64(node!, 0);
		k.space.w64(node! + PREV, 0);
	},
	"bool llist_add(struct llist_node *new, struct llist_head *head)": (k, node, head) => {
		const first = k.space.r64(head!);
		k.space.w64(node!, first);
		k.space.w64(head!, node!);
		return first === 0;
	},
	"struct llist_node *llist_del_all(struct llist_head *head)": (k, head) => {
		const first = k.space.r64(head!);
		k.space.w64(head!, 0);
		return first;
	},
	"struct llist_node *llist_del_first(struct llist_head *head)": (k, head) => {
		const first = k.space.r64(head!);
		if (first !== 0) k.space.w64(head!, k.space.r64(first));
		return first;
	},
	"struct llist_node *llist_reverse_order(struct llist_node *head)": (k, head) => {
		let reversed = 0;
		for (let node = head!; node !== 0; ) {
			const after = k.space.r64(node);
			k.space.w64(node, reversed);
			reversed = node;
			node = after;
		}
		return reversed;
	},
});
