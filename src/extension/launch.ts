import {
	commands,
	type DebugConfiguration,
	type DebugConfigurationProvider,
	debug,
	l10n,
	type Uri,
	type WorkspaceFolder,
	window,
	workspace,
} from "vscode";

export const DEBUG_TYPE = "dmascope";

/** Languages whose files can be run as they are. */
const languages = ["dma", "c"];
/** More scenarios than this are not offered one by one. */
const mostOffered = 100;

/** A launch configuration for one file. */
function launchOf(program: string, name: string): DebugConfiguration {
	return { type: DEBUG_TYPE, request: "launch", name, program };
}

function baseName(path: string): string {
	return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/** The file in the active editor when it can be run, else null. */
function activeProgram(): string | null {
	const document = window.activeTextEditor?.document;
	return document && languages.includes(document.languageId) ? document.uri.fsPath : null;
}

/** F5 without launch.json, and a launch.json entry that names no program: the file in the active editor. */
export const configurationProvider: DebugConfigurationProvider = {
	async resolveDebugConfiguration(_folder, configuration) {
		const program: unknown = configuration.program ?? activeProgram();
		if (typeof program === "string" || Array.isArray(program)) {
			const first: unknown = Array.isArray(program) ? program[0] : program;
			const name = configuration.name || `DMAscope: ${baseName(String(first))}`;
			return { ...configuration, type: DEBUG_TYPE, request: configuration.request || "launch", name, program };
		}
		const open = l10n.t("Open launch.json");
		const text = l10n.t('Open a .dma or .c file to debug it, or name the file as "program" in launch.json.');
		const answer = await window.showErrorMessage(text, { modal: true }, open);
		if (answer === open) await commands.executeCommand("workbench.action.debug.configure");
		return undefined;
	},
};

/** "DMAscope…" in the list of configurations: every scenario of the workspace. */
export const scenarioProvider: DebugConfigurationProvider = {
	async provideDebugConfigurations(folder) {
		const files = await workspace.findFiles("**/*.dma", "**/node_modules/**", mostOffered);
		return files
			.map((file) => workspace.asRelativePath(file, folder === undefined))
			.sort()
			.map((path) => launchOf(folder ? `\${workspaceFolder}/${path}` : path, `Debug ${path}`));
	},
};

/**
 * Starts the file of an editor's button, or the one in the active editor.
 * @param stopping false runs without stopping at breakpoints
 */
export async function startFile(file: Uri | undefined, stopping: boolean): Promise<void> {
	const program = file?.fsPath ?? activeProgram();
	if (!program) {
		await window.showErrorMessage(l10n.t("Open a .dma or .c file first."));
		return;
	}
	const folder: WorkspaceFolder | undefined = file && workspace.getWorkspaceFolder(file);
	const configuration = launchOf(program, `DMAscope: ${baseName(program)}`);
	await debug.startDebugging(folder, configuration, { noDebug: !stopping });
}
