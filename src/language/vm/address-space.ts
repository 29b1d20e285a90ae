import { FaultKind, MemoryFault } from "./fault";
import { copyUninitialised, markWritten, readShadow } from "./shadow";

/** What the address space needs of physical memory (sim/memory.ts has it). */
export interface PagePool {
	readonly u8: Uint8Array;
	readonly u16: Uint16Array;
	readonly i32: Int32Array;
	/** Per pool page: 0 while the page must be saved by `touch` before it is written. */
	readonly writable: Uint8Array;
	touch(poolPage: number): void;
	/** See shadow.ts; null while accesses are not checked. */
	readonly shadow: Uint8Array | null;
	readonly shadow32: Int32Array | null;
	/** Pool byte offset of the 4 KiB page that holds `phys`; -1 when that is not RAM. */
	pageOffset(phys: number, write: boolean): number;
}

/** Device memory as the CPU reaches it. Values are unsigned, at most 32 bits at a time. */
export interface MmioPort {
	read(phys: number, size: number): number;
	write(phys: number, size: number, value: number): void;
}

/** A piece of the 0xffff8000 window: plain data. */
export interface Mapping {
	/** Signed pointer, page-aligned. */
	virtual: number;
	phys: number;
	pages: number;
	kind: MappingKind;
}

/** "rom" is RAM that C may only read (string literals). */
export type MappingKind = "ram" | "rom" | "mmio";

export const LINEAR_BASE = -281474976710656;
export const WINDOW_BASE = -140737488355328;
export const PAGE_SIZE = 4096;
const TWO32 = 4294967296;
const UNMAPPED = -1;

/** A piece of RAM: physical address and bytes. */
export interface Bank {
	readonly base: number;
	readonly size: number;
}

/**
 * The CPU's view of memory. All pointers are signed 64-bit values as numbers. Accesses to where nothing is mapped
 * throw MemoryFault. `linear` and `window` hold a pool offset per page, UNMAPPED, or -2 - (index into `special`).
 */
export class AddressSpace {
	readonly pool: PagePool;
	mmio: MmioPort;
	readonly ramStart: number;
	readonly ramSize: number;
	/** Where in the linear map's range memory is; nothing answers between banks. By address. */
	readonly banks: readonly Bank[];
	/** Pages of the linear map, filled on first use. */
	readonly linear: Int32Array;
	/** Pages of the 0xffff8000 window; grows. */
	window: Int32Array;
	/** The only state here: everything in `window` follows from it. */
	private mappings: Mapping[] = [];
	/** Physical page address and whether it is device memory, for pages that the fast path must not touch. */
	private special: { phys: number; mmio: boolean; pool: number }[] = [];

	/** `ramStart`, `ramSize`: bytes; the linear map begins at `ramStart`. */
	constructor(
		pool: PagePool,
		ramStart: number,
		ramSize: number,
		banks: readonly Bank[] = [{ base: ramStart, size: ramSize }],
	) {
		this.pool = pool;
		this.banks = banks;
		this.ramStart = ramStart;
		this.ramSize = ramSize;
		this.linear = new Int32Array(Math.min(Math.ceil(ramSize / PAGE_SIZE), 0x100000)).fill(UNMAPPED);
		this.window = new Int32Array(4096).fill(UNMAPPED);
		this.mmio = {
			read: (phys, size) => {
				throw new MemoryFault(phys, size, false, FaultKind.Bus);
			},
			write: (phys, size) => {
				throw new MemoryFault(phys, size, true, FaultKind.Bus);
			},
		};
	}

	/**
	 * Maps `pages` pages at `virtual` (page-aligned, in the 0xffff8000 window) onto physical memory from `phys` on.
	 * A page that is already mapped is replaced.
	 */
	map(virtual: number, phys: number, pages: number, kind: MappingKind): void {
		this.mappings.push({ virtual, phys, pages, kind });
		this.install(this.mappings[this.mappings.length - 1]);
	}

	/** Removes every mapping that begins at `virtual`. */
	unmap(virtual: number): void {
		for (const mapping of this.mappings) {
			if (mapping.virtual !== virtual) continue;
			const first = (virtual - WINDOW_BASE) / PAGE_SIZE;
			this.window.fill(UNMAPPED, first, first + mapping.pages);
		}
		this.mappings = this.mappings.filter((mapping) => mapping.virtual !== virtual);
	}

	/** Makes the mapping that begins at `virtual` read-only for C. */
	protect(virtual: number): void {
		const mapping = this.mappings.find((one) => one.virtual === virtual && one.kind === "ram");
		if (!mapping) return;
		mapping.kind = "rom";
		this.install(mapping);
	}

	/** Plain data for a snapshot. */
	save(): Mapping[] {
		return this.mappings.map((mapping) => ({ ...mapping }));
	}

	/** Back to a saved state; also to be called after physical memory was restored, since pages may have moved. */
	restore(mappings: readonly Mapping[]): void {
		this.linear.fill(UNMAPPED);
		this.window.fill(UNMAPPED);
		this.special = [];
		this.mappings = mappings.map((mapping) => ({ ...mapping }));
		for (const mapping of this.mappings) this.install(mapping);
	}

	private install(mapping: Mapping): void {
		const first = (mapping.virtual - WINDOW_BASE) / PAGE_SIZE;
		const end = first + mapping.pages;
		if (!Number.isInteger(first) || first < 0 || end > 0x100000) throw new Error("mapping outside the window");
		if (end > this.window.length) {
			const grown = new Int32Array(Math.min(0x100000, Math.max(end, this.window.length * 2))).fill(UNMAPPED);
			grown.set(this.window);
			this.window = grown;
		}
		for (let i = 0; i < mapping.pages; i++) {
			const phys = mapping.phys + i * PAGE_SIZE;
			const pool = mapping.kind === "mmio" ? -1 : this.pool.pageOffset(phys, true);
			if (mapping.kind === "ram" && pool >= 0) {
				this.window[first + i] = pool;
			} else {
				this.window[first + i] = -2 - this.special.length;
				this.special.push({ phys, mmio: pool < 0, pool });
			}
		}
	}

	/** Physical address behind a pointer, or -1. */
	toPhys(virtual: number): number {
		const linear = virtual - LINEAR_BASE;
		if (linear >= 0 && linear < this.ramSize) return this.ramStart + linear;
		for (const mapping of this.mappings) {
			const offset = virtual - mapping.virtual;
			if (offset >= 0 && offset < mapping.pages * PAGE_SIZE) return mapping.phys + offset;
		}
		return -1;
	}

	/** Pointer into the linear map of a physical RAM address. */
	fromPhys(phys: number): number {
		return LINEAR_BASE + (phys - this.ramStart);
	}

	/** Whether `size` bytes at `address` are mapped as RAM. */
	isMapped(address: number, size: number): boolean {
		// Beyond 2^53 a number has no room for the end: nothing is mapped there.
		if (size > 0 && this.entry(address) === UNMAPPED) return false;
		const end = address + size;
		for (let at = address; at < end; at = (Math.floor(at / PAGE_SIZE) + 1) * PAGE_SIZE) {
			const entry = this.entry(at);
			if (entry === UNMAPPED || (entry < 0 && this.special[-2 - entry].mmio)) return false;
		}
		return true;
	}

	/** The page table entry of an address; fills in linear pages. */
	private entry(address: number): number {
		let offset = address - LINEAR_BASE;
		if (offset >= 0 && offset < this.ramSize) {
			const page = Math.floor(offset / PAGE_SIZE);
			let entry = page < this.linear.length ? this.linear[page] : UNMAPPED;
			if (entry === UNMAPPED) {
				entry = this.pool.pageOffset(this.ramStart + page * PAGE_SIZE, true);
				if (page < this.linear.length) this.linear[page] = entry;
			}
			return entry;
		}
		offset = address - WINDOW_BASE;
		if (offset >= 0 && offset < TWO32) {
			const page = Math.floor(offset / PAGE_SIZE);
			return page < this.window.length ? this.window[page] : UNMAPPED;
		}
		return UNMAPPED;
	}

	/** Pool offset of a byte that may be written or read (then also ROM); -2 - index for device memory. */
	private locate(address: number, size: number, write: boolean): number {
		const entry = this.entry(address);
		const inPage = address - Math.floor(address / PAGE_SIZE) * PAGE_SIZE;
		if (entry >= 0) {
			if (write && !this.pool.writable[entry >>> 12]) this.pool.touch(entry >>> 12);
			return entry + inPage;
		}
		if (entry === UNMAPPED) throw new MemoryFault(address, size, write);
		const special = this.special[-2 - entry];
		if (special.mmio) {
			if (inPage % size !== 0) throw new MemoryFault(address, size, write, FaultKind.Misaligned);
			return entry;
		}
		if (write) throw new MemoryFault(address, size, write, FaultKind.ReadOnly);
		return special.pool + inPage;
	}

	/** Pool offset of a byte of RAM; -1 for anything else. */
	poolOffset(address: number): number {
		const entry = this.entry(address);
		const inPage = address - Math.floor(address / PAGE_SIZE) * PAGE_SIZE;
		if (entry >= 0) return entry + inPage;
		if (entry === UNMAPPED) return -1;
		const { mmio, pool } = this.special[-2 - entry];
		return mmio ? -1 : pool + inPage;
	}

	private mmioAddress(entry: number, address: number): number {
		return this.special[-2 - entry].phys + (address - Math.floor(address / PAGE_SIZE) * PAGE_SIZE);
	}

	/** Whether an access stays in one page; if not it goes byte by byte. */
	private together(address: number, size: number): boolean {
		return address - Math.floor(address / PAGE_SIZE) * PAGE_SIZE <= PAGE_SIZE - size;
	}

	r8(address: number): number {
		const at = this.locate(address, 1, false);
		if (at < 0) return this.mmio.read(this.mmioAddress(at, address), 1) & 0xff;
		return this.pool.u8[at];
	}

	s8(address: number): number {
		return (this.r8(address) << 24) >> 24;
	}

	r16(address: number): number {
		if (!this.together(address, 2)) return this.r8(address) | (this.r8(address + 1) << 8);
		const at = this.locate(address, 2, false);
		if (at < 0) return this.mmio.read(this.mmioAddress(at, address), 2) & 0xffff;
		const u8 = this.pool.u8;
		return u8[at] | (u8[at + 1] << 8);
	}

	s16(address: number): number {
		return (this.r16(address) << 16) >> 16;
	}

	/** Signed 32-bit value. */
	s32(address: number): number {
		if (!this.together(address, 4)) return this.r16(address) | (this.r16(address + 2) << 16);
		const at = this.locate(address, 4, false);
		if (at < 0) return this.mmio.read(this.mmioAddress(at, address), 4) | 0;
		if ((at & 3) === 0) return this.pool.i32[at >> 2];
		const u8 = this.pool.u8;
		return u8[at] | (u8[at + 1] << 8) | (u8[at + 2] << 16) | (u8[at + 3] << 24);
	}

	/** Unsigned 32-bit value. */
	r32(address: number): number {
		return this.s32(address) >>> 0;
	}

	/** Signed 64-bit value as a number: exact within 2^53, which pointers are. */
	r64(address: number): number {
		const lo = this.s32(address) >>> 0;
		return this.s32(address + 4) * TWO32 + lo;
	}

	w8(address: number, value: number): void {
		const at = this.locate(address, 1, true);
		if (at < 0) this.mmio.write(this.mmioAddress(at, address), 1, value & 0xff);
		else {
			this.pool.u8[at] = value;
			if (this.pool.shadow !== null) markWritten(this.pool, at, 1);
		}
	}

	w16(address: number, value: number): void {
		if (!this.together(address, 2)) {
			this.w8(address + 1, value >> 8);
			this.w8(address, value);
			return;
		}
		const at = this.locate(address, 2, true);
		if (at < 0) {
			this.mmio.write(this.mmioAddress(at, address), 2, value & 0xffff);
			return;
		}
		const u8 = this.pool.u8;
		u8[at] = value;
		u8[at + 1] = value >> 8;
		if (this.pool.shadow !== null) markWritten(this.pool, at, 2);
	}

	w32(address: number, value: number): void {
		if (!this.together(address, 4)) {
			this.w16(address + 2, value >> 16);
			this.w16(address, value);
			return;
		}
		const at = this.locate(address, 4, true);
		if (at < 0) {
			this.mmio.write(this.mmioAddress(at, address), 4, value >>> 0);
			return;
		}
		if (this.pool.shadow !== null) markWritten(this.pool, at, 4);
		if ((at & 3) === 0) {
			this.pool.i32[at >> 2] = value;
			return;
		}
		const u8 = this.pool.u8;
		u8[at] = value;
		u8[at + 1] = value >> 8;
		u8[at + 2] = value >> 16;
		u8[at + 3] = value >> 24;
	}

	/** Writes a 64-bit integer given as a number (two's complement for negative ones). */
	w64(address: number, value: number): void {
		this.w32(address, value | 0);
		this.w32(address + 4, Math.floor(value / TWO32) | 0);
	}

	readBytes(address: number, length: number): Uint8Array {
		// (size_t)-1, as either kind of number: there is less memory than that, so it faults where the memory ends.
		if (!this.holds(length)) this.eachPiece(address, length < 0 ? length + 2 ** 64 : length, false, () => {});
		const bytes = new Uint8Array(length);
		this.eachPiece(address, length, false, (at, from, size) => {
			if (at >= 0) bytes.set(this.pool.u8.subarray(at, at + size), from);
			else for (let i = 0; i < size; i++) bytes[from + i] = this.r8(address + from + i);
		});
		return bytes;
	}

	/** Whether so many bytes could be somewhere at all. */
	private holds(length: number): boolean {
		return length >= 0 && length <= this.pool.u8.length;
	}

	writeBytes(address: number, bytes: Uint8Array): void {
		this.eachPiece(address, bytes.length, true, (at, from, size) => {
			if (at >= 0) {
				this.pool.u8.set(bytes.subarray(from, from + size), at);
				if (this.pool.shadow !== null) markWritten(this.pool, at, size);
			} else for (let i = 0; i < size; i++) this.w8(address + from + i, bytes[from + i]);
		});
	}

	fill(address: number, length: number, value: number): void {
		this.eachPiece(address, length, true, (at, from, size) => {
			if (at >= 0) {
				this.pool.u8.fill(value, at, at + size);
				if (this.pool.shadow !== null) markWritten(this.pool, at, size);
			} else for (let i = 0; i < size; i++) this.w8(address + from + i, value);
		});
	}

	/** memmove. What is not initialised at the source is not so at the destination. */
	copy(destination: number, source: number, length: number): void {
		if (length <= 0) return;
		const shadow = this.holds(length) ? readShadow(this, source, length) : null;
		if (shadow === null && this.together(source, length) && this.together(destination, length)) {
			const from = this.locate(source, 1, false);
			const to = this.locate(destination, 1, true);
			if (from >= 0 && to >= 0) {
				this.pool.u8.copyWithin(to, from, from + length);
				if (this.pool.shadow !== null) markWritten(this.pool, to, length);
				return;
			}
		}
		this.writeBytes(destination, this.readBytes(source, length));
		if (shadow !== null) copyUninitialised(this, destination, shadow);
	}

	/** Bytes up to a zero byte or `max`, as UTF-8 text. */
	cstring(address: number, max: number = PAGE_SIZE): string {
		const bytes: number[] = [];
		for (let i = 0; i < max; i++) {
			const byte = this.r8(address + i);
			if (byte === 0) break;
			bytes.push(byte);
		}
		return new TextDecoder().decode(Uint8Array.from(bytes));
	}

	/** Calls `piece` for each part of the range that lies in one page; at < 0 for device memory. */
	private eachPiece(
		address: number,
		length: number,
		write: boolean,
		piece: (at: number, from: number, size: number) => void,
	): void {
		for (let from = 0; from < length; ) {
			const here = address + from;
			const inPage = here - Math.floor(here / PAGE_SIZE) * PAGE_SIZE;
			const size = Math.min(length - from, PAGE_SIZE - inPage);
			piece(this.locate(here, 1, write), from, size);
			from += size;
		}
	}
}
