import {
	commands,
	DebugConfigurationProviderTriggerKind,
	debug,
	type ExtensionContext,
	languages,
	type Uri,
	window,
} from "vscode";
import { adapterFactory } from "./adapter-factory";
import { ChannelsView } from "./channels-view";
import { RunLenses } from "./code-lenses";
import { Dashboard } from "./dashboard";
import { openDashboardCommand } from "./dashboard-panel";
import { DevicesView } from "./devices/view";
import { inlineValues } from "./inline-values";
import { LanguageSupport } from "./language";
import { configurationProvider, DEBUG_TYPE, scenarioProvider, startFile } from "./launch";
import { showProblems } from "./problems";
import { runToDescriptorEndCommand } from "./run-to-descriptor-end";
import { openManual, openSample } from "./samples";
import { TestExplorer } from "./test-explorer";
import { toggleHexCommand } from "./toggle-hex";

/** Registers everything; nothing else happens until a scenario is opened, a session begins or a view is shown. */
export function activateExtension(context: ExtensionContext): void {
	const dashboard = new Dashboard();
	const language = new LanguageSupport(context);
	const explorer = new TestExplorer(context, language);
	const dynamic = DebugConfigurationProviderTriggerKind.Dynamic;
	context.subscriptions.push(
		debug.registerDebugAdapterDescriptorFactory(DEBUG_TYPE, adapterFactory(context)),
		debug.registerDebugConfigurationProvider(DEBUG_TYPE, configurationProvider),
		debug.registerDebugConfigurationProvider(DEBUG_TYPE, scenarioProvider, dynamic),
		commands.registerCommand("dmascope.debugFile", (file?: Uri) => startFile(file, true)),
		commands.registerCommand("dmascope.runFile", (file?: Uri) => startFile(file, false)),
		commands.registerCommand("dmascope.openSample", (name?: string) => openSample(context.extensionUri, name)),
		commands.registerCommand("dmascope.openManual", (page?: string) => openManual(context.extensionUri, page)),
		runToDescriptorEndCommand(),
		toggleHexCommand(),
		window.registerWebviewViewProvider("dmascope.channels", new ChannelsView(context, dashboard)),
		openDashboardCommand(context, dashboard),
		dashboard.subscribe(),
		new DevicesView().subscribe(),
		showProblems((path) => language.shows(path)),
		language.subscribe(),
		explorer.subscribe(),
		languages.registerInlineValuesProvider([{ language: "dma" }, { language: "c" }], inlineValues),
		languages.registerCodeLensProvider({ language: "dma" }, new RunLenses(language)),
		commands.registerCommand("dmascope.runTests", (file: Uri, suite: string, name?: string) =>
			explorer.start(file, suite, name, false),
		),
		commands.registerCommand("dmascope.debugTests", (file: Uri, suite: string, name?: string) =>
			explorer.start(file, suite, name, true),
		),
	);
}
