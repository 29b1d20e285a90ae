/** spin_lock_irqsave over several steps of a step function: nothing interrupts between them. */
import type { Kernel } from "../../kernel";
import type { StepFrame } from "../../state";

export function lock(k: Kernel, f: StepFrame): void {
	f.locals.irqsOff = k.current.irqsOff ? 1 : 0;
	k.current.irqsOff = true;
	k.current.preempt++;
}

export function unlock(k: Kernel, f: StepFrame): void {
	k.current.preempt--;
	k.current.irqsOff = f.locals.irqsOff === 1;
}
