import assert from "node:assert/strict";
import { ofPhandleArgs } from "../../../src/kernel/device/structs";
import { summaryText } from "../../../src/kernel/dmaengine/files";
import type { Rig } from "../dmaengine/rig";
import { controller, DMAMUX, read, specifier, stm32 } from "./stm32";
import text from "./stm32-dmamux-cases.json";

type Cells = readonly (string | number)[];
interface Case {
	readonly id: string;
	readonly ops: readonly { readonly route?: Cells; readonly routeTimes?: number }[];
	readonly expect: {
		readonly writes?: readonly (readonly [string, string])[];
		readonly write?: readonly [string, string];
		readonly specs?: readonly { readonly master: string; readonly cells: Cells }[];
		readonly spec?: { readonly master: string; readonly cells: Cells };
		readonly errno?: string;
		readonly log?: string;
		readonly after?: readonly [string, string];
	};
}
const cases: Readonly<Record<string, Case>> = Object.fromEntries(
	(text as unknown as { cases: Case[] }).cases.map((entry) => [entry.id, entry]),
);
const ERRNO: Readonly<Record<string, number>> = { "-ENOMEM": -12, "-EINVAL": -22 };

interface Route {
	readonly result: number;
	readonly master: string;
	readonly cells: number[];
}

function route(rig: Rig, cells: Cells): Route {
	const { space } = rig.k;
	const spec = specifier(rig, cells.map(Number));
	const result = rig.call("stm32_dmamux_route_allocate", spec, controller(rig, "dmamux1"));
	const node = ofPhandleArgs.np.get(space, spec);
	const path = rig.k.state.devices.paths[node];
	const count = ofPhandleArgs.args_count.get(space, spec);
	return {
		result,
		master: rig.k.devices.find((d) => d.path === path)?.labels[0] ?? "",
		cells: Array.from({ length: count }, (_, i) => space.r32(ofPhandleArgs.args.at(spec) + 4 * i)),
	};
}

const named = (writes: readonly (readonly [string, string])[]): [number, number][] =>
	writes.map(([name, value]) => [DMAMUX + 4 * Number(/\d+/.exec(name)![0]), Number(value)]);
const ofRouter = (rig: Rig): [number, number][] => rig.writes.filter(([at]) => at >= DMAMUX && at < DMAMUX + 0x40);
const numbers = (spec: { master: string; cells: Cells }) => ({ master: spec.master, cells: spec.cells.map(Number) });

describe("stm32-dmamux driver and model (controller-cases.json)", () => {
	it("dmamux-01-uart4-pair", () => {
		const { ops, expect } = cases["dmamux-01-uart4-pair"];
		const rig = stm32();
		rig.writes.length = 0;
		const routes = ops.map((op) => route(rig, op.route!));
		assert.deepEqual(ofRouter(rig), named(expect.writes!));
		assert.deepEqual(
			routes.map(({ master, cells }) => ({ master, cells })),
			expect.specs!.map(numbers),
		);
	});

	it("dmamux-02-ninth-goes-to-dma2", () => {
		const { ops, expect } = cases["dmamux-02-ninth-goes-to-dma2"];
		const rig = stm32();
		for (let i = 0; i < ops[0].routeTimes!; i++) route(rig, [11 + i, 0x400, 1]);
		rig.writes.length = 0;
		const { master, cells } = route(rig, ops[1].route!);
		assert.deepEqual({ master, cells }, numbers(expect.spec!));
		assert.deepEqual(ofRouter(rig), named([expect.write!]));
	});

	it("dmamux-03-exhausted", () => {
		const { ops, expect } = cases["dmamux-03-exhausted"];
		const rig = stm32();
		for (let i = 0; i < ops[0].routeTimes!; i++) assert.ok(route(rig, [11 + i, 0x400, 1]).result < -4095);
		assert.equal(route(rig, ops[1].route!).result, ERRNO[expect.errno!]);
		assert.ok(rig.log().includes(`stm32-dmamux 48002000.dma-router: ${expect.log}`));
	});

	it("dmamux-05-wrong-cells", () => {
		const { ops, expect } = cases["dmamux-05-wrong-cells"];
		const rig = stm32();
		assert.equal(route(rig, ops[0].route!).result, ERRNO[expect.errno!]);
	});

	it("dmamux-07-reset-at-probe", () => {
		const rig = stm32();
		assert.deepEqual(ofRouter(rig), named(cases["dmamux-07-reset-at-probe"].expect.writes!));
	});

	it("dmamux-08-suspend-resume", () => {
		const { ops, expect } = cases["dmamux-08-suspend-resume"];
		const rig = stm32();
		route(rig, ops[0].route!);
		const dev = rig.device("dmamux1");
		assert.equal(rig.call("stm32_dmamux_suspend", dev), 0);
		const model = rig.k.devices.find((d) => d.labels.includes("dmamux1"))!.model as unknown as { losePower(): void };
		model.losePower();
		assert.equal(read(rig, DMAMUX), 0);
		assert.equal(rig.call("stm32_dmamux_resume", dev), 0);
		const [[at, value]] = named([expect.after!]);
		assert.equal(read(rig, at), value);
	});
});

describe("channels behind the router", () => {
	const request = (rig: Rig, label: string, name: string) =>
		rig.call("dma_request_chan", rig.device(label), rig.text(name));

	it("debugfs names the router, and numbers and names are the chip's: line for line (controllers.md 8)", () => {
		const rig = stm32();
		for (const [label, name] of [
			["hash1", "in"],
			["uart4", "rx"],
			["uart4", "tx"],
			["sai2a", "tx"],
		] as const)
			assert.ok(request(rig, label, name) < -4095);
		assert.equal(
			summaryText(rig.k),
			[
				"dma0 (58000000.dma-controller): number of channels: 32",
				" dma0chan0    | 54002000.hash:in",
				"",
				"dma1 (48000000.dma-controller): number of channels: 8",
				" dma1chan0    | 40010000.serial:rx (via router: 48002000.dma-router)",
				" dma1chan1    | 40010000.serial:tx (via router: 48002000.dma-router)",
				" dma1chan2    | 4400b004.audio-controller:tx (via router: 48002000.dma-router)",
				"",
				"dma2 (48001000.dma-controller): number of channels: 8",
				"",
			].join("\n"),
		);
		assert.deepEqual(
			[0, 4, 8, 12].map((at) => read(rig, DMAMUX + at)),
			[63, 64, 89, 0],
		);
	});

	it("releasing a channel gives its output back, and the next client takes the lowest", () => {
		const rig = stm32();
		const rx = request(rig, "uart4", "rx");
		request(rig, "uart4", "tx");
		rig.call("dma_release_channel", rx);
		assert.equal(read(rig, DMAMUX), 0);
		request(rig, "usart2", "tx");
		assert.equal(read(rig, DMAMUX), 44);
		assert.match(summaryText(rig.k), /dma1chan0 {4}\| 4000e000\.serial:tx/);
	});

	it("a stream that somebody has already: NULL from the controller, and the route is freed", () => {
		const rig = stm32();
		rig.call("stm32_dma_of_xlate", specifier(rig, [0, 0, 0x400, 0]), controller(rig, "dma1"));
		assert.equal(request(rig, "uart4", "rx"), -19);
		assert.ok(rig.log().includes("stm32-dma 48000000.dma-controller: No more channels available"));
		assert.equal(read(rig, DMAMUX), 0);
	});

	it("the seventeenth client gets -ENODEV", () => {
		const rig = stm32();
		for (let i = 0; i < 16; i++) route(rig, [11 + i, 0x400, 1]);
		assert.equal(request(rig, "uart4", "rx"), -19);
		assert.ok(rig.log().includes("stm32-dmamux 48002000.dma-router: Run out of free DMA requests"));
	});

	it("a request above dma-requests is -EINVAL, the number itself is accepted, and so is 0", () => {
		const rig = stm32();
		assert.equal(route(rig, [129, 0x400, 1]).result, -22);
		assert.ok(rig.log().includes("stm32-dmamux 48002000.dma-router: invalid mux request number: 129"));
		assert.ok(route(rig, [128, 0x400, 1]).result < -4095);
		assert.ok(route(rig, [0, 0x400, 1]).result < -4095);
	});

	it("cells that the controller refuses", () => {
		const rig = stm32();
		const xlate = (cells: number[]) => rig.call("stm32_dma_of_xlate", specifier(rig, cells), controller(rig, "dma1"));
		assert.equal(xlate([0, 0, 0x400]), 0);
		assert.equal(xlate([8, 0, 0x400, 0]), 0);
		assert.equal(xlate([0, 8, 0x400, 0]), 0);
		const log = rig.log();
		assert.ok(log.includes("stm32-dma 48000000.dma-controller: Bad number of cells"));
		assert.equal(log.filter((line) => line.endsWith("Bad channel and/or request id")).length, 2);
	});
});
