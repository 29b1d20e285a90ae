/** The driver's locks over several steps of a step function. A channel's lock is taken before the controller's. */
import type { Kernel } from "../../kernel";
import { spinLock, spinLockIrqsave, spinUnlock, spinUnlockIrqrestore } from "../../locks/locks";
import type { StepFrame } from "../../state";
import { dmaPl330Chan, pl330Dmac } from "./structs";

export function lockChannel(k: Kernel, f: StepFrame, pch: number): void {
	f.locals.flags = spinLockIrqsave(k, dmaPl330Chan.lock.at(pch));
}
export function unlockChannel(k: Kernel, f: StepFrame, pch: number): void {
	spinUnlockIrqrestore(k, dmaPl330Chan.lock.at(pch), f.locals.flags);
}

/** Inside of a channel's lock: interrupts are off already. */
export const lockInside = (k: Kernel, dmac: number): void => spinLock(k, pl330Dmac.lock.at(dmac));
export const unlockInside = (k: Kernel, dmac: number): void => spinUnlock(k, pl330Dmac.lock.at(dmac));

export function lockController(k: Kernel, f: StepFrame, dmac: number): void {
	f.locals.flags = spinLockIrqsave(k, pl330Dmac.lock.at(dmac));
}
export function unlockController(k: Kernel, f: StepFrame, dmac: number): void {
	spinUnlockIrqrestore(k, pl330Dmac.lock.at(dmac), f.locals.flags);
}
