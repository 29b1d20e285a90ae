/** The DMA Devices tree: what the session tells of controllers, routers, clients and routes. */
import assert from "node:assert/strict";
import { SessionError } from "../../src/session/api";
import { stop } from "./rig";
import { type Scenario, sampleSession, scenario } from "./scenario";

function stopAt(one: Scenario, name: string): void {
	one.session.setFunctionBreakpoints([{ name }]);
	one.session.continue();
	assert.equal(stop(one.session).kind, "function");
}

const named = <T extends { readonly name: string }>(list: readonly T[], name: string): T => {
	const found = list.find((one) => one.name === name);
	assert.ok(found, `no ${name} among ${list.map((one) => one.name).join(", ")}`);
	return found;
};

describe("DMA devices of a board with a controller alone", () => {
	const one = sampleSession("uart-tx.dma");
	before(() => stopAt(one, "tx_done"));

	it("lists the controller with its driver, its node on a page, its capabilities as the driver sets them", () => {
		const { controllers, routers } = one.session.devices();
		assert.deepEqual(routers, []);
		assert.equal(controllers.length, 1);
		const dmac = named(controllers, "80000.dma-controller");
		assert.equal(dmac.dma, "dma0");
		assert.equal(dmac.driver, "dw_axi_dmac_platform");
		assert.deepEqual(dmac.labels, ["dmac"]);
		assert.equal(dmac.place?.file, "boards/generic-axi-dmac.dtsi");
		assert.equal(dmac.place?.builtin, true);
		const capabilities = Object.fromEntries(dmac.capabilities.map(({ name, value }) => [name, value]));
		// controllers.md 1: dw_probe sets these.
		assert.match(capabilities.cap_mask ?? "", /MEMCPY.*SLAVE, CYCLIC/);
		assert.equal(capabilities.residue_granularity, "burst");
		assert.match(capabilities.directions ?? "", /MEM_TO_MEM, MEM_TO_DEV, DEV_TO_MEM/);
	});

	it("tells each request line's way to its channel, also of one that nobody has asked for", () => {
		const { clients } = one.session.devices();
		const uart = named(clients, "10000000.serial");
		assert.deepEqual(uart.requests, [
			{ name: "rx", route: ["request 0", "80000.dma-controller", "no channel yet"], channel: null },
			{ name: "tx", route: ["request 1", "80000.dma-controller", "dma0chan0"], channel: "dma0chan0" },
		]);
	});

	it("says of the channel whom it serves, what waits, and which call prepared it", () => {
		const [channel, other] = one.session.devices().controllers[0]!.channels;
		assert.equal(channel!.id, "dma0chan0");
		assert.equal(channel!.client, "10000000.serial:tx");
		assert.equal(channel!.route, "10000000.serial tx → request 1 → 80000.dma-controller → dma0chan0");
		assert.equal(other!.state, "unused");
		assert.equal(other!.route, "");
	});

	it("decodes registers to fields, of the controller and of one channel", () => {
		const common = one.session.deviceRegisters("80000.dma-controller", null);
		const cfg = common.find(({ name }) => name === "DMAC_CFG");
		assert.ok(cfg, common.map(({ name }) => name).join());
		// controllers.md 1: DMAC_EN is bit 0, INT_EN bit 1; the driver sets both.
		assert.deepEqual(
			cfg.fields.slice(0, 2).map(({ bits, value }) => [bits, value.slice(0, 1)]),
			[
				["bit 0", "1"],
				["bit 1", "1"],
			],
		);
		const channel = one.session.deviceRegisters("80000.dma-controller", 0);
		assert.equal(channel.find(({ name }) => name === "CH1_SAR")?.address, "0x80100");
		assert.ok(!channel.some(({ name }) => name.startsWith("CH2_")));
		assert.throws(() => one.session.deviceRegisters("nobody", null), SessionError);
	});
});

describe("DMA devices behind a router", () => {
	const one = scenario(`
#include <board/stm32mp157.dtsi>
static void look(void) { cpu_relax(); }
static int routed_init(void)
{
	dma_request_chan(sim_device("uart7"), "tx");
	dma_request_chan(sim_device("uart4"), "rx");
	look();
	return 0;
}
module_init(routed_init);
`);
	before(() => stopAt(one, "look"));

	it("shows which output each request took, and where that leads", () => {
		const { routers, clients } = one.session.devices();
		const mux = named(routers, "48002000.dma-router");
		// Outputs are taken in order; outputs 0 to 7 lead to the first controller's streams.
		assert.deepEqual(
			mux.outputs.slice(0, 3).map(({ input, target, client }) => [input !== 0, target, client]),
			[
				[true, "48000000.dma-controller channel 0 (dma1chan0)", "40018000.serial:tx"],
				[true, "48000000.dma-controller channel 1 (dma1chan1)", "40010000.serial:rx"],
				[false, "48000000.dma-controller channel 2 (dma1chan2)", ""],
			],
		);
		assert.equal(mux.outputs[8]?.target, "48001000.dma-controller channel 0 (dma2chan0)");
		const rx = named(named(clients, "40010000.serial").requests, "rx");
		assert.equal(rx.channel, "dma1chan1");
		assert.deepEqual(rx.route, [
			`request ${mux.outputs[1]!.input}`,
			"48002000.dma-router output 1",
			"48000000.dma-controller channel 1 (dma1chan1)",
		]);
		const tx = named(named(clients, "40010000.serial").requests, "tx");
		assert.equal(tx.channel, null);
		assert.equal(tx.route[2], "no channel yet");
	});

	it("shows a channel's whole way", () => {
		const streams = named(one.session.devices().controllers, "48000000.dma-controller").channels;
		assert.match(
			streams[1]!.route,
			/^40010000\.serial rx → request \d+ → 48002000\.dma-router output 1 → 48000000\.dma-controller channel 1/,
		);
	});
});

describe("DMA devices of a controller driver in C", () => {
	it("are listed with the capabilities that the driver gave them", () => {
		const one = sampleSession("mem2mem-provider.dma");
		stopAt(one, "m2m_irq");
		const controllers = one.session.devices().controllers;
		const own = named(controllers, "10010000.dma-controller");
		assert.match(own.dma, /^dma\d$/);
		assert.equal(own.channels.length, 2);
		assert.ok(own.registers);
		assert.ok(own.place && !own.place.builtin && own.place.line === one.line("m2m: dma-controller@10010000"));
		assert.equal(own.capabilities.find(({ name }) => name === "cap_mask")?.value, "MEMCPY, PRIVATE");
	});

	it("can be asked for before anything has run", () => {
		const one = sampleSession("uart-tx.dma", { stopOnEntry: true });
		const [dmac] = one.session.devices().controllers;
		assert.equal(dmac?.dma, "");
		assert.deepEqual(dmac?.capabilities, []);
	});
});
