/** KUnit's functions: what the checks call when they fail, messages, and the runners. */
import { type KernelFunction, plain, variadic } from "../functions";
import { readString, writeString } from "../lib/bytes";
import { formatAt } from "../lib/format";
import { kunitMemoryFunctions } from "./memory";
import { failCurrent, reportFailure, setLastSeen } from "./report";
import { kunitCaseFunctions } from "./run-case";
import { kunitSuiteFunctions } from "./run-suites";
import { KunitStatus, kunit, STATUS_COMMENT_SIZE } from "./structs";

export const kunitFunctions: KernelFunction[] = [
	...variadic({
		"void __kunit_failed(struct kunit *test, int how, const char *file, int line, const char *left, const char *op, const char *right, ...)":
			(k, [test, how, file, line, left, operator, right], rest) => {
				setLastSeen(k, test, file, line);
				const text = (address: number): string => (address === 0 ? "" : readString(k, address));
				const operands = { left: text(left), operator: text(operator), right: text(right) };
				reportFailure(k, test, (how & 16) !== 0, how & 15, { file: text(file), line }, operands, rest);
			},
		"void __kunit_fail_current(const char *file, int line, const char *fmt, ...)": (k, [file, line, format], rest) =>
			failCurrent(k, file, line, format, rest),
		"void __kunit_mark_skipped(struct kunit *test, const char *fmt, ...)": (k, [test, format], rest) => {
			kunit.status.set(k.space, test, KunitStatus.Skipped);
			writeString(k, kunit.status_comment.at(test), formatAt(k, format, rest).slice(0, STATUS_COMMENT_SIZE - 1));
		},
	}),
	...plain({
		"void kunit_set_failure(struct kunit *test)": (k, test) => kunit.status.set(k.space, test, KunitStatus.Failure),
		"struct kunit *kunit_get_current_test(void)": (k) =>
			k.current.id === k.state.kunit.thread ? k.state.kunit.test : 0,
		"bool kunit_enabled(void)": () => true,
		"void *__kunit_static_stub(void *real)": (k, real) =>
			k.current.id === k.state.kunit.thread
				? (k.state.kunit.stubs.find((stub) => stub.real === real)?.replacement ?? 0)
				: 0,
		"void __kunit_activate_static_stub(struct kunit *test, void *real, void *replacement)": (
			k,
			_,
			real,
			replacement,
		) => {
			const { kunit: state } = k.state;
			state.stubs = state.stubs.filter((stub) => stub.real !== real);
			if (replacement !== 0) state.stubs.push({ real, replacement });
		},
		"void kunit_deactivate_static_stub(struct kunit *test, void *real_fn_addr)": (k, _, real) => {
			k.state.kunit.stubs = k.state.kunit.stubs.filter((stub) => stub.real !== real);
		},
	}),
	...kunitMemoryFunctions,
	...kunitCaseFunctions,
	...kunitSuiteFunctions,
];
