/** What an event is about, as far as the machine knows at the stop: its descriptor, its address, its length. */
import type { DescriptorInfo } from "../kernel/dmaengine/inspect";
import { type ChannelEntry, currentDescriptor, physicalOf } from "./channels";
import type { BurstError, EventHit } from "./event-filters";
import type { Simulation } from "./simulation";

/** The hit with what its observer could not know; look while the machine stands where it happened. */
export function completeHit(simulation: Simulation, hit: EventHit, entry: ChannelEntry | null): EventHit {
	if (!entry) return hit;
	const descriptor = descriptorOf(hit, entry);
	const cookie = hit.cookie || (descriptor?.cookie ?? 0);
	if (hit.burst) return { ...hit, cookie, addr: failedAddress(simulation, hit.burst, entry).address };
	if (hit.filter === "chunk") return { ...hit, cookie };
	return {
		...hit,
		text: hit.filter === "start" && descriptor ? `${hit.text}, cookie ${cookie}, ${descriptor.len} bytes` : hit.text,
		cookie,
		addr: hit.addr || (descriptor?.chunks[0]?.src ?? 0),
		len: hit.len || (descriptor?.len ?? 0),
	};
}

/** The descriptor that an event is of, or null when there is none. */
export function descriptorOf(hit: EventHit, entry: ChannelEntry): DescriptorInfo | null {
	const queues = entry.info?.queues;
	if (!queues) return null;
	if (hit.cookie > 0) {
		const all = Object.values(queues).flat();
		return all.find(({ cookie }) => cookie === hit.cookie) ?? null;
	}
	if (hit.filter === "issue_pending") return queues.submitted[0] ?? currentDescriptor(entry);
	return currentDescriptor(entry);
}

/** Which end of a burst was answered with an error, and its address as the controller has it. */
export function failedAddress(
	simulation: Simulation,
	burst: BurstError,
	entry: ChannelEntry,
): { side: "read" | "write"; address: number } {
	const { bus, memory } = simulation.machine;
	const { src, dst, length, decode } = burst;
	const [from, to] = [physicalOf(entry, src), physicalOf(entry, dst)];
	const meets = (base: number, size: number, at: number) => at < base + size && base < at + length;
	const silent = (at: number) => memory.regionOf(at) === null && bus.targetOf(at) === null;
	const reads = { side: "read", address: src } as const;
	const writes = { side: "write", address: dst } as const;
	if (decode) return silent(from) ? reads : silent(to) ? writes : memory.regionOf(from) === null ? reads : writes;
	for (const { base, size, read, write } of bus.state.faults) {
		if (read && meets(base, size, from)) return { side: "read", address: src + Math.max(base - from, 0) };
		if (write && meets(base, size, to)) return { side: "write", address: dst + Math.max(base - to, 0) };
	}
	return bus.targetOf(from) !== null ? reads : writes;
}
