/** What the debugger asks of compiled C: where code is in the source, and what stands at a line. */
import type { FunctionInfo, GlobalInfo, SourcePosition } from "../language/debug-info";

export interface CodeMap {
	/** The C function whose code holds `pc`, or null. */
	functionAt(pc: number): FunctionInfo | null;
	/** Place of the statement whose code holds `pc`, or null. */
	positionAt(pc: number): SourcePosition | null;
	/** pcs at which statements of a line begin, in order; several for inlined or repeated code. */
	statementsOf(file: string, line: number): readonly number[];
	/** The first line from `line` on that has a statement, or null. */
	statementLineFrom(file: string, line: number): number | null;
	/** All pcs at which a statement of this function begins. */
	statementsIn(info: FunctionInfo): readonly number[];
	functionsNamed(name: string): readonly FunctionInfo[];
	readonly functions: readonly FunctionInfo[];
	readonly globals: readonly GlobalInfo[];
	readonly files: readonly string[];
}

/** The statements as sorted arrays, built from a list of statement starts. */
export interface StatementStart extends SourcePosition {
	readonly pc: number;
}

export class StatementMap implements CodeMap {
	readonly functions: readonly FunctionInfo[];
	readonly globals: readonly GlobalInfo[];
	readonly files: readonly string[];
	private readonly starts: readonly StatementStart[];
	private readonly lines = new Map<string, Map<number, number[]>>();

	constructor(starts: readonly StatementStart[], functions: readonly FunctionInfo[], globals: readonly GlobalInfo[]) {
		this.starts = [...starts].sort((a, b) => a.pc - b.pc);
		this.functions = [...functions].sort((a, b) => a.firstPc - b.firstPc);
		this.globals = globals;
		for (const { pc, file, line } of this.starts) {
			let ofFile = this.lines.get(file);
			if (!ofFile) this.lines.set(file, (ofFile = new Map()));
			const pcs = ofFile.get(line);
			if (pcs) pcs.push(pc);
			else ofFile.set(line, [pc]);
		}
		this.files = [...this.lines.keys()];
	}

	functionAt(pc: number): FunctionInfo | null {
		const at = lastAtOrBefore(this.functions, pc, (info) => info.firstPc);
		const info = this.functions[at];
		return info && pc < info.endPc ? info : null;
	}

	positionAt(pc: number): SourcePosition | null {
		const info = this.functionAt(pc);
		const start = this.starts[lastAtOrBefore(this.starts, pc, (s) => s.pc)];
		return info && start && start.pc >= info.firstPc ? start : null;
	}

	statementsOf(file: string, line: number): readonly number[] {
		return this.lines.get(file)?.get(line) ?? [];
	}

	statementLineFrom(file: string, line: number): number | null {
		let best: number | null = null;
		for (const other of this.lines.get(file)?.keys() ?? []) if (other >= line && (best === null || other < best)) best = other;
		return best;
	}

	statementsIn(info: FunctionInfo): readonly number[] {
		const pcs: number[] = [];
		for (let at = lastAtOrBefore(this.starts, info.firstPc - 1, (s) => s.pc) + 1; at < this.starts.length; at++) {
			const { pc } = this.starts[at] as StatementStart;
			if (pc >= info.endPc) break;
			pcs.push(pc);
		}
		return pcs;
	}

	functionsNamed(name: string): readonly FunctionInfo[] {
		return this.functions.filter((info) => info.name === name);
	}
}

/** Index of the last item whose key is at most `key`; -1 when there is none. Items are sorted by key. */
function lastAtOrBefore<T>(items: readonly T[], key: number, keyOf: (item: T) => number): number {
	let low = 0;
	let high = items.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (keyOf(items[middle] as T) <= key) low = middle + 1;
		else high = middle;
	}
	return low - 1;
}
