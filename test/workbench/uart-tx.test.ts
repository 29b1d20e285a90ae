import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { Workbench } from "./workbench";

const folder = "out/workbench-workspace";
const file = `${folder}/uart-tx.dma`;

/** Line of the first occurrence of a text, from 1. */
function lineOf(text: string): number {
	const before = readFileSync(file, "utf8").split(text)[0];
	return before.split("\n").length;
}

describe("F5 on uart-tx.dma in a real workbench", function () {
	// One session: each test goes on where the one before stopped.
	this.bail(true);
	let workbench: Workbench;

	before(async () => {
		rmSync(folder, { recursive: true, force: true });
		mkdirSync(folder, { recursive: true });
		cpSync("samples/uart-tx.dma", file);
		workbench = await Workbench.open("uart-tx", folder, file);
	});
	after(() => workbench?.close());
	afterEach(async function () {
		if (this.currentTest?.state === "failed") await workbench?.shot("failed");
	});

	it("stops at a breakpoint", async () => {
		await workbench.page.locator(".monaco-editor .view-lines").first().click();
		await workbench.breakpointAt(lineOf("dmaengine_submit(desc)"));
		await workbench.press("F5");
		await workbench.stoppedIn("uart_tx_init", lineOf("dmaengine_submit(desc)"));
		// Nothing is watched here: the views below get the room.
		await workbench.fold("Watch");
		await workbench.shot("breakpoint");
	});

	it("steps into dmaengine_submit and out again", async () => {
		await workbench.press("F11");
		await workbench.stoppedIn("dmaengine_submit");
		await workbench.shot("in-submit");
		await workbench.press("Shift+F11");
		await workbench.stoppedIn("uart_tx_init", lineOf("dmaengine_submit(desc)") + 1);
	});

	it("steps over dma_async_issue_pending", async () => {
		await workbench.press("F10");
		await workbench.stoppedIn("uart_tx_init", lineOf("dma_async_issue_pending(tx)"));
		await workbench.press("F10");
		await workbench.stoppedIn("uart_tx_init", lineOf("if (!wait_for_completion_timeout"));
		await workbench.shot("issued");
	});

	it("focuses the channel from the dashboard and steps burst by burst", async () => {
		const dashboard = await workbench.dashboard();
		const row = dashboard.locator("tbody tr", { hasText: "serial" }).first();
		await row.waitFor();
		await workbench.shot("dashboard");
		await row.click();
		await workbench.stoppedIn(/burst|chunk|transfer/);
		await workbench.shot("channel");
		let number = 0;
		for (let step = 0; step < 3; step++) {
			await workbench.press("F10");
			number = await workbench.burstAfter(number);
		}
		// Names of the Channel scope, which VS Code unfolds by itself; an answer that failed would stand there in red.
		await workbench.page
			.locator(".debug-variables .monaco-list-row", { hasText: "10000000.serial:tx" })
			.first()
			.waitFor();
		assert.equal(await workbench.page.locator(".debug-variables .value.error").count(), 0);
		await workbench.shot("bursts");
	});

	it("shows the descriptor chain as it lies in memory", async () => {
		// The view may be one stop behind for a moment, and unfolds its first scope again when it catches up.
		await workbench.variable("3 of 64").waitFor();
		await workbench.unfoldVariable("Channel", false);
		await workbench.unfoldVariable("Descriptor chain");
		await workbench.unfoldVariable("LLI 0");
		await workbench.variable("0x10000000 (fixed, 8 bit)").waitFor();
		await workbench.shot("descriptor-chain");
	});

	it("stops in the interrupt handler", async () => {
		await workbench.command("Add Function Breakpoint");
		// The new row is below the check boxes, out of sight.
		await workbench.page.locator(".debug-breakpoints").hover();
		await workbench.page.mouse.wheel(0, 2000);
		const input = workbench.page.locator(".debug-breakpoints input");
		await input.waitFor();
		await input.fill("dw_axi_dma_interrupt");
		await workbench.press("Enter", "F5");
		await workbench.stoppedIn("dw_axi_dma_interrupt");
		await workbench.shot("interrupt");
	});

	it("sees the callback run", async () => {
		await workbench.showFile("uart-tx.dma");
		await workbench.breakpointAt(lineOf("complete(&done)"));
		await workbench.press("F5");
		await workbench.stoppedIn("tx_done", lineOf("complete(&done)"));
		// The whole way from the interrupt to the callback stands in the call stack, nothing of it folded away.
		await workbench.frame("vchan_complete").waitFor();
		await workbench.frame("handle_irq_event").waitFor();
		await workbench.shot("callback");
	});

	it("reads UUUU… in the debug console", async () => {
		await workbench.command("Remove All Breakpoints");
		await workbench.press("F5");
		await workbench.page.locator(".debug-toolbar").waitFor({ state: "hidden" });
		await workbench.press("Control+Shift+y");
		await workbench.page.locator(".repl .monaco-list-row", { hasText: "UUUU" }).first().waitFor();
		await workbench.shot("console");
	});
});
