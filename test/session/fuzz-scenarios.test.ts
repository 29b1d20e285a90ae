/**
 * Mutated samples: whatever a file holds, it is refused with places and words, or it runs to an end or a limit. No
 * exception, no hang, nothing thrown on the way.
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { problemsOf } from "../../src/lsp/problems";
import { DebugSession } from "../../src/session/debug-session";
import { load } from "../../src/session/load";
import { edit } from "../lsp/support";

/** Virtual time and slices that a mutated run gets: enough for a sample, little for an endless loop. */
const UNTIL_NS = 20_000_000;
const SLICES = 400;

const samples = globSync("samples/*.dma")
	.sort()
	.map((file) => readFileSync(file, "utf8"));
/** Pieces of the samples themselves: tokens in places where they do not belong. */
const tokens = [
	...new Set(samples.flatMap((text) => text.match(/[A-Za-z_]\w*|0x[0-9a-f]+|\d+|[^\s\w]/g) ?? [])),
].sort();

type Mutation =
	| { readonly kind: "cut"; readonly at: number; readonly length: number }
	| { readonly kind: "put"; readonly at: number; readonly token: string }
	| { readonly kind: "change"; readonly at: number; readonly token: string }
	| { readonly kind: "line"; readonly at: number; readonly to: number }
	| { readonly kind: "number"; readonly at: number; readonly value: string };

const place = fc.nat({ max: 9999 });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
	fc.record({ kind: fc.constant("cut" as const), at: place, length: fc.integer({ min: 1, max: 80 }) }),
	fc.record({ kind: fc.constant("put" as const), at: place, token: fc.constantFrom(...tokens) }),
	fc.record({ kind: fc.constant("change" as const), at: place, token: fc.constantFrom(...tokens) }),
	fc.record({ kind: fc.constant("line" as const), at: place, to: place }),
	fc.record({
		kind: fc.constant("number" as const),
		at: place,
		value: fc.constantFrom("0", "-1", "1", "0xffffffff", "0xffffffffffffffffULL", "65537", "3", "0x80000000"),
	}),
);

function mutate(text: string, { kind, at, ...more }: Mutation): string {
	const from = (count: number) => Math.floor((at / 10_000) * count);
	switch (kind) {
		case "cut": {
			const start = from(text.length);
			return text.slice(0, start) + text.slice(start + (more as { length: number }).length);
		}
		case "put": {
			const start = from(text.length);
			return `${text.slice(0, start)} ${(more as { token: string }).token} ${text.slice(start)}`;
		}
		case "change": {
			const all = [...text.matchAll(/[A-Za-z_]\w*|[^\s\w]/g)];
			const found = all[from(all.length)];
			if (!found) return text;
			return text.slice(0, found.index) + (more as { token: string }).token + text.slice(found.index + found[0].length);
		}
		case "line": {
			const lines = text.split("\n");
			const [line = ""] = lines.splice(from(lines.length), 1);
			lines.splice(Math.floor(((more as { to: number }).to / 10_000) * lines.length), 0, line);
			return lines.join("\n");
		}
		case "number": {
			const all = [...text.matchAll(/\b\d[\da-fx]*\b/g)];
			const found = all[from(all.length)];
			if (!found) return text;
			return text.slice(0, found.index) + (more as { value: string }).value + text.slice(found.index + found[0].length);
		}
		default:
			return kind satisfies never;
	}
}

const scenario = fc
	.record({ sample: fc.constantFrom(...samples), mutations: fc.array(mutation, { minLength: 1, maxLength: 4 }) })
	.map(({ sample, mutations }) => mutations.reduce(mutate, sample));

/** Compiles and, when nothing is wrong, runs; says how that went. */
function attempt(text: string): "refused" | "ended" | "cut off" {
	const options = { program: ["fuzz.dma"], untilNs: UNTIL_NS };
	const result = load(options, { readFile: (path) => (path === "fuzz.dma" ? text : null) });
	if (result.kind === "diagnostics") {
		assert.ok(result.diagnostics.some(({ severity }) => severity === "error"));
		for (const { line, column, message, code } of result.diagnostics) {
			assert.ok(line >= 1 && column >= 1, `${code} at ${line}:${column}`);
			assert.ok(message.length > 0 && !/undefined|\[object|NaN/.test(message), message);
		}
		return "refused";
	}
	const session = new DebugSession(result.simulation);
	session.setEventFilters([{ filter: "oops" }, { filter: "bus-error" }]);
	session.continue();
	for (let slice = 0; slice < SLICES; slice++) {
		const progress = session.advance(5);
		if (progress.kind === "ended") return "ended";
		if (progress.kind === "running") continue;
		const [frame] = session.frames(progress.stop.threadId);
		for (const { reference } of frame ? session.scopes(frame.id) : []) session.variables(reference);
		session.exception(progress.stop.threadId);
		session.devices();
		session.continue();
	}
	return "cut off";
}

describe("mutated samples", function () {
	this.timeout(120_000);

	it("are refused with places and words, or run to an end or a limit", () => {
		const outcomes = { refused: 0, ended: 0, "cut off": 0 };
		fc.assert(
			fc.property(scenario, (text) => {
				outcomes[attempt(text)]++;
			}),
			{ numRuns: Number(process.env.FUZZ_RUNS ?? 120), seed: Number(process.env.FUZZ_SEED ?? 4), endOnFailure: true },
		);
		// A fuzz that compiles nothing would find nothing.
		assert.ok(outcomes.ended > 0, JSON.stringify(outcomes));
	});

	it("leave the language server well", () => {
		fc.assert(
			fc.property(scenario, (text) => {
				const { workspace, path } = edit(text);
				for (const problem of [...problemsOf(workspace, path).values()].flat())
					assert.notEqual(String(problem.message), "");
			}),
			{ numRuns: Number(process.env.FUZZ_RUNS ?? 60), seed: Number(process.env.FUZZ_SEED ?? 4), endOnFailure: true },
		);
	});
});

describe("what the mutations found", () => {
	const inInit = (body: string) => `static int bad_init(void)
{
	char *buf = kmalloc(64, GFP_KERNEL);
	${body}
	return 0;
}
module_init(bad_init);
`;
	for (const [name, text] of Object.entries({
		"a length of (size_t)-1 to the line of a device": inInit('sim_dev_receive(sim_device("uart0"), buf, -1);'),
		"a copy of (size_t)-1 bytes": inInit("memcpy(buf, buf + 8, (size_t)-1);"),
		"a fill of (size_t)-1 bytes": inInit("memset(buf, 1, (size_t)-1);"),
		"a checksum of (size_t)-1 bytes": inInit("crc32_le(0, buf, (size_t)-1);"),
		"a driver on the stack, looked at when it is gone": `/ { thing { compatible = "a,thing"; dmas = <&dmac 2>; dma-names = "x"; }; };
static int thing_probe(struct platform_device *pdev) { return 0; }
static const struct of_device_id thing_match[] = { { .compatible = "a,thing" }, {} };
static noinline int thing_register(void)
{
	struct platform_driver driver = {
		.probe = thing_probe, .driver = { .name = "thing", .of_match_table = thing_match },
	};

	return platform_driver_register(&driver);
}
static int thing_init(void)
{
	thing_register();
	return *(volatile int *)8;
}
module_init(thing_init);
`,
		"a KUnit comparison of (size_t)-1 bytes": `static void bad(struct kunit *test)
{
	char *a = kunit_kzalloc(test, 8, GFP_KERNEL), *b = kunit_kzalloc(test, 8, GFP_KERNEL);

	b[0] = 1;
	KUNIT_EXPECT_MEMEQ(test, a, b, -1);
}
static struct kunit_case cases[] = { KUNIT_CASE(bad), {} };
static struct kunit_suite suite = { .name = "bad", .test_cases = cases };
kunit_test_suite(suite);
`,
	}))
		it(name, () => assert.equal(attempt(text), "ended"));
});
