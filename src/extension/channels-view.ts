import {
	commands,
	type DebugSession,
	Disposable,
	debug,
	type ExtensionContext,
	type Memento,
	Uri,
	type Webview,
	type WebviewView,
	type WebviewViewProvider,
} from "vscode";
import { isToHost, type ToPage } from "../messages/dashboard";
import {
	CHANNELS_REQUEST,
	FOCUS_REQUEST,
	type FocusArguments,
	type MachineState,
	STATE_EVENT,
} from "../messages/state";
import { DEBUG_TYPE } from "./launch";

/** Key of the workspace's memory: the view has been unfolded once. */
const UNFOLDED = "channelsUnfolded";

/** The view "DMA Channels": shows what the active session's adapter tells, and nothing it does not. */
export class ChannelsView implements WebviewViewProvider {
	#view: WebviewView | undefined;
	/** Latest state by session id; gone with the session. */
	readonly #states = new Map<string, MachineState>();
	readonly #extension: Uri;
	readonly #memory: Memento;

	constructor(context: ExtensionContext) {
		this.#extension = context.extensionUri;
		this.#memory = context.workspaceState;
	}

	/** Listens to debug sessions from now on. */
	subscribe(): Disposable {
		return Disposable.from(
			debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
				if (session.type === DEBUG_TYPE && event === STATE_EVENT) this.#receive(session, body);
			}),
			debug.onDidChangeActiveDebugSession(() => this.#show()),
			debug.onDidTerminateDebugSession((session) => {
				this.#states.delete(session.id);
				this.#show();
			}),
		);
	}

	resolveWebviewView(view: WebviewView): void {
		this.#view = view;
		view.webview.options = {
			enableScripts: true,
			localResourceRoots: [Uri.joinPath(this.#extension, "dist"), Uri.joinPath(this.#extension, "media")],
		};
		view.webview.onDidReceiveMessage((message: unknown) => {
			if (!isToHost(message)) return;
			if (message.type === "focus") void focusChannel(message.channel);
			else void this.#ask();
		});
		view.onDidChangeVisibility(() => this.#show());
		view.onDidDispose(() => {
			this.#view = undefined;
		});
		view.webview.html = page(view.webview, this.#extension);
	}

	#receive(session: DebugSession, state: unknown): void {
		if (!isMachineState(state)) return;
		this.#states.set(session.id, state);
		if (session.id !== activeSession()?.id) return;
		this.#show();
		if (!state.running) void this.#unfoldOnce();
	}

	/**
	 * VS Code folds every view that is added to the debug side bar. At a workspace's first stop ours is unfolded, so that
	 * people find it; from then on it stays as they leave it.
	 */
	async #unfoldOnce(): Promise<void> {
		if (this.#view || this.#memory.get(UNFOLDED)) return;
		await this.#memory.update(UNFOLDED, true);
		await commands.executeCommand("dmascope.channels.focus", { preserveFocus: true });
	}

	/** The page is ready: the session may have begun long before it. */
	async #ask(): Promise<void> {
		const session = activeSession();
		if (session && !this.#states.has(session.id)) {
			try {
				this.#receive(session, await session.customRequest(CHANNELS_REQUEST));
			} catch {
				// Not launched yet, or ending: its next event brings the state.
			}
		}
		this.#show();
	}

	#show(): void {
		if (!this.#view?.visible) return;
		const session = activeSession();
		const state = session && this.#states.get(session.id);
		const message: ToPage = session && state ? { type: "state", session: session.id, state } : { type: "empty" };
		void this.#view.webview.postMessage(message);
	}
}

function activeSession(): DebugSession | undefined {
	const session = debug.activeDebugSession;
	return session?.type === DEBUG_TYPE ? session : undefined;
}

/** Selects a channel's thread in the call stack; see FOCUS_REQUEST for how. */
async function focusChannel(channel: string): Promise<void> {
	const request: FocusArguments = { channel };
	try {
		await activeSession()?.customRequest(FOCUS_REQUEST, request);
	} catch {
		// The channel went away or the machine runs: there is nothing to select.
	}
}

/** Whether an adapter's state has the shape that the page draws. */
function isMachineState(state: unknown): state is MachineState {
	return typeof state === "object" && state !== null && "channels" in state && Array.isArray(state.channels);
}

/** The page's HTML: everything it loads is ours and named by a policy that forbids the rest. */
function page(webview: Webview, extension: Uri): string {
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
<main id="dashboard"></main>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}

function randomNonce(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
