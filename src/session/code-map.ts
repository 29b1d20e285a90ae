/** What the debugger asks of compiled C: where code is in the source, and what stands at a line. */
import type { FunctionInfo, GlobalInfo, SourcePosition } from "../language/debug-info";
import type { Program } from "../language/program";

export class CodeMap {
	constructor(readonly program: Program) {}

	/** The user's functions; those of the kernel's own text are stepped through. */
	get functions(): FunctionInfo[] {
		return this.program.modules.flatMap((module) => module.functions.filter((info) => !info.kernelText));
	}

	get globals(): GlobalInfo[] {
		return this.program.modules.flatMap((module) => (module.loaded ? module.globals : []));
	}

	/** Whether breakpoints can stand in a file. */
	hasFile(file: string): boolean {
		return this.program.files.includes(file);
	}

	/** The C function whose code holds `pc`, or null. */
	functionAt(pc: number): FunctionInfo | null {
		return this.program.functionAt(pc);
	}

	/** Place of the statement whose code holds `pc`, or null: no user's code. */
	positionAt(pc: number): SourcePosition | null {
		const info = this.program.functionAt(pc);
		return info && !info.kernelText ? this.program.position(info, pc) : null;
	}

	/** pcs at which statements of a line begin. */
	statementsOf(file: string, line: number): readonly number[] {
		return this.program.statementPcs(file, line);
	}

	/** The first line from `line` on that has a statement, or null. */
	statementLineFrom(file: string, line: number): number | null {
		const found = this.program.breakpointLine(file, line);
		return found < 0 ? null : found;
	}

	/** All pcs at which a statement of this function begins. */
	statementsIn(info: FunctionInfo): readonly number[] {
		return info.lines.filter((row) => row.statement).map((row) => row.pc);
	}

	/** Places of the statements that begin on lines from `first` to `last`, in order. */
	statementPlaces(file: string, first: number, last: number): SourcePosition[] {
		const index = this.program.files.indexOf(file);
		const places = this.functions.flatMap((info) =>
			info.lines.filter((row) => row.statement && row.file === index && row.line >= first && row.line <= last),
		);
		const unique = new Map(places.map(({ line, column }) => [`${line}:${column}`, { file, line, column }]));
		return [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
	}

	functionsNamed(name: string): readonly FunctionInfo[] {
		return this.functions.filter((info) => info.name === name);
	}
}
