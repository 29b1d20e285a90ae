/**
 * What comes from outside during a run: every change that a front end makes goes through here and is kept with its
 * position, so that the run can be repeated.
 */
import type { Kernel } from "../kernel/kernel";
import { sizeOf } from "../language/types";
import { Response } from "../sim/observers";
import { SessionError } from "./api";
import { type Value, writeScalar } from "./values";

export type Input =
	/** Bytes written to memory, at a signed pointer. */
	| { readonly kind: "memory"; readonly address: number; readonly bytes: readonly number[] }
	/** A register variable of a C frame: slot of the thread's register stack. */
	| {
			readonly kind: "register";
			readonly thread: number;
			readonly slot: number;
			readonly low: number;
			readonly high: number | null;
	  }
	/** A write to a device's register at a bus address: `size` bytes, the value in hexadecimal. */
	| { readonly kind: "mmio"; readonly address: number; readonly size: number; readonly bits: string }
	/** Text written to a file of /sys, /sys/kernel/debug or /proc. */
	| { readonly kind: "file"; readonly path: string; readonly text: string }
	/** An expression of the debug console that had an effect, with the frame it was evaluated in. */
	| { readonly kind: "console"; readonly text: string; readonly thread: number; readonly frame: number };

/** An input and where in the run it came: before the statement with this number, at this time (ps). */
export interface PlacedInput {
	readonly statements: number;
	readonly time: number;
	readonly input: Input;
}

export class Inputs {
	readonly list: PlacedInput[] = [];

	constructor(private readonly k: Kernel) {}

	/** Does it and remembers it. */
	apply(input: Input): void {
		this.note(input);
		const { k } = this;
		if (input.kind === "memory") {
			k.space.writeBytes(input.address, Uint8Array.from(input.bytes));
		} else if (input.kind === "register") {
			const { regs } = k.state.threads[input.thread]!.stack;
			regs[input.slot] = input.low;
			if (input.high !== null) regs[input.slot + 1] = input.high;
		} else if (input.kind === "mmio") {
			this.writeRegister(input.address, input.size, BigInt(input.bits));
		}
	}

	/** An 8-byte register is written low half first, as the kernel does it. */
	private writeRegister(address: number, size: number, bits: bigint): void {
		const { bus } = this.k.machine;
		for (let done = 0; done < size; done += 4) {
			bus.write(address + done, Math.min(4, size - done), Number(BigInt.asUintN(32, bits >> BigInt(8 * done))));
			if (bus.result !== Response.OKAY)
				throw new SessionError(`The register at 0x${address.toString(16)} refuses the write.`);
		}
	}

	/** Stores a scalar where a value is. Throws SessionError when it is nowhere or cannot be written. */
	write(target: Value, bits: bigint): void {
		if (target.at === "result") throw new SessionError("This value has no place: it cannot be set.");
		const thread = this.k.state.threads.findIndex(
			({ stack }) => target.at === "register" && stack.regs === target.regs,
		);
		try {
			writeScalar(this.k.space, target, bits);
		} catch (error) {
			throw new SessionError(error instanceof Error ? error.message : String(error));
		}
		const low = Number(BigInt.asIntN(32, bits));
		const high = sizeOf(target.type) === 8 ? Number(BigInt.asIntN(32, bits >> 32n)) : null;
		if (target.at === "register") this.note({ kind: "register", thread, slot: target.slot, low, high });
		else {
			const size = target.bitField ? target.bitField.unit : sizeOf(target.type);
			this.note({ kind: "memory", address: target.address, bytes: [...this.k.space.readBytes(target.address, size)] });
		}
	}

	/** Remembers an input that was done otherwise. */
	note(input: Input): void {
		this.list.push({ statements: this.k.vm.statements, time: this.k.machine.time, input });
	}
}
