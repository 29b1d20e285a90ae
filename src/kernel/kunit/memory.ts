/** Memory and other things that live as long as a case (lib/kunit/resource.c). */
import { EINVAL } from "../errno";
import { call, goto, type KernelFunction, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { stringLength } from "../lib/bytes";
import { GFP_ZERO } from "../mm/gfp";
import { kfree, kmalloc, kmallocArray } from "../mm/kmalloc";
import type { KunitAction } from "./state";

/** Registers kfree of the memory for the end of the case; passes the address on. */
function managed(k: Kernel, test: number, address: number): number {
	if (address !== 0) k.state.kunit.actions.push({ test, action: k.address("kfree"), context: address });
	return address;
}

/** Takes the newest of the actions that fit out of the list. */
function takeAction(k: Kernel, fits: (action: KunitAction) => boolean): KunitAction | undefined {
	const { actions } = k.state.kunit;
	const at = actions.findLastIndex(fits);
	return at < 0 ? undefined : actions.splice(at, 1)[0];
}

const same = (test: number, action: number, context: number) => (one: KunitAction) =>
	one.test === test && one.action === action && one.context === context;

function addAction(k: Kernel, test: number, action: number, context: number): number {
	if (action === 0) return -EINVAL;
	k.state.kunit.actions.push({ test, action, context });
	return 0;
}

function duplicate(k: Kernel, test: number, text: number, gfp: number): number {
	if (text === 0) return 0;
	const size = stringLength(k, text) + 1;
	const copy = managed(k, test, kmalloc(k, size, gfp));
	if (copy !== 0) k.space.copy(copy, text, size);
	return copy;
}

export const kunitMemoryFunctions: KernelFunction[] = [
	...plain({
		"void *kunit_kmalloc_array(struct kunit *test, size_t n, size_t size, gfp_t gfp)": (k, test, n, size, gfp) =>
			managed(k, test, kmallocArray(k, n, size, gfp)),
		"void *kunit_kcalloc(struct kunit *test, size_t n, size_t size, gfp_t gfp)": (k, test, n, size, gfp) =>
			managed(k, test, kmallocArray(k, n, size, gfp | GFP_ZERO)),
		"void *kunit_kmalloc(struct kunit *test, size_t size, gfp_t gfp)": (k, test, size, gfp) =>
			managed(k, test, kmalloc(k, size, gfp)),
		"void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp)": (k, test, size, gfp) =>
			managed(k, test, kmalloc(k, size, gfp | GFP_ZERO)),
		"char *kunit_kstrdup(struct kunit *test, const char *str, gfp_t gfp)": (k, test, text, gfp) =>
			duplicate(k, test, text, gfp),
		"const char *kunit_kstrdup_const(struct kunit *test, const char *str, gfp_t gfp)": (k, test, text, gfp) =>
			duplicate(k, test, text, gfp),
		"void kunit_kfree(struct kunit *test, const void *ptr)": (k, test, address) => {
			if (address !== 0 && takeAction(k, same(test, k.address("kfree"), address))) kfree(k, address);
		},
		"void kunit_kfree_const(struct kunit *test, const void *x)": (k, test, address) => {
			if (address !== 0 && takeAction(k, same(test, k.address("kfree"), address))) kfree(k, address);
		},
		"int kunit_add_action(struct kunit *test, void (*action)(void *), void *ctx)": addAction,
		"int kunit_add_action_or_reset(struct kunit *test, void (*action)(void *), void *ctx)": addAction,
		"void kunit_remove_action(struct kunit *test, void (*action)(void *), void *ctx)": (k, test, action, context) => {
			takeAction(k, same(test, action, context));
		},
	}),
	steps("void kunit_release_action(struct kunit *test, void (*action)(void *), void *ctx)", {
		take: step("Take the action out of the test's list and call it now.", (k, f) => {
			const [test, action, context] = f.args;
			return takeAction(k, same(test, action, context)) ? call(action, [context]) : ret();
		}),
		done: step("It is done.", () => ret()),
	}),
	steps("void kunit_cleanup(struct kunit *test)", {
		next: step("Undo what the case has registered, the newest first: memory is freed, actions are called.", (k, f) => {
			const action = takeAction(k, (one) => one.test === f.args[0]);
			return action ? call(action.action, [action.context], "next") : goto("done");
		}),
		done: step("Nothing is left.", () => ret()),
	}),
];
