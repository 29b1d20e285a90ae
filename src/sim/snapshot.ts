/** Copies of plain state. */

import type { EventsSnapshot } from "./events";
import type { MemorySnapshot } from "./memory";

/** A whole machine at one moment. Immutable; may be restored any number of times. */
export interface Snapshot {
	readonly time: number;
	readonly memory: MemorySnapshot;
	readonly events: EventsSnapshot;
	/** State of each component, by index. */
	readonly states: readonly object[];
}

/** A deep copy of plain data. Throws on functions and class instances: they do not belong into state. */
export function clonePlain<T>(value: T): T {
	return copy(value) as T;
}

function copy(value: unknown): unknown {
	if (value === null || typeof value !== "object") {
		if (typeof value === "function") throw new Error("a function in the state");
		return value;
	}
	if (Array.isArray(value)) {
		const out = new Array<unknown>(value.length);
		for (let at = 0; at < value.length; at++) out[at] = copy(value[at]);
		return out;
	}
	if (ArrayBuffer.isView(value)) return (value as Uint8Array).slice();
	const prototype = Object.getPrototypeOf(value);
	if (prototype !== Object.prototype && prototype !== null)
		throw new Error(`an object of class ${value.constructor.name} in the state`);
	const out: Record<string, unknown> = {};
	for (const key in value) out[key] = copy((value as Record<string, unknown>)[key]);
	return out;
}
