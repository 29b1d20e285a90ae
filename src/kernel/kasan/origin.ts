/** Where memory comes from, for the reports: the object of a slab, a variable, a frame. */
import { formatPointer } from "../../language/vm/fault";
import { FRAME_OVERHEAD } from "../../language/vm/frame-layout";
import { FRAME_FUNCTION, FRAME_INTS, FRAME_SP, WINDOW_HIGH } from "../../language/vm/stack";
import type { Kernel } from "../kernel";
import { pageToVirt, virtToPage } from "../mm/pages";
import { findObject, lastSize, type ObjectPlace } from "../mm/slab";
import { findArea } from "../mm/vmalloc";
import { baseName } from "../sched/trace";
import type { Thread } from "../state";

const TWO32 = 4294967296;
const PAGE_SIZE = 4096;

/** "func (file:line)" of a place in C, or who else it was. */
function codePlace(k: Kernel, fn: number, pc: number): string {
	const name = fn >= 0 ? (k.vm.functions[fn]?.name ?? "?") : "the kernel";
	const place = fn >= 0 ? k.debug.symbols?.positionAt(pc) : null;
	return place ? `${name} (${baseName(place.file)}:${place.line})` : name;
}

/** Lines on the memory at `address`; `access` is where the access began. */
export function describeMemory(k: Kernel, address: number, access: number): string[] {
	const object = findObject(k, address);
	if (object) return describeObject(k, object, access);
	if (virtToPage(k, address) >= 0) return describePage(k, address);
	const frame = findFrame(k, address);
	if (frame) return describeFrame(k, frame, address);
	const area = findArea(k, address);
	if (area?.kind === "vmalloc")
		return [
			"The buggy address belongs to a vmalloc region:",
			` [${formatPointer(area.start)}, ${formatPointer(area.start + area.size)}) of ${area.size} bytes`,
		];
	return describeGlobal(k, address);
}

function describeObject(k: Kernel, object: ObjectPlace, access: number): string[] {
	const { cache, address } = object;
	const lines: string[] = [];
	if (object.size >= 0 || object.freeFn !== -2) {
		lines.push(`Allocated by task ${object.pid}:`, ` ${codePlace(k, object.fn, object.pc)}`);
		if (object.size < 0)
			lines.push(`Freed by task ${object.freePid}:`, ` ${codePlace(k, object.freeFn, object.freePc)}`);
	}
	lines.push(
		`The buggy address belongs to the object at ${formatPointer(address)}`,
		` which belongs to the cache ${cache.name} of size ${cache.objectSize}`,
	);
	const size = lastSize(k, object);
	if (size < 0) return lines;
	const [far, where] =
		access < address
			? [address - access, "to the left of"]
			: access >= address + size
				? [access - address - size, "to the right of"]
				: [access - address, "inside of"];
	lines.push(
		`The buggy address is located ${far} bytes ${where}`,
		` ${object.size < 0 ? "freed" : "allocated"} ${size}-byte region [${formatPointer(address)}, ${formatPointer(address + size)})`,
	);
	return lines;
}

function describePage(k: Kernel, address: number): string[] {
	const page = virtToPage(k, address);
	const pfn = Math.floor(k.space.ramStart / PAGE_SIZE) + page;
	return [
		`The buggy address belongs to the physical page: pfn:0x${pfn.toString(16)} at ${formatPointer(pageToVirt(k, page))}`,
	];
}

interface Frame {
	readonly thread: Thread;
	readonly fn: number;
	readonly sp: number;
}

/** The C frame, of any thread, whose memory holds an address. */
function findFrame(k: Kernel, address: number): Frame | null {
	for (const thread of k.state.threads) {
		const { stack } = thread;
		if (address < stack.memoryBottom || address >= stack.memoryTop) continue;
		for (let depth = stack.depth - 1; depth >= 0; depth--) {
			if (stack.hosts[depth]) continue;
			const fn = stack.frames[depth * FRAME_INTS + FRAME_FUNCTION];
			const sp = WINDOW_HIGH * TWO32 + (stack.frames[depth * FRAME_INTS + FRAME_SP] >>> 0);
			const entry = k.vm.functions[fn];
			const size = entry?.kind === "c" ? entry.info.frameSize + FRAME_OVERHEAD : 0;
			if (address >= sp && address < sp + size) return { thread, fn, sp };
		}
	}
	return null;
}

function describeFrame(k: Kernel, { thread, fn, sp }: Frame, address: number): string[] {
	const entry = k.vm.functions[fn];
	if (entry?.kind !== "c") return [];
	const { variables, frameObjects, name } = entry.info;
	const lines = [
		`The buggy address belongs to stack of task ${thread.name}/${thread.pid}`,
		` and is located at offset ${address - sp} in frame:`,
		` ${name}`,
		`This frame has ${frameObjects.length} object${frameObjects.length === 1 ? "" : "s"}:`,
	];
	for (const { offset, size } of frameObjects) {
		const variable = variables.find(({ location }) => location.kind === "memory" && location.offset === offset);
		lines.push(` [${offset}, ${offset + size}) '${variable?.name ?? "<temporary>"}'`);
	}
	return lines;
}

function describeGlobal(k: Kernel, address: number): string[] {
	let nearest: { name: string; address: number; size: number } | null = null;
	for (const one of k.debug.symbols?.globals ?? [])
		if (one.address <= address && (nearest === null || one.address > nearest.address)) nearest = one;
	if (nearest === null || Math.floor(nearest.address / 65536) < Math.floor(address / 65536) - 16)
		return [`The buggy address is ${formatPointer(address)}`];
	return [
		"The buggy address belongs to the variable:",
		` ${nearest.name}+0x${(address - nearest.address).toString(16)}/0x${nearest.size.toString(16)}`,
	];
}

/** Where memory that was never written was made. */
export function describeOrigin(k: Kernel, address: number): string[] {
	const object = findObject(k, address);
	if (object) return ["Uninit was created at:", ` ${codePlace(k, object.fn, object.pc)}`];
	const frame = findFrame(k, address);
	const entry = frame ? k.vm.functions[frame.fn] : undefined;
	if (frame && entry?.kind === "c") {
		const { frameObjects, variables, name } = entry.info;
		const found = frameObjects.find(
			({ offset, size }) => address >= frame.sp + offset && address < frame.sp + offset + size,
		);
		const variable = variables.find(({ location }) => location.kind === "memory" && location.offset === found?.offset);
		return [`Local variable ${variable?.name ?? "<temporary>"} created at:`, ` ${name}`];
	}
	return virtToPage(k, address) >= 0 ? describePage(k, address) : [];
}
