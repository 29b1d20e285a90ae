/** A suite of one file, booted and run as `dmascope run` does. */
import { bootAndRun, type Rig } from "../harness";

const HEAD = "#include <kunit/test.h>\n";

/** Runs a file's suite `mine` with these cases (their functions are in `text`); `suite`: more of its members. */
export function runSuite(text: string, cases: string, suite = ""): Rig {
	const file = `${HEAD}${text}
static struct kunit_case cases[] = { ${cases}, {} };
static struct kunit_suite s = { .name = "mine", ${suite} .test_cases = cases };
kunit_test_suite(s);
`;
	return bootAndRun({ "t.c": file });
}

/** What the log says of one failed case with this body, without the level, from the first failure on. */
export function failures(body: string): string[] {
	const rig = runSuite(`static void c(struct kunit *test) {\n${body}\n}`, "KUNIT_CASE(c)");
	return rig
		.log()
		.map((line) => line.slice(2))
		.filter((line) => line.includes("FAILED at"));
}

/** Status of each case that has begun. */
export function statuses(rig: Rig): string[] {
	return rig.k.state.kunit.results.map(({ name, status }) => `${name} ${status}`);
}
