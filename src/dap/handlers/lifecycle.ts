/** initialize, launch, configurationDone, restart, terminate, disconnect. */
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { LaunchOptions } from "../../session/api";
import { eventFilters } from "../../session/event-filters";
import type { Adapter } from "../adapter";
import type { ArgumentsOf } from "../arguments";
import * as convert from "../convert";
import { reportDiagnostics } from "../diagnostics";
import { ErrorCode, RequestError } from "../errors";
import { tellTraceEnd } from "./dashboard";
import type { HandlersOf } from "./handler";
import { go } from "./run";

function capabilities(): DebugProtocol.Capabilities {
	return {
		supportsConfigurationDoneRequest: true,
		supportsFunctionBreakpoints: true,
		supportsConditionalBreakpoints: true,
		supportsHitConditionalBreakpoints: true,
		supportsLogPoints: true,
		supportsEvaluateForHovers: true,
		supportsSetVariable: true,
		supportsSetExpression: true,
		supportsCompletionsRequest: true,
		completionTriggerCharacters: [".", ">", "/"],
		supportsLoadedSourcesRequest: true,
		supportsRestartRequest: true,
		supportsTerminateRequest: true,
		supportsExceptionInfoRequest: true,
		supportsExceptionFilterOptions: true,
		supportsValueFormattingOptions: true,
		supportsReadMemoryRequest: true,
		supportsWriteMemoryRequest: true,
		supportsBreakpointLocationsRequest: true,
		supportsDisassembleRequest: true,
		supportsInstructionBreakpoints: true,
		supportsSteppingGranularity: true,
		supportsClipboardContext: true,
		exceptionBreakpointFilters: eventFilters.map(convert.exceptionFilter),
	};
}

function launchOptions(args: ArgumentsOf<"launch">): LaunchOptions {
	return {
		program: typeof args.program === "string" ? [args.program] : args.program,
		board: args.board,
		params:
			args.params && Object.fromEntries(Object.entries(args.params).map(([name, value]) => [name, paramText(value)])),
		test: args.test,
		seed: args.seed,
		untilNs: args.untilNs,
		stopOnEntry: args.stopOnEntry === true && args.noDebug !== true,
		findings: args.findings,
		rules: args.rules,
		kernel: args.kernel,
	};
}

/** A parameter as one writes it on a kernel command line. */
function paramText(value: string | number | boolean): string {
	return typeof value === "boolean" ? (value ? "1" : "0") : String(value);
}

/** Loads the scenario; all that is wrong with it is told at once, and then nothing runs. */
function load(adapter: Adapter, options: LaunchOptions): void {
	const result = adapter.host.launch(options, adapter.host);
	const diagnostics = result.kind === "ok" ? result.warnings : result.diagnostics;
	reportDiagnostics(adapter, options.program, diagnostics);
	if (result.kind === "diagnostics") {
		const errors = diagnostics.filter((d) => d.severity === "error");
		const first = errors[0];
		throw new RequestError(ErrorCode.ScenarioHasErrors, {
			program: options.program.join(", "),
			count: errors.length === 1 ? "an error" : `${errors.length} errors`,
			detail: first ? `${first.file}:${first.line}:${first.column}: ${first.message}` : "",
		});
	}
	adapter.session = result.session;
	adapter.launches++;
	result.session.timeline.observe(adapter.observing);
	adapter.options = options;
	adapter.phase = "configuring";
}

export const lifecycleHandlers: HandlersOf<
	"initialize" | "launch" | "configurationDone" | "restart" | "terminate" | "disconnect"
> = {
	initialize(adapter, args) {
		adapter.client = {
			linesStartAt1: args.linesStartAt1 ?? true,
			columnsStartAt1: args.columnsStartAt1 ?? true,
			invalidated: args.supportsInvalidatedEvent ?? false,
			memory: args.supportsMemoryEvent ?? false,
		};
		return capabilities();
	},

	launch(adapter, args) {
		if (adapter.session) throw new RequestError(ErrorCode.AlreadyLaunched);
		if (args.timeline) adapter.observing = true;
		try {
			load(adapter, launchOptions(args));
			adapter.debugging = args.noDebug !== true;
			if (adapter.debugging) adapter.requested.apply(adapter.require("launch"));
		} catch (error) {
			adapter.afterResponse(() => adapter.event("terminated"));
			throw error;
		}
		// Breakpoints are asked for only now, so that they are verified against compiled code at once.
		adapter.afterResponse(() => adapter.event("initialized"));
		return undefined;
	},

	configurationDone(adapter) {
		adapter.require("configurationDone");
		adapter.afterResponse(() => {
			if (adapter.phase === "configuring") go(adapter, (session) => session.continue());
		});
		return undefined;
	},

	restart(adapter) {
		adapter.require("restart");
		const { options } = adapter;
		if (!options) throw new RequestError(ErrorCode.NotLaunched, { command: "restart" });
		adapter.loop.stop();
		adapter.session = null;
		try {
			load(adapter, options);
		} catch (error) {
			adapter.phase = "ended";
			adapter.afterResponse(() => adapter.event("terminated"));
			throw error;
		}
		const statuses = adapter.debugging ? adapter.requested.apply(adapter.require("restart")) : [];
		adapter.afterResponse(() => {
			for (const status of statuses)
				adapter.event("breakpoint", { reason: "changed", breakpoint: convert.breakpoint(adapter.client, status) });
			go(adapter, (session) => session.continue());
		});
		return undefined;
	},

	terminate(adapter) {
		const ended = adapter.phase === "ended";
		adapter.phase = "ended";
		adapter.loop.stop();
		if (!ended) {
			tellTraceEnd(adapter);
			adapter.afterResponse(() => adapter.event("terminated"));
		}
		return undefined;
	},

	disconnect(adapter) {
		adapter.phase = "ended";
		adapter.loop.stop();
		adapter.afterResponse(() => adapter.host.exit());
		return undefined;
	},
};
