/** What a front end calls to begin. */
import type { LaunchOptions, LaunchResult, SessionHost } from "./api";
import { DebugSession } from "./debug-session";
import { load } from "./load";

/** Records that a debug session keeps; older ones are forgotten. */
const KEPT_RECORDS = 1 << 18;

/** Loads a scenario for debugging: nothing has run yet. With any error there is no session, only what is wrong. */
export function launch(options: LaunchOptions, host: SessionHost): LaunchResult {
	const result = load(options, host, { mostRecords: KEPT_RECORDS });
	if (result.kind === "diagnostics") return result;
	return { kind: "ok", session: new DebugSession(result.simulation), warnings: result.warnings };
}
