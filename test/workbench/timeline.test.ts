import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumArguments, findChromium } from "../../scripts/vscode-server.mjs";
import type { ToHost, ToPage } from "../../src/messages/dashboard";
import type { MachineState } from "../../src/messages/state";
import type { DebugSessionApi } from "../../src/session/api";
import { launch } from "../../src/session/launch";
import { fitsWidth, openPage, post, told } from "./dashboard-page";

const FILE = "samples/memcpy-batch.dma";
const text = readFileSync(FILE, "utf8");

/** A session of the sample that has run to its end while somebody looked. */
function finished(): DebugSessionApi {
	const result = launch({ program: [FILE] }, { readFile: (path) => (path === FILE ? text : null) });
	assert.equal(result.kind, "ok");
	const { session } = result as { session: DebugSessionApi };
	session.timeline.observe(true);
	session.continue();
	while (session.advance(50).kind === "running");
	return session;
}

describe("the dashboard's time line", () => {
	let browser: Browser;
	let page: Page;
	let session: DebugSessionApi;
	let state: MachineState;

	const answer = (message: ToHost): ToPage | null => {
		if (message.type === "trace")
			return { type: "trace", id: message.id, body: session.timeline.stretch(message.query) };
		if (message.type === "events")
			return { type: "events", id: message.id, body: session.timeline.events(message.query) };
		return null;
	};

	before(async () => {
		session = finished();
		state = { ...(session.machineState() as unknown as MachineState), running: false };
		browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArguments });
	});
	after(() => browser?.close());
	beforeEach(async () => {
		page = await openPage(browser, answer);
		await post(page, { type: "state", session: "s", state });
		await track("dma0chan0").waitFor();
	});
	afterEach(() => page.close());

	const track = (id: string) => page.locator(`[data-track="${id}"]`);
	const range = () => page.locator(".range").textContent();
	/** Length of time in view, ns. */
	async function span(): Promise<number> {
		const [, number = "", unit = ""] = /\(([\d.]+) (\S+)\)$/.exec((await range()) ?? "") ?? [];
		return Number(number) * ({ ns: 1, µs: 1e3, ms: 1e6, s: 1e9 }[unit] ?? Number.NaN);
	}
	const changed = (before: string | null) =>
		page.waitForFunction((old) => document.querySelector(".range")?.textContent !== old, before);
	/** Colours that a track's canvas shows, fully opaque pixels only. */
	const colours = (id: string) =>
		track(id)
			.locator("canvas")
			.evaluate((canvas) => {
				const { width, height } = canvas as HTMLCanvasElement;
				const { data } = (canvas as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height) ?? {
					data: [],
				};
				const found = new Set<string>();
				for (let at = 0; at < data.length; at += 4)
					if (data[at + 3] === 255) found.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
				return [...found];
			});

	it("has a row for each CPU, softirqs, interrupts, callbacks and channels, and their graphs", async () => {
		const ids = await page.locator(".track").evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.track));
		for (const id of [
			"cpu0",
			"softirq",
			"callback",
			"dma0chan0",
			"dma0chan0:bytes",
			"dma0chan0:queue",
			"dma0chan0:fifo",
		])
			assert.ok(ids.includes(id), `${id} is not among ${ids.join()}`);
		assert.ok(ids.some((id) => id?.startsWith("irq")));
		await page.getByRole("button", { name: "Graphs" }).click();
		await track("dma0chan0:queue").waitFor({ state: "detached" });
	});

	it("draws states, bursts and marks in the theme's colours", async () => {
		await page.waitForTimeout(300);
		const channel = await colours("dma0chan0");
		for (const colour of ["0,99,211", "101,45,144", "56,138,52"])
			assert.ok(channel.includes(colour), `${colour} is not among ${channel.slice(0, 20).join(" ")}`);
		assert.ok((await colours("callback")).includes("56,138,52"));
		assert.ok((await colours("cpu0")).includes("229,20,0"));
	});

	it("says in words what each row shows", async () => {
		await page.waitForFunction(() => document.querySelector('[data-track="dma0chan0"]')?.ariaLabel);
		const label = (await track("dma0chan0").getAttribute("aria-label")) ?? "";
		// Three copies: see the sample.
		const { length } = session.timeline
			.events({ row: "dma0chan0", from: 0, to: 1e9, limit: 1000 })
			.events.filter(({ kind }) => kind === "burst");
		assert.match(label, new RegExp(`^dma0chan0: running .*, ${length} bursts of \\d+ bytes together, \\d+ events$`));
		assert.match((await track("callback").getAttribute("aria-label")) ?? "", /^Callbacks: 3 events$/);
	});

	it("zooms by wheel, buttons and keys, and fits again", async () => {
		const all = await span();
		let before = await range();
		await track("dma0chan0").locator("canvas").hover();
		await page.mouse.wheel(0, -300);
		await changed(before);
		assert.ok(Math.abs((await span()) / all - 0.5) < 0.01, `${await span()} of ${all}`);
		before = await range();
		await page.getByRole("button", { name: "Zoom in" }).click();
		await changed(before);
		before = await range();
		await track("dma0chan0").focus();
		await page.keyboard.press("+");
		await changed(before);
		assert.ok(Math.abs((await span()) / all - 0.125) < 0.01, `${await span()} of ${all}`);
		before = await range();
		await page.keyboard.press("0");
		await changed(before);
		assert.equal(await span(), all);
		assert.equal(await page.getByRole("button", { name: "Fit" }).getAttribute("aria-pressed"), "true");
	});

	it("goes from event to event by keys, says each, and shows its source line", async () => {
		const { events } = session.timeline.events({ row: "dma0chan0", from: 0, to: 1e9, limit: 2 });
		await track("dma0chan0").focus();
		await page.keyboard.press("ArrowRight");
		const said = (index: number) =>
			page.waitForFunction(
				(start) => document.querySelector(".spoken")?.textContent?.startsWith(start),
				`${events[index]?.text} (memcpy-batch.dma:${events[index]?.line}) at `,
			);
		await said(0);
		// Faster than the answers come.
		await page.keyboard.press("ArrowRight");
		await page.keyboard.press("ArrowLeft");
		await page.keyboard.press("ArrowRight");
		await said(1);
		await page.keyboard.press("Enter");
		await page.waitForFunction(() => globalThis.sent.some(({ type }) => type === "reveal"));
		assert.deepEqual((await told(page)).at(-1), { type: "reveal", file: FILE, line: events[1]?.line });
	});

	it("moves between rows by keys, with one tab stop", async () => {
		await page.locator(".track").first().focus();
		await page.keyboard.press("ArrowDown");
		await page.keyboard.press("ArrowDown");
		const at = await page.evaluate(() =>
			[...document.querySelectorAll(".track")].indexOf(document.activeElement as Element),
		);
		assert.equal(at, 2);
		assert.equal(await page.locator('.track[tabindex="0"]').count(), 1);
		assert.notEqual(
			await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle),
			"none",
		);
	});

	it("tells what is under the pointer", async () => {
		const { events } = session.timeline.events({ row: "callback", from: 0, to: 1e9, limit: 1 });
		const box = await track("callback").locator("canvas").boundingBox();
		assert.ok(box && events[0]);
		const { nowNs } = session.timeline.stretch({ bucket: 1e6 }) ?? { nowNs: 0 };
		await page.mouse.move(box.x + (events[0].timeNs / (nowNs * 1.02)) * box.width, box.y + 8);
		await page.locator(".tooltip li", { hasText: events[0].text }).first().waitFor();
	});

	it("pans by dragging and opens nothing by that", async () => {
		await page.getByRole("button", { name: "Zoom in" }).click();
		await page.getByRole("button", { name: "Zoom in" }).click();
		const before = await range();
		const box = await track("cpu0").locator("canvas").boundingBox();
		assert.ok(box);
		await page.mouse.move(box.x + 300, box.y + 8);
		await page.mouse.down();
		await page.mouse.move(box.x + 250, box.y + 8, { steps: 5 });
		await page.mouse.up();
		await changed(before);
		assert.deepEqual(await told(page), [{ type: "ready" }]);
	});

	it("lists the events in view as a table whose sources are links", async () => {
		await page.locator(".events summary").click();
		const { events, count } = session.timeline.events({ from: 0, to: 1e9, limit: 200 });
		await page
			.locator(".events tbody tr")
			.nth(events.length - 1)
			.waitFor();
		assert.equal(await page.locator(".events summary").textContent(), `Events in view (${count.toLocaleString("en")})`);
		await page.locator(".events .link").first().click();
		assert.equal((await told(page)).at(-1)?.type, "reveal");
	});

	it("keeps its zoom and what was unfolded while it is hidden", async () => {
		const before = await range();
		await page.getByRole("button", { name: "Zoom in" }).click();
		await changed(before);
		const zoomed = await range();
		await page.reload();
		await post(page, { type: "state", session: "s", state });
		await track("dma0chan0").waitFor();
		assert.equal(await range(), zoomed);
	});

	for (const [name, width] of [
		["narrow", 300],
		["wide", 1400],
	] as const)
		it(`fits when it is ${name}`, async () => {
			await page.setViewportSize({ width, height: 800 });
			await page.waitForTimeout(500);
			assert.ok(await fitsWidth(page));
			await page.screenshot({ path: `screenshots/timeline-${name}.png` });
		});

	it("draws rows that come into sight when there is more room", async () => {
		await page.setViewportSize({ width: 900, height: 200 });
		await page.reload();
		await post(page, { type: "state", session: "s", state });
		await track("dma0chan0:fifo").waitFor();
		await page.waitForTimeout(300);
		assert.deepEqual(await colours("dma0chan0:fifo"), []);
		await page.setViewportSize({ width: 900, height: 800 });
		await page.waitForTimeout(300);
		assert.ok((await colours("dma0chan0:fifo")).includes("5,152,188"));
	});

	it("shows a running machine less often to those who want little motion", async () => {
		const asked = async (reducedMotion: "reduce" | "no-preference") => {
			await page.emulateMedia({ reducedMotion });
			await page.waitForTimeout(1100);
			await page.evaluate(
				async (data) => {
					globalThis.sent.splice(0);
					for (let state = 0; state < 3; state++) {
						window.postMessage(data, "*");
						await new Promise((settle) => setTimeout(settle, 60));
					}
				},
				{ type: "state", session: "s", state: { ...state, running: true } } satisfies ToPage,
			);
			return page.evaluate(() => globalThis.sent.filter(({ type }) => type === "trace").length);
		};
		assert.equal(await asked("no-preference"), 3);
		assert.equal(await asked("reduce"), 1);
	});

	it("stays when the run has ended, and can still be looked into", async () => {
		const trace = session.timeline.stretch({ bucket: 64 });
		assert.ok(trace);
		const events = session.timeline.events({ from: 0, to: 1e9, limit: 4000 });
		await post(page, { type: "ended", session: "s", state, end: { trace, events } });
		await page.getByText("Ended at").waitFor();
		await page.evaluate(() => globalThis.sent.splice(0));
		await page.getByRole("button", { name: "Zoom in" }).click();
		await track("dma0chan0").focus();
		await page.keyboard.press("ArrowRight");
		await page.waitForFunction(() => document.querySelector(".spoken")?.textContent);
		assert.deepEqual(await page.evaluate(() => globalThis.sent), []);
		assert.ok((await colours("dma0chan0")).length > 0);
	});

	it("goes away with the machine", async () => {
		await post(page, { type: "empty" });
		await page.locator(".timeline").waitFor({ state: "hidden" });
	});

	it("is drawn in the system's colours when those are forced", async () => {
		await page.emulateMedia({ forcedColors: "active" });
		await page.waitForTimeout(300);
		assert.ok((await colours("dma0chan0")).length > 0);
		await page.screenshot({ path: "screenshots/timeline-forced-colors.png" });
	});
});
