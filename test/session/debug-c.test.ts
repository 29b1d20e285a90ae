import assert from "node:assert/strict";
import { cSession, locals, settle, stop, value, where } from "./rig";

const TEXT = `enum color { RED, GREEN = 4 };
struct item { int a; u8 b[4]; struct item *next; unsigned low : 3, high : 5; enum color color; };
static struct item obj = { .a = 5, .b = { 1, 2, 3, 4 }, .low = 5, .high = 17, .color = GREEN };
static int g = 3;
static const char *text = "hello";

static int add(int a, int b)
{
	int sum = a + b;

	g += sum;
	return sum;
}

int top(void)
{
	int i, t = 0;

	for (i = 0; i < 3; i++)
		t = add(t, i);
	obj.a = t;
	obj.next = &obj;
	return t;
}
`;
const line = (needle: string) => TEXT.split("\n").findIndex((one) => one.includes(needle)) + 1;

describe("the debugger on C", () => {
	it("stops at a line, as often as it is reached, and runs to the end", () => {
		const { session } = cSession(TEXT);
		const [status] = session.setLineBreakpoints("test.c", [{ line: line("g += sum") }]);
		assert.ok(status?.verified && status.line === line("g += sum"));
		session.continue();
		const sums: string[] = [];
		for (let hit = 0; hit < 3; hit++) {
			const reached = stop(session);
			assert.equal(reached.kind, "breakpoint");
			assert.equal(where(session, reached.threadId), `add:${line("g += sum")}`);
			sums.push(locals(session, reached.threadId).sum ?? "");
			session.continue();
		}
		assert.deepEqual(sums, ["0", "1", "3"]);
		assert.equal(settle(session).kind, "ended");
	});

	it("moves a breakpoint to the next statement and refuses lines behind the last one", () => {
		const { session } = cSession(TEXT);
		const [moved, none] = session.setLineBreakpoints("test.c", [{ line: line("g += sum") - 1 }, { line: 1000 }]);
		assert.equal(moved?.line, line("g += sum"));
		assert.ok(moved?.message);
		assert.equal(none?.verified, false);
		assert.equal(session.setLineBreakpoints("other.c", [{ line: 1 }])[0]?.verified, false);
	});

	it("minds conditions, hit counts and log messages", () => {
		const { session } = cSession(TEXT);
		session.setLineBreakpoints("test.c", [{ line: line("g += sum"), condition: "b == 2 && sum > a" }]);
		session.continue();
		const reached = stop(session);
		assert.equal(locals(session, reached.threadId).b, "2");

		const second = cSession(TEXT).session;
		second.setLineBreakpoints("test.c", [{ line: line("g += sum"), hitCondition: "== 2" }]);
		second.continue();
		assert.equal(locals(second, stop(second).threadId).b, "1");

		const third = cSession(TEXT).session;
		third.setLineBreakpoints("test.c", [{ line: line("g += sum"), logMessage: "sum {sum} of \\{a\\} {g + 1}" }]);
		third.continue();
		assert.equal(settle(third).kind, "ended");
		assert.deepEqual(
			third
				.takeOutput()
				.filter(({ category }) => category === "log")
				.map(({ text }) => text),
			["sum 0 of {a} 4", "sum 1 of {a} 4", "sum 3 of {a} 5"],
		);
	});

	it("stops at functions by name", () => {
		const { session } = cSession(TEXT);
		assert.deepEqual(
			session.setFunctionBreakpoints([{ name: "add" }, { name: "nobody" }]).map(({ verified }) => verified),
			[true, false],
		);
		session.continue();
		const reached = stop(session);
		assert.equal(reached.kind, "function");
		assert.equal(where(session, reached.threadId), `add:${line("int sum")}`);
	});

	it("stops once a call in a function that begins with a loop, whether it turns or not", () => {
		const text = `static int n;
static void spin(int i)
{
	while (i < 3) {
		n++;
		i++;
	}
}

static void back(int i)
{
again:
	n++;
	if (i++ < 2)
		goto again;
}

int top(void)
{
	spin(0);
	spin(3);
	back(0);
	return n;
}
`;
		const run = (names: readonly string[]): { stops: string[]; time: number; statements: number } => {
			const { session, simulation } = cSession(text);
			session.setFunctionBreakpoints(names.map((name) => ({ name })));
			session.continue();
			const stops: string[] = [];
			for (let progress = settle(session); progress.kind === "stopped"; progress = settle(session)) {
				stops.push(where(session, progress.stop.threadId));
				session.continue();
			}
			return { stops, time: simulation.machine.time, statements: simulation.k.vm.statements };
		};
		const free = run([]);
		const watched = run(["spin", "back"]);
		assert.deepEqual(watched.stops, ["spin:4", "spin:4", "back:12"]);
		assert.deepEqual({ ...watched, stops: [] }, free);
	});

	it("stops behind calls of plain kernel functions", () => {
		const { session } = cSession('static size_t n;\nint top(void)\n{\n\tn = strlen("abc");\n\tn++;\n\treturn 0;\n}\n');
		const [status] = session.setFunctionBreakpoints([{ name: "strlen" }]);
		assert.ok(status?.verified);
		session.continue();
		const reached = stop(session);
		assert.ok(reached.kind === "function" && reached.text === "strlen");
		assert.equal(where(session, reached.threadId), "top:5");
		assert.equal(value(session, "n"), "3");
		session.continue();
		assert.equal(settle(session).kind, "ended");
	});

	it("stops on entry, and steps over, into and out of calls", () => {
		const { session } = cSession(TEXT, "top", true);
		session.continue();
		const { threadId, kind } = stop(session);
		assert.equal(kind, "entry");
		assert.equal(where(session, threadId), `top:${line("int i, t")}`);
		const step = (how: "over" | "into" | "out") => {
			session.step(threadId, how);
			assert.equal(stop(session).kind, "step");
			return where(session, threadId);
		};
		assert.equal(step("over"), `top:${line("for (i")}`);
		assert.equal(step("over"), `top:${line("t = add")}`);
		assert.equal(step("into"), `add:${line("int sum")}`);
		assert.equal(step("over"), `add:${line("g += sum")}`);
		assert.equal(step("out"), `top:${line("for (i")}`);
		assert.equal(step("over"), `top:${line("t = add")}`);
		assert.equal(step("over"), `top:${line("for (i")}`);
	});

	it("stops at a breakpoint inside what is stepped over, and steps on from there", () => {
		const { session } = cSession(TEXT, "top", true);
		session.setLineBreakpoints("test.c", [{ line: line("return sum") }]);
		session.continue();
		const { threadId } = stop(session);
		session.step(threadId, "over");
		stop(session);
		session.step(threadId, "over");
		stop(session);
		session.step(threadId, "over");
		assert.equal(stop(session).kind, "breakpoint");
		assert.equal(where(session, threadId), `add:${line("return sum")}`);
		session.step(threadId, "over");
		assert.equal(stop(session).kind, "step");
		assert.equal(where(session, threadId), `top:${line("for (i")}`);
	});

	it("shows values by their types", () => {
		const { session } = cSession(TEXT);
		session.setLineBreakpoints("test.c", [{ line: line("return t;") }]);
		session.continue();
		stop(session);
		assert.equal(value(session, "t"), "3");
		assert.equal(value(session, "obj.color"), "GREEN");
		assert.equal(value(session, "obj.low"), "5");
		assert.equal(value(session, "obj.high"), "17");
		assert.equal(value(session, "obj.b"), "{1, 2, 3, 4}");
		assert.equal(value(session, "obj.next->next->a"), "3");
		assert.match(value(session, "obj.next"), /^0xffff8000[0-9a-f]{8} <obj>$/);
		assert.match(value(session, "text"), /"hello"$/);
		assert.equal(value(session, "(void *)0"), "NULL");
		assert.equal(value(session, "(void *)-12L"), "ERR_PTR(-12)");
		const shown = session.evaluate("obj.a", null, "watch", true);
		assert.ok(shown.kind === "value" && shown.variable.value === "0x00000003");
	});

	it("unfolds records, arrays and pointers, with names to watch them by", () => {
		const { session } = cSession(TEXT);
		session.setLineBreakpoints("test.c", [{ line: line("return t;") }]);
		session.continue();
		stop(session);
		const result = session.evaluate("obj.next", null, "watch");
		assert.ok(result.kind === "value" && result.variable.reference > 0);
		const members = session.variables(result.variable.reference);
		assert.deepEqual(
			members.map(({ name }) => name),
			["a", "b", "next", "low", "high", "color", "[bytes]"],
		);
		const b = members[1]!;
		assert.equal(b.evaluateName, "obj.next->b");
		assert.deepEqual(
			session.variables(b.reference, { start: 1, count: 2 }).map(({ name, value: v }) => `${name}=${v}`),
			["[1]=2", "[2]=3"],
		);
		assert.equal(value(session, b.evaluateName!), "{1, 2, 3, 4}");
	});

	it("changes nothing by watching and what is asked by setting", () => {
		const { session, simulation } = cSession(TEXT);
		session.setLineBreakpoints("test.c", [{ line: line("return sum") }]);
		session.continue();
		const { threadId } = stop(session);
		const before = simulation.hash();
		assert.equal(value(session, "g = 77"), "77");
		assert.equal(value(session, "++sum"), "1");
		assert.match(value(session, "*(int *)8"), /^(<cannot be read>|error)/);
		assert.match(value(session, "nobody + 1"), /^error: /);
		assert.equal(simulation.hash(), before);
		const frame = session.frames(threadId)[0]!;
		const scope = session.scopes(frame.id)[0]!;
		assert.equal(session.setVariable(scope.reference, "sum", "a + 40").value, "40");
		assert.equal(value(session, "g = 50", "repl"), "50");
		assert.equal(value(session, "g + sum"), "90");
		assert.throws(() => session.setVariable(scope.reference, "sum", "1 +"), /./);
	});

	it("reads and writes memory around holes", () => {
		const { session } = cSession(TEXT);
		session.setLineBreakpoints("test.c", [{ line: line("return t;") }]);
		session.continue();
		stop(session);
		const result = session.evaluate("obj.b", null, "watch");
		assert.ok(result.kind === "value" && result.variable.memory);
		assert.deepEqual([...session.readMemory(result.variable.memory, 1, 3).bytes], [2, 3, 4]);
		assert.equal(session.writeMemory(result.variable.memory, 0, Uint8Array.of(9, 8)), 2);
		assert.equal(value(session, "obj.b"), "{9, 8, 3, 4}");
		assert.deepEqual(session.readMemory("0x10", 0, 16), {
			address: "0x0000000000000010",
			bytes: new Uint8Array(0),
			unreadable: 16,
		});
		assert.throws(() => session.readMemory("xyz", 0, 1), /no address/);
	});

	it("pauses an endless loop at once and goes on", () => {
		const { session } = cSession("static int n;\nint top(void)\n{\n\tfor (;;)\n\t\tn++;\n}\n");
		session.continue();
		assert.equal(session.advance(1).kind, "running");
		session.pause();
		const reached = stop(session);
		assert.equal(reached.kind, "pause");
		assert.match(where(session, reached.threadId), /^top:[45]$/);
		const before = Number(value(session, "n"));
		session.continue();
		session.advance(1);
		session.pause();
		stop(session);
		assert.ok(Number(value(session, "n")) > before);
	});
});
