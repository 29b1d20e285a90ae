import {
	commands,
	DebugConfigurationProviderTriggerKind,
	debug,
	type ExtensionContext,
	type Uri,
	window,
} from "vscode";
import { adapterFactory } from "./adapter-factory";
import { ChannelsView } from "./channels-view";
import { configurationProvider, DEBUG_TYPE, scenarioProvider, startFile } from "./launch";
import { showProblems } from "./problems";

/** Registers everything; nothing else happens until a session begins or the view is opened. */
export function activateExtension(context: ExtensionContext): void {
	const channels = new ChannelsView(context);
	const dynamic = DebugConfigurationProviderTriggerKind.Dynamic;
	context.subscriptions.push(
		debug.registerDebugAdapterDescriptorFactory(DEBUG_TYPE, adapterFactory(context)),
		debug.registerDebugConfigurationProvider(DEBUG_TYPE, configurationProvider),
		debug.registerDebugConfigurationProvider(DEBUG_TYPE, scenarioProvider, dynamic),
		commands.registerCommand("dmascope.debugFile", (file?: Uri) => startFile(file, true)),
		commands.registerCommand("dmascope.runFile", (file?: Uri) => startFile(file, false)),
		window.registerWebviewViewProvider("dmascope.channels", channels),
		channels.subscribe(),
		showProblems(),
	);
}
