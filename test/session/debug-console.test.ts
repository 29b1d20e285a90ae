import assert from "node:assert/strict";
import { settle, stop, value, where } from "./rig";
import { scenario } from "./scenario";

const TEXT = `#include <linux/module.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>

static DECLARE_COMPLETION(never);
static int g = 5;

static int worker(void *param)
{
	while (g < 8) {
		g++;
		msleep(1);
	}
	return 0;
}

static int boom(int x)
{
	int *p = (int *)8;

	return *p + x;
}

static int twice(int x)
{
	g = 20;
	msleep(1);
	return 2 * x;
}

static int t_init(void)
{
	pr_info("half a line");
	kthread_run(worker, NULL, "worker");
	msleep(20);
	g = 6;
	pr_cont(", the rest\\n");
	wait_for_completion(&never);
	return 0;
}
module_init(t_init);
`;

describe("the debug console", () => {
	it("says what is wrong with a line in words that fit a line", () => {
		const { session, line } = scenario(TEXT);
		session.setLineBreakpoints("t.c", [{ line: line("g = 6") }]);
		session.continue();
		stop(session);
		assert.equal(value(session, "g +", "repl"), "error: expected an expression, found the end of the expression");
		assert.equal(value(session, "g@4", "repl"), "error: expected the end of the expression but found '@'");
		assert.equal(value(session, "BUG()", "repl"), "error: the expression comes to a BUG()");
		assert.equal(value(session, "modprobe", "repl"), "error: modprobe: ERROR: missing parameters.");
	});

	it("says that a call has oopsed, and the stop before is not told of again", () => {
		const { session, line } = scenario(TEXT);
		session.setLineBreakpoints("t.c", [{ line: line("g = 6") }]);
		session.continue();
		const { threadId } = stop(session);
		assert.match(
			value(session, "boom(1)", "repl"),
			/^error: boom\(1\) oopsed and its thread was killed: .*NULL pointer dereference.*0008$/,
		);
		assert.equal(where(session, threadId), `t_init:${line("g = 6")}`);
		assert.equal(value(session, "g", "repl"), "8");
		session.continue();
		const end = settle(session);
		assert.ok(end.kind === "ended" && end.exitCode === 1);
		assert.match(end.report, /there was an oops/);
		assert.match(end.report, /blocked: init waits for completion never/);
	});

	it("stops in the oops of a call when asked to, with its story, and goes on behind it", () => {
		const { session, line } = scenario(TEXT);
		session.setEventFilters([{ filter: "oops" }]);
		session.setLineBreakpoints("t.c", [{ line: line("g = 6") }]);
		session.continue();
		stop(session);
		assert.equal(session.evaluate("boom(1)", null, "repl").kind, "running");
		const reached = stop(session);
		const answer = session.finishEvaluate();
		assert.ok(answer.kind === "error" && /machine stopped there/.test(answer.message));
		assert.ok(reached.kind === "exception" && reached.filter === "oops");
		assert.deepEqual(
			session.frames(reached.threadId).map(({ name }) => name),
			["boom", "debug console"],
		);
		const story = session.exception(reached.threadId);
		assert.match(story?.description ?? "", /It happened in boom \(t\.c:22\)/);
		assert.match(story?.description ?? "", /The pointer was NULL: 0x8 is the distance/);
		assert.match(story?.description ?? "", /the kernel kills console/);
		session.continue();
		assert.equal(settle(session).kind, "ended");
	});

	it("tells the result of a call that was stopped in when it comes back", () => {
		const { session, line } = scenario(TEXT);
		session.setLineBreakpoints("t.c", [{ line: line("g = 6") }, { line: line("return 2 * x") }]);
		session.continue();
		const first = stop(session);
		assert.equal(session.evaluate("twice(21)", null, "repl").kind, "running");
		assert.equal(stop(session).kind, "breakpoint");
		assert.match(JSON.stringify(session.finishEvaluate()), /has not returned/);
		session.takeOutput();
		session.setLineBreakpoints("t.c", []);
		session.continue();
		assert.equal(settle(session).kind, "ended");
		const said = session.takeOutput().map(({ text }) => text);
		assert.ok(said.includes("twice(21) = 42"), said.join("|"));
		assert.equal(first.kind, "breakpoint");
	});

	it("shows a line of the kernel's that is still open, without ending it", () => {
		const { session, simulation, line } = scenario(TEXT);
		session.setLineBreakpoints("t.c", [{ line: line("g = 6") }]);
		session.continue();
		stop(session);
		const kernel = () =>
			session
				.takeOutput()
				.filter(({ category }) => category === "kernel")
				.map(({ text }) => text);
		assert.equal(kernel().at(-1), "half a line");
		assert.equal(simulation.k.state.printk.open?.text, "half a line");
		session.continue();
		settle(session);
		assert.deepEqual(kernel(), ["…, the rest"]);
	});

	it("steps a thread that sleeps: the step ends when it has gone on", () => {
		const { session, line } = scenario(TEXT);
		session.setLineBreakpoints("t.c", [{ line: line("msleep(1);") }]);
		session.continue();
		const { threadId } = stop(session);
		const init = session.threads().find(({ name }) => name.startsWith("init"));
		assert.equal(init?.name, "init (waits: sleep)");
		assert.notEqual(init?.id, threadId);
		session.setLineBreakpoints("t.c", []);
		session.step(init?.id ?? 0, "over");
		const after = stop(session);
		assert.deepEqual(after, { kind: "step", threadId: init?.id });
		assert.equal(where(session, after.threadId), `t_init:${line("g = 6")}`);
	});

	it("shows no globals that nobody wrote", () => {
		const { session, line } = scenario(TEXT);
		session.setLineBreakpoints("t.c", [{ line: line("g = 6") }]);
		session.continue();
		const { threadId } = stop(session);
		const globals = session.scopes(session.frames(threadId)[0]?.id ?? 0)[1];
		assert.deepEqual(
			session.variables(globals?.reference ?? 0).map(({ name }) => name),
			["never", "g"],
		);
	});
});
