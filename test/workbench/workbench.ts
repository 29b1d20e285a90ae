import { mkdirSync } from "node:fs";
import { type Browser, chromium, type Frame, type Locator, type Page } from "playwright-core";
import { chromiumArguments, findChromium, type Server, startServer } from "../../scripts/vscode-server.mjs";

/** How a workbench is to look. */
export interface Looks {
	readonly settings?: Record<string, unknown>;
	/** Pixels. */
	readonly viewport?: { readonly width: number; readonly height: number };
}

/** A packaged extension to install and test in place of the checkout (VSIX in the environment); "" for none. */
const VSIX = process.env.VSIX ?? "";

/** A real workbench that is used the way people use it: keys, mouse, and what is on the screen. */
export class Workbench {
	#shots = 0;

	private constructor(
		readonly page: Page,
		private readonly browser: Browser,
		private readonly server: Server,
		private readonly name: string,
	) {}

	/** Opens VS Code on a folder with a file in the editor. @param name first part of the screenshots' names */
	static async open(name: string, folder: string, file: string, looks: Looks = {}): Promise<Workbench> {
		mkdirSync("screenshots", { recursive: true });
		const { settings = {}, viewport = { width: 1600, height: 1300 } } = looks;
		const server = await startServer({ dataFolder: `.vscode-test/${name}-data`, settings, vsix: VSIX });
		const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArguments });
		// Tall, so that no row of the call stack is scrolled out of sight: what is not in sight is not in the page.
		const page = await browser.newPage({ viewport });
		page.setDefaultTimeout(20_000);
		await page.goto(server.address({ folder, file }));
		const workbench = new Workbench(page, browser, server, name);
		await page.locator(".monaco-editor .view-lines").first().waitFor();
		await page.locator(`.tab.active[data-resource-name="${file.slice(file.lastIndexOf("/") + 1)}"]`).waitFor();
		// The button that the extension contributes: from now on its debugger is known too.
		await page.locator(".editor-actions .codicon-debug-alt").first().waitFor();
		return workbench;
	}

	async close(): Promise<void> {
		await this.browser.close();
		await this.server.stop();
	}

	async press(...keys: string[]): Promise<void> {
		for (const key of keys) await this.page.keyboard.press(key);
	}

	/** Runs a command by its title from the command palette. */
	async command(title: string): Promise<void> {
		await this.press("F1");
		const input = this.page.locator(".quick-input-widget input[type=text]");
		await input.waitFor();
		await input.fill(`>${title}`);
		await this.page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().waitFor();
		await this.press("Enter");
	}

	/** Moves the cursor to a line of the active editor. */
	async goToLine(line: number): Promise<void> {
		await this.press("Control+g");
		const input = this.page.locator(".quick-input-widget input[type=text]");
		await input.waitFor();
		await input.fill(`:${line}`);
		await this.press("Enter");
		await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
		await this.page.locator(".statusbar-item", { hasText: `Ln ${line},` }).waitFor();
		await this.page.locator(".monaco-editor.focused").first().waitFor();
	}

	/** Brings an open file to the front, also while VS Code is still bringing the stopped frame's page there. */
	async showFile(name: string): Promise<void> {
		const tab = this.page.locator(`.tab[data-resource-name="${name}"]`);
		for (let attempt = 0; attempt < 20; attempt++) {
			await tab.click();
			await this.page.waitForTimeout(300);
			if (/\bactive\b/.test((await tab.getAttribute("class")) ?? "")) return;
		}
		throw new Error(`${name} does not come to the front`);
	}

	/** Sets a breakpoint with F9 in the active editor. */
	async breakpointAt(line: number): Promise<void> {
		await this.goToLine(line);
		const dots = this.page.locator(".monaco-editor [class*=codicon-debug-breakpoint]");
		const before = await dots.count();
		// While VS Code is still reading what its extensions contribute, F9 does nothing.
		for (let attempt = 0; attempt < 5 && (await dots.count()) === before; attempt++) {
			await this.press("F9");
			await dots
				.nth(before)
				.waitFor({ timeout: 3000 })
				.catch(() => undefined);
		}
		await dots.nth(before).waitFor();
	}

	/** Writes screenshots/NAME-NN-what.png. */
	async shot(what: string): Promise<void> {
		const number = String(++this.#shots).padStart(2, "0");
		await this.page.screenshot({ path: `screenshots/${this.name}-${number}-${what}.png` });
	}

	/**
	 * Waits until the call stack shows a frame of this function at this line, with the editor's arrow on it.
	 * VS Code sometimes leaves the stopped thread folded at the first stop; then it is unfolded with the mouse.
	 */
	async stoppedIn(name: string | RegExp, line?: number): Promise<void> {
		await this.page.locator(".debug-top-stack-frame-line, .debug-focused-stack-frame-line").first().waitFor();
		const folded = this.page.locator('.debug-call-stack .monaco-list-row[aria-expanded="false"]', {
			hasText: /paused on/i,
		});
		for (let attempt = 0; attempt < 10; attempt++) {
			const shown = await this.frame(name, line)
				.waitFor({ timeout: 2000 })
				.then(
					() => true,
					() => false,
				);
			if (shown) return;
			if (await folded.count()) await folded.first().locator(".monaco-tl-twistie").click();
		}
		await this.frame(name, line).waitFor();
	}

	/** Folds or unfolds a view of the side bar by a click on its title. */
	async fold(view: string): Promise<void> {
		await this.page.locator(".pane-header", { hasText: view }).first().click();
	}

	/** Row of the Variables view. */
	variable(text: string): Locator {
		return this.page.locator(".debug-variables .monaco-list-row", { hasText: text }).first();
	}

	/** Unfolds a row of the Variables view, or folds it. The view draws only rows in sight. */
	async unfoldVariable(text: string, unfolded = true): Promise<void> {
		const row = this.variable(text);
		await row.waitFor();
		if ((await row.getAttribute("aria-expanded")) !== String(unfolded)) await row.locator(".monaco-tl-twistie").click();
		await this.page
			.locator(`.debug-variables .monaco-list-row[aria-expanded="${unfolded}"]`, { hasText: text })
			.first()
			.waitFor();
	}

	/** Row of a stack frame. VS Code writes function, file and line:column without space between them. */
	frame(name: string | RegExp, line?: number): Locator {
		const frames = this.page.locator(".debug-call-stack .stack-frame", { hasText: name });
		return (line === undefined ? frames : frames.filter({ hasText: new RegExp(`(?<!\\d)${line}(:\\d+)?$`) })).first();
	}

	/** Waits until the selected channel is at a later burst than this one; returns its number. */
	async burstAfter(number: number): Promise<number> {
		const frame = this.frame(/burst \d+ of/);
		for (let attempt = 0; attempt < 100; attempt++) {
			const text = await frame.textContent({ timeout: 1000 }).catch(() => null);
			const now = Number(/burst (\d+) of/.exec(text ?? "")?.[1] ?? 0);
			if (now > number) return now;
			await this.page.waitForTimeout(100);
		}
		throw new Error(`no burst after ${number}`);
	}

	/** Brings a tab that is no file to the front. */
	async showTab(title: string): Promise<void> {
		await this.page.locator(".tab", { hasText: title }).first().click();
	}

	/** The frame inside the webview of the DMA Channels view, or of the dashboard's tab. */
	async dashboard(place: "view" | "tab" = "view"): Promise<Frame> {
		const selector = place === "tab" ? "#dashboard.tab" : "#dashboard:not(.tab)";
		const end = performance.now() + 20_000;
		while (performance.now() < end) {
			for (const frame of this.page.frames()) {
				if (
					await frame
						.locator(selector)
						.count()
						.catch(() => 0)
				)
					return frame;
			}
			await this.page.waitForTimeout(100);
		}
		throw new Error("the dashboard did not come up");
	}

	/** Text of the debug console. */
	async console(): Promise<string> {
		const lines = await this.page.locator(".repl .monaco-list-row").allInnerTexts();
		return lines.join("\n");
	}
}
