/** Device memory as drivers reach it: readl and its relatives. The bus charges 100 ns a read and 50 ns a write. */
import { type KernelFunction, type PlainImplementation, plain } from "../functions";
import type { Kernel } from "../kernel";

/** A 32-bit register. Throws MemoryFault where nothing answers. */
export function readl(k: Kernel, address: number): number {
	return k.space.r32(address);
}
export function writel(k: Kernel, value: number, address: number): void {
	k.space.w32(address, value);
}
export function readb(k: Kernel, address: number): number {
	return k.space.r8(address);
}
export function writeb(k: Kernel, value: number, address: number): void {
	k.space.w8(address, value);
}
function readw(k: Kernel, address: number): number {
	return k.space.r16(address);
}
function writew(k: Kernel, value: number, address: number): void {
	k.space.w16(address, value);
}

/** Two halves, the lower first. */
function readq(k: Kernel, address: number): bigint {
	const low = k.space.r32(address);
	return BigInt(low) | (BigInt(k.space.r32(address + 4)) << 32n);
}

const swap16 = (v: number): number => ((v & 0xff) << 8) | ((v >> 8) & 0xff);
const swap32 = (v: number): number => ((swap16(v) << 16) | swap16(v >>> 16)) >>> 0;

const READS: readonly (readonly [string, string, (k: Kernel, a: number) => number])[] = [
	["readb", "u8", readb],
	["readw", "u16", readw],
	["readl", "u32", readl],
	["readb_relaxed", "u8", readb],
	["readw_relaxed", "u16", readw],
	["readl_relaxed", "u32", readl],
	["__raw_readb", "u8", readb],
	["__raw_readw", "u16", readw],
	["__raw_readl", "u32", readl],
	["ioread8", "unsigned int", readb],
	["ioread16", "unsigned int", readw],
	["ioread32", "unsigned int", readl],
	["ioread16be", "unsigned int", (k, a) => swap16(readw(k, a))],
	["ioread32be", "unsigned int", (k, a) => swap32(readl(k, a))],
];
const WRITES: readonly (readonly [string, string, (k: Kernel, v: number, a: number) => void])[] = [
	["writeb", "u8", writeb],
	["writew", "u16", writew],
	["writel", "u32", writel],
	["writeb_relaxed", "u8", writeb],
	["writew_relaxed", "u16", writew],
	["writel_relaxed", "u32", writel],
	["__raw_writeb", "u8", writeb],
	["__raw_writew", "u16", writew],
	["__raw_writel", "u32", writel],
	["iowrite8", "u8", writeb],
	["iowrite16", "u16", writew],
	["iowrite32", "u32", writel],
	["iowrite16be", "u16", (k, v, a) => writew(k, swap16(v), a)],
	["iowrite32be", "u32", (k, v, a) => writel(k, swap32(v), a)],
];

function table(): Record<string, PlainImplementation> {
	const result: Record<string, PlainImplementation> = {};
	for (const [name, type, run] of READS)
		result[`${type} ${name}(const volatile void __iomem *addr)`] = (k, address) => run(k, address!);
	for (const [name, type, run] of WRITES)
		result[`void ${name}(${type} value, volatile void __iomem *addr)`] = (k, value, address) =>
			run(k, value!, address!);
	for (const name of [
		"readq",
		"readq_relaxed",
		"__raw_readq",
		"lo_hi_readq",
		"lo_hi_readq_relaxed",
		"ioread64",
		"ioread64_lo_hi",
	])
		result[`u64 ${name}(const volatile void __iomem *addr)`] = (k, address) => readq(k, address!);
	for (const name of ["hi_lo_readq", "hi_lo_readq_relaxed", "ioread64_hi_lo"])
		result[`u64 ${name}(const volatile void __iomem *addr)`] = (k, address) => {
			const high = k.space.r32(address! + 4);
			return BigInt(k.space.r32(address!)) | (BigInt(high) << 32n);
		};
	return result;
}

/** Registers in a row, or one register again and again (`stride` 0). */
function copyIo(
	k: Kernel,
	io: number,
	memory: number,
	count: number,
	size: number,
	stride: number,
	read: boolean,
): void {
	const from = read ? io : memory;
	const to = read ? memory : io;
	for (let i = 0; i < count; i++) {
		const source = from + i * (read ? stride : size);
		const target = to + i * (read ? size : stride);
		if (size === 4) k.space.w32(target, k.space.r32(source));
		else if (size === 2) k.space.w16(target, k.space.r16(source));
		else k.space.w8(target, k.space.r8(source));
	}
}

/** memcpy_fromio and memcpy_toio: bytes to the first word boundary, words, bytes. */
function copyBlock(k: Kernel, to: number, from: number, count: number, io: number): void {
	let done = 0;
	while (done < count) {
		const wordwise = (io + done) % 4 === 0 && count - done >= 4;
		if (wordwise) k.space.w32(to + done, k.space.r32(from + done));
		else k.space.w8(to + done, k.space.r8(from + done));
		done += wordwise ? 4 : 1;
	}
}

const SIZES = [
	["b", "8", 1],
	["w", "16", 2],
	["l", "32", 4],
] as const;

function repeated(): Record<string, PlainImplementation> {
	const result: Record<string, PlainImplementation> = {};
	for (const [letter, bits, size] of SIZES) {
		const read: PlainImplementation = (k, io, buffer, count) => copyIo(k, io!, buffer!, count!, size, 0, true);
		const write: PlainImplementation = (k, io, buffer, count) => copyIo(k, io!, buffer!, count!, size, 0, false);
		result[`void reads${letter}(const volatile void __iomem *addr, void *buffer, unsigned int count)`] = read;
		result[`void writes${letter}(volatile void __iomem *addr, const void *buffer, unsigned int count)`] = write;
		result[`void ioread${bits}_rep(const void __iomem *port, void *buf, unsigned long count)`] = read;
		result[`void iowrite${bits}_rep(void __iomem *port, const void *buf, unsigned long count)`] = write;
	}
	return result;
}

export const ioAccessFunctions: KernelFunction[] = plain(
	{
		...table(),
		...repeated(),
		"void __writeq_halves(u32 low, u32 high, volatile void __iomem *addr)": (k, low, high, address) => {
			k.space.w32(address!, low!);
			k.space.w32(address! + 4, high!);
		},
		"void __writeq_halves_high_first(u32 low, u32 high, volatile void __iomem *addr)": (k, low, high, address) => {
			k.space.w32(address! + 4, high!);
			k.space.w32(address!, low!);
		},
		"void memcpy_fromio(void *to, const volatile void __iomem *from, size_t count)": (k, to, from, n) =>
			copyBlock(k, to!, from!, n!, from!),
		"void memcpy_toio(volatile void __iomem *to, const void *from, size_t count)": (k, to, from, n) =>
			copyBlock(k, to!, from!, n!, to!),
		"void memset_io(volatile void __iomem *dst, int c, size_t count)": (k, to, c, n) => {
			const word = (c! & 0xff) * 0x01010101;
			for (let done = 0; done < n!; ) {
				const wordwise = (to! + done) % 4 === 0 && n! - done >= 4;
				if (wordwise) k.space.w32(to! + done, word);
				else k.space.w8(to! + done, c!);
				done += wordwise ? 4 : 1;
			}
		},
		"void __iowrite32_copy(void __iomem *to, const void *from, size_t count)": (k, to, from, n) =>
			copyIo(k, to!, from!, n!, 4, 4, false),
		"void __ioread32_copy(void *to, const void __iomem *from, size_t count)": (k, to, from, n) =>
			copyIo(k, from!, to!, n!, 4, 4, true),
	},
	0,
);
