/** The kernel's own messages. */
import type { Kernel } from "../kernel";
import { printk } from "../printk/log";

/** Prints one line (or several) at a level, 0 emerg to 7 debug. */
export function say(k: Kernel, level: number, text: string): void {
	for (const line of text.split("\n")) printk(k, level, `${line}\n`);
}
