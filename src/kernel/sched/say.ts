/** The kernel's own messages. */
import type { Kernel } from "../kernel";
import { ObserverBit } from "../../sim/observers";

/** Prints one line (or several) at a level, 0 emerg to 7 debug. */
export function say(k: Kernel, level: number, text: string): void {
	if (k.machine.observers.mask & ObserverBit.RECORD) for (const line of text.split("\n")) k.machine.observers.record("printk", { level, text: line });
}
