import { Uri, type Webview, type WebviewOptions } from "vscode";

/** What a webview needs that is to show the dashboard. */
export function pageOptions(extension: Uri): WebviewOptions {
	return {
		enableScripts: true,
		localResourceRoots: [Uri.joinPath(extension, "dist"), Uri.joinPath(extension, "media")],
	};
}

/**
 * The page's HTML: everything it loads is ours and named by a policy that forbids the rest.
 * @param place where it is shown: it takes that place's background
 */
export function pageHtml(webview: Webview, extension: Uri, place: "view" | "tab"): string {
	const script = webview.asWebviewUri(Uri.joinPath(extension, "dist", "webview.js"));
	const style = webview.asWebviewUri(Uri.joinPath(extension, "media", "dashboard.css"));
	const nonce = randomNonce();
	const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="${style}">
<title>DMA Channels</title>
</head>
<body>
<main id="dashboard" class="${place}"></main>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}

function randomNonce(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
