import { commands, FileSystemError, FileType, l10n, Uri, window, workspace } from "vscode";

interface Sample {
	readonly name: string;
	/** The first sentence of its opening comment. */
	readonly about: string;
}

/** What a scenario's opening comment says it is: "NAME: text." up to its first full stop. */
export function aboutSample(text: string): string {
	const [, opening = ""] = /^\/\*([\s\S]*?)\*\//.exec(text) ?? [];
	const words = opening
		.replace(/^\s*\* ?/gm, " ")
		.replace(/\s+/g, " ")
		.trim();
	const [, sentence = ""] = /^\S+: (.*?)(?:\.(?: |$)|$)/.exec(words) ?? [];
	return sentence;
}

async function listSamples(folder: Uri): Promise<Sample[]> {
	const entries = await workspace.fs.readDirectory(folder);
	const names = entries.filter(([name, type]) => type === FileType.File && name.endsWith(".dma")).map(([name]) => name);
	return Promise.all(
		names.sort().map(async (name) => {
			const bytes = await workspace.fs.readFile(Uri.joinPath(folder, name));
			return { name, about: aboutSample(new TextDecoder().decode(bytes)) };
		}),
	);
}

/** The workspace's folder, or one that the user chooses: a scenario has to be on disk to run. */
async function targetFolder(): Promise<Uri | undefined> {
	const [folder] = workspace.workspaceFolders ?? [];
	if (folder) return folder.uri;
	const chosen = await window.showOpenDialog({
		canSelectFiles: false,
		canSelectFolders: true,
		title: l10n.t("Folder for the copy of the sample"),
		openLabel: l10n.t("Copy Here"),
	});
	return chosen?.[0];
}

/** "ring.dma", or "ring-2.dma" and so on when that is taken. */
async function freeName(folder: Uri, name: string): Promise<Uri> {
	for (let number = 1; ; number++) {
		const file = Uri.joinPath(folder, number === 1 ? name : name.replace(/\.dma$/, `-${number}.dma`));
		try {
			await workspace.fs.stat(file);
		} catch (error) {
			if (error instanceof FileSystemError) return file;
			throw error;
		}
	}
}

/** "Open Sample": copies a sample into the workspace and opens the copy. @param name asked for when missing */
export async function openSample(extension: Uri, name?: string): Promise<void> {
	const samples = Uri.joinPath(extension, "samples");
	const wanted = name ?? (await chooseSample(samples));
	if (wanted === undefined) return;
	const folder = await targetFolder();
	if (!folder) return;
	const copy = await freeName(folder, wanted);
	await workspace.fs.copy(Uri.joinPath(samples, wanted), copy);
	await window.showTextDocument(copy, { preview: false });
}

async function chooseSample(samples: Uri): Promise<string | undefined> {
	const items = (await listSamples(samples)).map(({ name, about }) => ({ label: name, description: about }));
	const chosen = await window.showQuickPick(items, {
		title: l10n.t("Open a copy of a sample"),
		matchOnDescription: true,
	});
	return chosen?.label;
}

/** "Open Manual": a page of the manual as Markdown preview. @param page its name without ".md", asked for when missing */
export async function openManual(extension: Uri, page?: string): Promise<void> {
	const docs = Uri.joinPath(extension, "docs");
	const wanted = page ?? (await choosePage(docs));
	if (wanted !== undefined) await commands.executeCommand("markdown.showPreview", Uri.joinPath(docs, `${wanted}.md`));
}

async function choosePage(docs: Uri): Promise<string | undefined> {
	const names = (await workspace.fs.readDirectory(docs)).map(([name]) => name).filter((name) => name.endsWith(".md"));
	const items = await Promise.all(
		names.sort().map(async (name) => {
			const text = new TextDecoder().decode(await workspace.fs.readFile(Uri.joinPath(docs, name)));
			return { label: /^# (.*)$/m.exec(text)?.[1] ?? name, page: name.replace(/\.md$/, "") };
		}),
	);
	return (await window.showQuickPick(items, { title: l10n.t("DMAscope's manual") }))?.page;
}
