/** The extension as the page sees it. */
import type { ToHost, ToPage } from "../messages/dashboard";
import type { TraceArguments, TraceBody, TraceEventsArguments, TraceEventsBody } from "../messages/trace";

/** What VS Code puts into every webview. */
interface VsCodeApi {
	postMessage(message: ToHost): void;
	getState(): unknown;
	setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

export class Host {
	private readonly api = acquireVsCodeApi();
	private readonly waiting = new Map<number, (body: never) => void>();
	private asked = 0;

	send(message: ToHost): void {
		this.api.postMessage(message);
	}

	/** A stretch of the time line; null when there is none to have. */
	trace(query: TraceArguments): Promise<TraceBody | null> {
		return this.ask((id) => this.send({ type: "trace", id, query }));
	}

	/** Single events. */
	events(query: TraceEventsArguments): Promise<TraceEventsBody | null> {
		return this.ask((id) => this.send({ type: "events", id, query }));
	}

	/** Hands an answer to whoever asked. */
	answered({ id, body }: Extract<ToPage, { type: "trace" | "events" }>): void {
		this.waiting.get(id)?.(body as never);
		this.waiting.delete(id);
	}

	/** What the page kept when it was hidden; `empty` when that does not fit. */
	load<T extends object>(key: string, empty: T): T {
		const state = this.api.getState();
		const kept = typeof state === "object" && state !== null ? (state as Record<string, unknown>)[key] : undefined;
		return typeof kept === "object" && kept !== null ? { ...empty, ...kept } : empty;
	}

	/** Keeps something for when the page is shown again. */
	keep(key: string, value: object): void {
		const state = this.api.getState();
		this.api.setState({ ...(typeof state === "object" ? state : {}), [key]: value });
	}

	private ask<T>(send: (id: number) => void): Promise<T> {
		const id = ++this.asked;
		return new Promise((settle) => {
			this.waiting.set(id, settle);
			send(id);
		});
	}
}
