/** One happening of a run, as `--json` prints it (design.md 4). Time in picoseconds since boot. */
import type { RecordFields, RecordKind } from "../sim/observers";

export interface TraceRecord {
	/** ps since boot; never falls from one record to the next. */
	readonly t: number;
	readonly ev: RecordKind;
	readonly fields: Readonly<RecordFields>;
}

/** Names of the bus responses, by their AXI encoding. */
export const RESPONSE_NAMES: Readonly<Record<number, "OKAY" | "SLVERR" | "DECERR">> = {
	0: "OKAY",
	2: "SLVERR",
	3: "DECERR",
};

/** What a recorder has to ask about the machine that it watches. */
export interface TraceContext {
	/** Time now, ps. */
	now(): number;
	/** Name of a hardware channel ("dma0chan3"), by component index of its controller and its number there. */
	channelName(controller: number, channel: number): string;
	/** Name of a device by component index ("10000000.serial"). */
	deviceName(device: number): string;
	/** Name of the device that has an interrupt line, "" when there is none. */
	interruptDevice(line: number): string;
	/** Where the CPU is: context, CPU, and line of the innermost C frame. */
	cpuContext(): Pick<RecordFields, "ctx" | "cpu" | "file" | "line">;
}
