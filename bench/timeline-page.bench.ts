/**
 * Panning and zooming the dashboard's time line in a browser with 10^5 and 10^6 events behind it: what a frame's
 * drawing and what a question to the adapter take, and whether the frames keep coming, against a frame of 60 a second. Needs
 * Chromium.
 */
import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { chromiumArguments, findChromium } from "../scripts/vscode-server.mjs";
import type { ToHost, ToPage } from "../src/messages/dashboard";
import { eventsOf } from "../src/trace/timeline/events";
import { stretchOf } from "../src/trace/timeline/query";
import { Timeline } from "../src/trace/timeline/timeline";
import { print } from "./print";

const FRAME_MS = 1000 / 60;
const CHANNELS = 8;
const MOVES = 120;

declare global {
	/** Milliseconds that each frame's callbacks took. */
	var drawn: number[];
}

/** A time line with this many events on eight channels, two thirds of them levels, and an interrupt now and then. */
function filled(events: number): { timeline: Timeline; nowNs: number } {
	const clock = { ps: 0 };
	const timeline = new Timeline({
		now: () => clock.ps,
		channelName: (_, channel) => `dma0chan${channel}`,
		deviceName: () => "",
		interruptDevice: () => "80000.dma-controller",
		isController: () => true,
	});
	timeline.begin([]);
	for (let index = 0; index < events / 3; index++) {
		const channel = index % CHANNELS;
		clock.ps += 3000 + ((index * 7919) % 5000);
		if (index < CHANNELS) timeline.start(0, channel);
		timeline.level(0, channel, 64 + (index % 64), 128);
		timeline.burst(0, channel, 0, 0, 128, 16, 0);
		timeline.level(0, channel, index % 64, 128);
		if (index % 50 === 0) {
			timeline.irq(27, (index / 50) % 2);
			timeline.cpu(clock.ps, 0, (index / 50) % 4, 1);
		}
	}
	return { timeline, nowNs: clock.ps / 1000 };
}

const median = (list: number[]) => [...list].sort((a, b) => a - b)[list.length >> 1] ?? 0;

/** In the page: pans and zooms once a frame. Milliseconds that drawing took, and from frame to frame. */
async function move(moves: number): Promise<{ drawn: number; interval: number }> {
	const keys = ["+", "ArrowRight", "ArrowRight", "-", "ArrowLeft", "+"];
	const middle = (list: number[]) => [...list].sort((a, b) => a - b)[list.length >> 1] ?? 0;
	const times: number[] = [];
	drawn.length = 0;
	for (let step = 0; step < moves; step++) {
		const key = keys[step % keys.length] ?? "+";
		const press = new KeyboardEvent("keydown", { key, shiftKey: key.length > 1, bubbles: true });
		document.activeElement?.dispatchEvent(press);
		times.push(await new Promise<number>((settle) => requestAnimationFrame(settle)));
	}
	const intervals = times.slice(1).map((time, index) => time - (times[index] ?? 0));
	return { drawn: middle(drawn.filter((ms) => ms > 0.05)), interval: middle(intervals) };
}

async function main(): Promise<void> {
	const bundle = await build({
		entryPoints: ["src/entry/webview.ts"],
		bundle: true,
		minify: true,
		format: "iife",
		write: false,
	});
	const script = bundle.outputFiles[0]?.text ?? "";
	const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArguments });
	for (const events of [1e5, 1e6]) {
		const { timeline, nowNs } = filled(events);
		const asked: number[] = [];
		const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
		await page.exposeFunction("tell", (message: ToHost): ToPage | null => {
			if (message.type !== "trace" && message.type !== "events") return null;
			const start = performance.now();
			const reply: ToPage =
				message.type === "trace"
					? { type: "trace", id: message.id, body: stretchOf(timeline, message.query, () => "") }
					: { type: "events", id: message.id, body: eventsOf(timeline, message.query, () => "") };
			if (message.type === "trace") asked.push(performance.now() - start);
			return reply;
		});
		await page.route("http://bench/", (route) =>
			route.fulfill({
				contentType: "text/html",
				body: `<!DOCTYPE html><style>${readFileSync("media/dashboard.css", "utf8")}</style><main id="dashboard"></main><script>
					var drawn = [];
					const request = requestAnimationFrame;
					window.requestAnimationFrame = (action) => request((time) => {
						const start = performance.now();
						action(time);
						drawn.push(performance.now() - start);
					});
					function acquireVsCodeApi() {
						return { postMessage: (m) => tell(m).then((r) => r && postMessage(r, "*")), getState() {}, setState() {} };
					}</script><script>${script.replaceAll("</", "<\\/")}</script>`,
			}),
		);
		await page.goto("http://bench/");
		const state = { timeNs: Math.floor(nowNs), running: false, channels: [] };
		await page.evaluate((data) => postMessage(data, "*"), { type: "state", session: "s", state } satisfies ToPage);
		await page.locator(".track").first().waitFor();
		await page.locator(".track").first().focus();
		const moved = await page.evaluate(move, MOVES);
		print(`drawing of a frame while the time line moves, ${events} events (median)`, moved.drawn, "ms", FRAME_MS);
		print(`from frame to frame while it moves, ${events} events (median)`, moved.interval, "ms", FRAME_MS);
		print(`answer to the time line, ${events} events (median)`, median(asked), "ms", FRAME_MS);
		await page.close();
	}
	await browser.close();
}

void main();
