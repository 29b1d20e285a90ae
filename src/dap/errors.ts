/** The adapter's catalogue of errors. A user reads these: what is wrong, and what to do. */

export enum ErrorCode {
	UnknownRequest = 1001,
	BadArguments = 1002,
	MalformedMessage = 1003,
	NotLaunched = 1004,
	AlreadyLaunched = 1005,
	ScenarioHasErrors = 1006,
	NotStopped = 1007,
	Ended = 1008,
	NoSuchReference = 1009,
	Refused = 1010,
	Internal = 1099,
}

const TEXTS: Readonly<Record<ErrorCode, string>> = {
	[ErrorCode.UnknownRequest]: "DMAscope does not know the request “{command}”.",
	[ErrorCode.BadArguments]: "The request “{command}” came with arguments that do not fit: {detail}.",
	[ErrorCode.MalformedMessage]: "A message could not be read as a request of the Debug Adapter Protocol: {detail}.",
	[ErrorCode.NotLaunched]: "Nothing is being debugged yet: “{command}” needs a launched scenario.",
	[ErrorCode.AlreadyLaunched]:
		"A scenario is already being debugged in this session; restart it or start another session.",
	[ErrorCode.ScenarioHasErrors]: "{program} has {count}, so nothing runs. First: {detail}",
	[ErrorCode.NotStopped]: "The machine is running: pause it first (“{command}” looks at a machine that stands still).",
	[ErrorCode.Ended]: "The run is over; restart it to go on.",
	[ErrorCode.NoSuchReference]: "This {what} is from an earlier stop and no longer exists.",
	[ErrorCode.Refused]: "{detail}",
	[ErrorCode.Internal]:
		"DMAscope made a mistake while it answered “{command}”: {detail}. Please report it with the scenario.",
};

/** What the user did wrong or cannot have now; becomes an error response. */
export class RequestError extends Error {
	readonly code: ErrorCode;
	readonly variables: Readonly<Record<string, string>>;
	constructor(code: ErrorCode, variables: Record<string, string> = {}) {
		super(TEXTS[code].replace(/\{(\w+)\}/g, (_, name: string) => variables[name] ?? ""));
		this.code = code;
		this.variables = variables;
	}
}
