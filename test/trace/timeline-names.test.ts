import assert from "node:assert/strict";
import { MARK_KINDS } from "../../src/messages/trace";
import { stretchOf } from "../../src/trace/timeline/query";
import { MARKS } from "../../src/trace/timeline/rows";
import { Timeline } from "../../src/trace/timeline/timeline";

describe("a time line of a controller that gives its channels out", () => {
	it("puts what hardware does into the row of the channel that it works for now", () => {
		let name = "dma0chan5";
		let ps = 1000;
		const timeline = new Timeline({
			now: () => ps,
			channelName: () => name,
			deviceName: () => "",
			interruptDevice: () => "",
			isController: () => true,
		});
		timeline.begin([]);
		timeline.start(3, 0);
		timeline.burst(3, 0, 0, 0, 64, 8, 0);
		ps = 2000;
		timeline.channelDone(3, 0);
		name = "dma0chan2";
		ps = 3000;
		timeline.start(3, 0);
		timeline.burst(3, 0, 0, 0, 16, 2, 0);
		const stretch = stretchOf(timeline, { bucket: 10 }, String);
		assert.ok(stretch && "rows" in stretch);
		const channels = stretch.rows.filter(({ id }) => id.includes("chan") && !id.includes(":"));
		assert.deepEqual(channels.map(({ id }) => id).sort(), ["dma0chan2", "dma0chan5"]);
	});
});

describe("the kinds of marks", () => {
	it("are the same in the trace and in the messages to the page, which must not import each other", () => {
		assert.deepEqual([...MARKS], [...MARK_KINDS]);
	});
});
