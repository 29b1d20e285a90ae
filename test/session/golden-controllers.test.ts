/** Debug sessions of the samples of one controller each, and the rule that every sample has such a session. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { Transcript } from "./transcript";

describe("golden debug sessions of the controllers' samples", () => {
	it("bcm2835-cyclic: a circle of control blocks", () => {
		const t = new Transcript("bcm2835-cyclic.dma", { test: "bcm2835-cyclic.plays_without_a_gap" });
		t.functions("pcm_period");
		t.go();
		t.select("dma0chan0");
		for (const name of ["Channel", "Queues", "Descriptor chain", "Registers"]) t.scope(name);
		t.functions();
		t.step("over");
		t.step("over");
		t.toDescriptorEnd();
		t.go();
		t.check("bcm2835-cyclic");
	});

	it("pl330-memcpy: a channel that runs a program", () => {
		const t = new Transcript("pl330-memcpy.dma", { test: "pl330-memcpy.copies_by_a_program" });
		t.events("start");
		t.go();
		for (const name of ["Channel", "Queues", "Descriptor chain"]) t.scope(name);
		t.step("over");
		t.events();
		t.functions("copied");
		t.go();
		t.functions();
		t.go();
		t.check("pl330-memcpy");
	});

	it("stm32-uart: the router's choice, and a pause", () => {
		const t = new Transcript("stm32-uart.dma", { test: "stm32-uart.uart_receives" });
		t.functions("stm32_dmamux_route_allocate", "dmaengine_pause");
		t.go();
		t.step("out");
		t.go();
		t.go();
		t.channel("dma1chan0", "Channel", "Queues", "Registers");
		t.evaluate("cat /sys/kernel/debug/dmaengine/summary");
		t.functions();
		t.go();
		t.check("stm32-uart");
	});

	it("r6040: rings that the device reads by itself", () => {
		const t = new Transcript("r6040.dma", { test: "r6040.frames_come_in" });
		t.functions("r6040_interrupt", "r6040_rx");
		t.go();
		t.step("over");
		t.go();
		for (let step = 0; step < 4; step++) t.step("over");
		t.scope("Locals");
		t.functions();
		t.go();
		t.check("r6040");
	});

	it("exist for every sample, which says what it shows and what to try", () => {
		const manual = readFileSync("docs/scenarios.md", "utf8");
		for (const file of globSync("samples/*.dma")) {
			const name = basename(file, ".dma");
			assert.ok(existsSync(`test/session/golden/${name}.txt`), `${file} has no session in test/session/golden`);
			assert.ok(manual.includes(`| \`${name}\` |`), `${file} is not in the table of docs/scenarios.md`);
			const [, opening = ""] = /^\/\*([\s\S]*?)\*\//.exec(readFileSync(file, "utf8")) ?? [];
			assert.match(opening, new RegExp(`^[\\s*]*${name}\\.dma: `), file);
			// The contract of the language fixes uart-tx, word for word.
			if (name === "uart-tx") continue;
			assert.match(opening, /What it shows: /, file);
			assert.match(opening, /Try: /, file);
		}
	});
});
