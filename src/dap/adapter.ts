/**
 * The debug adapter: takes any message, answers every request exactly once, and routes it to the handler that
 * translates it for the session. It decides nothing about debugging.
 */
import type { DebugProtocol } from "@vscode/debugprotocol";
import {
	type DebugSessionApi,
	type LaunchOptions,
	type LaunchResult,
	SessionError,
	type SessionHost,
} from "../session/api";
import { type Command, parseArguments, schemas } from "./arguments";
import type { ClientConventions } from "./convert";
import { ErrorCode, RequestError } from "./errors";
import { handlers } from "./handlers/all";
import { RequestedBreakpoints } from "./requested-breakpoints";
import { RunLoop } from "./run-loop";
import type { Wire } from "./wire";

/** What the adapter needs from outside: files, and how a session is made. */
export interface AdapterHost extends SessionHost {
	launch(options: LaunchOptions, host: SessionHost): LaunchResult;
	/** The client has gone. */
	exit(): void;
}

/** Where the session stands as the client sees it. */
export type Phase = "idle" | "configuring" | "stopped" | "running" | "ended";

type Handler = (adapter: Adapter, args: unknown) => object | undefined | Promise<object | undefined>;

export class Adapter {
	readonly host: AdapterHost;
	readonly loop = new RunLoop();
	readonly requested = new RequestedBreakpoints();
	client: ClientConventions = { linesStartAt1: true, columnsStartAt1: true, invalidated: false, memory: false };
	phase: Phase = "idle";
	session: DebugSessionApi | null = null;
	/** false: launched with noDebug, so nothing that the client set stops it. */
	debugging = true;
	options: LaunchOptions | null = null;
	/** Somebody looks at the time line: of this session, and after a restart of the next one. */
	observing = false;
	/** Sessions so far: a restart makes another one. */
	launches = 0;
	/** Numbers are shown in hexadecimal unless a request says otherwise. */
	hex = false;
	/** Runs after the response to the request at hand has been sent: DAP wants some events behind their response. */
	private afterwards: (() => void)[] = [];
	private readonly wire: Wire;

	constructor(wire: Wire, host: AdapterHost) {
		this.wire = wire;
		this.host = host;
	}

	/** The session, when breakpoints are for it. */
	get stoppable(): DebugSessionApi | null {
		return this.debugging ? this.session : null;
	}

	/** One message from the client. Never throws. */
	receive(message: unknown): void {
		const request = message as Partial<DebugProtocol.Request> | null;
		if (!request || typeof request !== "object" || request.type !== "request") {
			if (request?.type !== "response" && request?.type !== "event")
				this.refuseGarbage(request?.seq ?? 0, "it is no request");
			return;
		}
		if (typeof request.command !== "string" || typeof request.seq !== "number") {
			this.refuseGarbage(
				typeof request.seq === "number" ? request.seq : 0,
				"“seq” must be a number and “command” a string",
			);
			return;
		}
		this.answer(request.seq, request.command, request.arguments);
	}

	/** Answers bytes that are no message, as well as that can be done without knowing what was asked. */
	refuseGarbage(seq: number, detail: string): void {
		this.respondError(seq, "", new RequestError(ErrorCode.MalformedMessage, { detail }));
	}

	event(event: string, body?: object): void {
		this.wire.send({ type: "event", seq: 0, event, ...(body && { body }) });
	}

	/** Does something once the response to the current request is on the wire. */
	afterResponse(action: () => void): void {
		this.afterwards.push(action);
	}

	/** The session, or the reason why there is none. */
	require(command: string): DebugSessionApi {
		if (!this.session) throw new RequestError(ErrorCode.NotLaunched, { command });
		return this.session;
	}

	/** The session at a standstill. */
	requireStopped(command: string): DebugSessionApi {
		const session = this.require(command);
		if (this.phase === "running") throw new RequestError(ErrorCode.NotStopped, { command });
		return session;
	}

	/**
	 * Answers at once unless the handler has to wait for the machine: then other requests are answered meanwhile. What
	 * one request left to be done behind its response is done before the next request is looked at.
	 */
	private answer(seq: number, command: string, raw: unknown): void {
		let body: object | undefined | Promise<object | undefined>;
		try {
			if (!Object.hasOwn(schemas, command)) throw new RequestError(ErrorCode.UnknownRequest, { command });
			const parsed = parseArguments(command as Command, raw);
			if (!parsed.ok) throw new RequestError(ErrorCode.BadArguments, { command, detail: parsed.detail });
			body = (handlers[command as Command] as Handler)(this, parsed.value);
		} catch (error) {
			this.respondError(seq, command, asRequestError(error, command));
			this.doAfterwards();
			return;
		}
		if (!(body instanceof Promise)) {
			this.respond(seq, command, body);
			return;
		}
		body.then(
			(later) => this.respond(seq, command, later),
			(error: unknown) => {
				this.respondError(seq, command, asRequestError(error, command));
				this.doAfterwards();
			},
		);
	}

	private respond(seq: number, command: string, body: object | undefined): void {
		this.wire.send({ type: "response", seq: 0, request_seq: seq, command, success: true, ...(body && { body }) });
		this.doAfterwards();
	}

	private doAfterwards(): void {
		const actions = this.afterwards;
		this.afterwards = [];
		for (const action of actions) action();
	}

	private respondError(seq: number, command: string, error: RequestError): void {
		this.wire.send({
			type: "response",
			seq: 0,
			request_seq: seq,
			command,
			success: false,
			message: error.message,
			body: { error: { id: error.code, format: error.message, showUser: error.code !== ErrorCode.NoSuchReference } },
		} as DebugProtocol.ErrorResponse);
	}
}

function asRequestError(error: unknown, command: string): RequestError {
	if (error instanceof RequestError) return error;
	if (error instanceof SessionError) return new RequestError(ErrorCode.Refused, { detail: error.message });
	const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
	return new RequestError(ErrorCode.Internal, { command, detail });
}
