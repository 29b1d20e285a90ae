/** A channel's lock over several steps of a step function: nothing interrupts between them. */
import type { Kernel } from "../../kernel";
import { spinLockIrqsave, spinUnlockIrqrestore } from "../../locks/locks";
import type { StepFrame } from "../../state";

/** Where the flags are in the meantime: `f.locals.flags`. `lockOf` gives the address of a channel's spinlock_t. */
export function channelLock(lockOf: (chan: number) => number) {
	return {
		lock: (k: Kernel, f: StepFrame, chan: number): void => {
			f.locals.flags = spinLockIrqsave(k, lockOf(chan));
		},
		unlock: (k: Kernel, f: StepFrame, chan: number): void => {
			spinUnlockIrqrestore(k, lockOf(chan), f.locals.flags);
		},
	};
}
