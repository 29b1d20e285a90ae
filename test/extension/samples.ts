import assert from "node:assert/strict";
import { commands, window, workspace } from "vscode";
import { aboutSample } from "../../src/extension/samples";
import { dmascope, fileOf, until } from "./support";

/** Samples and manual that come with the extension. */
export function sampleSuite(): void {
	describe("samples and manual", () => {
		it("opens a copy of a sample, beside one that is there", async () => {
			for (const expected of ["cyclic-ring-2.dma", "cyclic-ring-3.dma"]) {
				await commands.executeCommand("dmascope.openSample", "cyclic-ring.dma");
				const editor = window.activeTextEditor;
				assert.equal(editor?.document.uri.toString(), fileOf(expected).toString());
				assert.match(editor.document.getText(), /^\/\*\n \* cyclic-ring\.dma/);
			}
			for (const copy of ["cyclic-ring-2.dma", "cyclic-ring-3.dma"]) await workspace.fs.delete(fileOf(copy));
		});

		it("says of each sample what it is", async () => {
			const folder = fileOf("");
			const names = (await workspace.fs.readDirectory(folder))
				.map(([name]) => name)
				.filter((name) => name.endsWith(".dma"));
			assert.ok(names.length >= 10, names.join());
			for (const name of names) {
				const text = new TextDecoder().decode(await workspace.fs.readFile(fileOf(name)));
				assert.notEqual(aboutSample(text), "", name);
			}
		});

		it("opens a page of the manual", async () => {
			await commands.executeCommand("dmascope.openManual", "debugging");
			await until("the page", () => window.tabGroups.activeTabGroup.activeTab?.label.includes("debugging.md"));
		});

		it("has a walkthrough whose commands and pictures are there", async () => {
			const known = new Set(await commands.getCommands(true));
			const { walkthroughs } = dmascope().packageJSON.contributes;
			const text = JSON.stringify(walkthroughs);
			for (const [, name] of text.matchAll(/\(command:([\w.]+)/g))
				assert.ok(known.has(name) || name.endsWith(".focus"), name);
			for (const [, path] of text.matchAll(/"(media\/[^"]+)"/g))
				await workspace.fs.stat(dmascope().extensionUri.with({ path: `${dmascope().extensionUri.path}/${path}` }));
		});
	});
}
