import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { commands, languages, Selection, window, workspace } from "vscode";
import { dmascope, open } from "./support";

/** What the manifest contributes, as VS Code sees it. */
export function contributionSuite(): void {
	describe("contributions", () => {
		it("stays asleep until a scenario is opened", () => {
			assert.equal(dmascope().isActive, false);
		});

		it("knows .dma files", async () => {
			assert.ok((await languages.getLanguages()).includes("dma"));
			assert.equal((await open("uart-tx.dma")).document.languageId, "dma");
		});

		it("activates within its budget", async () => {
			await dmascope().activate();
			assert.equal(dmascope().isActive, true);
			// What the extension itself takes: the time around activate() is mostly that of a busy extension host.
			const { milliseconds } = dmascope().exports as { milliseconds: number };
			console.log(`activation: ${milliseconds.toFixed(1)} ms`);
			assert.ok(milliseconds <= 20, `${milliseconds} ms`);
		});

		it("is small", () => {
			const { size } = statSync(join(dmascope().extensionPath, "dist/extension.js"));
			assert.ok(size <= 100_000, `${size} bytes`);
		});

		it("registers its commands", async () => {
			const known = await commands.getCommands(true);
			const contributed: { command: string }[] = dmascope().packageJSON.contributes.commands;
			for (const { command } of contributed) assert.ok(known.includes(command), command);
			for (const view of ["dmascope.channels", "dmascope.devices"]) assert.ok(known.includes(`${view}.focus`), view);
		});

		it("continues a comment on Enter", async () => {
			const document = await workspace.openTextDocument({ language: "dma", content: "/*" });
			const editor = await window.showTextDocument(document);
			editor.selection = new Selection(0, 2, 0, 2);
			await commands.executeCommand("type", { text: "\n" });
			assert.equal(document.lineAt(1).text, " * ");
			await commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
		});

		it("indents what follows an if without braces", async () => {
			const document = await workspace.openTextDocument({ language: "dma", content: "\tif (!desc)" });
			const editor = await window.showTextDocument(document);
			editor.selection = new Selection(0, 11, 0, 11);
			await commands.executeCommand("type", { text: "\n" });
			assert.equal(document.lineAt(1).text, "\t\t");
			await commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
		});
	});
}
