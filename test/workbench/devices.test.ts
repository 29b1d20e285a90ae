import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import type { Locator } from "playwright-core";
import { Workbench } from "./workbench";

const folder = "out/workbench-devices";
const file = `${folder}/stm32-wiki.dma`;

function lineOf(text: string): number {
	const [before = ""] = readFileSync(file, "utf8").split(text);
	return before.split("\n").length;
}

describe("looking at a board in a real workbench", function () {
	this.bail(true);
	let workbench: Workbench;

	before(async () => {
		rmSync(folder, { recursive: true, force: true });
		mkdirSync(folder, { recursive: true });
		cpSync("samples/stm32-wiki.dma", file);
		workbench = await Workbench.open("devices", folder, file);
	});
	after(() => workbench?.close());
	afterEach(async function () {
		if (this.currentTest?.state === "failed") await workbench?.shot("failed");
	});

	/** A row of the tree, unfolded when it can be. */
	const unfolded = async (text: string): Promise<Locator> => {
		const row = workbench.page.locator(".tree-explorer-viewlet-tree-view .monaco-list-row", { hasText: text }).first();
		await row.waitFor();
		if ((await row.getAttribute("aria-expanded")) === "false") await row.locator(".monaco-tl-twistie").click();
		return row;
	};

	it("says what will be there while no machine runs", async () => {
		await workbench.command("View: Show Run and Debug");
		await workbench.fold("DMA Devices");
		await workbench.page.getByText("No machine is running. At a stop,").waitFor();
		await workbench.fold("DMA Devices");
	});

	it("shows values at the ends of the lines that have run", async () => {
		const line = lineOf("dma_async_issue_pending(chan)");
		await workbench.page.locator(".monaco-editor .view-lines").first().click();
		await workbench.breakpointAt(line);
		await workbench.press("F5");
		await workbench.stoppedIn("peripheral_start", line);
		await workbench.page.locator(".monaco-editor .view-line", { hasText: "ret = 0" }).first().waitFor();
		await workbench.shot("inline-values");
	});

	it("shows the way of a request through the router, and registers down to their fields", async () => {
		for (const view of ["Variables", "Watch", "Call Stack", "Breakpoints", "DMA Channels"]) await workbench.fold(view);
		await workbench.fold("DMA Devices");
		await unfolded("dma1chan0");
		const route = await unfolded("40010000.serial rx → request");
		assert.match(
			(await route.textContent()) ?? "",
			/→ 48002000\.dma-router output 0 → 48000000\.dma-controller channel 0/,
		);
		await unfolded("Registers");
		await unfolded("S0CR");
		await unfolded("PSIZE");
		await workbench.shot("devices");
	});

	it("marks what has changed since the last stop", async () => {
		await workbench.press("F10");
		await workbench.page
			.locator(".tree-explorer-viewlet-tree-view .highlight", { hasText: "S0NDTR" })
			.first()
			.waitFor();
		await workbench.shot("changed");
	});

	it("completes a kernel function in the debug console, and calls it", async () => {
		await workbench.press("Control+Shift+y");
		await workbench.page.locator(".repl-input-wrapper .view-lines").first().click();
		await workbench.page.keyboard.type("dma_async_is_tx", { delay: 30 });
		const suggestion = workbench.page.locator(".suggest-widget .monaco-list-row", {
			hasText: "dma_async_is_tx_complete",
		});
		await suggestion.first().waitFor();
		await workbench.press("Tab");
		await workbench.page.keyboard.type("(chan, 1, 0, 0)");
		await workbench.press("Escape", "Enter");
		// What was typed has been replaced, not doubled.
		const lines = workbench.page.locator(".repl .monaco-list-row");
		await lines.filter({ hasText: "dma_async_is_tx_complete(chan, 1, 0, 0)" }).first().waitFor();
		await lines
			.filter({ hasText: /^DMA_COMPLETE/ })
			.first()
			.waitFor();
		await workbench.shot("console");
	});

	it("shows numbers in hexadecimal", async () => {
		for (const view of ["DMA Devices", "Variables"]) await workbench.fold(view);
		await workbench.variable("ret = ").waitFor();
		await workbench.command("DMAscope: Toggle Hexadecimal");
		const row = workbench.page.locator(".debug-variables .monaco-list-row", { hasText: /^ret =\s*0x00000000$/ });
		await row.first().waitFor();
	});
});
