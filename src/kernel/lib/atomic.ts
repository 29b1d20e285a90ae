/** linux/atomic.h, refcount.h, kref.h. One CPU runs C, so every operation is atomic. */
import { call, type KernelFunction, type PlainImplementation, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { firstTime } from "../printk/log";
import { warn } from "../sched/oops";

const OPERATIONS: Readonly<Record<string, (old: number, i: number) => number>> = {
	add: (old, i) => (old + i) | 0,
	sub: (old, i) => (old - i) | 0,
	and: (old, i) => old & i,
	or: (old, i) => old | i,
	xor: (old, i) => old ^ i,
	andnot: (old, i) => old & ~i,
};

function update(k: Kernel, v: number, change: (old: number) => number): { old: number; value: number } {
	const old = k.space.s32(v);
	const value = change(old);
	k.space.w32(v, value);
	return { old, value };
}

function atomicTable(): Record<string, PlainImplementation> {
	const table: Record<string, PlainImplementation> = {
		"int atomic_read(const atomic_t *v)": (k, v) => k.space.s32(v!),
		"void atomic_set(atomic_t *v, int i)": (k, v, i) => k.space.w32(v!, i!),
		"int atomic_xchg(atomic_t *v, int new)": (k, v, fresh) => update(k, v!, () => fresh!).old,
		"int atomic_cmpxchg(atomic_t *v, int old, int new)": (k, v, old, fresh) =>
			update(k, v!, (now) => (now === old ? fresh! : now)).old,
		"bool atomic_try_cmpxchg(atomic_t *v, int *old, int new)": (k, v, old, fresh) => {
			const now = k.space.s32(v!);
			if (now === k.space.s32(old!)) {
				k.space.w32(v!, fresh!);
				return true;
			}
			k.space.w32(old!, now);
			return false;
		},
		"bool atomic_add_unless(atomic_t *v, int a, int u)": (k, v, a, u) =>
			update(k, v!, (old) => (old === u ? old : old + a!)).old !== u,
		"int atomic_fetch_add_unless(atomic_t *v, int a, int u)": (k, v, a, u) =>
			update(k, v!, (old) => (old === u ? old : old + a!)).old,
		"bool atomic_inc_not_zero(atomic_t *v)": (k, v) => update(k, v!, (old) => (old === 0 ? 0 : old + 1)).old !== 0,
		"bool atomic_inc_unless_negative(atomic_t *v)": (k, v) =>
			update(k, v!, (old) => (old < 0 ? old : old + 1)).old >= 0,
		"bool atomic_dec_unless_positive(atomic_t *v)": (k, v) =>
			update(k, v!, (old) => (old > 0 ? old : old - 1)).old <= 0,
		"int atomic_dec_if_positive(atomic_t *v)": (k, v) => update(k, v!, (old) => (old > 0 ? old - 1 : old)).old - 1,
		"void atomic_inc(atomic_t *v)": (k, v) => void update(k, v!, (old) => old + 1),
		"void atomic_dec(atomic_t *v)": (k, v) => void update(k, v!, (old) => old - 1),
		"int atomic_inc_return(atomic_t *v)": (k, v) => update(k, v!, (old) => (old + 1) | 0).value,
		"int atomic_dec_return(atomic_t *v)": (k, v) => update(k, v!, (old) => (old - 1) | 0).value,
		"int atomic_fetch_inc(atomic_t *v)": (k, v) => update(k, v!, (old) => old + 1).old,
		"int atomic_fetch_dec(atomic_t *v)": (k, v) => update(k, v!, (old) => old - 1).old,
		"bool atomic_inc_and_test(atomic_t *v)": (k, v) => update(k, v!, (old) => (old + 1) | 0).value === 0,
		"bool atomic_dec_and_test(atomic_t *v)": (k, v) => update(k, v!, (old) => (old - 1) | 0).value === 0,
		"bool atomic_sub_and_test(int i, atomic_t *v)": (k, i, v) => update(k, v!, (old) => (old - i!) | 0).value === 0,
		"bool atomic_add_negative(int i, atomic_t *v)": (k, i, v) => update(k, v!, (old) => (old + i!) | 0).value < 0,
	};
	for (const [name, op] of Object.entries(OPERATIONS)) {
		table[`void atomic_${name}(int i, atomic_t *v)`] = (k, i, v) => void update(k, v!, (old) => op(old, i!));
		table[`int atomic_${name}_return(int i, atomic_t *v)`] = (k, i, v) => update(k, v!, (old) => op(old, i!)).value;
		table[`int atomic_fetch_${name}(int i, atomic_t *v)`] = (k, i, v) => update(k, v!, (old) => op(old, i!)).old;
	}
	return table;
}

const SATURATED = -1073741824;

function complain(k: Kernel, line: number, text: string): void {
	if (firstTime(k, `lib/refcount.c:${line}`)) warn(k, `lib/refcount.c:${line} refcount_warn_saturate+0x0/0x0`, text);
}

/** Adds to a count that must not be 0 and must not overflow; saturates where it would go wrong. */
export function refcountAdd(k: Kernel, r: number, i: number): void {
	const { old } = update(k, r, (now) => (now + i) | 0);
	if (old === 0) {
		k.space.w32(r, SATURATED);
		complain(k, 25, "refcount_t: addition on 0; use-after-free.");
	} else if (old < 0 || old + i > 0x7fffffff) {
		k.space.w32(r, SATURATED);
		complain(k, 22, "refcount_t: saturated; leaking memory.");
	}
}

/** Takes from a count; true when it is 0 now. */
export function refcountSub(k: Kernel, r: number, i: number): boolean {
	const { old } = update(k, r, (now) => (now - i) | 0);
	if (old === i) return true;
	if (old < 0 || old - i < 0) {
		k.space.w32(r, SATURATED);
		complain(k, 28, "refcount_t: underflow; use-after-free.");
	}
	return false;
}

function refcountAddNotZero(k: Kernel, r: number, i: number): boolean {
	if (k.space.s32(r) === 0) return false;
	const { old } = update(k, r, (now) => (now + i) | 0);
	if (old < 0 || old + i > 0x7fffffff) {
		k.space.w32(r, SATURATED);
		complain(k, 19, "refcount_t: saturated; leaking memory.");
	}
	return true;
}

function refcountDec(k: Kernel, r: number): void {
	const { old } = update(k, r, (now) => (now - 1) | 0);
	if (old > 1) return;
	k.space.w32(r, SATURATED);
	complain(k, 31, "refcount_t: decrement hit 0; leaking memory.");
}

export const atomicFunctions: KernelFunction[] = [
	...plain(atomicTable()),
	...plain({
		"void refcount_set(refcount_t *r, int n)": (k, r, n) => k.space.w32(r!, n!),
		"unsigned int refcount_read(const refcount_t *r)": (k, r) => k.space.r32(r!),
		"void refcount_inc(refcount_t *r)": (k, r) => refcountAdd(k, r!, 1),
		"void refcount_add(int i, refcount_t *r)": (k, i, r) => refcountAdd(k, r!, i!),
		"bool refcount_inc_not_zero(refcount_t *r)": (k, r) => refcountAddNotZero(k, r!, 1),
		"bool refcount_add_not_zero(int i, refcount_t *r)": (k, i, r) => refcountAddNotZero(k, r!, i!),
		"void refcount_dec(refcount_t *r)": (k, r) => refcountDec(k, r!),
		"bool refcount_dec_and_test(refcount_t *r)": (k, r) => refcountSub(k, r!, 1),
		"bool refcount_sub_and_test(int i, refcount_t *r)": (k, i, r) => refcountSub(k, r!, i!),
		"bool refcount_dec_if_one(refcount_t *r)": (k, r) => {
			if (k.space.s32(r!) !== 1) return false;
			k.space.w32(r!, 0);
			return true;
		},
		"bool refcount_dec_not_one(refcount_t *r)": (k, r) => {
			if (k.space.s32(r!) === 1) return false;
			refcountSub(k, r!, 1);
			return true;
		},
		"void kref_init(struct kref *kref)": (k, r) => k.space.w32(r!, 1),
		"unsigned int kref_read(const struct kref *kref)": (k, r) => k.space.r32(r!),
		"void kref_get(struct kref *kref)": (k, r) => refcountAdd(k, r!, 1),
		"int kref_get_unless_zero(struct kref *kref)": (k, r) => (refcountAddNotZero(k, r!, 1) ? 1 : 0),
	}),
	steps("int kref_put(struct kref *kref, void (*release)(struct kref *kref))", {
		drop: step("Drop the reference; the last one calls release.", (k, f) =>
			refcountSub(k, f.args[0]!, 1) ? call(f.args[1]!, [f.args[0]!]) : ret(0),
		),
		done: step("It was the last one.", () => ret(1)),
	}),
];

const ORDERED = [
	"add_return",
	"sub_return",
	"inc_return",
	"dec_return",
	"fetch_add",
	"fetch_sub",
	"fetch_or",
	"fetch_and",
	"fetch_andnot",
	"xchg",
	"cmpxchg",
];

const wide = (name: string, parameters: string, before: string, result: string): string =>
	`#define ${name}(${parameters}) ({ atomic64_t *__a64 = (v); ${before} ${result}; })`;

/** 64-bit ones are macros: registers of the virtual machine hold all their bits. */
const WIDE = ["atomic64", "atomic_long"].flatMap((prefix) => [
	`#define ${prefix}_read(v) ((v)->counter)`,
	`#define ${prefix}_set(v, i) ((void)((v)->counter = (i)))`,
	...[
		["add", "+="],
		["sub", "-="],
		["and", "&="],
		["or", "|="],
		["xor", "^="],
	].flatMap(([name, op]) => [
		`#define ${prefix}_${name}(i, v) ((void)((v)->counter ${op} (i)))`,
		`#define ${prefix}_${name}_return(i, v) ((v)->counter ${op} (i))`,
		wide(`${prefix}_fetch_${name}`, "i, v", `s64 __a64o = __a64->counter; __a64->counter ${op} (i);`, "__a64o"),
	]),
	`#define ${prefix}_inc(v) ${prefix}_add(1, v)`,
	`#define ${prefix}_dec(v) ${prefix}_sub(1, v)`,
	`#define ${prefix}_inc_return(v) ${prefix}_add_return(1, v)`,
	`#define ${prefix}_dec_return(v) ${prefix}_sub_return(1, v)`,
	`#define ${prefix}_inc_and_test(v) (${prefix}_inc_return(v) == 0)`,
	`#define ${prefix}_dec_and_test(v) (${prefix}_dec_return(v) == 0)`,
	wide(`${prefix}_xchg`, "v, i", "s64 __a64o = __a64->counter; __a64->counter = (i);", "__a64o"),
	wide(
		`${prefix}_cmpxchg`,
		"v, o, n",
		"s64 __a64o = __a64->counter; if (__a64o == (o)) __a64->counter = (n);",
		"__a64o",
	),
]);

export const atomicHeader = `
#define ATOMIC_INIT(i) { (i) }
#define ATOMIC64_INIT(i) { (i) }
#define ATOMIC_LONG_INIT(i) { (i) }
#define REFCOUNT_INIT(n) { .refs = { (n) } }
#define KREF_INIT(n) { .refcount = { .refs = { (n) } } }
#define REFCOUNT_MAX INT_MAX
#define REFCOUNT_SATURATED (INT_MIN / 2)
#define atomic_read_acquire(v) atomic_read(v)
#define atomic_set_release(v, i) atomic_set(v, i)
#define atomic_cond_read_acquire(v, c) atomic_read(v)
${ORDERED.flatMap((name) => ["relaxed", "acquire", "release"].map((order) => `#define atomic_${name}_${order} atomic_${name}`)).join("\n")}
${WIDE.join("\n")}
`;
