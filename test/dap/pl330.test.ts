import assert from "node:assert/strict";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { frames, launch, nextStop, sample, startClient, stopClients } from "./support";

describe("a PL330's program in the adapter", () => {
	afterEach(stopClients);

	it("is listed with its bytes, and stepped with granularity instruction", async () => {
		const client = await startClient();
		const started = nextStop(client);
		await launch(client, { program: sample("pl330-memcpy.dma"), filters: ["start"] });
		await started;
		const { threads } = (await client.threadsRequest()).body;
		const threadId = threads.find(({ name }) => name.startsWith("dma0chan0"))!.id;
		const pointer = async () => (await frames(client, threadId))[0]!.instructionPointerReference!;
		const first = await pointer();
		const { instructions } = (
			await client.send("disassemble", { memoryReference: first, instructionOffset: 0, instructionCount: 12 })
		).body as { instructions: DebugProtocol.DisassembledInstruction[] };
		assert.deepEqual(
			instructions
				.slice(3, 7)
				.map(({ instruction, instructionBytes }) => [instruction.split(",")[0], instructionBytes]),
			[
				["DMALP lc1", "22 4d"],
				["DMALD", "04"],
				["DMAST", "08"],
				["DMALPEND lc1", "3c 02"],
			],
		);
		const seen: string[] = [];
		for (let step = 0; step < 8; step++) {
			const arrived = nextStop(client);
			await client.send("next", { threadId, granularity: "instruction" });
			assert.equal((await arrived).reason, "step");
			seen.push(await pointer());
		}
		// MOV, MOV, LP, and then round the loop.
		const order = [1, 2, 3, 4, 5, 6, 4, 5];
		assert.deepEqual(
			seen,
			order.map((index) => instructions[index]!.address),
		);
	});
});
