import { commands, type ExtensionContext, type WebviewView, type WebviewViewProvider } from "vscode";
import type { Dashboard } from "./dashboard";
import { pageHtml, pageOptions } from "./dashboard-html";

/** Key of the workspace's memory: the view has been unfolded once. */
const UNFOLDED = "channelsUnfolded";

/** The dashboard as the view "DMA Channels" of the debug side bar. */
export class ChannelsView implements WebviewViewProvider {
	#shown = false;

	constructor(
		private readonly context: ExtensionContext,
		private readonly dashboard: Dashboard,
	) {
		dashboard.onStop = () => void this.#unfoldOnce();
	}

	resolveWebviewView(view: WebviewView): void {
		this.#shown = true;
		const { extensionUri } = this.context;
		view.webview.options = pageOptions(extensionUri);
		const page = this.dashboard.add({
			webview: view.webview,
			get visible() {
				return view.visible;
			},
			amongEditors: false,
		});
		view.onDidChangeVisibility(() => this.dashboard.changed());
		view.onDidDispose(() => {
			this.#shown = false;
			page.dispose();
		});
		view.webview.html = pageHtml(view.webview, extensionUri, "view");
	}

	/**
	 * VS Code folds every view that is added to the debug side bar. At a workspace's first stop ours is unfolded, so that
	 * people find it; from then on it stays as they leave it.
	 */
	async #unfoldOnce(): Promise<void> {
		const memory = this.context.workspaceState;
		if (this.#shown || memory.get(UNFOLDED)) return;
		await memory.update(UNFOLDED, true);
		await commands.executeCommand("dmascope.channels.focus", { preserveFocus: true });
	}
}
