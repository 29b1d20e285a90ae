/** DMA request lines between peripherals and controllers. */

import type { Component } from "./component";

/** The peripheral's end: one acknowledge ends one burst (or the single transfers of a tail). */
export interface RequestSource {
	acknowledged(line: number): void;
}

/** The controller's end: told when the level of its handshake input changes. */
export interface RequestSink {
	requestChanged(handshake: number, active: boolean): void;
	/** The same of single requests; for controllers that tell them from requests for a burst. */
	singleChanged?(handshake: number, active: boolean): void;
}

interface Wire {
	readonly source: RequestSource;
	readonly sink: RequestSink;
	readonly handshake: number;
}

/** All request lines of a machine. Wiring is fixed when the board is built; only levels are state. */
export class Requests implements Component {
	readonly name = "requests";
	state = { levels: new Uint8Array(64), singles: new Uint8Array(64) };
	private readonly wires: Wire[] = [];

	onEvent(): void {}

	/** Connects a peripheral's request output to input `handshake` of a controller; returns the line's number. */
	connect(source: RequestSource, sink: RequestSink, handshake: number): number {
		if (this.wires.length === this.state.levels.length) {
			const levels = new Uint8Array(this.wires.length * 2);
			const singles = new Uint8Array(this.wires.length * 2);
			levels.set(this.state.levels);
			singles.set(this.state.singles);
			this.state = { levels, singles };
		}
		return this.wires.push({ source, sink, handshake }) - 1;
	}

	/** The peripheral's side: sets the level of a line. Line -1 (not wired) is ignored. */
	set(line: number, active: boolean): void {
		if (line < 0 || (this.state.levels[line] === 1) === active) return;
		this.state.levels[line] = active ? 1 : 0;
		const wire = this.wires[line]!;
		wire.sink.requestChanged(wire.handshake, active);
	}

	/** The peripheral's side: whether it could take or give at least one item, where `set` says a whole burst. */
	setSingle(line: number, active: boolean): void {
		if (line < 0 || (this.state.singles[line] === 1) === active) return;
		this.state.singles[line] = active ? 1 : 0;
		const wire = this.wires[line]!;
		wire.sink.singleChanged?.(wire.handshake, active);
	}

	/** The line of a controller's handshake input, or -1 when nothing is wired there. */
	lineOf(sink: RequestSink, handshake: number): number {
		return this.wires.findIndex((wire) => wire.sink === sink && wire.handshake === handshake);
	}

	active(line: number): boolean {
		return line >= 0 && this.state.levels[line] === 1;
	}

	single(line: number): boolean {
		return line >= 0 && this.state.singles[line] === 1;
	}

	/** The controller's side: the burst that a request asked for is over. */
	acknowledge(line: number): void {
		if (line >= 0) this.wires[line]!.source.acknowledged(line);
	}
}
