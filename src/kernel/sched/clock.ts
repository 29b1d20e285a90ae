/** The CPU's place in time while C runs: a run of the virtual machine is paid for in pieces, at each call of the kernel. */
import type { Kernel } from "../kernel";

/**
 * Brings the machine's clock up to the statement that runs now, so that whatever a kernel function or a device register
 * does happens at its own time. What the hardware does meanwhile happens first.
 */
export function syncClock(k: Kernel): void {
	const { vm, machine } = k;
	if (vm.current === null || vm.used <= 0) return;
	const target = machine.time + vm.used;
	if (machine.nextEventTime() > target) machine.time = target;
	else machine.advanceTo(target);
	const done = vm.used - (target - machine.time);
	vm.used -= done;
	vm.slack -= done;
}

/** Before a plain kernel function runs on behalf of C. */
export function beforeHostCall(k: Kernel): void {
	syncClock(k);
}

/** After it: the run may go on until the next thing that is due, and not past a statement when something waits. */
export function afterHostCall(k: Kernel): void {
	const { vm, machine } = k;
	if (vm.current === null) return;
	const room = machine.nextEventTime() - machine.time;
	if (room < vm.slack) vm.slack = room;
	if (mustLook(k)) vm.slack = 0;
}

/** Whether the run loop has something to do before the next statement. */
function mustLook(k: Kernel): boolean {
	const { cpu } = k.state;
	if (k.machine.stopRequested || k.state.end) return true;
	return (cpu.local.length > 0 || k.machine.interrupts.pendingLine >= 0) && !k.current.irqsOff;
}
