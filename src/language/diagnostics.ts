/** Every message of the front end: its code, severity and wording. `{0}`, `{1}` … are filled in by the reporter. */
import type { Place } from "./source";

export type Severity = "error" | "warning";

export interface Fix {
	title: string;
	/** replaces the range [line:column, endLine:endColumn) */
	text: string;
	line: number;
	column: number;
	endLine: number;
	endColumn: number;
}

/** Lines and columns are 1-based, ends exclusive. */
export interface Diagnostic {
	code: string;
	severity: Severity;
	message: string;
	file: string;
	line: number;
	column: number;
	endLine: number;
	endColumn: number;
	notes?: string[];
	fix?: Fix;
}

const CATALOGUE = {
	// lexical, preprocessor
	strayCharacter: ["C0001", "error", "stray '{0}' in the program: no C token begins with it"],
	openComment: ["C0002", "error", "this comment has no end: '*/' expected before the end of the file"],
	openString: ["C0003", "error", "this string has no closing '\"' on its line"],
	openChar: ["C0004", "error", 'this character constant has no closing "\'" on its line'],
	emptyChar: ["C0005", "error", "empty character constant: one character expected between the quotes"],
	longChar: ["C0006", "warning", "character constant of more than one character"],
	badEscape: ["C0007", "warning", "unknown escape sequence '\\{0}'"],
	badNumber: ["C0008", "error", "'{0}' is not a number: {1}"],
	numberTooLarge: ["C0009", "error", "the constant {0} does not fit in 64 bits"],
	fileTooLarge: ["C0010", "error", "'{0}' is larger than the limit of 4 MB for a source file"],
	includeMissing: ["C0011", "error", "'{0}' not found: neither beside this file nor among DMAscope's built-in headers"],
	includeCycle: ["C0012", "error", "'{0}' includes itself: {1}"],
	includeDepth: ["C0013", "error", "#include nested deeper than the limit of {0}"],
	includeUnknown: ["C0014", "warning", "<{0}> is not a header that DMAscope knows; the line is ignored"],
	includeForm: ["C0015", "error", '#include expects "FILE" or <FILE>'],
	directiveUnknown: ["C0016", "error", "unknown directive '#{0}'"],
	macroName: ["C0017", "error", "#{0} expects a macro name"],
	macroParameters: ["C0018", "error", "bad parameter list of macro '{0}': {1}"],
	macroRedefined: ["C0019", "warning", "macro '{0}' redefined"],
	macroArguments: ["C0020", "error", "macro '{0}' takes {1}, but {2} given"],
	macroOpen: ["C0021", "error", "the arguments of macro '{0}' have no closing ')'"],
	macroPaste: ["C0022", "error", "pasting '{0}' and '{1}' does not give a token"],
	macroHash: ["C0023", "error", "'#' in macro '{0}' must be followed by a parameter"],
	macroPasteEnd: ["C0024", "error", "'##' cannot be at either end of macro '{0}'"],
	conditionBad: ["C0025", "error", "bad #{0} expression: {1}"],
	conditionOpen: ["C0026", "error", "#{0} without #endif"],
	conditionStray: ["C0027", "error", "#{0} without #if"],
	conditionAfterElse: ["C0028", "error", "#{0} after #else"],
	userError: ["C0029", "error", "#error {0}"],
	userWarning: ["C0030", "warning", "#warning {0}"],
	extraTokens: ["C0031", "warning", "extra text after #{0}"],
	boardTwice: ["C0032", "error", "a second board '{0}': '{1}' is included already, and there can be one only"],
	expansionDepth: ["C0033", "error", "macro expansion gives more than {0} tokens"],
	lineForm: ["C0034", "error", "#line expects a line number and, perhaps, a file name in quotes"],
	// syntax
	expected: ["C0101", "error", "expected {0} {1}"],
	expectedExpression: ["C0102", "error", "expected an expression, found {0}"],
	expectedDeclaration: ["C0103", "error", "expected a declaration, found {0}"],
	expectedType: ["C0104", "error", "expected a type, found {0}"],
	unknownType: ["C0105", "error", "unknown type name '{0}'{1}"],
	expectedName: ["C0106", "error", "expected a name, found {0}"],
	bracesOpen: ["C0107", "error", "'}' expected before the end of the file to close the '{' of line {0}"],
	strayBrace: ["C0108", "error", "'}' closes nothing here"],
	nesting: ["C0109", "error", "nested deeper than the limit of {0}"],
	noDeclarator: ["C0110", "warning", "this declaration declares nothing"],
	specifiers: ["C0111", "error", "'{0}' cannot be combined with what stands before it in this declaration"],
	implicitInt: ["C0112", "error", "'{0}' has no type: a type is expected before it"],
	notC: ["C0113", "error", "{0}"],
	attributeUnsupported: ["C0114", "error", "attribute '{0}' would change behaviour and is not built into DMAscope"],
	moduleItem: ["C0115", "error", "{0} expects {1}"],
	elseStray: ["C0116", "error", "'else' without an 'if' before it"],
	statementOutside: ["C0117", "error", "a statement is expected inside a function: {0} cannot stand at the top level"],
	// names
	undeclared: ["C0201", "error", "'{0}' is not declared{1}"],
	notBuilt: ["C0202", "error", "'{0}' is not built into DMAscope's kernel, and no file defines it{1}"],
	redefined: ["C0203", "error", "'{0}' is defined already, at line {1}"],
	conflicting: ["C0204", "error", "'{0}' is declared as '{1}' here, but as '{2}' at line {3}"],
	wrongTag: ["C0205", "error", "'{0}' is no {1}: it was declared as another kind of tag"],
	noMember: ["C0206", "error", "'{0}' has no member '{1}'{2}"],
	duplicateMember: ["C0207", "error", "a second member '{0}'"],
	incomplete: ["C0208", "error", "'{0}' is not complete: its definition is not known here"],
	labelUndefined: ["C0209", "error", "label '{0}' is used but not defined in this function"],
	labelTwice: ["C0210", "error", "label '{0}' is defined already, at line {1}"],
	undefinedStatic: ["C0211", "error", "static function '{0}' is used but never defined"],
	voidVariable: ["C0212", "error", "'{0}' cannot be of type '{1}'"],
	aliasMissing: ["C0213", "error", "'{0}' is an alias of '{1}', which this file does not define"],
	// types
	operandTypes: ["C0301", "error", "operator '{0}' cannot work on '{1}' and '{2}'"],
	operandType: ["C0302", "error", "operator '{0}' cannot work on '{1}'"],
	notLvalue: ["C0303", "error", "{0} needs something that can be stored to (an lvalue)"],
	constStore: ["C0304", "error", "{0} is read-only"],
	incompatible: ["C0305", "error", "{0} needs '{1}', but this is '{2}'"],
	pointerRecords: ["C0342", "error", "{0} needs '{1}', but this is '{2}': incompatible pointer types"],
	pointerTypes: ["C0306", "warning", "{0} needs '{1}', but this is '{2}': incompatible pointer types"],
	pointerInteger: ["C0307", "warning", "{0} makes {1} without a cast ('{2}' from '{3}')"],
	discardsQualifiers: ["C0308", "warning", "{0} discards '{1}' of what is pointed to ('{2}' from '{3}')"],
	comparePointers: ["C0309", "warning", "comparison of different pointer types '{0}' and '{1}'"],
	comparePointerInteger: ["C0310", "warning", "comparison of pointer '{0}' and integer '{1}'"],
	notFunction: ["C0311", "error", "'{0}' is no function: its type is '{1}'"],
	argumentCount: ["C0312", "error", "'{0}' takes {1}, but {2} given"],
	notRecord: ["C0313", "error", "'.{0}' needs a struct or union, but this is '{1}'"],
	notRecordPointer: ["C0314", "error", "'->{0}' needs a pointer to a struct or union, but this is '{1}'"],
	arrowForDot: ["C0315", "error", "'{0}' is a pointer: '->' expected instead of '.'"],
	dotForArrow: ["C0316", "error", "'{0}' is no pointer: '.' expected instead of '->'"],
	notPointer: ["C0317", "error", "'*' needs a pointer, but this is '{0}'"],
	voidValue: ["C0318", "error", "a value is needed here, but this gives none (void)"],
	notScalar: ["C0319", "error", "{0} needs a number or a pointer, but this is '{1}'"],
	notInteger: ["C0320", "error", "{0} needs an integer, but this is '{1}'"],
	notConstant: ["C0321", "error", "{0} must be a constant"],
	badCast: ["C0322", "error", "'{0}' cannot be cast to '{1}'"],
	arraySize: ["C0323", "error", "{0}"],
	bitField: ["C0324", "error", "bit-field '{0}': {1}"],
	addressOf: ["C0325", "error", "the address of {0} cannot be taken"],
	initializer: ["C0326", "error", "{0}"],
	excessInitializers: ["C0327", "warning", "more initialisers than '{0}' has room for"],
	staticAssert: ["C0328", "error", "static assertion failed{0}"],
	duplicateCase: ["C0329", "error", "a second 'case {0}' in this switch; the first is at line {1}"],
	emptyRange: ["C0330", "warning", "empty case range: {0} is greater than {1}"],
	outside: ["C0331", "error", "'{0}' outside {1}"],
	returnValue: ["C0332", "error", "{0}"],
	functionReturns: ["C0333", "error", "a function cannot return '{0}'"],
	divisionByZero: ["C0334", "warning", "division by zero"],
	shiftCount: ["C0335", "warning", "shift by {0}, but '{1}' has {2} bits"],
	overflow: ["C0336", "warning", "the value {0} does not fit in '{1}': it becomes {2}"],
	generic: ["C0337", "error", "no association of _Generic fits '{0}'"],
	voidPointerArithmetic: ["C0338", "error", "arithmetic on '{0}', whose size is not known"],
	builtin: ["C0339", "error", "{0}: {1}"],
	typeTooLarge: ["C0341", "error", "'{0}' is larger than the limit of 256 MB"],
	// warnings as -Wall gives them
	noReturn: ["C0401", "warning", "'{0}' can reach its end without returning a value"],
	unusedVariable: ["C0402", "warning", "'{0}' is never used"],
	unusedFunction: ["C0403", "warning", "static function '{0}' is never used"],
	unusedLabel: ["C0404", "warning", "label '{0}' is never used"],
	unusedValue: ["C0405", "warning", "this statement has no effect"],
	assignCondition: [
		"C0406",
		"warning",
		"assignment used as a condition; '==' meant? (otherwise put it in parentheses)",
	],
	returnLocal: ["C0408", "warning", "this returns the address of local variable '{0}'"],
} as const satisfies Record<string, readonly [string, Severity, string]>;

export type MessageName = keyof typeof CATALOGUE;

/** Where a diagnostic about a place is shown: at the token itself when the user wrote it there (also as a macro argument). */
function shown(place: Place): Place {
	const spelled = place.spelled;
	if (!spelled) return place;
	const after = spelled.line > place.line || (spelled.line === place.line && spelled.column >= place.column);
	return spelled.file === place.file && after ? spelled : place;
}

/** Collects diagnostics of one compilation; the same message at the same place is kept once. */
export class Diagnostics {
	readonly list: Diagnostic[] = [];
	errors = 0;
	private seen = new Set<string>();
	/** `files` is the table that `Place.file` indexes; it may grow. */
	constructor(
		readonly files: readonly string[],
		private readonly limit = 200,
	) {}

	/** `fix` replaces the place's own text by default, or is inserted after it. */
	report(
		name: MessageName,
		place: Place,
		values: readonly (string | number | bigint)[] = [],
		fix?: { title: string; text: string; after?: boolean },
	): void {
		const [code, severity, template] = CATALOGUE[name];
		if (severity === "error") this.errors++;
		if (this.list.length >= this.limit) return;
		const at = shown(place);
		const message = template.replace(/\{(\d)\}/g, (_, i: string) => String(values[Number(i)] ?? ""));
		const key = `${at.file}:${at.line}:${at.column}:${severity === "error" && code >= "C0100" && code < "C0200" ? "syntax" : message}`;
		if (this.seen.has(key)) return;
		this.seen.add(key);
		const endColumn = at.column + at.length;
		const diagnostic: Diagnostic = {
			code,
			severity,
			message,
			file: this.files[at.file] ?? "",
			line: at.line,
			column: at.column,
			endLine: at.line,
			endColumn,
		};
		const notes: string[] = [];
		for (let use = place.macro; use; use = use.parent) notes.push(`in expansion of macro '${use.name}'`);
		if (notes.length > 0) diagnostic.notes = notes;
		if (fix && !place.macro) {
			diagnostic.fix = {
				title: fix.title,
				text: fix.text,
				line: at.line,
				column: fix.after ? endColumn : at.column,
				endLine: at.line,
				endColumn,
			};
		}
		this.list.push(diagnostic);
	}
}

/** The candidate nearest to a misspelt name (at most a third of its letters wrong), or null. */
export function nearest(name: string, candidates: Iterable<string>): string | null {
	const limit = Math.max(1, Math.floor(name.length / 3));
	let best: string | null = null;
	let bestDistance = limit + 1;
	for (const candidate of candidates) {
		if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
		const d = distance(name, candidate, bestDistance);
		if (d < bestDistance || (d === bestDistance && best !== null && candidate < best && d <= limit)) {
			best = candidate;
			bestDistance = d;
		}
	}
	return best;
}

/** Edits (insert, delete, replace, swap neighbours) from a to b; stops counting at `limit`. */
function distance(a: string, b: string, limit: number): number {
	let before: number[] = [];
	let row = Array.from({ length: b.length + 1 }, (_, i) => i);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		let smallest = i;
		for (let j = 1; j <= b.length; j++) {
			const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
			let d = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1));
			if (
				i > 1 &&
				j > 1 &&
				a.charCodeAt(i - 1) === b.charCodeAt(j - 2) &&
				a.charCodeAt(i - 2) === b.charCodeAt(j - 1)
			) {
				d = Math.min(d, before[j - 2]! + 1);
			}
			next.push(d);
			if (d < smallest) smallest = d;
		}
		if (smallest > limit) return limit + 1;
		before = row;
		row = next;
	}
	return row[b.length]!;
}
