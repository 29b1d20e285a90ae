import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumArguments, findChromium } from "../../scripts/vscode-server.mjs";
import type { ToPage } from "../../src/messages/dashboard";
import type { ChannelState, MachineState } from "../../src/messages/state";

declare global {
	/** What the page sent to its host, see open(). */
	var sent: unknown[];
}

const idle: ChannelState = {
	id: "dma0chan0",
	threadId: 1000,
	controller: "80000.dma-controller",
	client: null,
	state: "unused",
	queues: { allocated: [], submitted: [], issued: [], active: [], completed: [], terminated: [] },
	transferred: 0,
	length: 0,
	residue: 0,
	direction: "",
	cyclic: false,
};
const busy: ChannelState = {
	...idle,
	id: "dma0chan1",
	threadId: 1001,
	client: "10000000.serial:tx",
	state: "running",
	queues: { ...idle.queues, issued: [6, 7], active: [5], completed: [2, 3, 4] },
	transferred: 64,
	length: 256,
	residue: 192,
	direction: "MEM_TO_DEV",
};
const machine: MachineState = { timeNs: 1_234_567, running: false, channels: [idle, busy] };

/** What VS Code's default theme sets. */
const theme = `:root {
	--vscode-font-size: 13px; --vscode-font-family: sans-serif; --vscode-font-weight: normal; --vscode-foreground: #3b3b3b;
	--vscode-badge-background: #0069cc; --vscode-badge-foreground: #fff; --vscode-progressBar-background: #0069cc;
	--vscode-widget-border: #ddd; --vscode-descriptionForeground: #606060; --vscode-disabledForeground: #999; }`;

describe("the dashboard's page", () => {
	let browser: Browser;
	let page: Page;

	before(async () => {
		browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArguments });
	});
	after(() => browser?.close());

	beforeEach(async () => {
		page = await browser.newPage({ viewport: { width: 900, height: 300 } });
		// The same policy as in VS Code, and a host that remembers what it is told.
		await page.route("http://dashboard/", (route) =>
			route.fulfill({
				contentType: "text/html",
				body: `<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src http://dashboard; script-src 'nonce-n'">
					<link rel="stylesheet" href="/dashboard.css"><main id="dashboard"></main>
					<script nonce="n">var sent = []; function acquireVsCodeApi() { return { postMessage: (m) => sent.push(m) } }</script>
					<script nonce="n" src="/webview.js"></script>`,
			}),
		);
		const files = { "dashboard.css": ["media", "text/css"], "webview.js": ["dist", "text/javascript"] };
		for (const [name, [folder, contentType]] of Object.entries(files)) {
			const body = readFileSync(`${folder}/${name}`, "utf8") + (name.endsWith(".css") ? theme : "");
			await page.route(`http://dashboard/${name}`, (route) => route.fulfill({ contentType, body }));
		}
		await page.goto("http://dashboard/");
	});
	afterEach(() => page.close());

	const post = (message: ToPage) => page.evaluate((data) => window.postMessage(data, "*"), message);
	const row = (channel: string) => page.locator(`tr[data-channel="${channel}"]`);

	it("asks for the state, and says that nothing runs until there is one", async () => {
		assert.deepEqual(await page.evaluate(() => globalThis.sent), [{ type: "ready" }]);
		assert.equal(await page.locator(".status").textContent(), "No machine is running.");
		assert.equal(await page.locator("table").isVisible(), false);
	});

	it("shows each channel's client, state, queues, progress and residue", async () => {
		await post({ type: "state", session: "s", state: machine });
		await row("dma0chan1").waitFor();
		const cells = await row("dma0chan1").locator("td").allInnerTexts();
		assert.deepEqual(
			cells.map((text) => text.trim()),
			["dma0chan1", "10000000.serial:tx", "running", "·", "·", "2", "1", "3", "·", "25 %", "192 B"],
		);
		assert.equal(await row("dma0chan1").locator("td.issued").getAttribute("title"), "issued: cookies 6, 7");
		assert.equal(await row("dma0chan1").locator("td.active").getAttribute("title"), "active: cookie 5");
		assert.equal(await page.locator(".status").textContent(), "Stopped at 1.234567 ms");
	});

	it("reaches every channel by keyboard and focuses it with Enter", async () => {
		await post({ type: "state", session: "s", state: machine });
		await row("dma0chan1").waitFor();
		await page.keyboard.press("Tab");
		await page.keyboard.press("ArrowDown");
		await page.keyboard.press("Enter");
		assert.deepEqual((await page.evaluate(() => globalThis.sent)).slice(1), [{ type: "focus", channel: "dma0chan1" }]);
	});

	it("focuses a channel with a click, and keeps the selection while states arrive", async () => {
		await post({ type: "state", session: "s", state: machine });
		await row("dma0chan1").click();
		await post({ type: "state", session: "s", state: { ...machine, timeNs: 2_000_000 } });
		await page.getByText("Stopped at 2.000000 ms").waitFor();
		assert.deepEqual((await page.evaluate(() => globalThis.sent)).slice(1), [{ type: "focus", channel: "dma0chan1" }]);
		assert.equal(await page.evaluate(() => document.activeElement?.closest("tr")?.dataset.channel), "dma0chan1");
	});

	it("fits into a side bar", async () => {
		await page.setViewportSize({ width: 260, height: 300 });
		await post({ type: "state", session: "s", state: machine });
		await row("dma0chan1").waitFor();
		const { width, visible } = await page.evaluate(() => ({
			width: document.documentElement.scrollWidth,
			visible: document.documentElement.clientWidth,
		}));
		assert.ok(width <= visible, `${width} pixels wide, ${visible} visible`);
		assert.equal(await row("dma0chan1").locator(".client-below").isVisible(), true);
		await page.screenshot({ path: "screenshots/dashboard-narrow.png" });
	});

	it("forgets the channels of a session that is over", async () => {
		await post({ type: "state", session: "s", state: machine });
		await post({ type: "state", session: "t", state: { ...machine, channels: [idle] } });
		await page.getByText("Stopped at").waitFor();
		assert.equal(await page.locator("tbody tr").count(), 1);
		await post({ type: "empty" });
		await page.getByText("No machine is running.").waitFor();
		assert.equal(await page.locator("tbody tr").count(), 0);
	});
});
