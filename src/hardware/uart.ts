/** What UARTs share: a shift register each way, and text that is reported line by line. */

import { ObserverBit } from "../sim/observers";
import { takeBytes } from "./byte-queue";
import { LinePeripheral, type LineState, newLine } from "./line-peripheral";

export interface UartLineState extends LineState {
	rx: number[];
	tx: number[];
	/** The byte in the shift register, -1: empty. */
	shifting: number;
	/** When the receive side was last used. */
	rxActivity: number;
	/** An event will look whether the line has been quiet since. */
	quietScheduled: boolean;
	/** A byte is on the line. */
	arriving: boolean;
	/** Sent, but not yet reported as output. */
	output: number[];
	outputActivity: number;
	outputScheduled: boolean;
}

export function newUartLine(): UartLineState {
	return {
		...newLine(),
		rx: [],
		tx: [],
		shifting: -1,
		rxActivity: 0,
		quietScheduled: false,
		arriving: false,
		output: [],
		outputActivity: 0,
		outputScheduled: false,
	};
}

enum Kind {
	SHIFTED,
	ARRIVED,
	QUIET,
	FLUSH,
}

/** Bytes of the FIFO of either kind of UART, each way. */
export const FIFO_BYTES = 16;
const OUTPUT_BYTES = 256;
const IDLE_CHARACTERS = 10;

export abstract class Uart<S extends UartLineState> extends LinePeripheral<S> {
	/** One character on the line, ps. */
	abstract characterTime(): number;

	/** The byte in the shift register is out. */
	protected abstract shifted(byte: number): void;

	/** A byte has come in completely. */
	protected abstract arrive(byte: number): void;

	/** Whether silence on the receive side means anything now. */
	protected abstract watchesQuiet(): boolean;

	/** The receive side has been quiet for that long, as `watchQuiet` was asked to find out. */
	protected abstract quiet(): void;

	/** Characters of silence that `quiet` wants. */
	protected abstract readonly quietCharacters: number;

	onEvent(kind: number, _arg: number): void {
		const { state } = this;
		switch (kind) {
			case Kind.SHIFTED: {
				const byte = state.shifting;
				state.shifting = -1;
				this.shifted(byte);
				break;
			}
			case Kind.ARRIVED:
				state.arriving = false;
				this.arrive(takeBytes(state.incoming, 1)[0] ?? 0);
				this.nextArrival();
				break;
			case Kind.QUIET:
				state.quietScheduled = false;
				if (this.machine.time < this.quietDue()) this.watchQuiet();
				else if (this.watchesQuiet()) this.quiet();
				break;
			default:
				this.idleFlush();
		}
		this.update();
	}

	/** For a debugger: what the FIFOs hold, oldest first, and the byte being shifted out (-1: none). */
	fifoView(): { rx: Uint8Array; tx: Uint8Array; shifting: number } {
		const { rx, tx, shifting } = this.state;
		return { rx: Uint8Array.from(rx), tx: Uint8Array.from(tx), shifting };
	}

	/** Reports what has been sent and not yet reported: at the end of a run. */
	flushOutput(): void {
		if (this.state.output.length > 0) this.flush();
	}

	protected shift(byte: number): void {
		this.state.shifting = byte;
		this.after(this.characterTime(), Kind.SHIFTED);
	}

	/** A byte has left the device. Output is reported at a newline, at 256 bytes, or after 10 idle characters. */
	protected out(byte: number): void {
		const { state, machine } = this;
		this.send(byte);
		state.output.push(byte);
		state.outputActivity = machine.time;
		if (byte === 10 || state.output.length >= OUTPUT_BYTES) this.flush();
		else if (!state.outputScheduled) {
			state.outputScheduled = true;
			this.after(IDLE_CHARACTERS * this.characterTime(), Kind.FLUSH);
		}
	}

	protected nextArrival(): void {
		const { state } = this;
		if (state.arriving || state.incoming.length === 0) return;
		state.arriving = true;
		this.after(this.characterTime(), Kind.ARRIVED);
	}

	protected watchQuiet(): void {
		const { state, machine } = this;
		if (state.quietScheduled || !this.watchesQuiet()) return;
		state.quietScheduled = true;
		machine.schedule(this.quietDue(), this.index, Kind.QUIET, 0);
	}

	private quietDue(): number {
		return this.state.rxActivity + this.quietCharacters * this.characterTime();
	}

	private idleFlush(): void {
		const { state, machine } = this;
		state.outputScheduled = false;
		// A byte on its way will look again when it has left.
		if (state.output.length === 0 || state.shifting >= 0) return;
		const due = state.outputActivity + IDLE_CHARACTERS * this.characterTime();
		if (due <= machine.time) this.flush();
		else {
			state.outputScheduled = true;
			machine.schedule(due, this.index, Kind.FLUSH, 0);
		}
	}

	private flush(): void {
		const bytes = Uint8Array.from(this.state.output);
		this.state.output = [];
		if (this.machine.observers.mask & ObserverBit.OUTPUT) this.machine.observers.output(this.index, bytes);
	}
}
