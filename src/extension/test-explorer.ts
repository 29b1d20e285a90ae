import { isAbsolute, resolve } from "node:path";
import {
	type CancellationToken,
	CancellationTokenSource,
	Disposable,
	type ExtensionContext,
	Location,
	l10n,
	Position,
	Range,
	type TestController,
	type TestItem,
	TestMessage,
	type TestRun,
	TestRunProfileKind,
	TestRunRequest,
	tests,
	Uri,
	workspace,
} from "vscode";
import type { PlaceMessage } from "../messages/language";
import type { CaseOutcome } from "./ktap";
import type { LanguageSupport } from "./language";
import { debugTests, type RunOutcome, runTests } from "./test-run";

/** Scenarios that are looked through when the Test Explorer opens. */
const MOST_FILES = 500;
/** Milliseconds without typing before the list is made anew. */
const DELAY = 400;

/** What a test item stands for. */
interface Meaning {
	readonly program: string;
	/** For `--case` and the launch configuration's `test`. */
	readonly glob: string;
}

/** KUnit suites and cases in the Test Explorer: found by the language server, run by the `dmascope` command. */
export class TestExplorer {
	private readonly controller: TestController;
	private readonly meanings = new WeakMap<TestItem, Meaning>();
	private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

	constructor(
		private readonly context: ExtensionContext,
		private readonly language: LanguageSupport,
	) {
		this.controller = tests.createTestController("dmascope", "DMAscope");
		this.controller.resolveHandler = async (item) => {
			if (!item) await this.findAll();
		};
		this.controller.refreshHandler = () => this.findAll();
		const { Run, Debug } = TestRunProfileKind;
		const profile = (label: string, kind: TestRunProfileKind, how: typeof debugTests): void => {
			this.controller.createRunProfile(label, kind, (request, token) => this.run(request, token, how), true);
		};
		const cli = context.asAbsolutePath("dist/cli.js");
		profile(l10n.t("Run"), Run, (program, glob, token) => runTests(cli, program, glob, token));
		profile(l10n.t("Debug"), Debug, debugTests);
	}

	/** Follows the scenarios that are opened, changed and deleted. */
	subscribe(): Disposable {
		const watcher = workspace.createFileSystemWatcher("**/*.dma");
		const follow = (uri: Uri): void => this.soon(uri);
		for (const document of workspace.textDocuments) if (document.languageId === "dma") follow(document.uri);
		return Disposable.from(
			this.controller,
			watcher,
			watcher.onDidCreate(follow),
			watcher.onDidChange(follow),
			watcher.onDidDelete((uri) => this.controller.items.delete(uri.toString())),
			workspace.onDidOpenTextDocument(({ languageId, uri }) => {
				if (languageId === "dma") follow(uri);
			}),
			workspace.onDidChangeTextDocument(({ document }) => {
				if (document.languageId === "dma") follow(document.uri);
			}),
		);
	}

	/** Runs or debugs a suite or a case of a file, from the buttons in the editor. */
	async start(uri: Uri, suite: string, name: string | undefined, debugging: boolean): Promise<void> {
		await this.find(uri);
		const item = this.controller.items.get(uri.toString())?.children.get(suite);
		const one = name === undefined ? item : item?.children.get(name);
		if (!one) return;
		const cli = this.context.asAbsolutePath("dist/cli.js");
		const source = new CancellationTokenSource();
		await this.run(new TestRunRequest([one]), source.token, (program, glob, token) =>
			debugging ? debugTests(program, glob, token) : runTests(cli, program, glob, token),
		);
		source.dispose();
	}

	// ------------------------------------------------------------ finding

	private async findAll(): Promise<void> {
		const files = await workspace.findFiles("**/*.dma", "**/node_modules/**", MOST_FILES);
		for (const file of files) await this.find(file);
	}

	private soon(uri: Uri): void {
		if (uri.scheme !== "file") return;
		const key = uri.toString();
		clearTimeout(this.timers.get(key));
		this.timers.set(
			key,
			setTimeout(() => {
				this.timers.delete(key);
				void this.find(uri);
			}, DELAY),
		);
	}

	private async find(uri: Uri): Promise<void> {
		const { suites } = await this.language.tests(uri);
		const key = uri.toString();
		if (suites.length === 0) {
			this.controller.items.delete(key);
			return;
		}
		const file = this.controller.items.get(key) ?? this.item(key, workspace.asRelativePath(uri), uri, "*");
		file.children.replace(
			suites.map((suite) => {
				const known = file.children.get(suite.name);
				const item = this.placed(known ?? this.item(suite.name, suite.name, uri, suite.name), suite);
				item.children.replace(
					suite.cases.map((one) => {
						const made = item.children.get(one.name) ?? this.item(one.name, one.name, uri, `${suite.name}.${one.name}`);
						return this.placed(made, one);
					}),
				);
				return item;
			}),
		);
		this.controller.items.add(file);
	}

	private item(id: string, label: string, uri: Uri, glob: string): TestItem {
		const item = this.controller.createTestItem(id, label, uri);
		this.meanings.set(item, { program: uri.fsPath, glob });
		return item;
	}

	private placed(item: TestItem, place: PlaceMessage): TestItem {
		item.range = new Range(place.line, place.character, place.line, place.character);
		return item;
	}

	// ------------------------------------------------------------ running

	private async run(request: TestRunRequest, token: CancellationToken, how: typeof debugTests): Promise<void> {
		// The command reads what is on disk.
		await workspace.saveAll(false);
		const run = this.controller.createTestRun(request);
		const excluded = new Set(request.exclude ?? []);
		const wanted = request.include ?? children(this.controller);
		// With exceptions each case is run on its own.
		const units = excluded.size === 0 ? wanted : wanted.flatMap((item) => cases(item, excluded));
		for (const item of units) for (const one of cases(item, excluded)) run.enqueued(one);
		for (const item of units) {
			const meaning = this.meanings.get(item);
			if (token.isCancellationRequested || !meaning) break;
			const list = cases(item, excluded);
			for (const one of list) run.started(one);
			const outcome = await how(meaning.program, meaning.glob, token);
			run.appendOutput(outcome.text.replace(/\r?\n/g, "\r\n"));
			for (const one of list) report(run, one, outcome);
		}
		run.end();
	}
}

function children(of: TestItem | TestController): TestItem[] {
	const items: TestItem[] = [];
	("items" in of ? of.items : of.children).forEach((item) => {
		items.push(item);
	});
	return items;
}

/** The cases below an item. */
function cases(item: TestItem, excluded: ReadonlySet<TestItem>): TestItem[] {
	if (excluded.has(item)) return [];
	return item.children.size === 0 ? [item] : children(item).flatMap((child) => cases(child, excluded));
}

/** Tells the Test Explorer how a case went. */
function report(run: TestRun, item: TestItem, { cases: outcomes, problem }: RunOutcome): void {
	const outcome = outcomes.find(({ suite, name }) => name === item.id && suite === item.parent?.id);
	if (!outcome) {
		if (problem === "") run.skipped(item);
		else run.errored(item, new TestMessage(problem));
		return;
	}
	if (outcome.status === "passed") run.passed(item);
	else if (outcome.status === "skipped") run.skipped(item);
	else run.failed(item, messages(item, outcome));
}

/** A message at each expectation that failed; without any, what the kernel said, at the case. */
function messages(item: TestItem, { failures, log }: CaseOutcome): TestMessage[] {
	const made = failures.map(({ file, line, message }) => {
		const text = new TestMessage(message || l10n.t("The expectation failed."));
		const folder = item.uri && workspace.getWorkspaceFolder(item.uri)?.uri.fsPath;
		const path = isAbsolute(file) || !folder ? file : resolve(folder, file);
		text.location = new Location(Uri.file(path), new Position(Math.max(0, line - 1), 0));
		return text;
	});
	if (made.length > 0) return made;
	const text = new TestMessage(log.join("\n") || l10n.t("The case failed."));
	if (item.uri && item.range) text.location = new Location(item.uri, item.range);
	return [text];
}
