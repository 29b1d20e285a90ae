/** Takes the pictures of README and walkthrough from a real workbench, and screenshots of every view in three themes. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { Workbench } from "./workbench";

interface Theme {
	readonly name: string;
	readonly title: string;
	/** Whether pictures are kept, and where else than in screenshots/. */
	readonly kept: boolean;
}

const THEMES: readonly Theme[] = [
	{ name: "light", title: "Light Modern", kept: true },
	{ name: "dark", title: "Dark Modern", kept: true },
	{ name: "contrast", title: "Default High Contrast", kept: false },
];
const VIEWPORT = { width: 1280, height: 860 };
const SAMPLES = ["uart-tx.dma", "kunit-memcpy.dma", "stm32-wiki.dma"];

interface Box {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

class Photographer {
	constructor(
		private readonly workbench: Workbench,
		private readonly theme: Theme,
	) {}

	/** A screenshot of the whole window, and a picture of a part of it (of all of it when there is no box). */
	async take(name: string, box?: Box): Promise<void> {
		const { page } = this.workbench;
		await page.mouse.move(VIEWPORT.width - 4, VIEWPORT.height - 4);
		await page.waitForTimeout(400);
		const png = await page.screenshot({ path: `screenshots/themes/${name}-${this.theme.name}.png` });
		if (!this.theme.kept) return;
		const webp = await toWebp(page, png, box ?? { x: 0, y: 0, ...VIEWPORT });
		writeFileSync(`media/walkthrough/${name}-${this.theme.name}.webp`, webp);
	}
}

/** Cuts a box out of a PNG and makes it a WebP, with the browser's own encoder. */
async function toWebp(page: Page, png: Buffer, box: Box): Promise<Buffer> {
	const blank = await page.context().newPage();
	try {
		const base64 = await blank.evaluate(
			async ({ data, x, y, width, height }) => {
				const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
				const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
				const canvas = new OffscreenCanvas(width, height);
				canvas.getContext("2d")?.drawImage(image, x, y, width, height, 0, 0, width, height);
				const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.8 });
				let text = "";
				for (const byte of new Uint8Array(await blob.arrayBuffer())) text += String.fromCharCode(byte);
				return btoa(text);
			},
			{ data: png.toString("base64"), ...box },
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
		"workbench.colorTheme": theme.title,
		"editor.minimap.enabled": false,
		"workbench.layoutControl.enabled": false,
		"window.commandCenter": false,
		"debug.inlineValues": "on",
	};
	const workbench = await Workbench.open(`pictures-${theme.name}`, folder, file, { settings, viewport: VIEWPORT });
	const photo = new Photographer(workbench, theme);
	const { page } = workbench;
	try {
		await page.locator(".monaco-editor .codelens-decoration").first().waitFor();
		await photo.take("sample");
		await workbench.command("View: Show Run and Debug");
		await page.locator(".pane-header", { hasText: "DMA Devices" }).waitFor();
		await photo.take("no-machine");

		await page.locator(".monaco-editor .view-lines").first().click();
		await workbench.breakpointAt(lineIn(file, "dma_async_issue_pending(tx)"));
		await workbench.press("F5");
		await workbench.stoppedIn("uart_tx_init", lineIn(file, "dma_async_issue_pending(tx)"));
		for (const view of ["Watch", "Breakpoints"]) await workbench.fold(view);
		await page
			.locator('.monaco-editor [class*="debug-inline-value"], .monaco-editor .debug-inline-value')
			.first()
			.waitFor({ timeout: 5000 })
			.catch(() => console.log("no inline values"));
		await photo.take("stop");

		await workbench.press("F11");
		await workbench.stoppedIn("dma_async_issue_pending");
		await photo.take("step");
		await workbench.press("Shift+F11");
		await workbench.stoppedIn("uart_tx_init", lineIn(file, "if (!wait_for_completion_timeout"));
		await photo.take("issued");

		const dashboard = await workbench.dashboard();
		const row = dashboard.locator("[data-channel]", { hasText: "serial" }).first();
		await row.waitFor();
		await row.click();
		await workbench.stoppedIn(/burst|chunk|transfer/);
		for (let step = 0; step < 3; step++) {
			await workbench.press("F10");
			await page.waitForTimeout(600);
		}
		await workbench.unfoldVariable("Channel", false);
		await workbench.unfoldVariable("Descriptor chain");
		await workbench.unfoldVariable("LLI 0");
		await photo.take("channel");

		await workbench.fold("Variables");
		await workbench.fold("DMA Devices").catch(() => undefined);
		await page
			.locator('[aria-label*="dma0chan0"]')
			.first()
			.waitFor()
			.catch(() => console.log("no devices tree"));
		await photo.take("devices");
		await workbench.fold("Variables");

		await workbench.showFile("uart-tx.dma");
		await workbench.breakpointAt(lineIn(file, "complete(&done)"));
		await workbench.press("F5");
		await workbench.stoppedIn("tx_done", lineIn(file, "complete(&done)"));
		await photo.take("callback");
		await workbench.press("F5");
		await page.locator(".debug-toolbar").waitFor({ state: "hidden" });
		await workbench.press("Control+Shift+y");
		await page.locator(".repl .monaco-list-row", { hasText: "UUUU" }).first().waitFor();
		await photo.take("console");

		await workbench.command("View: Show Explorer");
		await page.locator(".explorer-folders-view .monaco-list-row", { hasText: "kunit-memcpy.dma" }).dblclick();
		await page.locator(".codelens-decoration", { hasText: "Debug" }).first().waitFor();
		await workbench.command("Test: Run All Tests");
		await page
			.locator(".test-explorer .monaco-list-row, .testing-explorer-messages, .results-tree")
			.first()
			.waitFor()
			.catch(() => undefined);
		await workbench.command("Testing: Focus on Test Explorer View");
		await page.waitForTimeout(3000);
		await photo.take("tests");

		await workbench.command("Welcome: Open Walkthrough");
		await page.locator(".quick-input-list .monaco-list-row", { hasText: "DMAscope" }).first().click();
		await page.waitForTimeout(2500);
		await photo.take("walkthrough");
	} finally {
		await page.screenshot({ path: `screenshots/themes/last-${theme.name}.png` }).catch(() => undefined);
		await workbench.close();
	}
}

async function main(): Promise<void> {
	mkdirSync("screenshots/themes", { recursive: true });
	mkdirSync("media/walkthrough", { recursive: true });
	const wanted = process.argv.slice(2);
	for (const theme of THEMES) if (wanted.length === 0 || wanted.includes(theme.name)) await photograph(theme);
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
