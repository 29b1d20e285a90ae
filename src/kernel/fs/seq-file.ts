/** linux/seq_file.h: text that a show function collects. One page, as long as nobody needs more. */
import { type KernelFunction, plain, variadic } from "../functions";
import { checkRead } from "../kasan/check";
import type { Kernel } from "../kernel";
import { readString } from "../lib/bytes";
import { formatAt } from "../lib/format";
import { kfree, kmalloc } from "../mm/kmalloc";
import { as, ptr, s64, struct, u64 } from "../struct";

const SIZE = 4096;

export const seqFile = struct("seq_file", {
	buf: ptr("char"),
	size: as(u64, "size_t"),
	from: as(u64, "size_t"),
	count: as(u64, "size_t"),
	pad_until: as(u64, "size_t"),
	index: as(s64, "loff_t"),
	read_pos: as(s64, "loff_t"),
	op: ptr("const struct seq_operations"),
	private: ptr("void"),
});

/** A struct seq_file with an empty page behind it; 0 when there is no memory. */
export function seqOpen(k: Kernel): number {
	const file = kmalloc(k, seqFile.$size + SIZE);
	if (file === 0) return 0;
	k.space.fill(file, seqFile.$size + SIZE, 0);
	seqFile.buf.set(k.space, file, file + seqFile.$size);
	seqFile.size.set(k.space, file, SIZE);
	return file;
}

/** What has been collected; frees the file. */
export function seqClose(k: Kernel, file: number): string {
	const bytes = k.space.readBytes(seqFile.buf.get(k.space, file), seqFile.count.get(k.space, file));
	kfree(k, file);
	return new TextDecoder().decode(bytes);
}

function append(k: Kernel, file: number, text: string): void {
	const bytes = new TextEncoder().encode(text);
	const count = seqFile.count.get(k.space, file);
	const room = Math.max(0, seqFile.size.get(k.space, file) - count);
	const taken = bytes.subarray(0, room);
	k.space.writeBytes(seqFile.buf.get(k.space, file) + count, taken);
	seqFile.count.set(k.space, file, count + taken.length);
}

export const seqFileFunctions: KernelFunction[] = [
	...variadic({
		"void seq_printf(struct seq_file *m, const char *fmt, ...)": (k, [file, format], rest) =>
			append(k, file, formatAt(k, format, rest)),
	}),
	...plain({
		"void seq_puts(struct seq_file *m, const char *s)": (k, file, text) => append(k, file, readString(k, text)),
		"int seq_write(struct seq_file *seq, const void *data, size_t len)": (k, file, data, length) => {
			const count = seqFile.count.get(k.space, file!);
			const size = seqFile.size.get(k.space, file!);
			checkRead(k, data!, length!);
			const fits = count + length! < size;
			if (fits) k.space.copy(seqFile.buf.get(k.space, file!) + count, data!, length!);
			seqFile.count.set(k.space, file!, fits ? count + length! : size);
			return fits ? 0 : -1;
		},
		"void seq_putc(struct seq_file *m, char c)": (k, file, c) => append(k, file, String.fromCharCode(c)),
	}),
];
