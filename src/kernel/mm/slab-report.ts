/** What SLUB prints when an object is not as it should be. */
import { PAGE_SIZE } from "../../language/vm/address-space";
import { formatPointer } from "../../language/vm/fault";
import type { Kernel } from "../kernel";
import { printk } from "../printk/log";
import { dumpStack } from "../sched/oops";
import type { ObjectPlace } from "./slab";

/** The head of a report: cache, what is wrong, the object, its last owner, the trace. */
export function reportCorruption(k: Kernel, place: ObjectPlace, what: string): void {
	const { cache } = place;
	printk(k, 3, "=============================================================================\n");
	printk(k, 3, `BUG ${cache.name} (Not tainted): ${what}\n`);
	printk(k, 3, "-----------------------------------------------------------------------------\n\n");
	const fn = place.size < 0 ? place.freeFn : place.fn;
	const owner = fn >= 0 ? (k.vm.functions[fn]?.name ?? "?") : "the kernel";
	printk(k, 3, `${place.size < 0 ? "Freed" : "Allocated"} in ${owner}\n`);
	const address = formatPointer(place.address);
	printk(k, 3, `Object 0x${address} @offset=${place.address % PAGE_SIZE} size=${cache.objectSize}\n`);
	const bytes = k.space.readBytes(place.address, Math.min(cache.objectSize, 64));
	for (let at = 0; at < bytes.length; at += 16) {
		const row = bytes.subarray(at, at + 16);
		const hex = Array.from(row, (b) => b.toString(16).padStart(2, "0")).join(" ");
		const ascii = Array.from(row, (b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : ".")).join("");
		printk(k, 3, `Object   ${formatPointer(place.address + at)}: ${hex.padEnd(48)} ${ascii}\n`);
	}
	dumpStack(k, k.current);
}
