/** Opening, reading, writing and closing a file whose struct file_operations is C; linux/fs.h's helpers for those. */
import { EFAULT, EINVAL, ENOMEM } from "../errno";
import { call, goto, type KernelFunction, next, plain, ret, step, steps } from "../functions";
import { checkRead, checkWrite } from "../kasan/check";
import type { Kernel } from "../kernel";
import { readString, toByteString, writeString } from "../lib/bytes";
import { kfree, kmalloc, kzalloc } from "../mm/kmalloc";
import type { StepFrame } from "../state";
import { registerWriter } from "./files";
import { dentry, fileOperations, file as fileStruct, inode } from "./structs";

/** Bytes that a reader asks for at once. */
const PAGE = 4096;

registerWriter("given", (k, arg, text) => {
	k.state.files.given[arg] = text;
	return toByteString(text).length;
});

/** A struct file for the dentry in the first argument, with `room` bytes for the data and the position behind it. */
function makeFile(k: Kernel, f: StepFrame, room: number): boolean {
	const node = dentry.d_inode.get(k.space, f.args[0]!);
	const address = kzalloc(k, fileStruct.$size);
	const buffer = kmalloc(k, room);
	if (address === 0 || buffer === 0) {
		kfree(k, address);
		kfree(k, buffer);
		return false;
	}
	f.locals.file = address;
	f.locals.buffer = buffer;
	f.locals.inode = node;
	f.locals.fops = inode.i_fop.get(k.space, node);
	fileStruct.f_op.set(k.space, address, f.locals.fops);
	fileStruct.f_inode.set(k.space, address, node);
	return true;
}

const operation = (k: Kernel, f: StepFrame, which: "open" | "read" | "write" | "release"): number =>
	f.locals.fops === 0 ? 0 : fileOperations[which].get(k.space, f.locals.fops!);

function openFile(k: Kernel, f: StepFrame) {
	const open = operation(k, f, "open");
	f.result = 0;
	return open === 0 ? next : call(open, [f.locals.inode!, f.locals.file!]);
}

function closeFile(k: Kernel, f: StepFrame) {
	const release = operation(k, f, "release");
	return release === 0 ? next : call(release, [f.locals.inode!, f.locals.file!]);
}

function freeFile(k: Kernel, f: StepFrame): void {
	kfree(k, f.locals.buffer!);
	kfree(k, f.locals.file!);
}

export const fileOperationFunctions: KernelFunction[] = [
	steps("ssize_t full_proxy_read(struct dentry *dentry)", {
		make: step("Make a struct file for the reader.", (k, f) => {
			k.state.files.shown[f.args[0]!] = "";
			f.texts.content = "";
			if (makeFile(k, f, PAGE)) return next;
			k.state.files.shown[f.args[0]!] = -ENOMEM;
			return ret(-ENOMEM);
		}),
		open: step("Call the file's open, when it has one.", openFile),
		opened: step("A file that does not open is not read.", (_, f) => {
			f.locals.outcome = Math.min(0, f.result | 0);
			return f.locals.outcome < 0 ? goto("free") : next;
		}),
		read: step("Call the file's read for the next page.", (k, f) => {
			const read = operation(k, f, "read");
			f.result = -EINVAL;
			const { file, buffer } = f.locals;
			return read === 0 ? next : call(read, [file!, buffer!, PAGE, fileStruct.f_pos.at(file!)]);
		}),
		taken: step("Until it says that there is no more.", (k, f) => {
			if (f.result < 0) f.locals.outcome = f.result;
			if (f.result <= 0) return goto("close");
			const bytes = k.space.readBytes(f.locals.buffer!, Math.min(f.result, PAGE));
			for (const byte of bytes) f.texts.content += String.fromCharCode(byte);
			return goto("read");
		}),
		close: step("Call the file's release, when it has one.", closeFile),
		free: step("Hand over what has been read.", (k, f) => {
			freeFile(k, f);
			const bytes = Uint8Array.from(f.texts.content!, (c) => c.charCodeAt(0));
			k.state.files.shown[f.args[0]!] = f.locals.outcome! < 0 ? f.locals.outcome! : new TextDecoder().decode(bytes);
			return ret(f.locals.outcome);
		}),
	}),
	steps("ssize_t full_proxy_write(struct dentry *dentry)", {
		make: step("Make a struct file for the writer, and put the text where write can take it.", (k, f) => {
			const text = toByteString(k.state.files.given[f.args[0]!] ?? "");
			f.locals.length = text.length;
			if (!makeFile(k, f, text.length + 1)) return ret(-ENOMEM);
			writeString(k, f.locals.buffer!, text);
			return next;
		}),
		open: step("Call the file's open, when it has one.", openFile),
		opened: step("A file that does not open is not written.", (_, f) => {
			f.locals.outcome = Math.min(0, f.result | 0);
			return f.locals.outcome < 0 ? goto("free") : next;
		}),
		write: step("Call the file's write.", (k, f) => {
			const write = operation(k, f, "write");
			f.result = -EINVAL;
			const { file, buffer, length } = f.locals;
			return write === 0 ? next : call(write, [file!, buffer!, length!, fileStruct.f_pos.at(file!)]);
		}),
		written: step("Its result is the writer's.", (_, f) => {
			f.locals.outcome = f.result;
			return next;
		}),
		close: step("Call the file's release, when it has one.", closeFile),
		free: step("The file is closed.", (k, f) => {
			freeFile(k, f);
			delete k.state.files.given[f.args[0]!];
			return ret(f.locals.outcome);
		}),
	}),
	...plain({
		"int simple_open(struct inode *inode, struct file *file)": (k, node, file) => {
			const data = inode.i_private.get(k.space, node!);
			if (data !== 0) fileStruct.private_data.set(k.space, file!, data);
			return 0;
		},
		"ssize_t simple_read_from_buffer(void __user *to, size_t count, loff_t *ppos, const void *from, size_t available)":
			(k, to, count, ppos, from, available) =>
				copyAt(k, ppos!, available!, count!, (at, n) => move(k, to!, from! + at, n)),
		"ssize_t simple_write_to_buffer(void *to, size_t available, loff_t *ppos, const void __user *from, size_t count)": (
			k,
			to,
			available,
			ppos,
			from,
			count,
		) => copyAt(k, ppos!, available!, count!, (at, n) => move(k, to! + at, from!, n)),
		"unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)": (k, to, from, n) => {
			move(k, to!, from!, n!);
			return 0;
		},
		"unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)": (k, to, from, n) => {
			move(k, to!, from!, n!);
			return 0;
		},
		"long strncpy_from_user(char *dst, const char __user *src, long count)": (k, to, from, count) => {
			if (count! <= 0) return count! < 0 ? -EFAULT : 0;
			const text = readString(k, from!, count!);
			writeString(k, to!, text, text.length < count!);
			return text.length;
		},
		"loff_t default_llseek(struct file *file, loff_t offset, int whence)": (_k, _file, offset) => offset,
		"loff_t noop_llseek(struct file *file, loff_t offset, int whence)": (_k, _file, offset) => offset,
	}),
];

function move(k: Kernel, to: number, from: number, length: number): void {
	checkRead(k, from, length);
	checkWrite(k, to, length);
	k.space.copy(to, from, length);
}

/** Moves what is left between the position and the end, and the position; bytes moved or -EINVAL. */
function copyAt(
	k: Kernel,
	ppos: number,
	available: number,
	count: number,
	copy: (at: number, length: number) => void,
): number {
	const at = k.space.r64(ppos);
	if (at < 0) return -EINVAL;
	const length = Math.min(count, Math.max(0, available - at));
	if (length === 0) return 0;
	copy(at, length);
	k.space.w64(ppos, at + length);
	return length;
}
