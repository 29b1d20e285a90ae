/**
 * Caches of equally sized objects: kmalloc's size classes and kmem_cache. The last object freed is the next one given
 * out, as in SLUB. What is known of each object is a record in hidden memory, which C cannot spoil and which snapshots
 * copy only where it changed. Free objects are poisoned, so that use after free shows.
 */
import { PAGE_SIZE } from "../../language/vm/address-space";
import { formatPointer } from "../../language/vm/fault";
import { Poison, poisonByte, SHADOW_UNINIT, setShadow } from "../../language/vm/shadow";
import { FRAME_FUNCTION, FRAME_INTS, FRAME_PC } from "../../language/vm/stack";
import { checking } from "../kasan/check";
import { reportFree } from "../kasan/report";
import type { Kernel } from "../kernel";
import { checkNoLocksFreed } from "../locks/lockdep";
import { printk } from "../printk/log";
import { KernelBug, warn } from "../sched/oops";
import { pageToVirt, takePages, virtToPage } from "./pages";
import { reportCorruption } from "./slab-report";
import { grown, PageKind, SLAB_INTS, type SlabCache } from "./state";

/** Bytes that show where memory came from: allocated and never written, free, last byte of a free object. */
const POISON_INUSE = 0x5a;
const POISON_FREE = 0x6b;
const POISON_END = 0xa5;

/**
 * A record is 12 words: size asked for (FREE, NEW when not in use), next free record, who allocated (function, pc, pid),
 * who freed (the same), size asked for last.
 */
const RECORD_BYTES = 48;
const ALLOCATED = 2;
const FREED = 5;
const LAST_SIZE = 8;
/** Objects and bytes that stay free for a while, so that a use after free is noticed. */
const QUARANTINE_OBJECTS = 64;
const QUARANTINE_BYTES = 65536;
const FREE = -1;
const NEW = -2;
const RECORD_CHUNK = 64 * 1024;

/** An object's place in the books. */
export interface ObjectPlace {
	readonly cache: SlabCache;
	/** First byte of the object. */
	readonly address: number;
	/** Pool offset of its record. */
	readonly record: number;
	/** Bytes asked for, -1 when it is free, -2 when it was never in use. */
	readonly size: number;
	/** Who allocated it: function index and pc, -1 when no C did; the thread's pid. */
	readonly fn: number;
	readonly pc: number;
	readonly pid: number;
	/** Who freed it last; -2 when nobody ever did. */
	readonly freeFn: number;
	readonly freePc: number;
	readonly freePid: number;
}

/** The distance between objects with a gap of 16 bytes at least, aligned as before. */
function withRedzone(distance: number): number {
	const unit = distance & -distance;
	return distance + Math.ceil(16 / unit) * unit;
}

/** Adds a cache; returns its number. `distance` is the distance between objects in bytes. */
export function addCache(k: Kernel, name: string, objectSize: number, distance: number): number {
	const { mm } = k.state;
	const size = checking(k) ? withRedzone(distance) : distance;
	let pages = 1;
	while (pages * PAGE_SIZE < size * 8 && pages < 8) pages *= 2;
	while (pages * PAGE_SIZE < size) pages *= 2;
	return mm.caches.push({ name, objectSize, size, pages, freeHead: 0, used: 0, handle: 0 }) - 1;
}

/** Takes an object; `size` is what the user asked for. Its content is poison. Returns 0 when RAM is full. */
export function takeObject(k: Kernel, cacheIndex: number, size: number): number {
	const cache = k.state.mm.caches[cacheIndex]!;
	if (cache.freeHead === 0 && !addSlab(k, cacheIndex)) return 0;
	const record = cache.freeHead * 16;
	const { memory } = k.machine;
	const at = record >> 2;
	const place = objectOfRecord(k, record);
	if (memory.i32[at] === FREE) checkPoison(k, place);
	touch(k, record);
	cache.freeHead = memory.i32[at + 1]!;
	memory.i32[at] = size;
	memory.i32[at + LAST_SIZE] = size;
	noteCaller(k, at + ALLOCATED);
	cache.used++;
	k.space.fill(place.address, cache.size, POISON_INUSE);
	setShadow(k.space, place.address, size, SHADOW_UNINIT);
	setShadow(k.space, place.address + size, cache.size - size, poisonByte(Poison.SlabRedzone));
	return place.address;
}

/** Gives an object back. Its memory is poisoned. */
function giveObject(k: Kernel, place: ObjectPlace): void {
	const { memory } = k.machine;
	touch(k, place.record);
	const at = place.record >> 2;
	memory.i32[at] = FREE;
	noteCaller(k, at + FREED);
	if (checking(k)) keepInQuarantine(k, place);
	else putOnFreeList(k, place);
	place.cache.used--;
	k.space.fill(place.address, place.cache.objectSize - 1, POISON_FREE);
	k.space.w8(place.address + place.cache.objectSize - 1, POISON_END);
	setShadow(k.space, place.address, place.cache.objectSize, poisonByte(Poison.SlabFreed));
}

function putOnFreeList(k: Kernel, place: ObjectPlace): void {
	touch(k, place.record);
	k.machine.memory.i32[(place.record >> 2) + 1] = place.cache.freeHead;
	place.cache.freeHead = place.record / 16;
}

/** The object is not given out again before others that were freed later (mm/kasan/quarantine.c). */
function keepInQuarantine(k: Kernel, place: ObjectPlace): void {
	const { kasan } = k.state;
	kasan.quarantine.push(place.record / 16);
	kasan.quarantineBytes += place.cache.objectSize;
	while (kasan.quarantine.length > QUARANTINE_OBJECTS || kasan.quarantineBytes > QUARANTINE_BYTES) {
		const oldest = objectOfRecord(k, kasan.quarantine.shift()! * 16);
		kasan.quarantineBytes -= oldest.cache.objectSize;
		putOnFreeList(k, oldest);
	}
}

/** Bytes asked for at an object, also when it is free; -1 when it was never in use. */
export function lastSize(k: Kernel, place: ObjectPlace): number {
	return place.size === NEW ? -1 : k.machine.memory.i32[(place.record >> 2) + LAST_SIZE]!;
}

/** The object that an address lies in (also behind its end, up to the next one); null when that is no slab. */
export function findObject(k: Kernel, address: number): ObjectPlace | null {
	const { mm } = k.state;
	const page = virtToPage(k, address);
	if (page < 0 || page >= mm.nextPage || mm.pageKind[page] !== PageKind.Slab) return null;
	const slab = (mm.slabOf[page]! - 1) * SLAB_INTS;
	const cache = mm.caches[mm.slabs[slab + 1]!]!;
	const index = Math.floor((address - pageToVirt(k, mm.slabs[slab]!)) / cache.size);
	return index < mm.slabs[slab + 3]! ? placeAt(k, slab, index) : null;
}

function placeAt(k: Kernel, slab: number, index: number): ObjectPlace {
	const { mm } = k.state;
	const cache = mm.caches[mm.slabs[slab + 1]!]!;
	const record = mm.slabs[slab + 2]! * 16 + RECORD_BYTES * index;
	const { i32 } = k.machine.memory;
	return {
		cache,
		address: pageToVirt(k, mm.slabs[slab]!) + cache.size * index,
		record,
		size: i32[record >> 2]!,
		fn: i32[(record >> 2) + ALLOCATED]!,
		pc: i32[(record >> 2) + ALLOCATED + 1]!,
		pid: i32[(record >> 2) + ALLOCATED + 2]!,
		freeFn: i32[(record >> 2) + FREED]!,
		freePc: i32[(record >> 2) + FREED + 1]!,
		freePid: i32[(record >> 2) + FREED + 2]!,
	};
}

/** The object of a record: the slab with the last record area that begins at or before it. */
function objectOfRecord(k: Kernel, record: number): ObjectPlace {
	const { mm } = k.state;
	let low = 0;
	let high = mm.slabCount - 1;
	while (low < high) {
		const middle = (low + high + 1) >> 1;
		if (mm.slabs[middle * SLAB_INTS + 2]! * 16 <= record) low = middle;
		else high = middle - 1;
	}
	const slab = low * SLAB_INTS;
	return placeAt(k, slab, (record - mm.slabs[slab + 2]! * 16) / RECORD_BYTES);
}

/** Every object in use, by address within each slab, slabs in order of age. */
export function* usedObjects(k: Kernel): Generator<ObjectPlace> {
	const { mm } = k.state;
	for (let slab = 0; slab < mm.slabCount; slab++)
		for (let index = 0; index < mm.slabs[slab * SLAB_INTS + 3]!; index++) {
			const place = placeAt(k, slab * SLAB_INTS, index);
			if (place.size >= 0) yield place;
		}
}

function addSlab(k: Kernel, cacheIndex: number): boolean {
	const { mm } = k.state;
	const cache = mm.caches[cacheIndex]!;
	const page = takePages(k, Math.log2(cache.pages), PageKind.Slab);
	if (page < 0) return false;
	const objects = Math.floor((cache.pages * PAGE_SIZE) / cache.size);
	const records = takeRecords(k, objects * RECORD_BYTES);
	const slab = mm.slabCount++;
	if (mm.slabCount * SLAB_INTS > mm.slabs.length) mm.slabs = grown(mm.slabs, mm.slabs.length * 2);
	mm.slabs.set([page, cacheIndex, records / 16, objects], slab * SLAB_INTS);
	mm.pageKind.fill(PageKind.Slab, page, page + cache.pages);
	mm.slabOf.fill(slab + 1, page, page + cache.pages);
	setShadow(k.space, pageToVirt(k, page), cache.pages * PAGE_SIZE, poisonByte(Poison.SlabRedzone));
	for (let index = objects - 1; index >= 0; index--) {
		const record = records + index * RECORD_BYTES;
		touch(k, record);
		k.machine.memory.i32[record >> 2] = NEW;
		k.machine.memory.i32[(record >> 2) + FREED] = -2;
		k.machine.memory.i32[(record >> 2) + 1] = cache.freeHead;
		cache.freeHead = record / 16;
	}
	return true;
}

/** Hidden memory for records; later areas lie behind earlier ones. */
function takeRecords(k: Kernel, bytes: number): number {
	const { mm } = k.state;
	const size = Math.ceil(bytes / 16);
	if (mm.recordsLeft < size) {
		const chunk = Math.max(RECORD_CHUNK, bytes + 16);
		const start = k.machine.memory.allocateHidden(chunk);
		// Record 0 would read as "none".
		mm.recordNext = start / 16 + 1;
		mm.recordsLeft = Math.floor(chunk / 16) - 1;
	}
	const at = mm.recordNext * 16;
	mm.recordNext += size;
	mm.recordsLeft -= size;
	return at;
}

/** Makes a record ready to be written. */
function touch(k: Kernel, record: number): void {
	const { memory } = k.machine;
	const last = (record + RECORD_BYTES - 1) >>> 12;
	if (!memory.writable[record >>> 12]) memory.touch(record >>> 12);
	if (!memory.writable[last]) memory.touch(last);
}

/** Notes the innermost C frame and the thread in three words of a record. */
function noteCaller(k: Kernel, at: number): void {
	const { i32 } = k.machine.memory;
	const stack = k.state.threads.length > 0 ? k.current.stack : null;
	i32[at + 2] = stack ? k.current.pid : 0;
	for (let depth = (stack?.depth ?? 0) - 1; depth >= 0 && stack; depth--) {
		if (stack.hosts[depth]) continue;
		i32[at] = stack.frames[depth * FRAME_INTS + FRAME_FUNCTION]!;
		// Under a step function the frame stands behind the call.
		i32[at + 1] = stack.frames[depth * FRAME_INTS + FRAME_PC]! - (depth < stack.depth - 1 ? 1 : 0);
		return;
	}
	i32[at] = -1;
	i32[at + 1] = -1;
}

/** A free object must still be poisoned; if not, SLUB says who wrote where and goes on. */
function checkPoison(k: Kernel, place: ObjectPlace): void {
	const bytes = k.space.readBytes(place.address, place.cache.objectSize);
	const last = bytes.length - 1;
	let bad = bytes[last] === POISON_END ? -1 : last;
	for (let i = last - 1; i >= 0; i--) if (bytes[i] !== POISON_FREE) bad = i;
	if (bad < 0) return;
	let end = bytes.length - 1;
	while (end > bad && bytes[end] === (end === last ? POISON_END : POISON_FREE)) end--;
	reportCorruption(k, place, `Poison overwritten`);
	const from = formatPointer(place.address + bad);
	const to = formatPointer(place.address + end);
	const first = (bytes[bad] ?? 0).toString(16);
	printk(k, 3, `0x${from}-0x${to} @offset=${place.address % PAGE_SIZE}. First byte 0x${first} instead of 0x6b\n`);
	printk(k, 3, `FIX ${place.cache.name}: Restoring Poison 0x${from}-0x${to}=0x6b\n`);
}

/** Frees an object of `expected` (any cache when undefined); anything else is reported as SLUB does, and a BUG. */
export function freeObject(k: Kernel, address: number, expected?: SlabCache): void {
	const place = findObject(k, address);
	if (!place && checking(k)) {
		reportFree(k, "invalid-free", address);
		return;
	}
	if (!place) {
		printk(k, 1, `BUG: object pointer 0x${formatPointer(address)} is in no slab cache\n`);
		throw new KernelBug("mm/slub.c:4702");
	}
	if (checking(k) && (place.address !== address || place.size < 0)) {
		reportFree(k, place.address === address ? "double-free" : "invalid-free", address);
		return;
	}
	if (place.address !== address) {
		reportCorruption(k, place, `Invalid object pointer 0x${formatPointer(address)}`);
		throw new KernelBug("mm/slub.c:1642");
	}
	if (place.size < 0) {
		reportCorruption(k, place, "Object already free");
		throw new KernelBug("mm/slub.c:550");
	}
	if (expected && expected !== place.cache) {
		warn(
			k,
			"mm/slub.c:4649",
			`cache_from_obj: Wrong slab cache. ${expected.name} but object is from ${place.cache.name}`,
		);
		return;
	}
	checkNoLocksFreed(k, address, place.cache.objectSize);
	giveObject(k, place);
}
