/**
 * Kernel functions as tables keyed by their C prototype. The prototype is what the checker sees, what hover shows and
 * what decides how each 64-bit argument slot is read. A function that neither blocks nor calls C is `plain`; one that
 * does is a list of named steps over a plain-data frame (design.md 2), so that it can be interrupted, snapshotted,
 * stepped through and shown as a page of plain words.
 */
import type { Kernel } from "./kernel";
import type { StepFrame, WaitOn } from "./state";

/** How an argument slot (low and high word) becomes a number: see `readArgument`. */
export type ArgumentKind = "s32" | "u32" | "s64" | "u64" | "bool" | "void";

export interface Signature {
	readonly name: string;
	/** The declaration as C has it, for the prelude and for hover. */
	readonly prototype: string;
	readonly result: ArgumentKind;
	readonly arguments: readonly ArgumentKind[];
	readonly variadic: boolean;
	/** Indices of the arguments that point to an object which the function uses (a list, a lock, a completion …). */
	readonly objects: readonly number[];
}

/** The arguments behind the fixed ones of a variadic call: raw 64-bit values. */
export interface VarArgs {
	readonly count: number;
	low(index: number): number;
	high(index: number): number;
	/** The value as a signed 64-bit number (pointers, long); exact within 2^53. */
	value(index: number): number;
}

export type PlainImplementation = (k: Kernel, ...args: number[]) => number | bigint | boolean | undefined | void;
export type VariadicImplementation = (
	k: Kernel,
	fixed: number[],
	rest: VarArgs,
) => number | bigint | boolean | undefined | void;

export interface PlainFunction {
	readonly kind: "plain";
	readonly signature: Signature;
	/** ps of virtual time that a call takes (machine.md, Time: 200 ns unless it says otherwise). */
	readonly cost: number;
	readonly run: PlainImplementation;
}
export interface VariadicFunction {
	readonly kind: "variadic";
	readonly signature: Signature;
	readonly cost: number;
	readonly run: VariadicImplementation;
}
export interface StepFunction {
	readonly kind: "step";
	readonly signature: Signature;
	readonly cost: number;
	readonly steps: readonly NamedStep[];
}
export interface NamedStep extends Step {
	readonly name: string;
}
export type KernelFunction = PlainFunction | VariadicFunction | StepFunction;

/** What a step does next. A call's result is in `f.result` when the next step runs. */
export type Next =
	| { readonly do: "next" }
	| { readonly do: "goto"; readonly step: string }
	| {
			readonly do: "call";
			readonly target: number | string;
			readonly args: readonly number[];
			readonly then?: string | undefined;
	  }
	| { readonly do: "block"; readonly on: WaitOn; readonly until: number; readonly then?: string | undefined }
	| { readonly do: "yield"; readonly then?: string | undefined }
	| { readonly do: "exit"; readonly value: number }
	| { readonly do: "spin"; readonly for: number; readonly then?: string | undefined }
	| { readonly do: "return"; readonly value: number };

export interface Step {
	/** What Linux does here, in plain words: the line that the debugger shows. */
	readonly text: string;
	run(k: Kernel, f: StepFrame): Next;
}

export const next: Next = { do: "next" };
export const goto = (step: string): Next => ({ do: "goto", step });
/** Calls a C or kernel function by address, or a kernel function by name. `then` names the step to go on with. */
export const call = (target: number | string, args: readonly number[], then?: string): Next => ({
	do: "call",
	target,
	args,
	then,
});
/** Returns from the step function. */
export const ret = (value = 0): Next => ({ do: "return", value });
/** Sleeps until woken on `on`, or until `until` (ps since boot; Infinity for ever): then `f.timedOut` is true. */
export const block = (on: WaitOn, until = Number.POSITIVE_INFINITY, then?: string): Next => ({
	do: "block",
	on,
	until,
	then,
});
/** Lets the other ready threads run first. */
export const yieldCpu = (then?: string): Next => ({ do: "yield", then });
/** Ends the thread, with everything that is on its stack. */
export const exit = (value: number): Next => ({ do: "exit", value });
/** Keeps the CPU busy for `ps`; interrupts come in meanwhile. */
export const spin = (ps: number, then?: string): Next => ({ do: "spin", for: ps, then });
export const step = (text: string, run: (k: Kernel, f: StepFrame) => Next): Step => ({ text, run });

/** Default cost of a kernel call: 200 ns (machine.md, Time). */
const KERNEL_CALL_PS = 200_000;

/** Plain functions: `{ "size_t strlen(const char *s)": (k, s) => … }`. */
export function plain(table: Record<string, PlainImplementation>, cost = KERNEL_CALL_PS): KernelFunction[] {
	return Object.entries(table).map(([prototype, run]) => ({
		kind: "plain",
		signature: parseSignature(prototype),
		cost,
		run,
	}));
}

/** Plain functions with `...`: the implementation gets the fixed arguments and a reader of the others. */
export function variadic(table: Record<string, VariadicImplementation>, cost = KERNEL_CALL_PS): KernelFunction[] {
	return Object.entries(table).map(([prototype, run]) => ({
		kind: "variadic",
		signature: parseSignature(prototype),
		cost,
		run,
	}));
}

/** One step function. `steps` run in the order given unless one says `goto`. Falling off the end returns 0. */
export function steps(prototype: string, table: Record<string, Step>, cost = KERNEL_CALL_PS): KernelFunction {
	const named = Object.entries(table).map(([name, s]) => ({ name, text: s.text, run: s.run }));
	return { kind: "step", signature: parseSignature(prototype), cost, steps: named };
}

/** A step function whose one step hands over to another function and returns what that returns. */
export function forward(prototype: string, text: string, to: (k: Kernel, f: StepFrame) => Next): KernelFunction {
	return steps(prototype, {
		call: step(text, to),
		done: step("Return its result.", (_, f) => ret(f.result)),
	});
}

const KINDS: Record<string, ArgumentKind> = {
	void: "void",
	bool: "bool",
	_Bool: "bool",
	char: "u32",
	u8: "u32",
	u16: "u32",
	u32: "u32",
	__u32: "u32",
	uint8_t: "u32",
	uint16_t: "u32",
	uint32_t: "u32",
	"unsigned char": "u32",
	"unsigned short": "u32",
	"unsigned int": "u32",
	unsigned: "u32",
	gfp_t: "u32",
	umode_t: "u32",
	__le32: "u32",
	int: "s32",
	"signed int": "s32",
	short: "s32",
	s8: "s32",
	s16: "s32",
	s32: "s32",
	dma_cookie_t: "s32",
	irqreturn_t: "s32",
	pid_t: "s32",
	long: "s64",
	"long long": "s64",
	"long int": "s64",
	s64: "s64",
	ssize_t: "s64",
	loff_t: "s64",
	ktime_t: "s64",
	intptr_t: "s64",
	ptrdiff_t: "s64",
	"unsigned long": "u64",
	"unsigned long long": "u64",
	u64: "u64",
	size_t: "u64",
	dma_addr_t: "u64",
	phys_addr_t: "u64",
	resource_size_t: "u64",
	uintptr_t: "u64",
	cycles_t: "u64",
	sector_t: "u64",
	uint64_t: "u64",
};

/** Types whose pointers a function takes in order to use the object. */
const OBJECT =
	/^(const )?(volatile )?((struct (list_head|hlist_head|hlist_node|completion|mutex|semaphore|rw_semaphore|wait_queue_head|work_struct|delayed_work|timer_list|hrtimer|tasklet_struct|kref))|spinlock_t|raw_spinlock_t|wait_queue_head_t|atomic_t|atomic64_t|atomic_long_t|refcount_t) \*\w+$/;

/** list_is_head() only compares. */
const objectsIn = (name: string, parameters: readonly string[]): number[] =>
	parameters.flatMap((text, index) => (name !== "list_is_head" && OBJECT.test(text) ? [index] : []));

/**
 * Reads a prototype's name and argument kinds. Pointers, function pointers and names of unknown typedefs (callback
 * types such as `irq_handler_t`) are "s64". A declarator that returns a function pointer is not understood.
 */
function parseSignature(prototype: string): Signature {
	const open = prototype.indexOf("(");
	const head = /^(.*?)(\w+)\s*$/.exec(prototype.slice(0, open));
	if (!head?.[1] || !head[2]) throw new Error(`not a prototype: ${prototype}`);
	const parameters = splitParameters(prototype.slice(open + 1, prototype.lastIndexOf(")")));
	const variadic = parameters.at(-1) === "...";
	if (variadic) parameters.pop();
	return {
		name: head[2],
		prototype,
		result: kindOf(head[1].trim()),
		arguments: parameters.filter((p) => p !== "void" && p !== "").map((p) => kindOf(typeOf(p))),
		variadic,
		objects: objectsIn(head[2], parameters),
	};
}

function splitParameters(text: string): string[] {
	const parts: string[] = [];
	let depth = 0;
	let start = 0;
	for (let i = 0; i <= text.length; i++) {
		const c = text[i];
		if (c === "(") depth++;
		else if (c === ")") depth--;
		else if ((c === "," && depth === 0) || i === text.length) {
			parts.push(text.slice(start, i).trim());
			start = i + 1;
		}
	}
	return parts;
}

function typeOf(parameter: string): string {
	if (parameter.includes("*") || parameter.includes("(") || parameter.includes("[")) return "*";
	const words = parameter.split(/\s+/);
	return words.length === 1 ||
		parameter in KINDS ||
		(words.length === 2 && /^(enum|struct|union|unsigned|signed|const)$/.test(words[0] ?? ""))
		? parameter
		: words.slice(0, -1).join(" ");
}

function kindOf(type: string): ArgumentKind {
	const bare = type.replace(/\b(const|volatile|static|inline|__must_check|struct)\b/g, "").trim();
	if (bare.includes("*")) return "s64";
	if (bare.startsWith("enum ")) return "s32";
	return KINDS[bare] ?? "s64";
}
