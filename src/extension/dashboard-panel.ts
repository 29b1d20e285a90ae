import { commands, type Disposable, type ExtensionContext, l10n, ViewColumn, type WebviewPanel, window } from "vscode";
import type { Dashboard } from "./dashboard";
import { pageHtml, pageOptions } from "./dashboard-html";

/** The command that opens the dashboard as a tab among the editors, or shows the tab that is there. */
export function openDashboardCommand({ extensionUri }: ExtensionContext, dashboard: Dashboard): Disposable {
	let panel: WebviewPanel | undefined;
	return commands.registerCommand("dmascope.openDashboard", () => {
		if (panel) {
			panel.reveal();
			return;
		}
		const made = window.createWebviewPanel("dmascope.dashboard", l10n.t("DMA Dashboard"), ViewColumn.Active, {
			...pageOptions(extensionUri),
		});
		panel = made;
		const page = dashboard.add({
			webview: made.webview,
			get visible() {
				return made.visible;
			},
			amongEditors: true,
		});
		made.onDidChangeViewState(() => dashboard.changed());
		made.onDidDispose(() => {
			panel = undefined;
			page.dispose();
		});
		made.webview.html = pageHtml(made.webview, extensionUri, "tab");
	});
}
