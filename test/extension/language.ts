import assert from "node:assert/strict";
import { join } from "node:path";
import {
	CancellationTokenSource,
	type CodeLens,
	type CompletionList,
	commands,
	type Hover,
	type Location,
	languages,
	Range,
	WorkspaceEdit,
	workspace,
} from "vscode";
import { debugTests, runTests } from "../../src/extension/test-run";
import { dmascope, fileOf, find, open, until } from "./support";

/** The language server through VS Code. @param built false leaves it pending: there is no server to test */
export function languageSuite(built: boolean): void {
	const suite = built ? describe : describe.skip;
	suite("language server", () => {
		it("completes, explains and finds what is in the sample", async () => {
			const editor = await open("uart-tx.dma");
			const { uri } = editor.document;
			const at = find(editor, "dma_async_issue_pending(tx)").translate(0, 3);
			// The first answer waits for the server to start.
			let hovers: Hover[] = [];
			const end = performance.now() + 15_000;
			while (hovers.length === 0 && performance.now() < end) {
				hovers = await commands.executeCommand<Hover[]>("vscode.executeHoverProvider", uri, at);
			}
			const text = hovers.flatMap(({ contents }) => contents.map((one) => (typeof one === "string" ? one : one.value)));
			assert.match(text.join("\n"), /void dma_async_issue_pending/);
			const member = find(editor, "desc->callback").translate(0, 6);
			const completion = await commands.executeCommand<CompletionList>(
				"vscode.executeCompletionItemProvider",
				uri,
				member,
			);
			assert.ok(completion.items.some(({ label }) => label === "callback_param"));
			const label = find(editor, 'uart0"').translate(0, 1);
			const [place] = await commands.executeCommand<Location[]>("vscode.executeDefinitionProvider", uri, label);
			assert.equal(place?.uri.toString(), "dmascope:/boards/generic-axi-dmac.dtsi");
			const page = await workspace.openTextDocument(place.uri);
			assert.match(page.lineAt(place.range.start.line).text, /uart0: serial@10000000/);
		});

		it("shows mistakes while they are typed, and takes them back", async () => {
			const editor = await open("uart-tx.dma");
			const { uri } = editor.document;
			const insert = new WorkspaceEdit();
			const at = find(editor, "memset(buf");
			insert.insert(uri, at, "nonsense; ");
			await workspace.applyEdit(insert);
			const problems = await until("the mistake", () => {
				const all = languages.getDiagnostics(uri);
				return all.length > 0 && all;
			});
			assert.deepEqual(problems[0].range.start, at);
			const remove = new WorkspaceEdit();
			remove.delete(uri, new Range(at, at.translate(0, "nonsense; ".length)));
			await workspace.applyEdit(remove);
			await until("the mistake to go", () => languages.getDiagnostics(uri).length === 0);
			await commands.executeCommand("workbench.action.files.save");
		});

		it("offers to run and debug each case and module_init", async () => {
			await open("kunit-memcpy.dma");
			const lenses = await commands.executeCommand<CodeLens[]>(
				"vscode.executeCodeLensProvider",
				fileOf("kunit-memcpy.dma"),
			);
			const commandsOf = lenses.map(({ command }) => `${command?.command} ${command?.arguments?.slice(1).join(".")}`);
			assert.ok(commandsOf.includes("dmascope.runTests dma_memcpy.copies_every_byte"), commandsOf.join("\n"));
			assert.ok(commandsOf.includes("dmascope.debugTests dma_memcpy"), commandsOf.join("\n"));
			await open("uart-tx.dma");
			const [first] = await commands.executeCommand<CodeLens[]>(
				"vscode.executeCodeLensProvider",
				fileOf("uart-tx.dma"),
			);
			assert.equal(first?.command?.command, "dmascope.runFile");
		});

		it("runs a case by the command, and says where it failed", async () => {
			const file = fileOf("failing.dma");
			const text = `static void good(struct kunit *test) { KUNIT_EXPECT_EQ(test, 1, 1); }
static void bad(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 1 + 1, 3);
}
static struct kunit_case cases[] = { KUNIT_CASE(good), KUNIT_CASE(bad), {} };
static struct kunit_suite suite = { .name = "numbers", .test_cases = cases };
kunit_test_suite(suite);
`;
			await workspace.fs.writeFile(file, new TextEncoder().encode(text));
			const source = new CancellationTokenSource();
			const cli = join(dmascope().extensionPath, "dist/cli.js");
			const expected = [
				["good", "passed", []],
				["bad", "failed", [4]],
			];
			for (const run of [runTests.bind(null, cli), debugTests]) {
				const { cases } = await run(file.fsPath, "numbers", source.token);
				assert.deepEqual(
					cases.map(({ name, status, failures }) => [name, status, failures.map(({ line }) => line)]),
					expected,
				);
			}
			const { cases } = await runTests(cli, file.fsPath, "numbers.bad", source.token);
			assert.deepEqual(
				cases.map(({ name }) => name),
				["bad"],
			);
			// the same through the Test Explorer
			await commands.executeCommand("dmascope.runTests", file, "numbers", "good");
			source.dispose();
			await workspace.fs.delete(file);
		});
	});
}
