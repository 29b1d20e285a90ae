/** What hovers say about KUnit, in our own words. */

/** What each check holds its operands to. */
const CHECKS: Readonly<Record<string, string>> = {
	EQ: "`left == right`",
	NE: "`left != right`",
	LT: "`left < right`",
	LE: "`left <= right`",
	GT: "`left > right`",
	GE: "`left >= right`",
	TRUE: "the condition is true",
	FALSE: "the condition is false",
	NULL: "the pointer is NULL",
	NOT_NULL: "the pointer is not NULL",
	NOT_ERR_OR_NULL: "the pointer is neither NULL nor an `ERR_PTR`",
	PTR_EQ: "two pointers are the same",
	PTR_NE: "two pointers differ",
	STREQ: "two strings are equal",
	STRNEQ: "two strings differ",
	MEMEQ: "`size` bytes are equal",
	MEMNEQ: "`size` bytes differ somewhere",
};

function checks(): Record<string, string> {
	const docs: Record<string, string> = {};
	for (const [name, what] of Object.entries(CHECKS)) {
		const expect = `Checks that ${what}. When not, the case has failed and goes on.`;
		const demand = `Checks that ${what}. When not, the case has failed and ends here.`;
		const message = " The format and its arguments are added to the report.";
		docs[`KUNIT_EXPECT_${name}`] = expect;
		docs[`KUNIT_ASSERT_${name}`] = demand;
		docs[`KUNIT_EXPECT_${name}_MSG`] = expect + message;
		docs[`KUNIT_ASSERT_${name}_MSG`] = demand + message;
	}
	return docs;
}

export const kunitDocs: Readonly<Record<string, string>> = {
	...checks(),
	KUNIT_CASE: "One test of a suite: the function is the case, and its name is the case's.",
	KUNIT_CASE_SLOW: "A case that is expected to take long.",
	KUNIT_CASE_PARAM: "A case that runs once for each parameter that the generator gives, in `test->param_value`.",
	KUNIT_ARRAY_PARAM: "Defines `name_gen_params`, a generator that goes through an array.",
	KUNIT_ARRAY_PARAM_DESC: "`KUNIT_ARRAY_PARAM` whose descriptions are a member of the elements.",
	KUNIT_FAIL: "The case has failed; it goes on.",
	KUNIT_SUCCEED: "Says that this place was reached; checks nothing.",
	kunit: "The running case: `priv` is the test's own, `name` the case's.",
	kunit_case: "One test of a suite; written with `KUNIT_CASE()`. An empty entry ends the table.",
	kunit_suite:
		"A named table of cases. `init` and `exit` run around each case, `suite_init` and `suite_exit` around all of them.",
	kunit_test_suite: "Registers a suite; its cases run each on a freshly booted machine.",
	kunit_test_suites: "Registers several suites.",
	kunit_info: "A line in the case's log.",
	kunit_warn: "A warning in the case's log.",
	kunit_err: "An error in the case's log; does not fail it.",
	kunit_skip: "Ends the case as skipped, with a reason.",
	kunit_mark_skipped: "Marks the case as skipped and goes on.",
	kunit_kzalloc: "Zeroed memory that is freed when the case ends.",
	kunit_kmalloc: "Memory that is freed when the case ends.",
	kunit_kcalloc: "A zeroed array that is freed when the case ends.",
	kunit_kfree: "Frees such memory before the case ends.",
	kunit_add_action: "Runs a function when the case ends, last added first.",
	kunit_add_action_or_reset: "`kunit_add_action()` that runs the function at once when it cannot be added.",
	kunit_release_action: "Runs such a function now.",
	kunit_remove_action: "Forgets such a function.",
	kunit_get_current_test: "The case that runs, or NULL.",
};
