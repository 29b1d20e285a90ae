import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Frame } from "playwright-core";
import { Workbench } from "./workbench";

const folder = "out/workbench-timeline";
const file = `${folder}/uart-tx.dma`;

/** Name of a theme of VS Code and the class that it gives to a webview's body. */
const THEMES = [
	["Dark Modern", "vscode-dark", "dark"],
	["Light Modern", "vscode-light", "light"],
	["Default High Contrast", "vscode-high-contrast", "high-contrast"],
	["Default High Contrast Light", "vscode-high-contrast-light", "high-contrast-light"],
] as const;

function lineOf(text: string): number {
	return readFileSync(file, "utf8").split(text)[0]?.split("\n").length ?? 1;
}

describe("the dashboard as a tab and in the side bar of a real workbench", function () {
	// One session: each test goes on where the one before stopped.
	this.bail(true);
	let workbench: Workbench;
	let tab: Frame;

	before(async () => {
		rmSync(folder, { recursive: true, force: true });
		mkdirSync(`${folder}/.vscode`, { recursive: true });
		writeFileSync(`${folder}/.vscode/settings.json`, "{}");
		cpSync("samples/uart-tx.dma", file);
		workbench = await Workbench.open("dashboard-tab", folder, file);
	});
	after(() => workbench?.close());
	afterEach(async function () {
		if (this.currentTest?.state === "failed") await workbench?.shot("failed");
	});

	const range = () => tab.locator(".range").textContent();
	const rangeChanged = (before: string | null) =>
		tab.waitForFunction((old) => document.querySelector(".range")?.textContent !== old, before);

	it("opens by a command and shows what has happened since the first moment", async () => {
		await workbench.page.locator(".monaco-editor .view-lines").first().click();
		await workbench.breakpointAt(lineOf("complete(&done)"));
		await workbench.command("DMAscope: Open Dashboard");
		tab = await workbench.dashboard("tab");
		await tab.getByText("No machine is running.").waitFor();
		await workbench.showFile("uart-tx.dma");
		await workbench.press("F5");
		await workbench.stoppedIn("tx_done", lineOf("complete(&done)"));
		await workbench.showTab("DMA Dashboard");
		tab = await workbench.dashboard("tab");
		await tab.locator('[data-track="callback"]').waitFor();
		// The callback is about to run: all but what follows it has happened.
		await tab.waitForFunction(() =>
			/bursts of 256 bytes/.test(document.querySelector('[data-track="dma0chan0"]')?.ariaLabel ?? ""),
		);
		assert.match((await tab.locator('[data-track="dma0chan0"] .detail').textContent()) ?? "", /10000000\.serial:tx/);
	});

	it("zooms and goes from event to event by keys, and shows the line of one", async () => {
		const before = await range();
		await tab.locator('[data-track="dma0chan0"]').click({ position: { x: 20, y: 8 } });
		await workbench.press("Home", "ArrowRight", "ArrowRight");
		await tab.waitForFunction(() =>
			/^submit, cookie 2 .*Enter shows the line$/.test(document.querySelector(".spoken")?.textContent ?? ""),
		);
		await workbench.press("+", "+", "+", "+", "+", "+");
		await rangeChanged(before);
		// Until what is in view has come at the new resolution.
		await workbench.page.waitForTimeout(500);
		await workbench.shot("zoomed");
		await workbench.press("Enter");
		await workbench.page
			.locator(".statusbar-item", { hasText: `Ln ${lineOf("ret = dma_submit_error(dmaengine_submit(desc))")},` })
			.waitFor();
		await workbench.shot("source");
	});

	for (const [theme, name, short] of THEMES)
		it(`is drawn in the colours of ${theme}`, async () => {
			writeFileSync(`${folder}/.vscode/settings.json`, JSON.stringify({ "workbench.colorTheme": theme }));
			await workbench.showTab("DMA Dashboard");
			tab = await workbench.dashboard("tab");
			await tab.waitForFunction((expected) => document.body.classList.contains(expected), name);
			await tab.locator('[data-track="callback"]').waitFor();
			await tab.getByRole("button", { name: "Fit" }).click();
			await tab.locator('button[aria-pressed="true"]', { hasText: "Fit" }).waitFor();
			await workbench.page.waitForTimeout(500);
			await workbench.shot(short);
		});

	it("fits into the side bar", async () => {
		for (const view of ["Variables", "Watch", "Call Stack", "Breakpoints"]) await workbench.fold(view);
		const view = await workbench.dashboard("view");
		await view.locator('[data-track="dma0chan0"]').waitFor();
		const fits = await view.evaluate(
			() => document.documentElement.scrollWidth <= document.documentElement.clientWidth,
		);
		assert.ok(fits, "it is cut off at the right");
		await workbench.page.waitForTimeout(500);
		await workbench.shot("side-bar");
	});

	it("still shows the time line when the run is over", async () => {
		await workbench.press("F5");
		await workbench.page.locator(".debug-toolbar").waitFor({ state: "hidden" });
		await workbench.showTab("DMA Dashboard");
		tab = await workbench.dashboard("tab");
		await tab.getByText("Ended at").waitFor();
		await tab.locator('[data-track="callback"]').waitFor();
		await workbench.page.waitForTimeout(500);
		await workbench.shot("ended");
	});
});
