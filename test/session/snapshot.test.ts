import assert from "node:assert/strict";
import { jsonLines } from "../../src/trace/json-lines";
import { MEMCPY_TEXT } from "./memcpy-text";
import { cSession, stop, value } from "./rig";

function memcpy() {
	const rig = cSession(MEMCPY_TEXT, "top", false, "full");
	rig.simulation.k.space.map(-140737488355328 + 0x40000000, 0x80000, 1, "mmio");
	return rig;
}

/** To the end; the hash there and the trace. */
function finish({ simulation }: ReturnType<typeof memcpy>): { hash: string; trace: string } {
	simulation.runToEnd();
	return { hash: simulation.hash(), trace: jsonLines(simulation.store, 0) };
}

const POLL = MEMCPY_TEXT.split("\n").findIndex((line) => line.includes("while (regs")) + 1;

describe("a simulation", () => {
	it("is the same twice, byte for byte", () => {
		const first = finish(memcpy());
		assert.ok(first.trace.split("\n").filter((line) => line.includes('"ev":"burst"')).length === 16);
		assert.deepEqual(finish(memcpy()), first);
	});

	it("has times that never fall and ends with its end", () => {
		const events = finish(memcpy())
			.trace.trim()
			.split("\n")
			.map((line) => JSON.parse(line) as { t: number; ev: string });
		assert.ok(events.every(({ t }, i) => i === 0 || t >= events[i - 1]!.t));
		assert.deepEqual([events.at(-1)?.ev, events.filter(({ ev }) => ev === "end").length], ["end", 1]);
	});

	it("goes on from a snapshot in mid-transfer to the same end and the same trace", () => {
		const rig = memcpy();
		const { simulation } = rig;
		const bursts = () => jsonLines(simulation.store, 0).split('"ev":"burst"').length - 1;
		while (bursts() < 5) assert.ok(simulation.advance(1));
		const snapshot = simulation.snapshot();
		const hash = simulation.hash();
		const first = finish(rig);
		simulation.restore(snapshot);
		assert.equal(simulation.hash(), hash);
		assert.deepEqual(finish(rig), first);
		simulation.restore(snapshot);
		simulation.restore(snapshot);
		assert.deepEqual(finish(rig), first);
		assert.deepEqual(finish(memcpy()), first);
	});

	it("is not changed by looking at it, however often", () => {
		const rig = memcpy();
		const { session, simulation } = rig;
		session.setLineBreakpoints("test.c", [
			{ line: POLL, condition: "(regs[0x18 / 4] & 1) && dst[128] == src[128] && dst[128] != 0" },
		]);
		session.continue();
		stop(session);
		const before = simulation.hash();
		for (const text of ["regs[0x18 / 4]", "dst[5] = 9", "item(lli, 1, 2, 3, 4)", "src[128]", "1/0"])
			value(session, text);
		for (const { id } of session.threads()) {
			for (const frame of session.frames(id)) {
				for (const scope of session.scopes(frame.id)) {
					for (const variable of session.variables(scope.reference))
						if (variable.reference) session.variables(variable.reference);
				}
			}
		}
		session.machineState();
		assert.equal(simulation.hash(), before);
	});

	it("ends at its limit with status 3", () => {
		const { simulation } = cSession("int top(void)\n{\n\tfor (;;)\n\t\t;\n}\n");
		const { exitCode, reason } = simulation.runToEnd();
		assert.deepEqual([exitCode, reason, simulation.machine.time], [3, "limit", 1e12]);
	});
});
