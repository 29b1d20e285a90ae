/** Random requests to a session of each controller: all are answered, none is a mistake of ours, the session lives. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { schemas } from "../../src/dap/arguments";
import { launch, nextStop, sample, startClient, stopClients } from "./support";

/** A sample for each controller, a driver in C, and a device that is a bus master itself. */
const SAMPLES = [
	"uart-tx.dma",
	"cyclic-ring.dma",
	"stm32-uart.dma",
	"stm32-mdma.dma",
	"pl330-memcpy.dma",
	"bcm2835-cyclic.dma",
	"mem2mem-provider.dma",
	"r6040.dma",
];

const COMMANDS = Object.keys(schemas).filter((command) => !["disconnect", "terminate", "launch"].includes(command));

/** Where something may be: descriptors, programs and buffers of the samples, and where nothing is. */
const address = fc.oneof(
	fc.constantFrom("0", "0xffff000000000000", "nonsense", "-1", "0x80131000", "0xc015d000", "0x11f000", "0xc0135000"),
	fc.maxSafeNat().map((at) => `0x${at.toString(16)}`),
);
const time = fc.oneof(fc.integer({ min: -10, max: 1e7 }), fc.constantFrom(1e15, 1e300, 0.001, 0));
/** 1000001 is dma0chan0, 1001026 is dma1chan1. */
const threadId = fc.oneof(fc.integer({ min: -2, max: 40 }), fc.constantFrom(1_000_001, 1_001_025, 1_001_026));

/** Arguments of every request, so that some are what the request wants. */
const someArguments = (file: string) =>
	fc.record(
		{
			threadId,
			frameId: fc.integer({ min: -2, max: 40 }),
			variablesReference: fc.integer({ min: -2, max: 60 }),
			expression: fc.constantFrom(
				"tx",
				"*desc",
				"config",
				"1/0",
				"buf[99999999]",
				"tx->",
				"dma0chan0",
				"dma0chan0->device->dev",
				"dmaengine_tx_status(dma0chan0, 2, 0)",
				"dmaengine_terminate_sync(dma0chan0)",
				"dmaengine_submit(0)",
				"cat /proc/interrupts",
				"\u0000",
				"((((",
				"jiffies",
			),
			context: fc.constantFrom("repl", "watch", "hover", "clipboard", "variables", "other"),
			text: fc.constantFrom("dma0chan0->", "", "cat /", "(((", "\n\n"),
			column: fc.integer({ min: -3, max: 30 }),
			name: fc.oneof(fc.string(), fc.constantFrom("cookie", "[0]", "+0x0000", "SAR0", "LISR", "ret")),
			value: fc.oneof(fc.string(), fc.constantFrom("1", "-1", "dma0chan0", "NULL", "1/0")),
			memoryReference: address,
			count: fc.integer({ min: 0, max: 5000 }),
			start: fc.integer({ min: -1, max: 40 }),
			offset: fc.integer({ min: -10_000, max: 10_000 }),
			instructionOffset: fc.oneof(fc.integer({ min: -300, max: 300 }), fc.constantFrom(-(2 ** 53), 2 ** 53)),
			instructionCount: fc.integer({ min: -1, max: 300 }),
			granularity: fc.constantFrom("instruction", "line", "statement", "?"),
			data: fc.base64String(),
			filters: fc.array(fc.constantFrom("submit", "start", "chunk", "irq", "complete", "bus-error", "oops", "nothing")),
			breakpoints: fc.array(
				fc.record({
					line: fc.integer({ min: -1, max: 90 }),
					name: fc.constantFrom("nobody", "kmalloc", "vchan_complete", "handle_irq_event", "stm32_mdma_irq_handler"),
					instructionReference: address,
					condition: fc.constantFrom("", "1", "((", "tx == 0", "len > 3"),
					hitCondition: fc.constantFrom("", "% 2", "x", "0"),
				}),
				{ maxLength: 3 },
			),
			source: fc.record({ path: fc.constantFrom(file, "/nowhere"), sourceReference: fc.integer({ min: -1, max: 9 }) }),
			line: fc.integer({ min: -1, max: 90 }),
			channel: fc.oneof(fc.constantFrom("dma0chan0", "dma9chan9"), fc.integer({ min: -1, max: 40 })),
			device: fc.constantFrom("80000.dma-controller", "58000000.dma-controller", "3f007000.dma", "uart0", ""),
			on: fc.boolean(),
			bucket: time,
			from: time,
			to: time,
			since: time,
			limit: fc.integer({ min: -1, max: 1001 }),
			row: fc.constantFrom("dma0chan0", "cpu0", "nothing"),
			last: fc.boolean(),
			format: fc.record({ hex: fc.boolean() }),
		},
		{
			requiredKeys: ["threadId", "expression", "text", "column", "memoryReference", "instructionCount", "breakpoints"],
		},
	);

describe("random DAP requests", () => {
	afterEach(stopClients);

	for (const name of SAMPLES)
		it(`are answered in a session of ${name}`, async function () {
			this.timeout(60_000);
			const program = sample(name);
			const request = fc.record({
				command: fc.constantFrom(...COMMANDS),
				arguments: fc.oneof(
					{ weight: 1, arbitrary: fc.object({ maxDepth: 2 }) },
					{ weight: 4, arbitrary: someArguments(program) },
				),
			});
			await fc.assert(
				fc.asyncProperty(fc.array(request, { minLength: 5, maxLength: 30 }), async (requests) => {
					const client = await startClient();
					const first = nextStop(client);
					// In the middle of things: a channel starts, or an interrupt comes.
					await launch(client, { program, filters: ["start", "irq"] });
					await first;
					for (const { command, arguments: args } of requests) {
						// The client rejects on an error response; unanswered would hang until mocha's limit.
						const answer: unknown = await client.customRequest(command, args).catch((error: Error) => error);
						if (answer instanceof Error) assert.doesNotMatch(answer.message, /made a mistake|undefined|NaN/, command);
					}
					assert.ok((await client.threadsRequest()).body.threads.length > 0);
					await stopClients();
				}),
				{ numRuns: Number(process.env.FUZZ_RUNS ?? 4), endOnFailure: true },
			);
		});
});
