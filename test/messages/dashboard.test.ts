import assert from "node:assert/strict";
import { isToHost } from "../../src/messages/dashboard";
import { MARK_KINDS } from "../../src/messages/trace";
import { MARKS } from "../../src/trace/timeline/rows";

describe("the dashboard's messages", () => {
	it("are told from anything else that a page could send", () => {
		for (const message of [
			{ type: "ready" },
			{ type: "focus", channel: "dma0chan0" },
			{ type: "trace", id: 1, query: { bucket: 8 } },
			{ type: "events", id: 2, query: { from: 0, to: 1, limit: 1 } },
			{ type: "reveal", file: "/a.dma", line: 3 },
		])
			assert.equal(isToHost(message), true, JSON.stringify(message));
		for (const message of [
			null,
			"ready",
			{},
			{ type: "exec" },
			{ type: "focus" },
			{ type: "trace", id: "1", query: {} },
			{ type: "trace", id: 1, query: null },
			{ type: "events", id: 2 },
			{ type: "reveal", file: "/a.dma", line: 0 },
			{ type: "reveal", file: "/a.dma", line: 1.5 },
			{ type: "reveal", line: 1 },
		])
			assert.equal(isToHost(message), false, JSON.stringify(message));
	});

	it("name the marks as the trace does, bit by bit", () => {
		assert.deepEqual(MARK_KINDS, MARKS);
	});
});
