import { CodeLens, type CodeLensProvider, EventEmitter, l10n, Range, type TextDocument } from "vscode";
import type { PlaceMessage } from "../messages/language";
import type { LanguageSupport } from "./language";

/** Run and Debug above each KUnit suite and case, and above the function of module_init(). */
export class RunLenses implements CodeLensProvider {
	private readonly changed = new EventEmitter<void>();
	readonly onDidChangeCodeLenses = this.changed.event;

	constructor(private readonly language: LanguageSupport) {
		language.onStarted(() => this.changed.fire());
	}

	async provideCodeLenses(document: TextDocument): Promise<CodeLens[]> {
		const { suites, inits } = await this.language.tests(document.uri);
		const lenses: CodeLens[] = [];
		const add = (place: PlaceMessage, run: string, debug: string, args: unknown[]): void => {
			const range = new Range(place.line, place.character, place.line, place.character);
			lenses.push(
				new CodeLens(range, { title: `$(play) ${l10n.t("Run")}`, command: run, arguments: args }),
				new CodeLens(range, { title: `$(debug-alt) ${l10n.t("Debug")}`, command: debug, arguments: args }),
			);
		};
		for (const suite of suites) {
			add(suite, "dmascope.runTests", "dmascope.debugTests", [document.uri, suite.name]);
			for (const one of suite.cases)
				add(one, "dmascope.runTests", "dmascope.debugTests", [document.uri, suite.name, one.name]);
		}
		for (const init of inits) add(init, "dmascope.runFile", "dmascope.debugFile", [document.uri]);
		return lenses;
	}
}
