/** From request line to channel, on every board: what the view DMA Devices says of a client (controllers.md 9). */
import assert from "node:assert/strict";
import { settle } from "./rig";
import { scenario } from "./scenario";

interface Wire {
	readonly board: string;
	/** Label, name and request of a client. */
	readonly client: readonly [label: string, name: string, request: string];
	readonly route: readonly string[];
	readonly channel: string;
	/** Devicetree behind the board's, where nothing on the chip has a request line. */
	readonly dts?: string;
}

const WIRES: readonly Wire[] = [
	{
		board: "generic-axi-dmac",
		client: ["uart0", "10000000.serial", "tx"],
		route: ["request 1", "80000.dma-controller", "dma0chan0"],
		channel: "dma0chan0",
	},
	{
		board: "jh7110",
		client: ["i2stx0", "120b0000.i2s", "tx"],
		route: ["request 47", "16050000.dma-controller", "dma0chan0"],
		channel: "dma0chan0",
	},
	{
		board: "k210",
		client: ["uart1", "50210000.serial", "tx"],
		route: ["request 15", "50000000.dma-controller", "dma0chan0"],
		channel: "dma0chan0",
	},
	{
		board: "th1520",
		client: ["own", "ffe0000000.fifo", "rx"],
		dts: `/ { soc { own: fifo@ffe0000000 { compatible = "sim,fifo"; reg = <0xff 0xe0000000 0x0 0x100>;
			dmas = <&dmac0 5>; dma-names = "rx"; }; }; }; &dmac0 { status = "okay"; };`,
		route: ["request 5", "ffefc00000.dma-controller", "dma0chan0"],
		channel: "dma0chan0",
	},
	{
		board: "stm32mp157",
		client: ["sai2a", "4400b004.audio-controller", "tx"],
		route: ["request 89", "48002000.dma-router output 0", "48000000.dma-controller channel 0 (dma1chan0)"],
		channel: "dma1chan0",
	},
	{
		board: "stm32mp157",
		client: ["hash1", "54002000.hash", "in"],
		route: ["request 31", "58000000.dma-controller", "dma0chan0"],
		channel: "dma0chan0",
	},
	{
		board: "bcm2837",
		client: ["spi", "3f204004.spi", "rx"],
		route: ["DREQ 7", "3f007000.dma", "dma0chan0"],
		channel: "dma0chan0",
	},
	{
		board: "zynq-7000",
		client: ["fifo1", "43c10000.fifo", "tx"],
		route: ["request 3", "f8003000.dma-controller", "dma0chan3"],
		channel: "dma0chan3",
	},
];

describe("topology: a request line's way to its channel", () => {
	for (const { board, client, route, channel, dts } of WIRES) {
		const [label, device, name] = client;
		it(`${board}: ${device} ${name} → ${route.join(" → ")}`, () => {
			const one = scenario(`#include <board/${board}.dtsi>
${dts ?? ""}
static void look(void) { cpu_relax(); }
static int t_init(void)
{
	dma_request_chan(sim_device("${label}"), "${name}");
	look();
	return 0;
}
module_init(t_init);
`);
			one.session.setFunctionBreakpoints([{ name: "look" }]);
			one.session.continue();
			assert.equal(settle(one.session).kind, "stopped");
			const { clients, controllers } = one.session.devices();
			const request = clients.find((entry) => entry.name === device)?.requests.find((entry) => entry.name === name);
			assert.deepEqual(request, { name, route, channel });
			const row = controllers.flatMap(({ channels }) => channels).find(({ id }) => id === channel);
			assert.equal(row?.client, `${device}:${name}`);
			assert.equal(row?.route, [`${device} ${name}`, ...route].join(" → "));
		});
	}
});
