/** The root of the kernel's state: one slice per concern, each declared beside its behaviour. */
import type { CpuState, IrqDescriptor, Oops, RunEnd, Thread } from "./state";

export interface KernelState {
	cpu: CpuState;
	/** By id; threads are never removed, so an id names one thread for the whole run. */
	threads: Thread[];
	/** By line number. */
	irqs: Record<number, IrqDescriptor>;
	/** Set while an oops waits for the run loop to report and handle it. */
	oops: Oops | null;
	end: RunEnd | null;
}

export function createKernelState(): KernelState {
	return {
		cpu: { busyUntil: 0, current: 0, softirqPending: 0, local: [], queue: [], waits: 0 },
		threads: [],
		irqs: {},
		oops: null,
		end: null,
	};
}
