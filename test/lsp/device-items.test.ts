/** The rows of the DMA Devices tree. */
import assert from "node:assert/strict";
import { Changes } from "../../src/extension/devices/changes";
import { type DeviceItem, deviceItems } from "../../src/extension/devices/items";
import type { ControllerMessage, DevicesMessage, DmaChannelMessage } from "../../src/messages/devices";

const channel = (number: number, more: Partial<DmaChannelMessage> = {}): DmaChannelMessage => ({
	id: `dma0chan${number}`,
	threadId: 1000 + number,
	client: null,
	state: "unused",
	number,
	route: "",
	prepared: null,
	busy: false,
	details: [],
	...more,
});
const controller = (channels: readonly DmaChannelMessage[]): ControllerMessage => ({
	name: "80000.dma-controller",
	labels: ["dmac"],
	compatible: "snps,axi-dma-1.01a",
	driver: "dw_axi_dmac_platform",
	place: { file: "boards/generic-axi-dmac.dtsi", line: 45, builtin: true },
	registers: true,
	dma: "dma0",
	capabilities: [{ name: "max_burst", value: "16" }],
	channels,
});
const BUSY = channel(1, {
	client: "10000000.serial:tx",
	state: "running",
	busy: true,
	route: "10000000.serial tx → request 1 → dma0chan1",
	details: [{ name: "progress", value: "64 of 256 bytes" }],
	prepared: { file: "/w/uart-tx.dma", line: 48, builtin: false },
});

const asked: unknown[] = [];
const items = (devices: Partial<DevicesMessage>) =>
	deviceItems({ controllers: [], routers: [], clients: [], ...devices }, async (...what) => {
		asked.push(what);
		return [
			{ name: "CH2_CTL", address: "0x80218", value: "0x1", fields: [{ name: "EN", value: "1 (on)", bits: "bit 0" }] },
		];
	});
const labels = (list: readonly DeviceItem[]) => list.map(({ label }) => label);

describe("changed values of the DMA Devices tree", () => {
	it("are those that differ from when they were seen last, at an earlier stop", () => {
		const changes = new Changes();
		assert.equal(changes.see("r", "0"), false);
		assert.equal(changes.see("r", "0"), false);
		changes.nextStop();
		assert.equal(changes.see("r", "1"), true);
		assert.equal(changes.see("r", "1"), true, "drawn twice at one stop");
		changes.nextStop();
		changes.nextStop();
		assert.equal(changes.see("r", "2"), true, "folded at the stop in between");
		changes.forget();
		assert.equal(changes.see("r", "3"), false);
	});
});

describe("rows of the DMA Devices tree", () => {
	it("show a controller's channels, capabilities and registers; a busy channel can be selected", async () => {
		const [top] = items({ controllers: [controller([channel(0), BUSY])] });
		assert.equal(top?.label, "dma0: 80000.dma-controller");
		assert.equal(top.description, "dw_axi_dmac_platform, 1 of 2 channels busy");
		const children = (await top.children?.()) ?? [];
		assert.deepEqual(labels(children), ["dma0chan0", "dma0chan1", "Capabilities", "Registers"]);
		const [idle, busy] = children;
		assert.equal(idle?.channel, undefined);
		assert.equal(busy?.channel, "dma0chan1");
		assert.equal(busy.description, "10000000.serial:tx, running, 64 of 256 bytes");
		assert.equal(busy.prepared?.line, 48);
		const rows = (await busy.children?.()) ?? [];
		assert.deepEqual(labels(rows), ["state", "client", "route", "progress", "Registers"]);
	});

	it("ask for a channel's registers only when they are unfolded, and take them apart", async () => {
		asked.length = 0;
		const [top] = items({ controllers: [controller([BUSY])] });
		const [one] = (await top?.children?.()) ?? [];
		const folder = ((await one?.children?.()) ?? []).find(({ label }) => label === "Registers");
		assert.deepEqual(asked, []);
		const [register] = (await folder?.children?.()) ?? [];
		assert.deepEqual(asked, [["80000.dma-controller", 1]]);
		assert.equal(register?.copies, "0x1");
		const [field] = (await register.children?.()) ?? [];
		assert.equal(field?.description, "1 (on)");
		assert.equal(field.tooltip, "CH2_CTL.EN, bit 0");
	});

	it("fold many unused channels into one row", async () => {
		const many = Array.from({ length: 32 }, (_, number) => (number === 1 ? BUSY : channel(number)));
		const [top] = items({ controllers: [controller(many)] });
		const children = (await top?.children?.()) ?? [];
		assert.deepEqual(labels(children), ["dma0chan1", "Unused channels", "Capabilities", "Registers"]);
		assert.equal((await children[1]?.children?.())?.length, 31);
	});

	it("put clients that have a channel first", async () => {
		const client = (name: string, channel: string | null) => ({
			...controller([]),
			name,
			labels: [],
			requests: [{ name: "rx", route: [], channel }],
		});
		const [top] = items({ clients: [client("a", null), client("b", "dma0chan0"), client("c", null)] });
		assert.deepEqual(labels((await top?.children?.()) ?? []), ["b", "a", "c"]);
	});

	it("have ids of their own", async () => {
		const all: string[] = [];
		const walk = async (list: readonly DeviceItem[]): Promise<void> => {
			for (const item of list) {
				all.push(item.id);
				await walk((await item.children?.()) ?? []);
			}
		};
		const uart = {
			...controller([]),
			name: "10000000.serial",
			requests: [{ name: "tx", route: ["request 1", "dma0chan1"], channel: "dma0chan1" }],
		};
		const outputs = [{ output: 0, input: 1, target: "dma0chan1", client: "10000000.serial:tx" }];
		const router = { ...controller([]), name: "48002000.dma-router", outputs };
		await walk(items({ controllers: [controller([channel(0), BUSY])], clients: [uart], routers: [router] }));
		assert.equal(new Set(all).size, all.length);
	});
});
