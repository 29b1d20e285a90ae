/** Areas of the 0xffff8000 window: vmalloc, modules, ioremap. The lowest gap that is large enough is taken. */
import { type MappingKind, PAGE_SIZE, WINDOW_BASE } from "../../language/vm/address-space";
import { formatPointer } from "../../language/vm/fault";
import { Poison, poisonByte, SHADOW_UNINIT, setShadow } from "../../language/vm/shadow";
import type { Kernel } from "../kernel";
import { warn } from "../sched/oops";
import { releasePages, takeRun } from "./pages";
import type { VmArea } from "./state";

/** Threads' stacks begin here. */
const AREAS_END = WINDOW_BASE + 0x60000000;

/** Finds room for `pages` pages and the guard page behind them; returns the index where the area belongs. */
function findRoom(areas: readonly VmArea[], pages: number): { at: number; start: number } | null {
	let start = WINDOW_BASE;
	for (let at = 0; at < areas.length; at++) {
		const area = areas[at]!;
		if (area.start - start >= (pages + 1) * PAGE_SIZE) return { at, start };
		start = area.start + (area.pages + 1) * PAGE_SIZE;
	}
	return AREAS_END - start >= (pages + 1) * PAGE_SIZE ? { at: areas.length, start } : null;
}

/** Maps physical pages as a new area; returns its address or 0. `phys` is page-aligned. */
export function addArea(k: Kernel, kind: VmArea["kind"], phys: number, size: number, mapping: MappingKind): number {
	const { areas } = k.state.mm;
	const pages = Math.max(1, Math.ceil(size / PAGE_SIZE));
	const room = findRoom(areas, pages);
	if (!room) return 0;
	areas.splice(room.at, 0, { start: room.start, pages, kind, phys, size });
	k.space.map(room.start, phys, pages, mapping);
	return room.start;
}

/** The area that an address lies in, or null. */
export function findArea(k: Kernel, address: number): VmArea | null {
	const { areas } = k.state.mm;
	return areas.find((a) => address >= a.start && address < a.start + a.pages * PAGE_SIZE) ?? null;
}

/** Removes the area that begins at `address`; false when there is none. RAM behind it stays taken. */
export function removeArea(k: Kernel, address: number): VmArea | null {
	const { areas } = k.state.mm;
	const at = areas.findIndex((a) => a.start === address);
	if (at < 0) return null;
	const [area] = areas.splice(at, 1);
	k.space.unmap(address);
	return area ?? null;
}

/** Memory that is contiguous only in the window; 0 when there is none. Filled with `fill`. */
export function vmalloc(k: Kernel, size: number, fill: number, kind: VmArea["kind"] = "vmalloc"): number {
	if (size === 0 || size > k.space.ramSize) return 0;
	const page = takeRun(k, Math.ceil(size / PAGE_SIZE));
	if (page < 0) return 0;
	const address = addArea(k, kind, k.space.ramStart + page * PAGE_SIZE, size, "ram");
	if (address === 0) releasePages(k, page);
	else {
		const whole = Math.ceil(size / PAGE_SIZE) * PAGE_SIZE;
		k.space.fill(address, whole, fill);
		if (fill !== 0) setShadow(k.space, address, size, SHADOW_UNINIT);
		setShadow(k.space, address + size, whole - size, poisonByte(Poison.Vmalloc));
	}
	return address;
}

/** Frees a vmalloc area; NULL is fine, any other address is a WARN. */
export function vfree(k: Kernel, address: number): void {
	if (address === 0) return;
	const area = removeArea(k, address);
	if (!area) {
		warn(k, "mm/vmalloc.c:3347", `Trying to vfree() nonexistent vm area (${formatPointer(address)})`);
		return;
	}
	if (area.kind !== "ioremap") releasePages(k, (area.phys - k.space.ramStart) / PAGE_SIZE);
}

/**
 * Memory for a module's data, in the window: zeroed, page-aligned address. Read-only memory is mapped "rom": fill it
 * through its physical address (`space.toPhys`). Throws when RAM is full.
 */
export function allocateModuleSpace(k: Kernel, bytes: number, readOnly: boolean): number {
	const size = Math.max(1, bytes);
	const page = takeRun(k, Math.ceil(size / PAGE_SIZE));
	if (page < 0) throw new Error(`no memory for ${bytes} bytes of module data`);
	const phys = k.space.ramStart + page * PAGE_SIZE;
	k.machine.memory.fill(phys, 0, Math.ceil(size / PAGE_SIZE) * PAGE_SIZE);
	const address = addArea(k, "module", phys, size, readOnly ? "rom" : "ram");
	if (address === 0) throw new Error(`no room for ${bytes} bytes of module data`);
	return address;
}

/** Gives a module's memory back. */
export function releaseModuleSpace(k: Kernel, address: number): void {
	vfree(k, address);
}

/** is_vmalloc_addr: the window outside the kernel image. */
export function isVmallocAddress(address: number): boolean {
	return address >= WINDOW_BASE && address < WINDOW_BASE + 0x70000000;
}
