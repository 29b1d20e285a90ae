/** The requests of the DMA Devices tree, and the hexadecimal switch, over the wire. */
import assert from "node:assert/strict";
import {
	DEVICES_REQUEST,
	type DevicesMessage,
	REGISTERS_REQUEST,
	type RegistersMessage,
} from "../../src/messages/devices";
import { TOGGLE_HEX_REQUEST } from "../../src/messages/run";
import { frames, launch, nextStop, sample, startClient, stopClients } from "./support";

async function stoppedClient() {
	const client = await startClient();
	const stop = nextStop(client);
	await launch(client, { program: sample("uart-tx.dma"), functions: ["dma_async_issue_pending"] });
	return { client, threadId: (await stop).threadId ?? 0 };
}

describe("DMA devices over DAP", () => {
	afterEach(stopClients);

	it("answers the tree and a device's registers", async () => {
		const { client } = await stoppedClient();
		const devices = (await client.customRequest(DEVICES_REQUEST)).body as DevicesMessage;
		const [dmac] = devices.controllers;
		assert.equal(dmac?.name, "80000.dma-controller");
		assert.equal(dmac.channels[0]?.client, "10000000.serial:tx");
		assert.equal(dmac.channels[0]?.details.find(({ name }) => name === "submitted")?.value, "2");
		const prepared = dmac.channels[0]?.prepared;
		assert.ok(prepared?.file.endsWith("uart-tx.dma") && !prepared.builtin && prepared.line > 1);
		const { registers } = (await client.customRequest(REGISTERS_REQUEST, { device: dmac.name, channel: 0 }))
			.body as RegistersMessage;
		assert.ok(registers.some(({ name, fields }) => name === "CH1_CTL" && fields.length > 0));
	});

	it("refuses a device that is not there by name, and nothing without a machine", async () => {
		const { client } = await stoppedClient();
		await assert.rejects(client.customRequest(REGISTERS_REQUEST, { device: "nobody" }), /nobody has no registers/);
		const other = await startClient();
		await assert.rejects(other.customRequest(DEVICES_REQUEST));
	});

	it("shows numbers in hexadecimal for a client that cannot ask for a format", async () => {
		const { client, threadId } = await stoppedClient();
		const caller = (await frames(client, threadId)).find(({ name }) => name.startsWith("uart_tx_init"));
		const look = async () =>
			(
				await client.evaluateRequest({
					expression: "config.dst_maxburst + 12",
					frameId: caller?.id ?? 0,
					context: "watch",
				})
			).body.result;
		assert.equal(await look(), "16");
		assert.deepEqual((await client.customRequest(TOGGLE_HEX_REQUEST)).body, { hex: true });
		assert.equal(await look(), "0x00000010");
		assert.deepEqual((await client.customRequest(TOGGLE_HEX_REQUEST)).body, { hex: false });
		assert.equal(await look(), "16");
	});
});
