/** The public structs of KUnit (include/kunit/test.h, try-catch.h, assert.h), members named and ordered as in 6.12. */
import { listHead, spinlockMember } from "../base-structs";
import { array, as, bool, fn, ptr, s32, struct, u8, u32 } from "../struct";

export const STATUS_COMMENT_SIZE = 256;
export const PARAM_DESC_SIZE = 128;
const SUITE_NAME_SIZE = 256;

export enum KunitStatus {
	Success = 0,
	Failure = 1,
	Skipped = 2,
}

const status = as(u32, "enum kunit_status");
const char = { ...u8, c: "char %s" };

export const kunitLoc = struct("kunit_loc", { line: s32, file: ptr("const char") });

export const kunitAttributes = struct("kunit_attributes", { speed: as(u32, "enum kunit_speed") });

export const kunitTryCatch = struct("kunit_try_catch", {
	test: ptr("struct kunit"),
	try_result: s32,
	try: fn("void (*%s)(void *context)"),
	catch: fn("void (*%s)(void *context)"),
	context: ptr("void"),
});

export const kunitCase = struct("kunit_case", {
	run_case: fn("void (*%s)(struct kunit *test)"),
	name: ptr("const char"),
	generate_params: fn("const void *(*%s)(const void *prev, char *desc)"),
	attr: kunitAttributes.$member,
	status,
	module_name: ptr("char"),
	log: ptr("struct string_stream"),
});

export const kunitSuite = struct("kunit_suite", {
	name: array({ ...u8, c: "const char %s" }, SUITE_NAME_SIZE),
	suite_init: fn("int (*%s)(struct kunit_suite *suite)"),
	suite_exit: fn("void (*%s)(struct kunit_suite *suite)"),
	init: fn("int (*%s)(struct kunit *test)"),
	exit: fn("void (*%s)(struct kunit *test)"),
	test_cases: ptr("struct kunit_case"),
	attr: kunitAttributes.$member,
	status_comment: array(char, STATUS_COMMENT_SIZE),
	debugfs: ptr("struct dentry"),
	log: ptr("struct string_stream"),
	suite_init_err: s32,
	is_init: bool,
});

export const kunit = struct("kunit", {
	priv: ptr("void"),
	name: ptr("const char"),
	log: ptr("struct string_stream"),
	try_catch: kunitTryCatch.$member,
	param_value: ptr("const void"),
	param_index: s32,
	lock: spinlockMember,
	status,
	resources: listHead.$member,
	status_comment: array(char, STATUS_COMMENT_SIZE),
	last_seen: kunitLoc.$member,
});
