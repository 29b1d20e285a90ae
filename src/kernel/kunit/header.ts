/** What kunit/test.h, kunit/resource.h and kunit/test-bug.h declare. */
import { Check } from "./failure-text";
import {
	kunit,
	kunitAttributes,
	kunitCase,
	kunitLoc,
	kunitSuite,
	kunitTryCatch,
	PARAM_DESC_SIZE,
	STATUS_COMMENT_SIZE,
} from "./structs";

/** Set in the first argument's kind when the check is an assertion. */
const ASSERTION = 16;

/** Checks of two operands: name, operator, kind. */
const BINARY: readonly (readonly [string, string, string])[] = [
	["EQ", "==", "INT"],
	["NE", "!=", "INT"],
	["LT", "<", "INT"],
	["LE", "<=", "INT"],
	["GT", ">", "INT"],
	["GE", ">=", "INT"],
	["PTR_EQ", "==", "PTR"],
	["PTR_NE", "!=", "PTR"],
	["STREQ", "==", "STR"],
	["STRNEQ", "!=", "STR"],
];

/** One check in its four forms; `operands` are its parameters, `body` the macro that does it with `kind` before them. */
function check(name: string, operands: string, body: string): string {
	return [
		["EXPECT", "0"],
		["ASSERT", `${ASSERTION}`],
	]
		.map(
			([
				verb,
				kind,
			]) => `#define KUNIT_${verb}_${name}(test, ${operands}) KUNIT_${verb}_${name}_MSG(test, ${operands}, NULL)
#define KUNIT_${verb}_${name}_MSG(test, ${operands}, fmt, ...) ${body.replace("KIND", kind)}
`,
		)
		.join("");
}

/**
 * The operands come here expanded, as Linux prints them (-ENOMEM as -12). Each is evaluated once, in its own type; for
 * the message it becomes a long long.
 */
const checks = [
	...BINARY.map(([name, operator, kind]) =>
		check(name, "left, right", `__KUNIT_${kind}(test, KIND, left, ${operator}, right, fmt, ##__VA_ARGS__)`),
	),
	check("TRUE", "condition", "__KUNIT_UNARY(test, KIND, condition, 1, fmt, ##__VA_ARGS__)"),
	check("FALSE", "condition", "__KUNIT_UNARY(test, KIND, condition, 0, fmt, ##__VA_ARGS__)"),
	check("NULL", "ptr", "__KUNIT_PTR(test, KIND, ptr, ==, ((void *)0), fmt, ##__VA_ARGS__)"),
	check("NOT_NULL", "ptr", "__KUNIT_PTR(test, KIND, ptr, !=, ((void *)0), fmt, ##__VA_ARGS__)"),
	check("NOT_ERR_OR_NULL", "ptr", "__KUNIT_NOT_ERROR(test, KIND, ptr, fmt, ##__VA_ARGS__)"),
	check("MEMEQ", "left, right, size", "__KUNIT_MEM(test, KIND, left, ==, right, size, fmt, ##__VA_ARGS__)"),
	check("MEMNEQ", "left, right, size", "__KUNIT_MEM(test, KIND, left, !=, right, size, fmt, ##__VA_ARGS__)"),
].join("");

/** Calls the kernel when `failed`, and ends the case after an assertion. */
const failing = (condition: string, kind: Check, texts: string, values: string): string =>
	`__KUNIT_SAVE_LOC(test); if (${condition}) { __kunit_failed((test), (kind) | ${kind}, __FILE__, __LINE__, ${texts}, ${values}, fmt, ##__VA_ARGS__); if (kind) __kunit_abort(test); }`;

export const kunitHeader: string = `
enum kunit_status { KUNIT_SUCCESS, KUNIT_FAILURE, KUNIT_SKIPPED };
enum kunit_speed { KUNIT_SPEED_UNSET, KUNIT_SPEED_VERY_SLOW, KUNIT_SPEED_SLOW, KUNIT_SPEED_NORMAL, KUNIT_SPEED_MAX = KUNIT_SPEED_NORMAL };
struct kunit;
struct string_stream;
struct dentry;
${kunitLoc.$c}
${kunitAttributes.$c}
${kunitTryCatch.$c}
${kunitCase.$c}
${kunitSuite.$c}
${kunit.$c}
typedef void (kunit_action_t)(void *);
#define kunit_test_suite(suite) static struct kunit_suite *const __dmascope_suite_##suite = &suite
#define kunit_test_suites(...) static struct kunit_suite *const __dmascope_paste(__dmascope_suites_, __COUNTER__)[] = { __VA_ARGS__ }
#define kunit_test_init_section_suite(suite) kunit_test_suite(suite)
#define kunit_test_init_section_suites(...) kunit_test_suites(__VA_ARGS__)
#define KUNIT_PARAM_DESC_SIZE ${PARAM_DESC_SIZE}
#define KUNIT_STATUS_COMMENT_SIZE ${STATUS_COMMENT_SIZE}
#define KUNIT_INDENT_LEN 4
#define KUNIT_SUBTEST_INDENT "    "
#define KUNIT_SUBSUBTEST_INDENT "        "
#define KUNIT_CASE(test_name) { .run_case = test_name, .name = #test_name, .module_name = KBUILD_MODNAME }
#define KUNIT_CASE_ATTR(test_name, attributes) { .run_case = test_name, .name = #test_name, .attr = attributes, .module_name = KBUILD_MODNAME }
#define KUNIT_CASE_SLOW(test_name) { .run_case = test_name, .name = #test_name, .attr.speed = KUNIT_SPEED_SLOW, .module_name = KBUILD_MODNAME }
#define KUNIT_CASE_PARAM(test_name, gen_params) { .run_case = test_name, .name = #test_name, .generate_params = gen_params, .module_name = KBUILD_MODNAME }
#define KUNIT_CASE_PARAM_ATTR(test_name, gen_params, attributes) { .run_case = test_name, .name = #test_name, .generate_params = gen_params, .attr = attributes, .module_name = KBUILD_MODNAME }
#define __KUNIT_GENERATOR(gen, array, describe) static const void *gen(const void *prev, char *desc) { typeof((array)[0]) *__next = prev ? (typeof(__next))prev + 1 : (array); if (__next >= (array) + ARRAY_SIZE(array)) return NULL; describe return __next; }
#define KUNIT_ARRAY_PARAM(name, array, get_desc) __KUNIT_GENERATOR(name##_gen_params, array, { void (*__describe)(typeof(__next), char *) = get_desc; if (__describe) __describe(__next, desc); })
#define KUNIT_ARRAY_PARAM_DESC(name, array, desc_member) __KUNIT_GENERATOR(name##_gen_params, array, strscpy(desc, __next->desc_member, KUNIT_PARAM_DESC_SIZE);)
#define kunit_suite_for_each_test_case(suite, test_case) for (test_case = (suite)->test_cases; test_case->run_case; test_case++)
#define KUNIT_DEFINE_ACTION_WRAPPER(wrapper, orig, arg_type) static void wrapper(void *in) { orig((arg_type)in); }

#define KUNIT_STATIC_STUB_REDIRECT(real_fn_name, args...) do { typeof(&real_fn_name) __stub = __kunit_static_stub(&real_fn_name); if (__stub) return __stub(args); } while (0)
#define kunit_activate_static_stub(test, real_fn_addr, replacement_addr) __kunit_activate_static_stub((test), (real_fn_addr), (replacement_addr))
#define kunit_log(lvl, test_or_suite, fmt, ...) do { (void)(test_or_suite); printk(lvl fmt, ##__VA_ARGS__); } while (0)
#define kunit_printk(lvl, test, fmt, ...) kunit_log(lvl, test, KUNIT_SUBTEST_INDENT "# %s: " fmt, (test)->name, ##__VA_ARGS__)
#define kunit_info(test, fmt, ...) kunit_printk(KERN_INFO, test, fmt, ##__VA_ARGS__)
#define kunit_warn(test, fmt, ...) kunit_printk(KERN_WARNING, test, fmt, ##__VA_ARGS__)
#define kunit_err(test, fmt, ...) kunit_printk(KERN_ERR, test, fmt, ##__VA_ARGS__)
#define kunit_mark_skipped(test_or_suite, fmt, ...) __kunit_mark_skipped((test_or_suite), fmt, ##__VA_ARGS__)
#define kunit_skip(test_or_suite, fmt, ...) do { __kunit_mark_skipped((test_or_suite), fmt, ##__VA_ARGS__); __kunit_abort(test_or_suite); } while (0)
#define kunit_fail_current_test(fmt, ...) __kunit_fail_current(__FILE__, __LINE__, fmt, ##__VA_ARGS__)

#define __KUNIT_SAVE_LOC(test) do { (test)->last_seen.file = __FILE__; (test)->last_seen.line = __LINE__; } while (0)
#define KUNIT_SUCCEED(test) __KUNIT_SAVE_LOC(test)
#define KUNIT_FAIL(test, fmt, ...) do { __kunit_failed((test), ${Check.Fail}, __FILE__, __LINE__, NULL, NULL, NULL, 0LL, 0LL, 0LL, fmt, ##__VA_ARGS__); } while (0)
#define __KUNIT_UNARY(test, kind, condition, wanted, fmt, ...) do { ${failing("!(condition) == (wanted)", Check.Unary, "#condition, NULL, NULL", "(long long)(wanted), 0LL, 0LL")} } while (0)
#define __KUNIT_INT(test, kind, left, op, right, fmt, ...) do { const typeof(left) __left = (left); const typeof(right) __right = (right); ${failing("!(__left op __right)", Check.Integer, "#left, #op, #right", "(long long)__left, (long long)__right, 0LL")} } while (0)
#define __KUNIT_PTR(test, kind, left, op, right, fmt, ...) do { const volatile void *__left = (const volatile void *)(left); const volatile void *__right = (const volatile void *)(right); ${failing("!(__left op __right)", Check.Pointer, "#left, #op, #right", "(long long)__left, (long long)__right, 0LL")} } while (0)
#define __KUNIT_STR(test, kind, left, op, right, fmt, ...) do { const char *__left = (const char *)(left); const char *__right = (const char *)(right); ${failing("!(__left && __right && strcmp(__left, __right) op 0)", Check.Text, "#left, #op, #right", "(long long)__left, (long long)__right, 0LL")} } while (0)
#define __KUNIT_MEM(test, kind, left, op, right, size_, fmt, ...) do { const void *__left = (const void *)(left); const void *__right = (const void *)(right); const size_t __size = (size_); ${failing("!(__left && __right && memcmp(__left, __right, __size) op 0)", Check.Memory, "#left, #op, #right", "(long long)__left, (long long)__right, (long long)__size")} } while (0)
#define __KUNIT_NOT_ERROR(test, kind, ptr, fmt, ...) do { const volatile void *__left = (const volatile void *)(ptr); ${failing("!__left || (unsigned long)__left >= -4095UL", Check.NotError, "#ptr, NULL, NULL", "(long long)__left, 0LL, 0LL")} } while (0)
${checks}`;
