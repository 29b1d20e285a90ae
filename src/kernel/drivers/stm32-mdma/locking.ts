/** The channel's lock over several steps of a step function: nothing interrupts between them. */
import { virtDmaChan } from "../../dmaengine/structs";
import type { Kernel } from "../../kernel";
import { spinLockIrqsave, spinUnlockIrqrestore } from "../../locks/locks";
import type { StepFrame } from "../../state";
import { mdmaChan } from "./structs";

const lockOf = (chan: number): number => virtDmaChan.lock.at(mdmaChan.vchan.at(chan));

export function lock(k: Kernel, f: StepFrame, chan: number): void {
	f.locals.flags = spinLockIrqsave(k, lockOf(chan));
}

export function unlock(k: Kernel, f: StepFrame, chan: number): void {
	spinUnlockIrqrestore(k, lockOf(chan), f.locals.flags);
}
