/** Reading through a struct seq_file: single_open() and seq_open(), seq_read(), and what closes them. */
import { ENOMEM, isError } from "../errno";
import { call, goto, type KernelFunction, plain, ret, step, steps } from "../functions";
import { checkWrite } from "../kasan/check";
import type { Kernel } from "../kernel";
import { kfree, kmalloc, kzalloc } from "../mm/kmalloc";
import type { StepFrame } from "../state";
import { seqFile } from "./seq-file";
import { file as fileStruct, seqOperations } from "./structs";

const SIZE = 4096;
/** SEQ_START_TOKEN: what a single file's show gets. */
const START_TOKEN = 1;

function open(k: Kernel, file: number, operations: number): number {
	const m = kzalloc(k, seqFile.$size);
	if (m === 0) return -ENOMEM;
	seqFile.op.set(k.space, m, operations);
	fileStruct.private_data.set(k.space, file, m);
	return 0;
}

function release(k: Kernel, file: number): void {
	const m = fileStruct.private_data.get(k.space, file);
	kfree(k, seqFile.buf.get(k.space, m));
	kfree(k, m);
}

/** An empty buffer of `size` bytes in place of the one that there is; false without memory. */
function renewBuffer(k: Kernel, m: number, size: number): boolean {
	kfree(k, seqFile.buf.get(k.space, m));
	const buffer = kmalloc(k, size);
	seqFile.buf.set(k.space, m, buffer);
	seqFile.size.set(k.space, m, buffer === 0 ? 0 : size);
	for (const position of [seqFile.count, seqFile.from, seqFile.index]) position.set(k.space, m, 0);
	return buffer !== 0;
}

const operation = (k: Kernel, f: StepFrame, which: keyof typeof seqOperations & ("start" | "stop" | "next" | "show")) =>
	seqOperations[which].get(k.space, seqFile.op.get(k.space, f.locals.m!));
const full = (k: Kernel, m: number): boolean => seqFile.count.get(k.space, m) >= seqFile.size.get(k.space, m);

export const seqReadFunctions: KernelFunction[] = [
	...plain({
		"int seq_open(struct file *file, const struct seq_operations *op)": (k, file, op) => open(k, file!, op!),
		"int single_open(struct file *file, int (*show)(struct seq_file *m, void *v), void *data)": (
			k,
			file,
			show,
			data,
		) => {
			const operations = kzalloc(k, seqOperations.$size);
			if (operations === 0) return -ENOMEM;
			seqOperations.show.set(k.space, operations, show!);
			const result = open(k, file!, operations);
			if (result !== 0) kfree(k, operations);
			else seqFile.private.set(k.space, fileStruct.private_data.get(k.space, file!), data!);
			return result;
		},
		"int seq_release(struct inode *inode, struct file *file)": (k, _inode, file) => {
			release(k, file!);
			return 0;
		},
		"int single_release(struct inode *inode, struct file *file)": (k, _inode, file) => {
			const operations = seqFile.op.get(k.space, fileStruct.private_data.get(k.space, file!));
			release(k, file!);
			kfree(k, operations);
			return 0;
		},
		"loff_t seq_lseek(struct file *file, loff_t offset, int whence)": (_k, _file, offset) => offset,
		"bool seq_has_overflowed(struct seq_file *m)": (k, m) => full(k, m!),
	}),
	steps("ssize_t seq_read(struct file *file, char __user *buf, size_t size, loff_t *ppos)", {
		begin: step("Is there anything left of what has been shown? Else start with an empty page.", (k, f) => {
			const m = fileStruct.private_data.get(k.space, f.args[0]!);
			f.locals.m = m;
			f.locals.size = SIZE;
			if (seqFile.count.get(k.space, m) > seqFile.from.get(k.space, m)) return goto("copy");
			return k.space.r64(f.args[3]!) > 0 ? ret(0) : goto("page");
		}),
		page: step("Take a buffer; one that was too small is doubled.", (k, f) => {
			if (!renewBuffer(k, f.locals.m!, f.locals.size!)) return ret(-ENOMEM);
			const start = operation(k, f, "start");
			f.result = START_TOKEN;
			return start === 0 ? goto("record") : call(start, [f.locals.m!, seqFile.index.at(f.locals.m!)], "record");
		}),
		record: step("Let show print this record.", (k, f) => {
			f.locals.record = f.result;
			f.locals.error = isError(f.result) ? f.result : 0;
			if (f.result === 0 || f.locals.error !== 0) return goto("stop");
			f.locals.before = seqFile.count.get(k.space, f.locals.m!);
			return call(operation(k, f, "show"), [f.locals.m!, f.result], "shown");
		}),
		shown: step("An error ends the reading; a positive result drops the record.", (k, f) => {
			const m = f.locals.m!;
			const result = f.result | 0;
			if (result < 0) f.locals.error = result;
			else if (result > 0) seqFile.count.set(k.space, m, f.locals.before!);
			const nextRecord = operation(k, f, "next");
			if (result < 0 || full(k, m) || nextRecord === 0) return goto("stop");
			return call(nextRecord, [m, f.locals.record!, seqFile.index.at(m)], "record");
		}),
		stop: step("No more records, or no more room.", (k, f) => {
			const stop = operation(k, f, "stop");
			return stop === 0 ? goto("stopped") : call(stop, [f.locals.m!, f.locals.record!], "stopped");
		}),
		stopped: step("Again with twice the room when it was too little.", (k, f) => {
			if (f.locals.error !== 0) return ret(f.locals.error!);
			if (!full(k, f.locals.m!)) return goto("copy");
			f.locals.size = f.locals.size! * 2;
			return goto("page");
		}),
		copy: step("Give the reader as much as it has room for.", (k, f) => {
			const m = f.locals.m!;
			const from = seqFile.from.get(k.space, m);
			const length = Math.min(seqFile.count.get(k.space, m) - from, f.args[2]!);
			checkWrite(k, f.args[1]!, length);
			k.space.copy(f.args[1]!, seqFile.buf.get(k.space, m) + from, length);
			seqFile.from.set(k.space, m, from + length);
			k.space.w64(f.args[3]!, k.space.r64(f.args[3]!) + length);
			return ret(length);
		}),
	}),
];
