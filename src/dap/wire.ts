/** The wire: DAP's framing over two streams, by the maintained library, behind an interface of our own. */
import { ProtocolServer } from "@vscode/debugadapter/lib/protocol";
import type { DebugProtocol } from "@vscode/debugprotocol";

export interface Wire {
	send(message: DebugProtocol.Response | DebugProtocol.Event): void;
	close(): void;
}

export interface WireListener {
	/** A message that parsed as JSON; nothing about it has been checked. */
	onMessage(message: unknown): void;
	/** Bytes that are not a message. */
	onGarbage(detail: string): void;
	onClose(): void;
}

/** Connects a listener to a pair of streams. Errors of the listener are its own business: it must not throw. */
export function connect(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, listener: WireListener): Wire {
	const server = new Server(listener);
	server.on("error", (event: { body?: unknown }) => listener.onGarbage(String(event.body ?? "unreadable")));
	server.on("close", () => listener.onClose());
	server.start(input, output);
	return {
		send: (message) =>
			message.type === "event"
				? server.sendEvent(message as DebugProtocol.Event)
				: server.sendResponse(message as DebugProtocol.Response),
		close: () => server.stop(),
	};
}

class Server extends ProtocolServer {
	private readonly listener: WireListener;
	constructor(listener: WireListener) {
		super();
		this.listener = listener;
	}
	/** The library answers only what it knows; every message goes to the adapter, which answers all. */
	override handleMessage(message: DebugProtocol.ProtocolMessage): void {
		this.listener.onMessage(message);
	}
}
