/** What the adapter tells about a scenario's mistakes, for the Problems view. Shared by adapter and extension. */

/** Sent once for each launch, also with an empty list: what was there before is gone. */
export const DIAGNOSTICS_EVENT = "dmascope/diagnostics";

export interface DiagnosticMessage {
	code: string;
	severity: "error" | "warning";
	message: string;
	file: string;
	/** 1-based, as are the others. */
	line: number;
	column: number;
	endLine: number;
	endColumn: number;
}

export interface DiagnosticsBody {
	/** The programs that were launched. */
	files: string[];
	diagnostics: DiagnosticMessage[];
}
