import assert from "node:assert/strict";
import type { Stopped } from "../../src/session/api";
import { settle, stop, value, where } from "./rig";
import { sampleSession, scenario } from "./scenario";

/** Filters of the stops until the end. */
function stopsOf(sample: string, filters: readonly (readonly [string, string])[]): string[] {
	const { session } = sampleSession(sample);
	const statuses = session.setEventFilters(filters.map(([filter, condition]) => ({ filter, condition })));
	assert.deepEqual(
		statuses.filter(({ verified }) => !verified),
		[],
	);
	session.continue();
	const stops: string[] = [];
	for (let progress = settle(session); progress.kind === "stopped"; progress = settle(session)) {
		const reached: Stopped = progress.stop;
		stops.push("filter" in reached ? reached.filter : reached.kind);
		session.continue();
	}
	return stops;
}

describe("event filters", () => {
	it("stop at each station of a descriptor's life, in order", () => {
		const all = ["submit", "issue_pending", "start", "chunk", "irq", "complete", "callback", "terminate"];
		assert.deepEqual(
			stopsOf(
				"uart-tx.dma",
				all.map((filter) => [filter, ""] as const),
			),
			["submit", "issue_pending", "start", "chunk", "irq", "complete", "callback"],
		);
	});

	it("know the descriptor: conditions over chan, cookie, addr, len", () => {
		// 256 bytes from memory, the second cookie of the channel's life (core-semantics 2.4).
		const fits = "cookie == 2 && len == 256 && addr >= 0x80000000 && chan->completed_cookie == 1";
		const filters = ["submit", "issue_pending", "start"];
		assert.deepEqual(
			stopsOf(
				"uart-tx.dma",
				filters.map((filter) => [filter, fits] as const),
			),
			filters,
		);
		assert.deepEqual(stopsOf("uart-tx.dma", [["chunk", "len == 256 && cookie == 2 && addr != 0"]]), ["chunk"]);
		assert.deepEqual(stopsOf("uart-tx.dma", [["complete", "cookie == 2 && len == 256"]]), ["complete"]);
		assert.deepEqual(stopsOf("uart-tx.dma", [["callback", "cookie == 3"]]), []);
		assert.deepEqual(stopsOf("uart-tx.dma", [["irq", "chan == 0 && cookie == 0"]]), ["irq"]);
	});

	it("know the address that failed", () => {
		// The sample puts the fault at half of 4096 bytes: the 17th burst of 128.
		assert.deepEqual(stopsOf("bus-error.dma", [["bus-error", "len == 128 && (addr & 0xfff) == 0x800"]]), ["bus-error"]);
		assert.deepEqual(stopsOf("bus-error.dma", [["bus-error", "(addr & 0xfff) != 0x800"]]), []);
	});

	it("count one byte as one byte", () => {
		const { session } = sampleSession("stm32-spi.dma");
		session.setEventFilters([{ filter: "bus-error" }]);
		session.continue();
		const reached = stop(session);
		assert.ok(reached.kind === "exception" && /slave error in a burst of 1 byte from /.test(reached.text));
	});

	it("stop at terminate", () => {
		const { session } = scenario(`#include <linux/module.h>
#include <linux/dmaengine.h>
static int t_init(void)
{
	struct dma_chan *chan = dma_request_chan(sim_device("uart0"), "tx");

	dmaengine_terminate_sync(chan);
	dma_release_channel(chan);
	return 0;
}
module_init(t_init);
`);
		session.setEventFilters([{ filter: "terminate", condition: "cookie == 0 && chan->chan_id == 0" }]);
		session.continue();
		const reached = stop(session);
		assert.ok(reached.kind === "event" && reached.text === "terminate on dma0chan0", JSON.stringify(reached));
	});

	it("refuse conditions that are no C, and say so", () => {
		const { session } = sampleSession("uart-tx.dma");
		const [a, b, c] = session.setEventFilters([
			{ filter: "submit", condition: "cooky == 1" },
			{ filter: "callback", condition: "msleep(1) == 0" },
			{ filter: "chunk", condition: "dma0chan0 == chan" },
		]);
		assert.ok(a?.verified === false && /'cooky' is not declared/.test(a.message ?? ""));
		assert.equal(b?.verified, false);
		assert.equal(c?.verified, true);
	});

	it("give an oops's address, and its condition decides", () => {
		const text = (address: string) => `#include <linux/module.h>
static int t_init(void)
{
	return *(int *)${address};
}
module_init(t_init);
`;
		const first = scenario(text("16"));
		first.session.setEventFilters([{ filter: "oops", condition: "addr == 16 && chan == 0" }]);
		first.session.continue();
		const reached = stop(first.session);
		assert.equal(reached.kind, "exception");
		assert.equal(where(first.session, reached.threadId), "t_init:4");
		assert.match(first.session.exception(reached.threadId)?.description ?? "", /kill init/);
		const second = scenario(text("0x10000000"));
		second.session.setEventFilters([{ filter: "oops", condition: "addr < 4096" }, { filter: "submit" }]);
		second.session.continue();
		assert.equal(settle(second.session).kind, "ended");
		const third = scenario(text("0x10000000"));
		third.session.setEventFilters([{ filter: "oops" }]);
		third.session.continue();
		const story = third.session.exception(stop(third.session).threadId);
		assert.match(story?.description ?? "", /bus address of 10000000\.serial: map it with ioremap\(\)/);
	});

	it("stop at a WARN(), whose story names the place of the check", () => {
		const { session } = scenario(`#include <linux/module.h>
static int t_init(void)
{
	int n = 7;
	WARN_ON(n == 8);
	if (WARN(n == 7, "n is %d\\n", n))
		n = 0;
	return n;
}
module_init(t_init);
`);
		session.setEventFilters([{ filter: "oops" }]);
		session.continue();
		const reached = stop(session);
		assert.ok(
			reached.kind === "exception" && /^WARNING at t\.c:6 t_init\S+: n is 7$/.test(reached.text),
			JSON.stringify(reached),
		);
		assert.equal(session.exception(reached.threadId)?.id, "Warning");
		const story = session.exception(reached.threadId)?.description ?? "";
		assert.match(story, /It happened in t_init \([^)]*:6\), in process context\.\nThe kernel goes on\./);
		session.continue();
		assert.equal(settle(session).kind, "ended");
	});

	it("say where a report of the memory checkers comes from, not where the machine stopped", () => {
		const { session } = scenario(`#include <linux/module.h>
#include <linux/slab.h>
static int t_init(void)
{
	char *b = kmalloc(8, GFP_KERNEL);
	b[8] = 1;
	kfree(b);
	return 0;
}
module_init(t_init);
`);
		session.setEventFilters([{ filter: "oops" }]);
		session.continue();
		const { threadId } = stop(session);
		assert.match(session.exception(threadId)?.description ?? "", /It happened in t_init \([^)]*:6\)/);
	});

	it("keep conditions cheap to be wrong: watching changes nothing", () => {
		const { session, simulation } = sampleSession("uart-tx.dma");
		session.setEventFilters([{ filter: "submit", condition: "(chan->cookie = 77) == 0" }]);
		session.setFunctionBreakpoints([{ name: "tx_done" }]);
		session.continue();
		stop(session);
		assert.equal(value(session, "dma0chan0->cookie"), "2");
		assert.ok(simulation.inputs.list.length === 0);
	});
});
