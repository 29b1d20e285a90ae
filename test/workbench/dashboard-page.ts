/** The dashboard's page in a browser, under the policy that it has in VS Code, with a host that a test plays. */
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import type { ToHost, ToPage } from "../../src/messages/dashboard";
import type { ChannelState, MachineState } from "../../src/messages/state";

declare global {
	/** What the page sent to its host. */
	var sent: ToHost[];
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
export const machine: MachineState = { timeNs: 1_234_567, running: false, channels: [idle, busy] };
export const idleMachine: MachineState = { ...machine, channels: [idle] };

/** What VS Code's default theme sets. */
const theme = `:root {
	--vscode-font-size: 13px; --vscode-font-family: sans-serif; --vscode-font-weight: normal; --vscode-foreground: #3b3b3b;
	--vscode-badge-background: #0069cc; --vscode-badge-foreground: #fff; --vscode-progressBar-background: #0069cc;
	--vscode-widget-border: #ddd; --vscode-descriptionForeground: #606060; --vscode-disabledForeground: #999;
	--vscode-charts-blue: #0063d3; --vscode-terminal-ansiCyan: #0598bc; --vscode-charts-red: #e51400;
	--vscode-charts-yellow: #bf8803; --vscode-charts-green: #388a34; --vscode-charts-purple: #652d90;
	--vscode-errorForeground: #f85149; --vscode-focusBorder: #005fb8; }`;

/** @param answer what the host says to a message, null for nothing */
export async function openPage(
	browser: Browser,
	answer: (message: ToHost) => ToPage | null = () => null,
): Promise<Page> {
	const page = await browser.newPage({ viewport: { width: 900, height: 700 } });
	await page.exposeFunction("tell", answer);
	await page.route("http://dashboard/", (route) =>
		route.fulfill({
			contentType: "text/html",
			body: `<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src http://dashboard; script-src 'nonce-n'">
				<link rel="stylesheet" href="/dashboard.css"><body><main id="dashboard"></main>
				<script nonce="n">
					var sent = [];
					function acquireVsCodeApi() {
						return {
							postMessage: (message) => {
								sent.push(message);
								tell(message).then((reply) => reply && window.postMessage(reply, "*"));
							},
							getState: () => JSON.parse(sessionStorage.getItem("state") ?? "null") ?? undefined,
							setState: (state) => sessionStorage.setItem("state", JSON.stringify(state)),
						};
					}
				</script>
				<script nonce="n" src="/webview.js"></script>`,
		}),
	);
	const files = { "dashboard.css": ["media", "text/css"], "webview.js": ["dist", "text/javascript"] };
	for (const [name, [folder, contentType]] of Object.entries(files)) {
		const body = readFileSync(`${folder}/${name}`, "utf8") + (name.endsWith(".css") ? theme : "");
		await page.route(`http://dashboard/${name}`, (route) => route.fulfill({ contentType, body }));
	}
	await page.goto("http://dashboard/");
	return page;
}

export function post(page: Page, message: ToPage): Promise<void> {
	return page.evaluate((data) => window.postMessage(data, "*"), message);
}

/** What the page sent, questions about the time line left out. */
export async function told(page: Page): Promise<ToHost[]> {
	const all = await page.evaluate(() => globalThis.sent);
	return all.filter(({ type }) => type !== "trace" && type !== "events");
}

/** Whether nothing is cut off at the right. */
export function fitsWidth(page: Page): Promise<boolean> {
	return page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
}
