import {
	type DebugConfiguration,
	type DebugConfigurationProvider,
	type DebugSession,
	Disposable,
	debug,
	Range,
	Uri,
	ViewColumn,
	type Webview,
	window,
	workspace,
} from "vscode";
import { isToHost, type ToHost, type ToPage } from "../messages/dashboard";
import {
	CHANNELS_REQUEST,
	FOCUS_REQUEST,
	type FocusArguments,
	type MachineState,
	STATE_EVENT,
} from "../messages/state";
import {
	OBSERVE_REQUEST,
	type ObserveArguments,
	TRACE_END_EVENT,
	TRACE_EVENTS_REQUEST,
	TRACE_REQUEST,
	type TraceEndBody,
} from "../messages/trace";
import { DEBUG_TYPE } from "./launch";

/** A webview that shows the dashboard: the view in the side bar, or a tab among the editors. */
export interface Page {
	readonly webview: Webview;
	readonly visible: boolean;
	/** It takes the place of editors: sources are to be shown beside it. */
	readonly amongEditors: boolean;
}

/** What is left of the session that was the last to end. */
type Ended = Extract<ToPage, { type: "ended" }>;

interface KnownSession {
	readonly session: DebugSession;
	state: MachineState | null;
	end: TraceEndBody | null;
	/** The adapter keeps a time line. */
	observed: boolean;
}

/** What the pages show: the active session, as its adapter tells it. Nobody looks: adapters keep nothing. */
export class Dashboard implements DebugConfigurationProvider {
	readonly #pages = new Set<Page>();
	readonly #sessions = new Map<string, KnownSession>();
	#ended: Ended | null = null;
	/** A machine has stopped for the first time since its page was asked for. */
	onStop: () => void = () => undefined;

	/** Listens to debug sessions from now on. */
	subscribe(): Disposable {
		return Disposable.from(
			debug.registerDebugConfigurationProvider(DEBUG_TYPE, this),
			debug.onDidStartDebugSession((session) => {
				if (session.type === DEBUG_TYPE) this.changed();
			}),
			debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
				if (session.type !== DEBUG_TYPE) return;
				if (event === STATE_EVENT) this.#receive(session, body);
				else if (event === TRACE_END_EVENT) this.#known(session).end = body as TraceEndBody;
			}),
			debug.onDidChangeActiveDebugSession(() => this.changed()),
			debug.onDidTerminateDebugSession(({ id }) => {
				const known = this.#sessions.get(id);
				if (known?.state) this.#ended = { type: "ended", session: id, state: known.state, end: known.end };
				this.#sessions.delete(id);
				this.changed();
			}),
		);
	}

	/** A session that begins while somebody looks is observed from its first moment. */
	resolveDebugConfigurationWithSubstitutedVariables(_folder: unknown, configuration: DebugConfiguration) {
		return this.#watched ? { timeline: true, ...configuration } : configuration;
	}

	/** A page is there; call `changed` when its visibility changes, dispose of it when it is gone. */
	add(page: Page): Disposable {
		this.#pages.add(page);
		const messages = page.webview.onDidReceiveMessage((message: unknown) => {
			if (isToHost(message)) void this.#answer(page, message);
		});
		return Disposable.from(messages, {
			dispose: () => {
				this.#pages.delete(page);
				this.changed();
			},
		});
	}

	/** Brings adapters and pages up to what is visible now. */
	changed(): void {
		const session = activeSession();
		if (session) this.#known(session);
		for (const known of this.#sessions.values()) void this.#observe(known);
		this.#show();
	}

	/** Somebody looks, or will: a stop brings sources before a tab. */
	get #watched(): boolean {
		return [...this.#pages].some(({ visible, amongEditors }) => visible || amongEditors);
	}

	#known(session: DebugSession): KnownSession {
		let known = this.#sessions.get(session.id);
		if (!known) {
			known = { session, state: null, end: null, observed: session.configuration.timeline === true };
			this.#sessions.set(session.id, known);
		}
		return known;
	}

	/** A session that somebody has looked at is observed until there is no page any more: a glance elsewhere leaves no gap. */
	async #observe(known: KnownSession): Promise<void> {
		const on = this.#watched || (known.observed && this.#pages.size > 0);
		if (known.observed === on) return;
		known.observed = on;
		const request: ObserveArguments = { on };
		await ask(known.session, OBSERVE_REQUEST, request);
	}

	#receive(session: DebugSession, state: unknown): void {
		if (!isMachineState(state)) return;
		const known = this.#known(session);
		known.state = state;
		known.end = null;
		void this.#observe(known);
		if (session.id !== activeSession()?.id) return;
		this.#show();
		if (!state.running) this.onStop();
	}

	async #answer(page: Page, message: ToHost): Promise<void> {
		const session = activeSession();
		switch (message.type) {
			case "ready":
				return this.#welcome();
			case "focus": {
				const request: FocusArguments = { channel: message.channel };
				// A channel without work has no thread that could be selected.
				if (session) await ask(session, FOCUS_REQUEST, request);
				return;
			}
			case "trace": {
				const body = session && (await ask(session, TRACE_REQUEST, message.query));
				return post(page, { type: "trace", id: message.id, body: body ?? null } as ToPage);
			}
			case "events": {
				const body = session && (await ask(session, TRACE_EVENTS_REQUEST, message.query));
				return post(page, { type: "events", id: message.id, body: body ?? null } as ToPage);
			}
			case "reveal":
				return reveal(message.file, message.line, page.amongEditors);
			default:
				return message satisfies never;
		}
	}

	/** A page is ready: the session may have begun long before it. */
	async #welcome(): Promise<void> {
		const session = activeSession();
		if (session && !this.#known(session).state) this.#receive(session, await ask(session, CHANNELS_REQUEST));
		this.changed();
	}

	#show(): void {
		const session = activeSession();
		const state = session && this.#sessions.get(session.id)?.state;
		const current: ToPage | null = session && state ? { type: "state", session: session.id, state } : null;
		const message: ToPage = current ?? (session ? null : this.#ended) ?? { type: "empty" };
		for (const page of this.#pages) if (page.visible) post(page, message);
	}
}

function post({ webview }: Page, message: ToPage): void {
	void webview.postMessage(message);
}

/** An adapter's answer; undefined when it has none: it is not launched yet, it is ending, or it cannot do that. */
async function ask(session: DebugSession, request: string, args?: object): Promise<unknown> {
	try {
		return await session.customRequest(request, args);
	} catch {
		return undefined;
	}
}

function activeSession(): DebugSession | undefined {
	const session = debug.activeDebugSession;
	return session?.type === DEBUG_TYPE ? session : undefined;
}

/** Shows a line of a source: where it is open already, else in the active group, or beside the dashboard. */
async function reveal(file: string, line: number, beside: boolean): Promise<void> {
	const uri = Uri.file(file);
	const shown = window.visibleTextEditors.find(({ document }) => document.uri.fsPath === uri.fsPath);
	const document = shown?.document ?? (await workspace.openTextDocument(uri));
	await window.showTextDocument(document, {
		viewColumn: shown?.viewColumn ?? (beside ? ViewColumn.Beside : ViewColumn.Active),
		selection: new Range(line - 1, 0, line - 1, 0),
	});
}

/** Whether an adapter's state has the shape that the page draws. */
function isMachineState(state: unknown): state is MachineState {
	return typeof state === "object" && state !== null && "channels" in state && Array.isArray(state.channels);
}
