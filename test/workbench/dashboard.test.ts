import assert from "node:assert/strict";
import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumArguments, findChromium } from "../../scripts/vscode-server.mjs";
import type { ChannelState } from "../../src/messages/state";
import { fitsWidth, idleMachine, machine, openPage, post, told } from "./dashboard-page";

describe("the dashboard's page", () => {
	let browser: Browser;
	let page: Page;

	before(async () => {
		browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArguments });
	});
	after(() => browser?.close());

	beforeEach(async () => {
		page = await openPage(browser);
	});
	afterEach(() => page.close());

	const row = (channel: string) => page.locator(`tr[data-channel="${channel}"]`);

	it("asks for the state, and says that nothing runs until there is one", async () => {
		assert.deepEqual(await told(page), [{ type: "ready" }]);
		assert.equal(await page.locator(".status").textContent(), "No machine is running.");
		assert.equal(await page.locator(".channels").isVisible(), false);
	});

	it("shows each channel's client, state, queues, progress and residue", async () => {
		await post(page, { type: "state", session: "s", state: machine });
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
		await post(page, { type: "state", session: "s", state: machine });
		await row("dma0chan1").waitFor();
		await page.keyboard.press("Tab");
		await page.keyboard.press("ArrowDown");
		await page.keyboard.press("Enter");
		assert.deepEqual((await told(page)).slice(1), [{ type: "focus", channel: "dma0chan1" }]);
	});

	it("focuses a channel with a click, and keeps the selection while states arrive", async () => {
		await post(page, { type: "state", session: "s", state: machine });
		await row("dma0chan1").click();
		await post(page, { type: "state", session: "s", state: { ...machine, timeNs: 2_000_000 } });
		await page.getByText("Stopped at 2.000000 ms").waitFor();
		assert.deepEqual((await told(page)).slice(1), [{ type: "focus", channel: "dma0chan1" }]);
		assert.equal(await page.evaluate(() => document.activeElement?.closest("tr")?.dataset.channel), "dma0chan1");
	});

	it("fits into a side bar", async () => {
		await page.setViewportSize({ width: 260, height: 300 });
		await post(page, { type: "state", session: "s", state: machine });
		await row("dma0chan1").waitFor();
		assert.ok(await fitsWidth(page));
		assert.equal(await row("dma0chan1").locator(".client-below").isVisible(), true);
		await page.screenshot({ path: "screenshots/dashboard-narrow.png" });
	});

	it("folds the unused channels of a big controller, and puts one that comes into use in its place", async () => {
		const channels = Array.from({ length: 32 }, (_, number) => ({
			...(idleMachine.channels[0] as ChannelState),
			id: `dma0chan${number}`,
			state: number === 5 || number === 9 ? ("running" as const) : ("unused" as const),
		}));
		await post(page, { type: "state", session: "s", state: { ...machine, channels } });
		await row("dma0chan5").waitFor();
		assert.equal(await page.locator(".channels tbody tr").count(), 2);
		const seventh = channels.map((channel) =>
			channel.id === "dma0chan7" ? { ...channel, state: "idle" as const } : channel,
		);
		await post(page, { type: "state", session: "s", state: { ...machine, channels: seventh } });
		await row("dma0chan7").waitFor();
		const ids = () =>
			page.locator(".channels tbody tr").evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.channel));
		assert.deepEqual(await ids(), ["dma0chan5", "dma0chan7", "dma0chan9"]);
		await page.getByRole("button", { name: "29 unused channels" }).click();
		assert.deepEqual(
			await ids(),
			channels.map(({ id }) => id),
		);
	});

	it("forgets the channels of a session that is over", async () => {
		await post(page, { type: "state", session: "s", state: machine });
		await post(page, { type: "state", session: "t", state: idleMachine });
		await page.getByText("Stopped at").waitFor();
		assert.equal(await page.locator(".channels tbody tr").count(), 1);
		await post(page, { type: "empty" });
		await page.getByText("No machine is running.").waitFor();
		assert.equal(await page.locator(".channels tbody tr").count(), 0);
	});
});
