import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { launch } from "../../src/session/launch";
import { stop, where } from "./rig";

const FILE = "samples/mem2mem-provider.dma";
const TEXT = readFileSync(FILE, "utf8");
const lineOf = (needle: string) => TEXT.split("\n").findIndex((line) => line.includes(needle)) + 1;

function begin(...breaks: string[]) {
	const result = launch(
		{ program: [FILE], test: "mem2mem.copies_any_bytes" },
		{ readFile: (path) => (path === FILE ? TEXT : null) },
	);
	assert.equal(result.kind, "ok");
	const { session } = result as Extract<typeof result, { kind: "ok" }>;
	session.setLineBreakpoints(
		FILE,
		breaks.map((needle) => ({ line: lineOf(needle) })),
	);
	session.continue();
	return session;
}

describe("the debugger on samples/mem2mem-provider.dma", () => {
	it("steps from the client's call through the core into the C op, and back", () => {
		const session = begin("tx = dmaengine_prep_dma_memcpy(");
		const { threadId } = stop(session);
		const into = (function_: string) => {
			let place = "";
			for (let steps = 0; steps < 20 && !place.startsWith(`${function_}:`); steps++) {
				session.step(threadId, "into");
				stop(session);
				place = where(session, threadId);
			}
			return place;
		};
		assert.match(into("dmaengine_prep_dma_memcpy"), /^dmaengine_prep_dma_memcpy:/);
		assert.equal(into("m2m_prep_memcpy"), `m2m_prep_memcpy:${lineOf("if (!len || len > U32_MAX)")}`);
		assert.deepEqual(
			session
				.frames(threadId)
				.slice(0, 3)
				.map(({ name }) => name),
			["m2m_prep_memcpy", "dmaengine_prep_dma_memcpy", "submit_copy"],
		);
	});

	it("stops in the driver's interrupt handler, on top of what was interrupted", () => {
		const session = begin("vchan_cookie_complete(&desc->vd);");
		const { threadId } = stop(session);
		const names = session.frames(threadId).map(({ name }) => name);
		assert.deepEqual(names.slice(0, 2), ["m2m_irq", "handle_irq_event [hardirq]"]);
	});
});
