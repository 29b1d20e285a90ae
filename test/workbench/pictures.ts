/** Takes the pictures of README and walkthrough from a real workbench, and screenshots of every view in three themes. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { Workbench } from "./workbench";

interface Theme {
	readonly name: string;
	readonly title: string;
}

const THEMES: readonly Theme[] = [
	{ name: "light", title: "Light Modern" },
	{ name: "dark", title: "Dark Modern" },
	{ name: "contrast", title: "Default High Contrast" },
];
/** The theme of the pictures that are kept. */
const KEPT = "light";
const VIEWPORT = { width: 1280, height: 800 };
const SIDE_BAR = 420;
const SAMPLES = ["uart-tx.dma", "kunit-memcpy.dma", "stm32-wiki.dma"];

interface Box {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}
const WINDOW: Box = { x: 0, y: 0, width: VIEWPORT.width, height: 776 };
const UPPER: Box = { ...WINDOW, height: 600 };

class Photographer {
	constructor(
		private readonly workbench: Workbench,
		private readonly theme: Theme,
	) {}

	/** A screenshot of the whole window; a picture of a part of it for the walkthrough, and for the README. */
	async take(name: string, kept: { walkthrough?: Box; readme?: Box } = {}): Promise<void> {
		const { page } = this.workbench;
		await page.mouse.move(VIEWPORT.width - 4, VIEWPORT.height - 4);
		await page.waitForTimeout(400);
		const png = await page.screenshot({ path: `screenshots/themes/${name}-${this.theme.name}.png` });
		if (this.theme.name !== KEPT) return;
		const { walkthrough, readme } = kept;
		if (walkthrough) writeFileSync(`media/walkthrough/${name}.webp`, await toWebp(page, png, walkthrough, 580));
		if (readme) writeFileSync(`docs/images/${name}.webp`, await toWebp(page, png, readme, 760));
	}
}

/** Cuts a box out of a PNG and makes it a WebP of a width, with the browser's own encoder. */
async function toWebp(page: Page, png: Buffer, box: Box, target: number): Promise<Buffer> {
	const blank = await page.context().browser()?.newPage();
	if (!blank) throw new Error("the browser is gone");
	try {
		const base64 = await blank.evaluate(
			async ({ data, x, y, width, height, target }) => {
				const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
				const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
				const scale = Math.min(1, target / width);
				const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
				const context = canvas.getContext("2d");
				if (context) context.imageSmoothingQuality = "high";
				context?.drawImage(image, x, y, width, height, 0, 0, canvas.width, canvas.height);
				const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.5 });
				let text = "";
				for (const byte of new Uint8Array(await blob.arrayBuffer())) text += String.fromCharCode(byte);
				return btoa(text);
			},
			{ data: png.toString("base64"), ...box, target },
		);
		return Buffer.from(base64, "base64");
	} finally {
		await blank.close();
	}
}

const lineIn = (file: string, text: string): number => {
	const [before = ""] = readFileSync(file, "utf8").split(text);
	return before.split("\n").length;
};

async function photograph(theme: Theme): Promise<void> {
	const folder = `out/pictures-${theme.name}`;
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	for (const name of SAMPLES) cpSync(`samples/${name}`, `${folder}/${name}`);
	const file = `${folder}/uart-tx.dma`;
	const settings = {
		"editor.minimap.enabled": false,
		"workbench.layoutControl.enabled": false,
		"window.commandCenter": false,
		"debug.internalConsoleOptions": "neverOpen",
	};
	const own = `${folder}/.vscode/settings.json`;
	mkdirSync(`${folder}/.vscode`, { recursive: true });
	writeFileSync(own, "{}");
	const workbench = await Workbench.open(`pictures-${theme.name}`, folder, file, { settings, viewport: VIEWPORT });
	const photo = new Photographer(workbench, theme);
	const { page } = workbench;
	try {
		await page.locator(".monaco-editor .codelens-decoration").first().waitFor();
		// The machine's settings have no say in colours; the workspace's have when they change.
		writeFileSync(own, JSON.stringify({ "workbench.colorTheme": theme.title }));
		await page.waitForTimeout(3000);
		await widenSideBar(page);
		await photo.take("sample", { walkthrough: { x: SIDE_BAR, y: 0, width: 860, height: 560 } });
		await workbench.command("View: Show Run and Debug");
		await workbench.fold("DMA Devices");
		await photo.take("no-machine");
		await workbench.fold("DMA Devices");

		await page.locator(".monaco-editor .view-lines").first().click();
		await workbench.breakpointAt(lineIn(file, "dma_async_issue_pending(tx)"));
		await workbench.press("F5");
		await workbench.stoppedIn("uart_tx_init", lineIn(file, "dma_async_issue_pending(tx)"));
		for (const view of ["Watch", "Breakpoints"]) await workbench.fold(view);
		await page.getByText("ret = 0").first().waitFor();
		await photo.take("stop", { walkthrough: WINDOW, readme: WINDOW });

		await workbench.press("F11");
		await workbench.stoppedIn("dma_async_issue_pending");
		await photo.take("step", { walkthrough: UPPER, readme: UPPER });
		await workbench.press("Shift+F11");
		await workbench.stoppedIn("uart_tx_init", lineIn(file, "if (!wait_for_completion_timeout"));

		const dashboard = await workbench.dashboard();
		const row = dashboard.locator("[data-channel]", { hasText: "serial" }).first();
		await row.waitFor();
		await row.click();
		await workbench.stoppedIn(/burst|chunk|transfer/);
		await photo.take("channels");
		for (let step = 0; step < 3; step++) {
			await workbench.press("F10");
			await page.waitForTimeout(600);
		}
		await workbench.fold("DMA Channels");
		await workbench.unfoldVariable("Channel", false);
		await workbench.unfoldVariable("Descriptor chain");
		await workbench.unfoldVariable("LLI 0");
		await photo.take("channel", { walkthrough: WINDOW, readme: WINDOW });
		await workbench.fold("DMA Channels");

		await workbench.showFile("uart-tx.dma");
		await workbench.breakpointAt(lineIn(file, "complete(&done)"));
		await workbench.press("F5");
		await workbench.stoppedIn("tx_done", lineIn(file, "complete(&done)"));
		await workbench.fold("DMA Channels");
		await photo.take("callback", { walkthrough: WINDOW, readme: WINDOW });
		await workbench.command("DMAscope: Open Dashboard");
		await page.waitForTimeout(2500);
		const tab = { x: SIDE_BAR + 4, y: 32, width: 854, height: 500 };
		await photo.take("dashboard", { walkthrough: tab, readme: tab });
		await workbench.command("View: Close Editor");
		await workbench.fold("DMA Channels");
		await workbench.press("F5");
		await page.locator(".debug-toolbar").waitFor({ state: "hidden" });
		await workbench.press("Control+Shift+y");
		await page.locator(".repl .monaco-list-row", { hasText: "UUUU" }).first().waitFor();
		await photo.take("console");
		await workbench.press("Control+j");

		await devices(workbench, photo, folder);
		await tests(workbench, photo);

		await workbench.command("Welcome: Open Walkthrough");
		await page.locator(".quick-input-list .monaco-list-row", { hasText: "DMAscope" }).first().click();
		await page.locator(".getting-started-step, .step-list-container").first().waitFor();
		await page.waitForTimeout(1500);
		await photo.take("walkthrough");
	} finally {
		await page.screenshot({ path: `screenshots/themes/last-${theme.name}.png` }).catch(() => undefined);
		await workbench.close();
	}
}

/** The tree of a board with a router. */
async function devices(workbench: Workbench, photo: Photographer, folder: string): Promise<void> {
	const { page } = workbench;
	const file = `${folder}/stm32-wiki.dma`;
	await openInExplorer(workbench, "stm32-wiki.dma");
	await workbench.breakpointAt(lineIn(file, "dmaengine_terminate_sync(chan_rx)"));
	await workbench.press("F5");
	await workbench.stoppedIn("peripheral_run");
	for (const view of ["Variables", "Call Stack", "DMA Channels"]) await workbench.fold(view);
	await workbench.fold("DMA Devices");
	for (const row of ["Clients", "dma1chan0"]) {
		const found = page.locator(".pane .monaco-list-row", { hasText: row }).first();
		await found.waitFor();
		if ((await found.getAttribute("aria-expanded")) === "false") await found.locator(".monaco-tl-twistie").click();
	}
	const sideBar = { x: 0, y: 0, width: SIDE_BAR, height: 776 };
	await photo.take("devices", { walkthrough: sideBar, readme: sideBar });
	for (const view of ["Variables", "Call Stack", "DMA Channels", "DMA Devices"]) await workbench.fold(view);
	await workbench.press("F5");
	await page.locator(".debug-toolbar").waitFor({ state: "hidden" });
}

async function tests(workbench: Workbench, photo: Photographer): Promise<void> {
	const { page } = workbench;
	await openInExplorer(workbench, "kunit-memcpy.dma");
	await workbench.goToLine(lineIn("samples/kunit-memcpy.dma", "static void copies_every_byte"));
	await workbench.command("Test: Run All Tests");
	await workbench.command("Testing: Focus on Test Explorer View");
	await page.locator(".test-explorer .monaco-list-row").first().waitFor();
	await page.waitForTimeout(3000);
	await photo.take("tests", { walkthrough: UPPER });
}

async function openInExplorer(workbench: Workbench, name: string): Promise<void> {
	await workbench.command("View: Show Explorer");
	await workbench.page.locator(".explorer-folders-view .monaco-list-row", { hasText: name }).dblclick();
	await workbench.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
	await workbench.page.locator(".monaco-editor .view-lines").first().click();
	await workbench.command("View: Show Run and Debug");
	await workbench.page.locator(".monaco-editor .view-lines").first().click();
}

async function widenSideBar(page: Page): Promise<void> {
	const bar = await page.locator(".part.sidebar").boundingBox();
	if (!bar) return;
	await page.mouse.move(bar.x + bar.width, 400);
	await page.mouse.down();
	await page.mouse.move(SIDE_BAR, 400, { steps: 5 });
	await page.mouse.up();
}

async function main(): Promise<void> {
	mkdirSync("screenshots/themes", { recursive: true });
	mkdirSync("media/walkthrough", { recursive: true });
	mkdirSync("docs/images", { recursive: true });
	const wanted = process.argv.slice(2);
	for (const theme of THEMES) if (wanted.length === 0 || wanted.includes(theme.name)) await photograph(theme);
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
