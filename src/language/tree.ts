/**
 * The checked tree: what the checker hands to code generation. STABLE; changes are listed here:
 *   1: first version.
 *   1a (note): a packed bit-field may have no unit inside the record (5-byte record, 29 bits from bit 4): its `unit` bytes
 *      then reach past the end of the record; the bytes there must be kept as they are.
 *   1b (note): functions of the kernel's C text (static inline in the headers) that a unit reaches are in its `functions`
 *      with `kernelText` true, the kernel's own C statics in its `globals`; both are shared objects between units.
 *
 * Two families of expression nodes:
 *   `LValue`     names an object in memory or a register variable; yields a place, never a value.
 *   `Expression` yields a value. `load` turns an LValue into its value (lvalue conversion is always explicit).
 * After checking
 *   - every implicit conversion is a `cast`; operands of `binary` and `compare` have the same type (shifts: the right
 *     operand has its own promoted type; the machine may mask it);
 *   - arrays and functions used as values are `decay`; `a[i]`, `*p`, `p->m` are `deref`/`member` of `pointer-add`;
 *   - sizeof, offsetof, enumeration constants and constant arithmetic are `constant`;
 *   - anonymous members are resolved: `member.offset` counts from the start of `object`.
 * A value of record type is produced by load, call, assign, conditional, comma, statement-expression, va-arg.
 */
import type { Place } from "./source";
import type { BitField, CType, FunctionType, IntType, Member } from "./types";

// ---------------------------------------------------------------- symbols

export type Storage =
	/** automatic: local variable or parameter */
	| "local"
	| "parameter"
	/** defined in this unit, seen by it only: file-scope or function-scope `static`, and hidden objects */
	| "static"
	/** defined in this unit, visible to others through EXPORT_SYMBOL */
	| "global"
	/** defined elsewhere: the kernel (`kernel` true) or another module */
	| "extern";

export interface VariableSymbol {
	readonly kind: "variable";
	readonly name: string;
	/** complete after checking (array length from the initialiser); with its qualifiers */
	type: CType;
	storage: Storage;
	/** true for a local whose address is taken, that is no scalar, or is volatile: it lives in memory, not in registers */
	inMemory: boolean;
	/** declared by the kernel */
	kernel: boolean;
	/** bytes; at least alignOf(type), more with __attribute__((aligned)) */
	align: number;
	/** function to call with the variable's address when its scope ends */
	cleanup: FunctionSymbol | null;
	/** the function whose static or local it is, null at file scope */
	owner: string | null;
	readonly place: Place;
	/** used at all (for warnings) */
	used: boolean;
	weak: boolean;
	/** name of the symbol that this one is another name of, or null */
	aliasOf: string | null;
}

export interface FunctionSymbol {
	readonly kind: "function";
	readonly name: string;
	type: FunctionType;
	/** built in: implemented by the kernel, called by name */
	kernel: boolean;
	/** "static" or "global" when defined in this unit, else "extern" */
	storage: "static" | "global" | "extern";
	inline: boolean;
	weak: boolean;
	aliasOf: string | null;
	noreturn: boolean;
	/** the body, null for the kernel's and for other modules' functions */
	definition: FunctionDefinition | null;
	place: Place;
	used: boolean;
}

export interface LabelSymbol {
	readonly name: string;
	defined: boolean;
	used: boolean;
	place: Place;
}

// ---------------------------------------------------------------- lvalues

export type LValue =
	| VariableLValue
	| DerefLValue
	| MemberLValue
	| StringLValue
	| CompoundLiteralLValue
	| TemporaryLValue;

interface Node {
	readonly type: CType;
	readonly place: Place;
}

export interface VariableLValue extends Node {
	readonly kind: "variable";
	readonly symbol: VariableSymbol;
}
/** The object at an address; `type` may be void or a function only under `address` or `decay`. */
export interface DerefLValue extends Node {
	readonly kind: "deref";
	readonly pointer: Expression;
}
export interface MemberLValue extends Node {
	readonly kind: "member";
	readonly object: LValue;
	readonly member: Member;
	/** bytes from the start of `object` (of the storage unit for a bit-field) */
	readonly offset: number;
	readonly bitField: BitField | null;
}
/** A string literal: an array with its terminating zero; read-only. */
export interface StringLValue extends Node {
	readonly kind: "string";
	readonly bytes: Uint8Array;
}
/** `(T){…}` in a function: initialises the hidden local each time it is evaluated. At file scope it is a `variable`. */
export interface CompoundLiteralLValue extends Node {
	readonly kind: "compound-literal";
	readonly symbol: VariableSymbol;
	readonly initializer: Initializer;
}
/** A record value put into memory so that a member of it can be named: `f().m`. */
export interface TemporaryLValue extends Node {
	readonly kind: "temporary";
	readonly value: Expression;
}

// ---------------------------------------------------------------- values

export type Expression =
	| ConstantExpression
	| AddressConstantExpression
	| LoadExpression
	| AddressExpression
	| DecayExpression
	| FunctionExpression
	| UnaryExpression
	| BinaryExpression
	| CompareExpression
	| LogicalExpression
	| ConditionalExpression
	| ElvisExpression
	| CommaExpression
	| PointerAddExpression
	| PointerDifferenceExpression
	| AssignExpression
	| CompoundAssignExpression
	| IncrementExpression
	| CastExpression
	| CallExpression
	| StatementExpression
	| BitExpression
	| OverflowExpression
	| VaStartExpression
	| VaArgExpression
	| TrapExpression
	| CallerExpression;

/** An integer, enumeration or pointer constant; `value` is in the range of the type (pointers unsigned). */
export interface ConstantExpression extends Node {
	readonly kind: "constant";
	readonly value: bigint;
}
/** Only in static initialisers: the address of `base` plus `offset` bytes. */
export interface AddressConstantExpression extends Node {
	readonly kind: "address-constant";
	readonly base: VariableSymbol | FunctionSymbol | StringLValue;
	readonly offset: number;
}
export interface LoadExpression extends Node {
	readonly kind: "load";
	readonly operand: LValue;
}
/** `&lvalue` */
export interface AddressExpression extends Node {
	readonly kind: "address";
	readonly operand: LValue;
}
/** An array as the pointer to its first element. */
export interface DecayExpression extends Node {
	readonly kind: "decay";
	readonly operand: LValue;
}
/** A function's address (`f` or `&f`). */
export interface FunctionExpression extends Node {
	readonly kind: "function";
	readonly symbol: FunctionSymbol;
}
/** `-` and `~` on a promoted integer; `!` on any scalar, giving int. */
export interface UnaryExpression extends Node {
	readonly kind: "unary";
	readonly operator: "-" | "~" | "!";
	readonly operand: Expression;
}
export type BinaryOperator = "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>";
/** Integer arithmetic in `type`; signedness is that of `type`. */
export interface BinaryExpression extends Node {
	readonly kind: "binary";
	readonly operator: BinaryOperator;
	readonly left: Expression;
	readonly right: Expression;
}
export type CompareOperator = "==" | "!=" | "<" | ">" | "<=" | ">=";
/** Both operands have one scalar type, whose signedness counts; gives int. */
export interface CompareExpression extends Node {
	readonly kind: "compare";
	readonly operator: CompareOperator;
	readonly left: Expression;
	readonly right: Expression;
}
/** Short-circuit on scalars; gives int. */
export interface LogicalExpression extends Node {
	readonly kind: "logical";
	readonly operator: "&&" | "||";
	readonly left: Expression;
	readonly right: Expression;
}
/** `type` may be void or a record. */
export interface ConditionalExpression extends Node {
	readonly kind: "conditional";
	readonly condition: Expression;
	readonly then: Expression;
	readonly otherwise: Expression;
}
/** `a ?: b`: `value` (already converted to `type`) when not zero, evaluated once. */
export interface ElvisExpression extends Node {
	readonly kind: "elvis";
	readonly value: Expression;
	readonly otherwise: Expression;
}
export interface CommaExpression extends Node {
	readonly kind: "comma";
	readonly left: Expression;
	readonly right: Expression;
}
/** pointer ± index × scale; `index` is a 64-bit integer (long or unsigned long). */
export interface PointerAddExpression extends Node {
	readonly kind: "pointer-add";
	readonly pointer: Expression;
	readonly index: Expression;
	readonly scale: number;
	readonly subtract: boolean;
}
/** (left − right) / scale, a long. */
export interface PointerDifferenceExpression extends Node {
	readonly kind: "pointer-difference";
	readonly left: Expression;
	readonly right: Expression;
	readonly scale: number;
}
/** `value` has the target's type; records are copied. The result is the value as stored (bit-fields truncated). */
export interface AssignExpression extends Node {
	readonly kind: "assign";
	readonly target: LValue;
	readonly value: Expression;
}
/**
 * `target op= value`: load target once, cast to `computation`, operate, cast back, store. For pointers (`scale` > 0)
 * operator is + or -, `value` a 64-bit integer, and `computation` the pointer type; else `scale` is 0 and `value` has
 * type `computation` (shifts: its own promoted type).
 */
export interface CompoundAssignExpression extends Node {
	readonly kind: "compound-assign";
	readonly operator: BinaryOperator;
	readonly target: LValue;
	readonly value: Expression;
	readonly computation: CType;
	readonly scale: number;
}
/** `++`/`--`; `delta` is ±1 for integers, ± the size of what a pointer points to. `++` on a _Bool gives 1, `--` inverts. */
export interface IncrementExpression extends Node {
	readonly kind: "increment";
	readonly target: LValue;
	readonly delta: number;
	readonly prefix: boolean;
}
/** Conversion of a scalar to the scalar `type` (to _Bool: ≠ 0), or of anything to void. */
export interface CastExpression extends Node {
	readonly kind: "cast";
	readonly operand: Expression;
}
/**
 * `callee` is a `function` node for a direct call. Arguments are converted to the parameters' types; those of the
 * variable part (from `fixed` on) are promoted. `type` may be void or a record.
 */
export interface CallExpression extends Node {
	readonly kind: "call";
	readonly callee: Expression;
	readonly signature: FunctionType;
	readonly arguments: readonly Expression[];
	readonly fixed: number;
}
/** `({ …; result; })`; `result` is evaluated after `body.statements` and before `body.cleanups`. null: void. */
export interface StatementExpression extends Node {
	readonly kind: "statement-expression";
	readonly body: BlockStatement;
	readonly result: Expression | null;
}
/** __builtin_clz/ctz/ffs/popcount/parity/clrsb (operand 32 or 64 bit, gives int), bswap (operand 16, 32, 64 bit, same type). */
export interface BitExpression extends Node {
	readonly kind: "bit";
	readonly operation: "clz" | "ctz" | "ffs" | "popcount" | "parity" | "clrsb" | "bswap";
	readonly operand: Expression;
}
/** __builtin_{add,sub,mul}_overflow: exact result of operands of any integer type, stored in *result; true when it did not fit. */
export interface OverflowExpression extends Node {
	readonly kind: "overflow";
	readonly operator: "+" | "-" | "*";
	readonly left: Expression;
	readonly right: Expression;
	/** pointer to an integer object of type `resultType` */
	readonly result: Expression;
	readonly resultType: IntType;
}
/**
 * va_list is the record `struct __va_list { void *next; unsigned long left; }`: address of the next 8-byte slot of the
 * variable arguments in memory, and how many are left. va_copy is an `assign`, va_end a constant.
 */
export interface VaStartExpression extends Node {
	readonly kind: "va-start";
	readonly list: LValue;
}
/** The next variable argument as `type` (a record: the slot holds its address). */
export interface VaArgExpression extends Node {
	readonly kind: "va-arg";
	readonly list: LValue;
}
/** __builtin_unreachable, __builtin_trap: an oops when reached. */
export interface TrapExpression extends Node {
	readonly kind: "trap";
}
/** __builtin_return_address(0) (`_RET_IP_`), __builtin_frame_address(0). */
export interface CallerExpression extends Node {
	readonly kind: "caller";
	readonly what: "return-address" | "frame-address";
}

// ---------------------------------------------------------------- initialisers

/**
 * Flattened: zero the whole object first when `zero`, then store the items in order (later ones may overwrite earlier).
 * In static initialisers every value is a `constant` or `address-constant`, or `bytes` is set.
 */
export interface Initializer {
	readonly zero: boolean;
	readonly items: readonly InitializerItem[];
}
export interface InitializerItem {
	/** bytes from the start of the object (of the storage unit for a bit-field) */
	readonly offset: number;
	readonly type: CType;
	readonly bitField: BitField | null;
	/** stored at offset, offset + stride, …, `count` times, for `[a ... b] =`; evaluated once. Else 1 and 0 */
	readonly count: number;
	readonly stride: number;
	readonly value: Expression | null;
	/** a string for a character array: these bytes, `value` is null */
	readonly bytes: Uint8Array | null;
}

// ---------------------------------------------------------------- statements

export type Statement =
	| ExpressionStatement
	| BlockStatement
	| DeclareStatement
	| IfStatement
	| WhileStatement
	| DoStatement
	| ForStatement
	| SwitchStatement
	| CaseStatement
	| LabelStatement
	| BreakStatement
	| ContinueStatement
	| GotoStatement
	| ReturnStatement
	| EmptyStatement;

/** `place` is that of the statement's first token, at the outermost macro use. */
interface StatementBase {
	readonly place: Place;
}
export interface ExpressionStatement extends StatementBase {
	readonly kind: "expression";
	readonly expression: Expression;
}
/** `cleanups`: variables whose cleanup function runs when the end is reached, in this order. */
export interface BlockStatement extends StatementBase {
	readonly kind: "block";
	readonly statements: Statement[];
	/** the locals declared right here (not in inner blocks) */
	readonly locals: VariableSymbol[];
	readonly cleanups: VariableSymbol[];
	readonly end: Place;
}
/** A local variable comes to life; null: not initialised. Statics do not appear here but in `CheckedUnit.globals`. */
export interface DeclareStatement extends StatementBase {
	readonly kind: "declare";
	readonly symbol: VariableSymbol;
	readonly initializer: Initializer | null;
}
export interface IfStatement extends StatementBase {
	readonly kind: "if";
	readonly condition: Expression;
	readonly then: Statement;
	readonly otherwise: Statement | null;
}
export interface WhileStatement extends StatementBase {
	readonly kind: "while";
	readonly condition: Expression;
	readonly body: Statement;
}
export interface DoStatement extends StatementBase {
	readonly kind: "do";
	readonly body: Statement;
	readonly condition: Expression;
}
/** The whole loop is wrapped in a block when `for` declares variables. */
export interface ForStatement extends StatementBase {
	readonly kind: "for";
	readonly init: Statement[];
	readonly condition: Expression | null;
	readonly step: Expression | null;
	readonly body: Statement;
}
/** `cases` are the case statements anywhere in `body` that belong to this switch, `low`..`high` inclusive. */
export interface SwitchStatement extends StatementBase {
	readonly kind: "switch";
	/** promoted integer */
	readonly value: Expression;
	readonly body: Statement;
	readonly cases: CaseStatement[];
	readonly fallback: CaseStatement | null;
}
/** A label inside the body of a switch; the statement after it follows as its sibling. Default: low and high are null. */
export interface CaseStatement extends StatementBase {
	readonly kind: "case";
	readonly low: bigint | null;
	readonly high: bigint | null;
}
/** A goto label; the statement after it follows as its sibling. */
export interface LabelStatement extends StatementBase {
	readonly kind: "label";
	readonly label: LabelSymbol;
}
export interface BreakStatement extends StatementBase {
	readonly kind: "break";
	readonly cleanups: VariableSymbol[];
}
export interface ContinueStatement extends StatementBase {
	readonly kind: "continue";
	readonly cleanups: VariableSymbol[];
}
export interface GotoStatement extends StatementBase {
	readonly kind: "goto";
	readonly label: LabelSymbol;
	readonly cleanups: VariableSymbol[];
}
/** `value` is evaluated before the cleanups run; it has the function's result type. */
export interface ReturnStatement extends StatementBase {
	readonly kind: "return";
	readonly value: Expression | null;
	readonly cleanups: VariableSymbol[];
}
export interface EmptyStatement extends StatementBase {
	readonly kind: "empty";
}

// ---------------------------------------------------------------- the unit

export interface FunctionDefinition {
	readonly symbol: FunctionSymbol;
	readonly parameters: VariableSymbol[];
	readonly body: BlockStatement;
	readonly place: Place;
	/** closing brace */
	readonly end: Place;
	/** every local and hidden object, parameters first, in order of declaration */
	readonly locals: VariableSymbol[];
	/** from the kernel's declarations: no breakpoints, stepping goes through */
	readonly kernelText: boolean;
}

/** An object with static storage defined in this unit (also function-scope statics and hidden literals). */
export interface GlobalVariable {
	readonly symbol: VariableSymbol;
	/** null: all zero */
	initializer: Initializer | null;
}

export type ModuleItem = { readonly place: Place } & (
	| { readonly kind: "init"; readonly level: number; readonly function: FunctionSymbol }
	| { readonly kind: "exit"; readonly function: FunctionSymbol }
	/** module_platform_driver(d), builtin_platform_driver(d) */
	| { readonly kind: "platform-driver"; readonly driver: VariableSymbol }
	/**
	 * `type` is the word in the macro (int, uint, bool, charp, string, …). `variable` null and `ops` set for module_param_cb;
	 * `string` has its buffer's length in bytes, `array` its element count variable.
	 */
	| {
			readonly kind: "param";
			readonly name: string;
			readonly type: string;
			readonly variable: VariableSymbol | null;
			/** bytes from the start of the variable */
			readonly offset: number;
			readonly length: number;
			readonly count: VariableSymbol | null;
			readonly ops: VariableSymbol | null;
			readonly perm: number;
	  }
	/** MODULE_LICENSE, _AUTHOR, _DESCRIPTION, _ALIAS, _VERSION, _PARM_DESC ("name:text"), _DEVICE_TABLE ("of:symbol") … */
	| { readonly kind: "info"; readonly tag: string; readonly text: string }
	| { readonly kind: "export"; readonly symbol: FunctionSymbol | VariableSymbol; readonly gpl: boolean }
	| { readonly kind: "kunit-suites"; readonly suites: VariableSymbol[] }
	| { readonly kind: "sim-module"; readonly file: string; readonly params: string }
	| { readonly kind: "sim-rules"; readonly text: string }
);

/** A name used but defined neither here nor by the kernel: another module's, or a link error. */
export interface UndefinedSymbol {
	readonly symbol: FunctionSymbol | VariableSymbol;
	readonly place: Place;
}

export interface CheckedUnit {
	/** `Place.file` indexes it; 0 is the kernel's own text */
	readonly files: readonly string[];
	readonly functions: FunctionDefinition[];
	readonly globals: GlobalVariable[];
	/** in file order */
	readonly items: ModuleItem[];
	readonly undefinedSymbols: UndefinedSymbol[];
	/** file-scope names for the debugger */
	readonly scope: UnitScope;
}

/** File-scope names: the unit's own, then the kernel's. Plain tables; typedefs and tags for casts in expressions. */
export interface UnitScope {
	readonly ordinary: ReadonlyMap<string, OrdinaryName>;
	readonly tags: ReadonlyMap<string, CType>;
	readonly parent: UnitScope | null;
}
export type OrdinaryName =
	| VariableSymbol
	| FunctionSymbol
	| { readonly kind: "typedef"; readonly name: string; readonly type: CType; readonly place: Place }
	| {
			readonly kind: "enum-constant";
			readonly name: string;
			readonly type: IntType;
			readonly value: bigint;
			readonly place: Place;
	  };
