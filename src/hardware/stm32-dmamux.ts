/** STM32 DMAMUX: a table of wires from request inputs to streams (reference section 3). */

import type { Machine } from "../sim/machine";
import type { RequestSink, RequestSource } from "../sim/requests";
import type { HardwareModel, RequestRouter, RequestTarget } from "./model";
import { field, type Register, unmodelled } from "./registers";

export interface Stm32DmamuxConfig {
	name: string;
	base: number;
	size: number;
	/** Replaces the 8 cycles of a DMA master's read when not negative. */
	readLatencyPs?: number;
	/** Streams behind it; at most 32. */
	outputs: number;
}

interface DmamuxState {
	/** CxCR by output. */
	cr: Uint32Array;
}

const ID = 0x7f;
/** DMAREQ_ID, SOIE, EGE, SE, SPOL, NBREQ, SYNC_ID. */
const CR_BITS = 0x07ff037f;
const UNSYNCHRONISED = "requests are not synchronised, and no events come of them";

/** A request on input r reaches the outputs whose CxCR names r; input 0 is no request. Synchronisation is not modelled. */
export class Stm32Dmamux implements HardwareModel, RequestSink, RequestSource, RequestRouter {
	readonly kind = "stm32-dmamux";
	readonly name: string;
	readonly base: number;
	readonly size: number;
	readonly readLatency = 8;
	readonly readLatencyPs: number;
	readonly index: number;
	readonly registers: readonly Register[];
	state: DmamuxState;
	/** Request lines by input, and towards the streams by output. */
	private readonly inputs: number[] = [];
	private readonly outputs: number[] = [];

	constructor(
		private readonly machine: Machine,
		config: Stm32DmamuxConfig,
	) {
		this.name = config.name;
		this.base = config.base;
		this.size = config.size;
		this.readLatencyPs = config.readLatencyPs ?? -1;
		this.registers = Array.from({ length: config.outputs }, (_, output) => ({
			name: `C${output}CR`,
			offset: 4 * output,
			size: 4,
			access: "rw" as const,
			reset: 0,
			fields: [
				field("DMAREQ_ID", 0, 7),
				unmodelled("SOIE", 8, 1, UNSYNCHRONISED),
				unmodelled("EGE", 9, 1, UNSYNCHRONISED),
				unmodelled("SE", 16, 1, UNSYNCHRONISED),
				unmodelled("SPOL", 17, 2, UNSYNCHRONISED),
				unmodelled("NBREQ", 19, 5, UNSYNCHRONISED),
				unmodelled("SYNC_ID", 24, 3, UNSYNCHRONISED),
			],
		}));
		this.state = { cr: new Uint32Array(config.outputs) };
		this.index = machine.register(this);
		machine.bus.attach(this);
	}

	onEvent(): void {}

	/** Connects a peripheral to a request input. */
	connectRequest(source: RequestSource, input: number): number {
		const line = this.machine.requests.connect(source, this, input);
		this.inputs[input] = line;
		return line;
	}

	/** Connects the next output to a stream: input `handshake` of a controller. */
	connectOutput(target: RequestTarget, handshake: number): void {
		this.outputs.push(target.connectRequest(this, handshake));
	}

	get outputCount(): number {
		return this.state.cr.length;
	}

	inputOf(output: number): number {
		return (this.state.cr[output] ?? 0) & ID;
	}

	requestChanged(input: number, active: boolean): void {
		if (input === 0) return;
		this.state.cr.forEach((cr, output) => {
			if ((cr & ID) === input) this.machine.requests.set(this.outputs[output] ?? -1, active);
		});
	}

	/** A stream has served its request: the peripheral behind it is told. */
	acknowledged(line: number): void {
		const output = this.outputs.indexOf(line);
		const input = (this.state.cr[output] ?? 0) & ID;
		if (input !== 0) this.machine.requests.acknowledge(this.inputs[input] ?? -1);
	}

	/** Register contents are lost, as when the power domain is switched off. */
	losePower(): void {
		for (let output = 0; output < this.state.cr.length; output++) this.route(output, 0);
	}

	read(offset: number, _size: number): number {
		return this.peek(offset, 4);
	}

	write(offset: number, _size: number, value: number): void {
		const output = offset >>> 2;
		if (output < this.state.cr.length) this.route(output, value & CR_BITS);
	}

	peek(offset: number, _size: number): number {
		return this.state.cr[offset >>> 2] ?? 0;
	}

	private route(output: number, value: number): void {
		this.state.cr[output] = value;
		const input = value & ID;
		const { requests } = this.machine;
		requests.set(this.outputs[output] ?? -1, input !== 0 && requests.active(this.inputs[input] ?? -1));
	}
}
