/** What the CPU did wrong. */
export enum FaultKind {
	None = 0,
	/** Nothing is mapped at the address (NULL and wild pointers included). */
	Unmapped = 1,
	/** An access to device memory that is not naturally aligned. */
	Misaligned = 2,
	/** A write to read-only memory (string literals). */
	ReadOnly = 3,
	/** A call through a pointer that is no function's address. */
	BadCall = 4,
	/** The kernel stack is full. */
	StackOverflow = 5,
	/** A kernel-side BUG(): thrown by host functions. */
	Bug = 6,
	/** The bus answered an access of the CPU with an error. */
	Bus = 7,
}

/**
 * Thrown by memory accessors and host functions when an access cannot be done; the interpreter turns it
 * into Exit.Fault at the instruction that ran. `address` is a signed 64-bit pointer as a number.
 */
export class MemoryFault extends Error {
	readonly address: number;
	readonly size: number;
	readonly write: boolean;
	readonly kind: FaultKind;

	constructor(address: number, size: number, write: boolean, kind: FaultKind = FaultKind.Unmapped) {
		super(`${FaultKind[kind]} ${write ? "write" : "read"} of ${size} bytes at ${formatPointer(address)}`);
		this.address = address;
		this.size = size;
		this.write = write;
		this.kind = kind;
	}
}

/** A pointer as the kernel prints it: 16 hexadecimal digits, of its two's complement. */
export function formatPointer(address: number): string {
	return BigInt.asUintN(64, BigInt(Math.trunc(address)))
		.toString(16)
		.padStart(16, "0");
}
