/** Physical memory: RAM regions backed by 4 KiB pages in one pool, with copy-on-write snapshots. */

export const PAGE_SIZE = 4096;
export const PAGE_SHIFT = 12;

/** One piece of RAM on the bus. Addresses and sizes are multiples of 4 KiB. */
export interface RamRegion {
	readonly base: number;
	readonly size: number;
	/** Cycles before the first beat of a read burst. */
	readonly readLatency: number;
	/** Picoseconds that replace `readLatency` when not negative (a board's knob). */
	readonly readLatencyPs: number;
	/** Pool page + 1 of each page, 0 where nothing was ever touched. */
	readonly table: Int32Array;
}

/** The content of a page at one or more snapshots. `data` is filled when the page is written afterwards. */
interface PageVersion {
	data: Uint8Array | null;
	/** The page's shadow, saved with `data`; null where it is all zero. */
	shadow: Uint8Array | null;
	/** Physical address of the page; -1 for a page that no address reaches. */
	readonly owner: number;
}

export interface MemorySnapshot {
	readonly pages: number;
	/** Versions by pool page, in chunks that are shared between snapshots. */
	readonly chunks: readonly (readonly PageVersion[])[];
}

const CHUNK_SHIFT = 6;
const CHUNK_PAGES = 1 << CHUNK_SHIFT;
const FIRST_PAGES = 1024;

export class PhysicalMemory {
	/** Views of the pool. Read them again after anything that may allocate a page. */
	u8 = new Uint8Array(FIRST_PAGES * PAGE_SIZE);
	u16 = new Uint16Array(this.u8.buffer);
	i32 = new Int32Array(this.u8.buffer);
	u32 = new Uint32Array(this.u8.buffer);
	/** 1 where a pool page may be written without `touch`. */
	writable = new Uint8Array(FIRST_PAGES);
	/**
	 * One byte for each byte of the pool, for a checker of memory accesses: 0 is plain memory, the rest is the checker's.
	 * null while nobody checks. Follows the pages through snapshots; is to be written after `touch` only.
	 */
	shadow: Uint8Array | null = null;
	shadow32: Int32Array | null = null;
	readonly regions: RamRegion[] = [];

	private pages = 0;
	private owners = new Float64Array(FIRST_PAGES);
	private versions: (PageVersion | null)[] = [];
	private dirty: number[] = [];
	private chunks: (readonly PageVersion[])[] = [];
	private lastRegion: RamRegion | null = null;

	/** Adds RAM. Throws when the region is not made of whole pages or overlaps another one. */
	addRegion(base: number, size: number, readLatency = 20, readLatencyPs = -1): RamRegion {
		if (base % PAGE_SIZE !== 0 || size % PAGE_SIZE !== 0 || size <= 0)
			throw new Error("RAM must begin and end at a multiple of 4 KiB");
		for (const region of this.regions)
			if (base < region.base + region.size && region.base < base + size) throw new Error("RAM regions overlap");
		const region: RamRegion = { base, size, readLatency, readLatencyPs, table: new Int32Array(size / PAGE_SIZE) };
		this.regions.push(region);
		return region;
	}

	/** Adds the shadow, all zero. To be called before the first snapshot. */
	enableShadow(): void {
		if (this.shadow !== null) return;
		this.shadow = new Uint8Array(this.u8.length);
		this.shadow32 = new Int32Array(this.shadow.buffer);
	}

	/** The region that holds the address, or null. */
	regionOf(phys: number): RamRegion | null {
		const last = this.lastRegion;
		if (last !== null && phys >= last.base && phys - last.base < last.size) return last;
		for (const region of this.regions)
			if (phys >= region.base && phys - region.base < region.size) {
				this.lastRegion = region;
				return region;
			}
		return null;
	}

	/**
	 * Pool byte offset of the address's byte's page; -1 when the address is not RAM. A page that was never
	 * touched is allocated, zeroed. With `write`, the page is ready to be written.
	 */
	pageOffset(phys: number, write: boolean): number {
		const region = this.regionOf(phys);
		if (region === null) return -1;
		const index = ((phys - region.base) / PAGE_SIZE) | 0;
		let page = region.table[index]! - 1;
		if (page < 0) {
			page = this.allocatePage(region.base + index * PAGE_SIZE);
			region.table[index] = page + 1;
		}
		if (write && this.writable[page] === 0) this.touch(page);
		return page * PAGE_SIZE;
	}

	/** Pool byte offset of the address itself (its page's offset + offset in the page); -1 when not RAM. */
	byteOffset(phys: number, write: boolean): number {
		const page = this.pageOffset(phys, write);
		return page < 0 ? -1 : page + (phys & (PAGE_SIZE - 1));
	}

	/**
	 * Zeroed memory inside the pool that no address reaches, for buffers of hardware models: pool byte offset.
	 * Rounded up to whole pages, which follow each other. Part of snapshots.
	 */
	allocateHidden(bytes: number): number {
		const first = this.pages;
		for (let done = 0; done < bytes; done += PAGE_SIZE) this.allocatePage(-1);
		return first * PAGE_SIZE;
	}

	/** Makes a pool page writable, saving its content for the snapshots that refer to it. */
	touch(page: number): void {
		if (this.writable[page] !== 0) return;
		const version = this.versions[page] ?? null;
		if (version !== null && version.data === null) this.save(page, version);
		this.versions[page] = null;
		this.writable[page] = 1;
		this.dirty.push(page);
	}

	/** Unsigned reads and writes at any alignment; reads outside RAM give 0, writes there are lost. */
	read8(phys: number): number {
		const at = this.byteOffset(phys, false);
		return at < 0 ? 0 : this.u8[at]!;
	}
	read16(phys: number): number {
		return this.read8(phys) | (this.read8(phys + 1) << 8);
	}
	read32(phys: number): number {
		if ((phys & 3) === 0) {
			const at = this.byteOffset(phys, false);
			return at < 0 ? 0 : this.u32[at >>> 2]!;
		}
		return (this.read16(phys) | (this.read16(phys + 2) << 16)) >>> 0;
	}
	write8(phys: number, value: number): void {
		const at = this.byteOffset(phys, true);
		if (at >= 0) this.u8[at] = value;
	}
	write16(phys: number, value: number): void {
		this.write8(phys, value);
		this.write8(phys + 1, value >>> 8);
	}
	write32(phys: number, value: number): void {
		if ((phys & 3) === 0) {
			const at = this.byteOffset(phys, true);
			if (at >= 0) this.i32[at >>> 2] = value;
			return;
		}
		this.write16(phys, value);
		this.write16(phys + 2, value >>> 16);
	}

	/** A copy of `length` bytes; bytes outside RAM are 0. */
	readBytes(phys: number, length: number): Uint8Array {
		const out = new Uint8Array(length);
		for (let done = 0; done < length; ) {
			const part = Math.min(length - done, PAGE_SIZE - ((phys + done) & (PAGE_SIZE - 1)));
			const at = this.byteOffset(phys + done, false);
			if (at >= 0) out.set(this.u8.subarray(at, at + part), done);
			done += part;
		}
		return out;
	}

	/** Writes the bytes; those outside RAM are lost. */
	writeBytes(phys: number, bytes: Uint8Array): void {
		for (let done = 0; done < bytes.length; ) {
			const part = Math.min(bytes.length - done, PAGE_SIZE - ((phys + done) & (PAGE_SIZE - 1)));
			const at = this.byteOffset(phys + done, true);
			if (at >= 0) this.u8.set(bytes.subarray(done, done + part), at);
			done += part;
		}
	}

	fill(phys: number, value: number, length: number): void {
		for (let done = 0; done < length; ) {
			const part = Math.min(length - done, PAGE_SIZE - ((phys + done) & (PAGE_SIZE - 1)));
			const at = this.byteOffset(phys + done, true);
			if (at >= 0) this.u8.fill(value, at, at + part);
			done += part;
		}
	}

	/** Copies as memmove does. */
	copy(to: number, from: number, length: number): void {
		this.writeBytes(to, this.readBytes(from, length));
	}

	/** Remembers the present content; costs by the pages written since the snapshot before. */
	snapshot(): MemorySnapshot {
		const chunks = this.chunks.slice();
		const fresh = new Set<number>();
		for (const page of this.dirty) {
			const chunk = page >>> CHUNK_SHIFT;
			if (!fresh.has(chunk)) {
				chunks[chunk] = (chunks[chunk] ?? []).slice();
				fresh.add(chunk);
			}
			const version: PageVersion = { data: null, shadow: null, owner: this.owners[page]! };
			this.versions[page] = version;
			(chunks[chunk] as PageVersion[])[page & (CHUNK_PAGES - 1)] = version;
			this.writable[page] = 0;
		}
		this.dirty = [];
		this.chunks = chunks;
		return { pages: this.pages, chunks };
	}

	/** Brings back a snapshot's content. Snapshots taken later stay valid. */
	restore(snapshot: MemorySnapshot): void {
		const before = this.pages;
		const changed: number[] = [];
		for (let page = 0; page < snapshot.pages; page++)
			if (page >= before || this.versions[page] !== versionOf(snapshot, page)) changed.push(page);
		for (let page = snapshot.pages; page < before; page++) this.drop(page);
		for (const page of changed) if (page < before) this.drop(page);
		while (snapshot.pages * PAGE_SIZE > this.u8.length) this.grow();
		for (const page of changed) this.load(page, versionOf(snapshot, page));
		this.pages = snapshot.pages;
		this.versions.length = this.pages;
		this.dirty = [];
		this.chunks = snapshot.chunks.slice();
	}

	/** Calls back for each page that is not all zero, RAM by ascending address; hidden pages have address -1. */
	eachPage(visit: (phys: number, poolOffset: number) => void): void {
		for (let page = 0; page < this.pages; page++)
			if (this.owners[page] === -1 && !this.isZero(page)) visit(-1, page * PAGE_SIZE);
		const regions = this.regions.slice().sort((a, b) => a.base - b.base);
		for (const region of regions)
			for (let index = 0; index < region.table.length; index++) {
				const page = region.table[index]! - 1;
				if (page >= 0 && !this.isZero(page)) visit(region.base + index * PAGE_SIZE, page * PAGE_SIZE);
			}
	}

	private isZero(page: number): boolean {
		return allZero(this.i32, page);
	}

	private save(page: number, version: PageVersion): void {
		version.data = this.u8.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
		if (this.shadow !== null && this.shadow32 !== null && !allZero(this.shadow32, page))
			version.shadow = this.shadow.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
	}

	private allocatePage(owner: number): number {
		const page = this.pages++;
		if (this.pages * PAGE_SIZE > this.u8.length) this.grow();
		this.owners[page] = owner;
		this.versions[page] = null;
		this.writable[page] = 1;
		this.dirty.push(page);
		return page;
	}

	private grow(): void {
		const pages = (this.u8.length / PAGE_SIZE) * 2;
		const u8 = new Uint8Array(pages * PAGE_SIZE);
		u8.set(this.u8);
		this.u8 = u8;
		this.u16 = new Uint16Array(u8.buffer);
		this.i32 = new Int32Array(u8.buffer);
		this.u32 = new Uint32Array(u8.buffer);
		if (this.shadow !== null) {
			const shadow = new Uint8Array(u8.length);
			shadow.set(this.shadow);
			this.shadow = shadow;
			this.shadow32 = new Int32Array(shadow.buffer);
		}
		const writable = new Uint8Array(pages);
		writable.set(this.writable);
		this.writable = writable;
		const owners = new Float64Array(pages);
		owners.set(this.owners);
		this.owners = owners;
	}

	/** Takes a pool page out of use, saving it for later snapshots; it is zero afterwards. */
	private drop(page: number): void {
		const version = this.versions[page] ?? null;
		if (version !== null && version.data === null) this.save(page, version);
		this.versions[page] = null;
		this.u8.fill(0, page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
		this.shadow?.fill(0, page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
		this.setTable(this.owners[page]!, 0);
	}

	private load(page: number, version: PageVersion): void {
		if (version.data !== null) this.u8.set(version.data, page * PAGE_SIZE);
		if (version.shadow !== null) this.shadow?.set(version.shadow, page * PAGE_SIZE);
		this.owners[page] = version.owner;
		this.versions[page] = version;
		this.writable[page] = 0;
		this.setTable(version.owner, page + 1);
	}

	private setTable(owner: number, entry: number): void {
		if (owner < 0) return;
		const region = this.regionOf(owner);
		if (region !== null) region.table[(owner - region.base) / PAGE_SIZE] = entry;
	}
}

function versionOf(snapshot: MemorySnapshot, page: number): PageVersion {
	return snapshot.chunks[page >>> CHUNK_SHIFT]![page & (CHUNK_PAGES - 1)]!;
}

function allZero(words: Int32Array, page: number): boolean {
	const end = (page + 1) << (PAGE_SHIFT - 2);
	for (let at = page << (PAGE_SHIFT - 2); at < end; at++) if (words[at] !== 0) return false;
	return true;
}
