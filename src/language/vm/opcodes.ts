/**
 * The instruction set. An instruction is an opcode word and its operand words in an Int32Array. Register operands
 * are slots relative to the frame's base; "pair" operands name the low slot. Branch displacements are relative to the
 * instruction's own pc, so that code needs no relocation for its jumps. "d" is the destination.
 */
export enum Op {
	Nop = 0,
	/** d, s */
	Mov,
	Mov64,
	/** d, imm */
	Li,
	/** d, lo, hi */
	Li64,
	/** d, s: extensions to 64 bits and from narrow types */
	Sx,
	Zx,
	Sx8,
	Zx8,
	Sx16,
	Zx16,
	/** d, s: d = s != 0 */
	Bool,
	Bool64,
	/** d, s: d = s == 0 */
	Lnot,
	Lnot64,
	Neg,
	Not,
	Neg64,
	Not64,

	/** d, a, b: 32 bits */
	Add,
	Sub,
	Mul,
	DivS,
	DivU,
	ModS,
	ModU,
	And,
	Or,
	Xor,
	Shl,
	Shr,
	Sar,
	/** d, a, imm */
	AddI,
	MulI,
	AndI,
	OrI,
	XorI,
	ShlI,
	ShrI,
	SarI,

	/** d, a, b: 64 bits (shift counts are 32-bit registers) */
	Add64,
	Sub64,
	Mul64,
	DivS64,
	DivU64,
	ModS64,
	ModU64,
	And64,
	Or64,
	Xor64,
	Shl64,
	Shr64,
	Sar64,
	/** d, a, imm (sign-extended) */
	AddI64,
	AndI64,
	OrI64,
	ShlI64,
	ShrI64,
	SarI64,
	/** d, a (pair), i (s32 register), scale: d = a + i * scale; LeaXU takes i as u32 */
	LeaX,
	LeaXU,

	/** d, a, b: d = a OP b */
	Seq,
	Sne,
	Slt,
	Sle,
	SltU,
	SleU,
	Seq64,
	Sne64,
	Slt64,
	Sle64,
	SltU64,
	SleU64,

	/** displacement */
	Jmp,
	/** a, displacement */
	Bz,
	Bnz,
	Bz64,
	Bnz64,
	/** a, b, displacement */
	Beq,
	Bne,
	Blt,
	Ble,
	BltU,
	BleU,
	/** a, imm, displacement */
	BeqI,
	BneI,
	BltI,
	BleI,
	BgtI,
	BgeI,
	BltUI,
	BleUI,
	BgtUI,
	BgeUI,
	/** a, b, displacement: 64 bits */
	Beq64,
	Bne64,
	Blt64,
	Ble64,
	BltU64,
	BleU64,
	/** a, lowest, count, default displacement, count displacements: 32-bit jump table */
	Switch,

	/** d, address (pair), displacement in bytes */
	Ld8U,
	Ld8S,
	Ld16U,
	Ld16S,
	Ld32,
	Ld64,
	/** value, address (pair), displacement in bytes */
	St8,
	St16,
	St32,
	St64,
	/** d, address (pair), index (s32 register): element of the access's size */
	Ld8UX,
	Ld32X,
	/** value, address (pair), index */
	St8X,
	St32X,
	/** d, offset: address of a local in the frame's memory */
	Lea,
	/** d or value, offset: a local in the frame's memory */
	LdL32,
	LdL64,
	StL32,
	StL64,
	/** destination address (pair), source address (pair), bytes */
	Copy,
	/** address (pair), bytes */
	Zero,

	/** function index, argument window slot, argument count */
	Call,
	/** function address (pair), argument window slot, argument count */
	CallI,
	Ret,
	/** s: result sign- or zero-extended, or a pair */
	RetS,
	RetU,
	Ret64,
	/** d: address of the variable arguments */
	VaStart,
	/** FaultKind */
	Trap,
	/** d, s, BitOperation (| WIDE for a 64-bit operand) */
	Bits,
	/** d (flag, then a spare word, then the result pair), left pair, right pair, descriptor (see overflow) */
	Overflow,
	/** d: address of the calling function */
	Caller,
	/** Ends an expression of the debugger: leaves `run` with Exit.HostReturn, result pair in slot s. */
	Done,
}

/** Flag in an opcode word: the first instruction of a statement. */
export const STATEMENT = 0x100;
/** Flag in an opcode word (with STATEMENT but at a function's entry marker): a breakpoint is set here. */
export const BREAKPOINT = 0x200;
export const OP_MASK = 0xff;

/** Virtual time of one statement, in ps (machine.md, Time). */
export const STATEMENT_PS = 20_000;

/** Where functions appear in the address space: function i is at TEXT_BASE + 16 * i. */
export const TEXT_OFFSET = 0x70000000;

/** Operand of Op.Bits. */
export enum BitOperation {
	Clz = 0,
	Ctz,
	Ffs,
	Popcount,
	Parity,
	Clrsb,
	Bswap16,
	Bswap32,
	Bswap64,
	Wide = 16,
}
