import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import text from "./r6040-cases.json";
import { dmascope, eventsOf, passesItsSuite } from "./support";

const FILE = "samples/r6040.dma";
const SAMPLE = readFileSync(FILE, "utf8");

/** Opens the device once and prints its ring. Instead of the suite. */
const OPEN = `
static int __init show_init(void)
{
	struct r6040 *mac = dev_get_drvdata(sim_device("eth0"));

	if (r6040_open(mac))
		return -EIO;
	pr_info("ring %pad ndesc0 0x%08x ndesc127 0x%08x status 0x%04x MRD_SA0 0x%04x MRD_SA1 0x%04x stride %zu count %zu\\n",
		&mac->rx_ring_dma, le32_to_cpu(mac->rx_ring[0].ndesc), le32_to_cpu(mac->rx_ring[127].ndesc),
		mac->rx_ring[127].status, r6040_read(mac, MRD_SA0), r6040_read(mac, MRD_SA1), sizeof(mac->rx_ring[0]),
		ARRAY_SIZE(mac->rx_frames));
	return 0;
}
late_initcall(show_init);
`;

/** The sample on a board of nothing but RAM from `base` on, as a scenario that only opens the device. */
function opened(base: number): string {
	const hex = base.toString(16);
	const board = `/ { #address-cells = <1>; #size-cells = <1>; memory@${hex} { device_type = "memory"; reg = <0x${hex} 0x4000000>; }; };`;
	return SAMPLE.replace("#include <board/generic-axi-dmac.dtsi>", board).replace(
		"kunit_test_suite(r6040_suite);",
		OPEN,
	);
}

describe("samples/r6040.dma", () => {
	it("passes its suite, each case on a machine of its own and all in one boot", async () => {
		await passesItsSuite(FILE, 10);
	});

	it("client-06-r6040-ring", async () => {
		const one = text.cases[0]!;
		const wanted = Number(one.provider.rxRingDma);
		const ringOf = (out: string) => Number(/ring (0x[0-9a-f]+)/.exec(out)?.[1]);
		// Where the ring is in RAM does not depend on where RAM begins: so it can be had at the case's address.
		const far = 0x02000000;
		const base = wanted - (ringOf((await dmascope(["run", FILE], { [FILE]: opened(far) })).out) - far);
		const result = await dmascope(["run", "--json", FILE], { [FILE]: opened(base) });
		assert.equal(result.status, 0, result.all);
		const events = eventsOf<{ dev?: string; len?: number; dir?: string; text?: string }>(result);
		const line = events.find(({ text }) => text?.includes("ring 0x"))?.text ?? "";
		assert.equal(ringOf(line), wanted);
		const value = (name: string) => new RegExp(`${name} (\\S+)`).exec(line)?.[1];
		const { count, stride, ndesc0, ndesc127, status: owned, mapLen, MRD_SA0, MRD_SA1 } = one.expect;
		assert.deepEqual(
			{
				count: Number(value("count")),
				stride: Number(value("stride")),
				ndesc0: value("ndesc0"),
				ndesc127: value("ndesc127"),
				status: value("status"),
				MRD_SA0: value("MRD_SA0"),
				MRD_SA1: value("MRD_SA1"),
			},
			{ count, stride, ndesc0, ndesc127, status: owned, MRD_SA0, MRD_SA1 },
		);
		const maps = events.filter(({ ev, dev }) => ev === "map" && dev === "10002000.ethernet");
		assert.deepEqual(
			maps.map(({ len, dir }) => [len, dir]),
			Array.from({ length: count }, () => [mapLen, "FROM_DEVICE"]),
		);
	});

	it("what it proposes to try happens: a small receive FIFO loses every frame", async () => {
		const small = SAMPLE.replace("interrupts = <12>;", "interrupts = <12>; sim,rx-fifo = <64>;");
		const { out } = await dmascope(["test", FILE], { [FILE]: small });
		assert.match(out, /not ok 3 frames_come_in/);
		assert.match(out, /ok 2 frames_go_out/);
	});
});
