/** Enters the kernel's functions into the virtual machine: what C calls by name is a row of a table here. */

import type { Invoke } from "../language/vm/function-entry";
import type { ValueKind } from "../language/vm/host-call";
import { decodeValue, encodeValue } from "../language/vm/host-call";
import type { ArgumentKind, KernelFunction, PlainFunction, VarArgs, VariadicFunction } from "./functions";
import { checking, checkObject } from "./kasan/check";
import type { Kernel } from "./kernel";
import { afterHostCall, beforeHostCall } from "./sched/clock";
import { KernelBug } from "./sched/oops";

/** Appends every kernel function to the machine's function table; its index there is its index in `k.functions`. */
export function bindKernelFunctions(k: Kernel): void {
	for (const fn of k.functions) {
		const name = fn.signature.name;
		if (fn.kind === "step") k.vm.addFunction({ kind: "step", name });
		else k.vm.addFunction({ kind: "plain", name, invoke: bindInvoke(k, fn), cost: fn.cost });
	}
}

function bindInvoke(k: Kernel, fn: PlainFunction | VariadicFunction): Invoke {
	const body = fn.kind === "plain" ? bindPlain(k, fn) : bindVariadic(k, fn);
	const objects = checking(k) ? fn.signature.objects : [];
	return (regs, base, count) => {
		beforeHostCall(k);
		for (const index of objects) checkObject(k, argument("s64", regs, base, index));
		try {
			body(regs, base, count);
		} catch (error) {
			if (error instanceof KernelBug) k.state.bugText = error.message;
			throw error;
		}
		afterHostCall(k);
	};
}

function bindPlain(k: Kernel, fn: PlainFunction): Invoke {
	const { run, signature } = fn;
	const result = signature.result;
	const [k0, k1, k2, k3] = signature.arguments.map(valueKind);
	switch (signature.arguments.length) {
		case 0:
			return (regs, base) => encodeValue(result, run(k), regs, base);
		case 1:
			return (regs, base) => encodeValue(result, run(k, argument(k0, regs, base, 0)), regs, base);
		case 2:
			return (regs, base) =>
				encodeValue(result, run(k, argument(k0, regs, base, 0), argument(k1, regs, base, 1)), regs, base);
		case 3:
			return (regs, base) =>
				encodeValue(
					result,
					run(k, argument(k0, regs, base, 0), argument(k1, regs, base, 1), argument(k2, regs, base, 2)),
					regs,
					base,
				);
		case 4:
			return (regs, base) =>
				encodeValue(
					result,
					run(
						k,
						argument(k0, regs, base, 0),
						argument(k1, regs, base, 1),
						argument(k2, regs, base, 2),
						argument(k3, regs, base, 3),
					),
					regs,
					base,
				);
		default:
			return (regs, base) => encodeValue(result, run(k, ...fixedArguments(fn, regs, base)), regs, base);
	}
}

function bindVariadic(k: Kernel, fn: VariadicFunction): Invoke {
	const fixed = fn.signature.arguments.length;
	return (regs, base, count) => {
		const rest = varArgs(regs, base + 2 * fixed, Math.max(0, count - fixed));
		encodeValue(fn.signature.result, fn.run(k, fixedArguments(fn, regs, base), rest), regs, base);
	};
}

function fixedArguments(fn: KernelFunction, regs: Int32Array, base: number): number[] {
	return fn.signature.arguments.map((kind, index) => argument(valueKind(kind), regs, base, index));
}

function argument(kind: ValueKind | undefined, regs: Int32Array, base: number, index: number): number {
	return decodeValue(kind ?? "s64", regs[base + 2 * index], regs[base + 2 * index + 1]);
}

function valueKind(kind: ArgumentKind): ValueKind {
	return kind === "void" ? "s64" : kind;
}

/** Reads `count` 64-bit values that stand in register pairs from slot `first` on. */
export function varArgs(regs: Int32Array, first: number, count: number): VarArgs {
	return {
		count,
		low: (index) => regs[first + 2 * index],
		high: (index) => regs[first + 2 * index + 1],
		value: (index) => decodeValue("s64", regs[first + 2 * index], regs[first + 2 * index + 1]),
	};
}
