/** Kernel stacks and task structs, in the 0xffff8000 window, with unmapped room below each stack as VMAP_STACK has it. */
import { PAGE_SIZE, WINDOW_BASE } from "../../language/vm/address-space";
import { KERNEL_STACK_SIZE } from "../../language/vm/stack";
import { EAGAIN, ENOMEM } from "../errno";
import type { Kernel } from "../kernel";
import { takeRun } from "../mm/pages";

/** Each thread takes 32 KiB of the window: its task_struct's page, a hole, its stack. */
const THREADS_BASE = WINDOW_BASE + 0x60000000;
const THREAD_SPAN = 2 * KERNEL_STACK_SIZE;
const MAX_THREADS = 8192;

/** Maps the next thread's memory; -EAGAIN when there are too many threads, -ENOMEM. */
export function allocateThreadMemory(k: Kernel): { stackTop: number; task: number } | number {
	const index = k.state.threads.length;
	if (index >= MAX_THREADS) return -EAGAIN;
	const task = THREADS_BASE + index * THREAD_SPAN;
	const page = takeRun(k, 1 + KERNEL_STACK_SIZE / PAGE_SIZE);
	if (page < 0) return -ENOMEM;
	const phys = k.space.ramStart + page * PAGE_SIZE;
	const stack = task + KERNEL_STACK_SIZE;
	k.space.map(task, phys, 1, "ram");
	k.space.map(stack, phys + PAGE_SIZE, KERNEL_STACK_SIZE / PAGE_SIZE, "ram");
	return { stackTop: stack + KERNEL_STACK_SIZE, task };
}

/** The thread whose task_struct is at an address, or -1. */
export function threadOfTask(task: number): number {
	const index = (task - THREADS_BASE) / THREAD_SPAN;
	return Number.isInteger(index) && index >= 0 && index < MAX_THREADS ? index : -1;
}
