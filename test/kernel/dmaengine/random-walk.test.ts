/** Random walks over the client API. `WALKS=10000` walks more; a failure leaves out/random-walk.dma to run again. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { dmascope } from "../../cli/support";
import { bootAndRun } from "../harness";
import { BOARD, CHANNELS, type Command, DEVICETREE, scenario } from "./random-walk";

const WALKS = Number(process.env.WALKS ?? 200);
const FILE = "out/random-walk.dma";

const command: fc.Arbitrary<Command> = fc.record({
	op: fc.constantFrom(
		...(["prep", "prep", "submit", "submit", "copy", "copy", "copy", "issue", "issue", "settle"] as const),
		...(["interrupts", "status", "last", "terminate", "terminate_sync", "free", "release"] as const),
	),
	channel: fc.nat(CHANNELS - 1),
	pick: fc.nat(20),
	callback: fc.constantFrom("plain", "plain", "chain", "terminate", "none"),
	reuse: fc.boolean(),
});

/** What is wrong with a walk; "" when the machine does what the model does. */
function walk(commands: readonly Command[]): string {
	const text = scenario(commands).replace(BOARD, "").replace(DEVICETREE, "");
	const { k, log } = bootAndRun({ "walk.c": text }, DEVICETREE);
	const complaints = log().filter((line) => /line \d+:|BUG|WARNING|INFO|Unable|timeout|corruption/.test(line));
	const module = k.state.modules.modules[0];
	if (complaints.length > 0) return complaints.join("\n");
	if (k.state.end?.reason !== "idle") return `the run ended with ${k.state.end?.reason}`;
	return module?.state === "live" ? "" : `the module is ${module?.state}`;
}

describe("random walks over the client API", () => {
	it(`${WALKS} of them go as the model says`, function () {
		this.timeout(60_000 + WALKS * 500);
		const seed = Number(process.env.SEED ?? 20241117);
		const result = fc.check(
			fc.property(fc.array(command, { minLength: 1, maxLength: 60, size: "max" }), (commands) => {
				assert.equal(walk(commands), "");
			}),
			{ numRuns: WALKS, seed },
		);
		if (!result.failed || !result.counterexample) return;
		const [commands] = result.counterexample;
		mkdirSync("out", { recursive: true });
		writeFileSync(FILE, scenario(commands));
		assert.fail(`${walk(commands)}\nafter ${result.numShrinks} shrinks, seed ${result.seed}: dmascope run ${FILE}`);
	});

	it("are scenarios that fail by themselves when something else happens", async () => {
		const commands: Command[] = [
			{ op: "prep", channel: 0, pick: 0, callback: "plain", reuse: false },
			{ op: "submit", channel: 0, pick: 0, callback: "plain", reuse: false },
			{ op: "issue", channel: 0, pick: 0, callback: "plain", reuse: false },
		];
		const run = (text: string) => dmascope(["run", "w.dma"], { "w.dma": text });
		assert.equal((await run(scenario(commands))).status, 0);
		const wrong = await run(scenario(commands).replace("dmaengine_submit(tx[0]), 2", "dmaengine_submit(tx[0]), 3"));
		assert.equal(wrong.status, 1);
		assert.match(wrong.out, /cookie: 2, expected 3/);
	});
});
