/** The open documents and what is known about them. Included files come from the editor first, then from the disk. */
import { TextDocument } from "vscode-languageserver-textdocument";
import { type Analysis, analyse } from "./analysis";
import { BUILTIN_SCHEME, KERNEL_PAGE, type Services } from "./services";
import { pathOf, uriOf } from "./uri";

/** Analyses that are kept; the editor asks about one or two documents at a time. */
const KEPT = 4;

export class Workspace {
	private readonly open = new Map<string, TextDocument>();
	private analyses = new Map<string, Analysis>();
	/** The client shows texts of the `dmascope:` scheme. */
	showsBuiltins = false;

	constructor(readonly services: Services) {}

	readonly readFile = (path: string): string | null => this.open.get(path)?.getText() ?? this.services.readFile(path);

	put(document: TextDocument): void {
		this.open.set(pathOf(document.uri), document);
		this.forget();
	}

	close(uri: string): void {
		this.open.delete(pathOf(uri));
		this.forget();
	}

	/** Something changed outside of the open documents. */
	forget(): void {
		this.analyses = new Map();
	}

	/** Every open scenario. */
	paths(): string[] {
		return [...this.open.keys()];
	}

	document(uri: string): TextDocument | undefined {
		return this.open.get(pathOf(uri));
	}

	/** Any file's text as a document; null when it cannot be read. */
	documentOf(path: string): TextDocument | null {
		const known = this.open.get(path);
		if (known) return known;
		const text = builtinText(this.services, path) ?? this.services.readFile(path);
		return text === null ? null : TextDocument.create(uriOf(path), "c", 0, text);
	}

	/** null when the file cannot be read. */
	analysis(path: string): Analysis | null {
		const known = this.analyses.get(path);
		if (known) return known;
		const text = this.readFile(path);
		if (text === null) return null;
		const made = analyse(this.services, path, text, this.readFile);
		if (this.analyses.size >= KEPT) this.analyses.delete(this.analyses.keys().next().value ?? "");
		this.analyses.set(path, made);
		return made;
	}

	/** The URI of a file that a diagnostic or a declaration is in; null when the client could not show it. */
	uri(path: string): string | null {
		const known = this.open.get(path);
		if (known) return known.uri;
		if (path === "<kernel>") return this.showsBuiltins ? `${BUILTIN_SCHEME}:${KERNEL_PAGE}` : null;
		if (builtinText(this.services, path) !== null) return this.showsBuiltins ? `${BUILTIN_SCHEME}:/${path}` : null;
		return uriOf(path);
	}
}

/** The text of a page that the server has: `boards/NAME.dtsi`, `<kernel>`, or their URIs. null when there is none. */
export function builtinText(services: Services, path: string): string | null {
	const page = path.startsWith(`${BUILTIN_SCHEME}:/`) ? path.slice(BUILTIN_SCHEME.length + 2) : path;
	if (page === "<kernel>" || page === KERNEL_PAGE.slice(1)) return services.preludeText;
	const board = /^boards\/([\w.-]+)\.dtsi$/.exec(page)?.[1];
	return board === undefined ? null : (services.boardSource(board)?.text ?? null);
}
