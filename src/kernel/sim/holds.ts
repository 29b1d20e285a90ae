/** sim_irq_hold and sim_softirq_hold (machine.md, Holds and faults): they nest, and end with the case. */
import type { Kernel } from "../kernel";
import { raiseSoftirq, Softirq } from "../sched/interrupts";

/** Keeps all interrupt lines of a device from the CPU; their levels are kept. */
export function holdDevice(k: Kernel, device: string, lines: readonly number[]): void {
	for (const line of lines) k.machine.interrupts.hold(line);
	const hold = k.state.sim.holds.find((one) => one.device === device);
	if (hold) hold.depth++;
	else k.state.sim.holds.push({ device, lines: [...lines], depth: 1 });
}

/** Takes one hold of a device back; false when there was none. */
export function releaseDevice(k: Kernel, device: string): boolean {
	const { sim } = k.state;
	const hold = sim.holds.find((one) => one.device === device);
	if (!hold) return false;
	for (const line of hold.lines) k.machine.interrupts.release(line);
	if (--hold.depth === 0) sim.holds = sim.holds.filter((one) => one !== hold);
	return true;
}

/** Takes one hold of the tasklets back; false when there was none. What is pending then runs as after any raise. */
export function releaseTasklets(k: Kernel): boolean {
	const { cpu } = k.state;
	if (cpu.taskletHolds === 0) return false;
	if (--cpu.taskletHolds > 0) return true;
	for (const softirq of [Softirq.Hi, Softirq.Tasklet])
		if (cpu.softirqPending & (1 << softirq)) raiseSoftirq(k, softirq);
	return true;
}

/** The end of a case: nothing stays held. */
export function releaseHolds(k: Kernel): void {
	for (const { device, depth } of [...k.state.sim.holds]) for (let n = 0; n < depth; n++) releaseDevice(k, device);
	while (releaseTasklets(k));
}

/** What is still held, for the report of a run that has ended; empty when nothing is. */
export function heldTexts(k: Kernel): string[] {
	const texts = k.state.sim.holds.map(({ device }) => `the interrupts of ${device} are still held (sim_irq_hold)`);
	if (k.state.cpu.taskletHolds > 0) texts.push("tasklets are still held (sim_softirq_hold)");
	return texts;
}
