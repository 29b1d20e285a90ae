/** The time line over the wire: observed when somebody asks for it, in stretches and in single events. */
import assert from "node:assert/strict";
import {
	OBSERVE_REQUEST,
	TRACE_END_EVENT,
	TRACE_EVENTS_REQUEST,
	TRACE_REQUEST,
	type TraceArguments,
	type TraceBody,
	type TraceEndBody,
	type TraceEventsBody,
} from "../../src/messages/trace";
import { launch, lineOf, nextStop, sample, startClient, stopClients } from "./support";

type Client = Awaited<ReturnType<typeof startClient>>;
const program = sample("uart-tx.dma");
const callbackLine = lineOf(program, "complete(&done)");

const trace = async (client: Client, query: TraceArguments) =>
	(await client.customRequest(TRACE_REQUEST, query)).body as TraceBody;

/** Runs to the callback, when every byte has been sent. */
async function toCallback(client: Client, args: object = {}): Promise<void> {
	const stop = nextStop(client);
	await launch(client, { program, lines: [{ line: callbackLine }], args });
	await stop;
}

const bytesOf = ({ rows }: TraceBody) =>
	rows
		.find(({ id }) => id === "dma0chan0")
		?.bursts?.filter((_, at) => at % 4 === 1)
		.reduce((a, b) => a + b, 0) ?? 0;

describe("the time line over DAP", () => {
	afterEach(stopClients);

	it("is kept from the first moment when it was asked for before the launch or with it", async () => {
		for (const how of ["request", "launch"]) {
			const client = await startClient();
			if (how === "request") await client.customRequest(OBSERVE_REQUEST, { on: true });
			await toCallback(client, how === "launch" ? { timeline: true } : {});
			const body = await trace(client, { bucket: 65536 });
			assert.equal(body.observing, true, how);
			assert.deepEqual(body.gaps, [], how);
			assert.equal(bytesOf(body), 256, how);
		}
	});

	it("is not kept by itself", async () => {
		const client = await startClient();
		await toCallback(client);
		const body = await trace(client, { bucket: 65536 });
		assert.deepEqual([body.observing, body.rows], [false, []]);
	});

	it("tells only what has happened since", async () => {
		const client = await startClient();
		await toCallback(client, { timeline: true });
		const all = await trace(client, { bucket: 65536 });
		const { nowNs, bucket } = all;
		const last = Math.floor(nowNs / bucket);
		const since = await trace(client, { bucket, since: nowNs });
		assert.equal(since.from, last * bucket);
		const bursts = (body: TraceBody) => body.rows.find(({ id }) => id === "dma0chan0")?.bursts ?? [];
		const known = bursts(all);
		// The bucket of now may get more: it is told again, and nothing before it.
		assert.deepEqual(bursts(since), known.at(-4) === last ? known.slice(-4) : []);
	});

	it("tells single events with their places in the source", async () => {
		const client = await startClient();
		await toCallback(client, { timeline: true });
		const query = { row: "dma0chan0", from: 0, to: 1e9, limit: 2 };
		const { events, count } = (await client.customRequest(TRACE_EVENTS_REQUEST, query)).body as TraceEventsBody;
		assert.deepEqual(
			events.map(({ kind, file, line }) => [kind, file, line]),
			[
				["prep", program, lineOf(program, "desc = dmaengine_prep_slave_single")],
				["submit", program, lineOf(program, "ret = dma_submit_error(dmaengine_submit(desc))")],
			],
		);
		assert.ok(count > 64, String(count));
	});

	it("goes on being kept after a restart, and says that it is another one", async () => {
		const client = await startClient();
		await toCallback(client, { timeline: true });
		const first = await trace(client, { bucket: 65536 });
		const stop = nextStop(client);
		await client.customRequest("restart");
		await stop;
		const second = await trace(client, { bucket: 65536 });
		assert.notEqual(second.epoch, first.epoch);
		assert.equal(bytesOf(second), 256);
	});

	it("is handed over as a whole when the run ends, if it was observed", async () => {
		for (const timeline of [true, false]) {
			const client = await startClient();
			const ends: TraceEndBody[] = [];
			client.on(TRACE_END_EVENT, ({ body }: { body: TraceEndBody }) => ends.push(body));
			const terminated = client.waitForEvent("terminated");
			await launch(client, { program, args: { timeline } });
			await terminated;
			assert.equal(ends.length, timeline ? 1 : 0);
			if (!timeline) continue;
			const [end] = ends as [TraceEndBody];
			assert.equal(bytesOf(end.trace), 256);
			assert.ok(end.trace.nowNs / end.trace.bucket > 2048, "it is exact enough to zoom in");
			assert.equal(end.events.events.filter(({ kind }) => kind === "burst").length, 64);
			assert.equal(end.events.count, end.events.events.length);
		}
	});

	it("refuses what makes no sense, in words", async () => {
		const client = await startClient();
		await assert.rejects(client.customRequest(TRACE_REQUEST, { bucket: 1 }), /Nothing is being debugged/);
		await toCallback(client, { timeline: true });
		await assert.rejects(client.customRequest(TRACE_REQUEST, { bucket: 0 }), /bucket/);
		await assert.rejects(client.customRequest(TRACE_REQUEST, { bucket: 1 }), /wider/);
		for (const query of [{ bucket: 1e300 }, { bucket: 1, from: 1e300 }, { bucket: 1, since: -1 }, { bucket: 1e-300 }])
			await assert.rejects(client.customRequest(TRACE_REQUEST, query), /do not fit/);
		const beyond = await trace(client, { bucket: 1, from: 1e12, to: 1 });
		assert.equal(bytesOf(beyond), 0);
		await assert.rejects(client.customRequest(TRACE_EVENTS_REQUEST, { from: 0, to: 1, limit: 1e6 }), /limit/);
		await assert.rejects(client.customRequest(OBSERVE_REQUEST, {}), /on/);
	});
});
