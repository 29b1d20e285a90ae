import assert from "node:assert/strict";
import { dmaChan, dmaDevice } from "../../src/kernel/dmaengine/structs";
import { cSession, settle, stop, value, where } from "./rig";
import { sampleSession } from "./scenario";

/** A channel whose device has one op, in C. */
const TEXT = `static unsigned long device[${dmaDevice.$size / 8}];
static unsigned long chan[${Math.ceil(dmaChan.$size / 8)}];
static int issued;

static void issue(void *c)
{
	issued++;
}

int top(void)
{
	chan[${dmaChan.device.offset / 8}] = (unsigned long)device;
	device[${dmaDevice.device_issue_pending.offset / 8}] = (unsigned long)issue;
	dma_async_issue_pending(chan);
	issued += 10;
	return issued;
}
`;
const line = (needle: string) => TEXT.split("\n").findIndex((one) => one.includes(needle)) + 1;

describe("the debugger in kernel functions that have steps", () => {
	const begin = () => {
		const { session, simulation } = cSession(TEXT);
		session.setLineBreakpoints("test.c", [{ line: line("dma_async_issue_pending(") }]);
		session.continue();
		const { threadId } = stop(session);
		const step = (kind: "over" | "into" | "out") => {
			session.step(threadId, kind);
			const reached = stop(session);
			assert.deepEqual([reached.kind, reached.threadId], ["step", threadId]);
			return where(session, threadId);
		};
		return { session, simulation, threadId, step };
	};

	it("steps into one, shows its page, goes on into the C that it calls, and back out", () => {
		const { session, threadId, step } = begin();
		assert.match(step("into"), /^dma_async_issue_pending:4$/);
		const [top, caller] = session.frames(threadId);
		assert.ok(top?.source?.kind === "page" && top.source.name === "dma_async_issue_pending");
		assert.match(session.page(top.source.reference), /^\/\* dma_async_issue_pending/);
		assert.equal(`${caller?.name}:${caller?.line}`, `top:${line("dma_async_issue_pending(")}`);
		let place = "";
		for (let steps = 0; steps < 10 && !place.startsWith("issue:"); steps++) place = step("into");
		assert.equal(place, `issue:${line("issued++")}`);
		assert.match(step("out"), /^dma_async_issue_pending:/);
		assert.equal(step("out"), `top:${line("issued += 10")}`);
		assert.equal(value(session, "issued"), "1");
	});

	it("steps over one", () => {
		const { session, step } = begin();
		assert.equal(step("over"), `top:${line("issued += 10")}`);
		assert.equal(value(session, "issued"), "1");
	});

	it("steps over the end of a C function into the step function that called it", () => {
		const { session, threadId } = begin();
		session.setFunctionBreakpoints([{ name: "issue" }]);
		session.continue();
		assert.equal(stop(session).kind, "function");
		const place = () => where(session, threadId);
		while (place().startsWith("issue:")) {
			session.step(threadId, "over");
			stop(session);
		}
		assert.match(place(), /^dma_async_issue_pending:/);
	});

	it("stops on entry to one by its name", () => {
		const { session, threadId } = begin();
		assert.deepEqual(session.setFunctionBreakpoints([{ name: "dma_async_issue_pending" }])[0]?.verified, true);
		session.continue();
		const reached = stop(session);
		assert.ok(reached.kind === "function" && reached.text === "dma_async_issue_pending");
		assert.equal(where(session, threadId), "dma_async_issue_pending:4");
	});

	it("calls one from the console, on a thread of its own, while the machine runs", () => {
		const { session, threadId } = begin();
		session.setLineBreakpoints("test.c", []);
		assert.match(value(session, "dma_async_issue_pending(chan)"), /^error: .*only the debug console/);
		assert.deepEqual(session.evaluate("dma_async_issue_pending(chan)", null, "repl"), { kind: "running" });
		assert.equal(settle(session).kind, "stopped");
		assert.deepEqual(session.finishEvaluate(), { kind: "text", text: "" });
		assert.equal(value(session, "issued"), "1");
		assert.equal(where(session, threadId), `top:${line("dma_async_issue_pending(")}`);
		session.continue();
		assert.equal(settle(session).kind, "ended");
	});

	it("stops at the functions that the CPU or a new thread begins in, which nobody calls", () => {
		for (const name of ["handle_irq_event", "kernel_init", "run_ksoftirqd"]) {
			const { session } = sampleSession("uart-tx.dma");
			const [status] = session.setFunctionBreakpoints([{ name }]);
			assert.equal(status?.verified, true, name);
			session.continue();
			const reached = stop(session);
			assert.ok(reached.kind === "function" && reached.text === name, `${name}: ${JSON.stringify(reached)}`);
			assert.match(where(session, reached.threadId), new RegExp(`^${name}( \\[hardirq\\])?:4$`));
		}
	});
});
