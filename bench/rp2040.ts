/** The yardstick: memory-to-memory DMA of the npm package `rp2040js`, in bytes a second, in this process. */
import { RP2040 } from "rp2040js";

/** What the chip's default clock offers; the package does not export its type. */
interface Clock {
	readonly nextAlarm: object | null;
	tick(nanoseconds: number): void;
}

const RAM = 0x20000000;
const DMA_CHANNEL0 = 0x50000000;
/** CTRL_TRIG: EN, 32-bit items, both addresses increment, chain to itself (no chain), permanent request (0x3f). */
const COPY_WORDS = 1 | (2 << 2) | (1 << 4) | (1 << 5) | (0 << 11) | (0x3f << 15);

/** Copies `bytes` (a multiple of 4, at most 96 KiB) `times` times; returns bytes a second. */
export function rp2040BytesPerSecond(bytes: number, times: number): number {
	const chip = new RP2040();
	const clock = chip.clock as unknown as Clock;
	for (let at = 0; at < bytes; at += 4) chip.writeUint32(RAM + at, at);
	const copy = (): void => {
		chip.writeUint32(DMA_CHANNEL0 + 0x0, RAM);
		chip.writeUint32(DMA_CHANNEL0 + 0x4, RAM + 128 * 1024);
		chip.writeUint32(DMA_CHANNEL0 + 0x8, bytes / 4);
		chip.writeUint32(DMA_CHANNEL0 + 0xc, COPY_WORDS);
		while (clock.nextAlarm) clock.tick(1);
	};
	copy();
	if (chip.readUint32(RAM + 128 * 1024 + bytes - 4) !== bytes - 4) throw new Error("rp2040js did not copy");
	const start = performance.now();
	for (let time = 0; time < times; time++) copy();
	return (bytes * times) / ((performance.now() - start) / 1000);
}
