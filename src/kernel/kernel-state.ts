/** The root of the kernel's state: one slice per concern, each declared beside its behaviour. */

import { type AsyncTxState, createAsyncTxState } from "./async-tx/state";
import { type BootState, createBootState } from "./boot-thread";
import { createDevicesState, type DevicesState } from "./device/state";
import { createDmaMemoryState, type DmaMemoryState } from "./dma-mapping/coherent";
import { createDmaEngineState, type DmaEngineState } from "./dmaengine/state";
import { createDmatestState, type DmatestState } from "./dmatest/state";
import { createDwAxiState, type DwAxiState } from "./drivers/dw-axi-dmac/state";
import { createFilesState, type FilesState } from "./fs/files";
import { createIoState, type IoState } from "./io/state";
import { createKasanState, type KasanState } from "./kasan/state";
import { createKunitState, type KunitState } from "./kunit/state";
import { createRandomState, type RandomState } from "./lib/random";
import { createLockdepState, type LockdepState } from "./locks/lockdep-state";
import { createMmState, type MmState } from "./mm/state";
import { createModulesState, type ModulesState } from "./module/modules";
import { createPrintkState, type PrintkState } from "./printk/log";
import { createRaid6State, type Raid6State } from "./raid6/rodata";
import { createKthreadsState, type KthreadsState } from "./sched/kthread";
import { createSimState, type SimState } from "./sim/state";
import type { CpuState, IrqDescriptor, Oops, RunEnd, Thread } from "./state";
import { createTimersState, type TimersState } from "./timers/timers";
import { createWorkState, type WorkState } from "./work/queue";
import { createTaskletsState, type TaskletsState } from "./work/tasklet";

export interface KernelState {
	dma: DmaEngineState;
	dmaMemory: DmaMemoryState;
	dmatest: DmatestState;
	asyncTx: AsyncTxState;
	raid6: Raid6State;
	dwAxi: DwAxiState;
	cpu: CpuState;
	io: IoState;
	kasan: KasanState;
	lockdep: LockdepState;
	mm: MmState;
	printk: PrintkState;
	random: RandomState;
	boot: BootState;
	devices: DevicesState;
	files: FilesState;
	kthreads: KthreadsState;
	kunit: KunitState;
	modules: ModulesState;
	sim: SimState;
	tasklets: TaskletsState;
	timers: TimersState;
	work: WorkState;
	/** By id; threads are never removed, so an id names one thread for the whole run. */
	threads: Thread[];
	/** By line number. */
	irqs: Record<number, IrqDescriptor>;
	/** Set while an oops waits for the run loop to report and handle it. */
	oops: Oops | null;
	end: RunEnd | null;
	/** Oopses so far. */
	oopses: number;
	/** WARNs so far. */
	warnings: number;
	/** What the BUG that a kernel function has just thrown says. */
	bugText: string;
}

export function createKernelState(): KernelState {
	return {
		dma: createDmaEngineState(),
		dmaMemory: createDmaMemoryState(),
		dmatest: createDmatestState(),
		asyncTx: createAsyncTxState(),
		raid6: createRaid6State(),
		dwAxi: createDwAxiState(),
		cpu: {
			busyUntil: 0,
			current: 0,
			softirqPending: 0,
			local: [],
			queue: [],
			since: 0,
			sleepWarning: -1,
			taskletHolds: 0,
			waits: 0,
		},
		io: createIoState(),
		kasan: createKasanState(),
		lockdep: createLockdepState(),
		mm: createMmState(),
		printk: createPrintkState(),
		random: createRandomState(),
		boot: createBootState(),
		devices: createDevicesState(),
		files: createFilesState(),
		kthreads: createKthreadsState(),
		kunit: createKunitState(),
		modules: createModulesState(),
		sim: createSimState(),
		tasklets: createTaskletsState(),
		timers: createTimersState(),
		work: createWorkState(),
		threads: [],
		irqs: {},
		oops: null,
		end: null,
		oopses: 0,
		warnings: 0,
		bugText: "",
	};
}
