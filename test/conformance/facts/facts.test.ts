/** Conformance facts of core-semantics chapter 9 that C code shows: test/README.md says where the others are. */
import { deepEqual, equal, ok } from "node:assert/strict";
import softdma from "../softdma.c";
import lookup from "./lookup.c";
import lookupDts from "./lookup.dts";
import none from "./none.c";
import { factLines } from "./run";
import stuck from "./stuck.c";
import virtDma from "./virt-dma.c";

type Lines = ReturnType<typeof factLines>;
const stepped = { "softdma.auto_ms": "0" };

describe("Facts: virt-dma", () => {
	let lines: Lines;
	before(() => {
		lines = factLines({ "softdma.c": softdma, "virt-dma.c": virtDma }, "", stepped);
	});

	it("fact 17: submit does not issue; issue moves what is submitted", () => {
		// The first of the two that are issued runs: a plain driver takes it off the list.
		deepEqual(lines.get("F17"), ["submitted=2 issued=0", "submitted=1 issued=1"]);
	});
	it("fact 20: callbacks in completion order, in one tasklet run", () => {
		deepEqual(lines.get("F20"), ["held order= completed=3", "order=abc completed=0"]);
	});
	it("fact 21: a pending cyclic callback comes before the completions of the same run", () => {
		deepEqual(lines.get("F21"), ["order=Pa"]);
	});
	it("fact 22: several periods before one tasklet run give one callback", () => {
		deepEqual(lines.get("F22"), ["periods=3 order=P"]);
	});
	it("fact 23: the status is complete before the callback and in it", () => {
		deepEqual(lines.get("F23"), ["before_callback=0", "in_callback=0"]);
	});
	it("fact 28: terminate between interrupt and tasklet suppresses the callback of what was complete", () => {
		deepEqual(lines.get("F28"), ["status=0 order=[]"]);
	});
	it("fact 29: terminate in a callback does not stop the callbacks already taken", () => {
		deepEqual(lines.get("F29"), ["order=Tb"]);
	});
	it("fact 31: a callback runs without DMA_PREP_INTERRUPT", () => {
		deepEqual(lines.get("F31"), ["order=a"]);
	});
	it("fact 32: synchronize in the channel's own callback never returns", () => {
		const own = factLines({ "softdma.c": softdma, "stuck.c": stuck }, "", stepped);
		deepEqual(own.get("F32"), ["before"]);
		ok(own.get("")?.includes("Attempt to kill tasklet from interrupt"));
	});
	it("golden trace G5: reuse", () => {
		deepEqual(lines.get("G5"), [
			"set_reuse=0",
			"first status=0 allocated=1 order=r",
			"terminated cookie+1 status=1 allocated=1 order=r",
			"again cookie+2 status=0 order=rr",
			"desc_free without reuse=-1",
			"last cookie+3 allocated=0 order=rrr",
			"desc_free=0 allocated=0",
			"released allocated=0",
		]);
	});
	it("golden trace G6: completion out of order", () => {
		deepEqual(lines.get("G6"), [
			"assigned completed=1 2=1 3=1 4=1",
			"complete(3) completed=3 2=0 3=0 4=1",
			"complete(2) completed=2 2=0 3=1 4=1",
			"complete(4) completed=4 2=0 3=0 4=0",
		]);
	});
});

describe("Facts: registration and lookup", () => {
	let lines: Lines;
	let other: Lines;
	let registered: string[];
	before(() => {
		lines = factLines({ "lookup.c": lookup }, lookupDts);
		other = factLines({ "none.c": none }, '&dmac { status = "disabled"; };');
		registered = factLines({ "softdma.c": softdma }).get("") ?? [];
	});
	const registration = (what: string) =>
		registered.find((line) => line.startsWith(`SOFTDMA REG case=${what} `))?.replace(/^.* rc=/, "");

	it("fact 45: a capability without its op is -EIO, DMA_SLAVE without slave_sg is accepted", () => {
		equal(registration("cyclic_cap_no_prep"), "-5");
		equal(registration("slave_cap_no_prep"), "0");
		ok(registered.includes("softdma softdma.0: Device claims capability DMA_CYCLIC, but op is not defined"));
	});
	it("fact 46: without dev -EIO, a NULL device -ENODEV", () => {
		equal(registration("no_dev"), "-5");
		equal(registration("NULL"), "-19");
		ok(registered.includes("dmaengine: DMAdevice must have dev"));
	});
	it("fact 48: a request makes the controller private", () => {
		deepEqual(lines.get("F48"), ["private=1 privatecnt=1"]);
	});
	it("fact 49: no channel of a controller in public use can be requested", () => {
		deepEqual(lines.get("F49"), ["public=0"]);
	});
	it("fact 50: resources are allocated once for several clients and freed at the last put, after synchronize", () => {
		deepEqual(lines.get("F50"), [
			"two allocs=4 client_count=2",
			"one frees=0 client_count=1",
			"none frees=4 syncs=1 client_count=0",
		]);
	});
	it("fact 51: a failing alloc is the error by filter map and NULL for dma_request_channel", () => {
		deepEqual(lines.get("F51"), ["mapped=dma1chan2", "by_map=-12", "by_filter=0"]);
	});
	it("fact 52: by mask: no controller -EPROBE_DEFER, no match -ENODEV", () => {
		deepEqual(other.get("F52"), ["none=-517 null=-19"]);
		deepEqual(lines.get("F52"), ["no_match=-19"]);
	});
	it("fact 53: neither devicetree nor map, or the mapped channel busy: -EPROBE_DEFER", () => {
		deepEqual(lines.get("F53"), ["busy=-517", "nothing=-517"]);
	});
	it("fact 54: devicetree: controller not there -EPROBE_DEFER; no dmas, no such name, busy -ENODEV", () => {
		deepEqual(lines.get("F54"), ["one=-517", "rx=-19", "unknown=-19", "one=dma1chan1", "one=-19"]);
		deepEqual(other.get("F54"), ["not_registered=-517"]);
	});
	it("fact 55: two entries of one name take turns", () => {
		const taken = lines.get("F55") ?? [];
		equal(taken.length, 4);
		deepEqual(new Set(taken.slice(0, 2)), new Set(["pair=dma1chan2", "pair=dma1chan3"]));
		deepEqual(taken.slice(2), taken.slice(0, 2));
	});
	it("fact 56: by_chan_id: an unknown channel or two cells is NULL", () => {
		deepEqual(lines.get("F56"), ["nine=-19", "two_cells=0", "one_cell=dma1chan1"]);
	});
	it("fact 57: routers: unregistered -EPROBE_DEFER, refused -ENODEV, unregistered master -EPROBE_DEFER and freed", () => {
		deepEqual(lines.get("F57"), ["routed=-517", "refused=-19", "nomaster=-517", "routes_freed=1"]);
	});
	it("fact 58: releasing a channel with two clients warns", () => {
		const log = lines.get("") ?? [];
		equal(log.filter((line) => line === "chan reference count 2 != 1").length, 1);
	});
	it("fact 59: in_use is the number of clients, the counters stay 0", () => {
		deepEqual(lines.get("F59"), ["1", "0", "0"]);
	});
	it("facts 60, 61: the summary: routed channels, in-use ones, unused ones left out", () => {
		deepEqual(lines.get("F60"), [
			"routed=dma1chan2",
			[
				"dma0 (80000.dma-controller): number of channels: 4",
				"",
				"dma1 (20000000.dma-controller): number of channels: 4",
				" dma1chan2    | 20040000.client:routed (via router: 20030000.dma-router)",
				" dma1chan3    | in-use",
			].join("\n"),
			"routes_freed=2",
		]);
	});
	it("fact 62: unmap data with RAID: pools to 256, more is a BUG", () => {
		deepEqual(lines.get("F62"), ["nr=2 ok=1 map_cnt=2", "nr=3 ok=1 map_cnt=3", "nr=17 ok=1 map_cnt=17"]);
		ok(lines.get("")?.some((line) => line.startsWith("kernel BUG at drivers/dma/dmaengine.c")));
	});
});
