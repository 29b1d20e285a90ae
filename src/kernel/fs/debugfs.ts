/** linux/debugfs.h: directories, files and links that C code makes below /sys/kernel/debug. */
import { EEXIST, ENOENT, ENOMEM, isError } from "../errno";
import { type KernelFunction, plain } from "../functions";
import { checkRead } from "../kasan/check";
import type { Kernel } from "../kernel";
import { kfree, kzalloc } from "../mm/kmalloc";
import { say } from "../sched/say";
import { readText, writeText } from "../text";
import { addDirectory, addFile, exists, isDirectory, registerReader, removePath } from "./files";
import { dentry, dentryName, inode } from "./structs";

const ROOT = "/sys/kernel/debug";
const KERN_ERR = 3;

/** Path of the directory behind a dentry; null when it has gone, which KASAN tells of where it watches. */
function pathOf(k: Kernel, address: number): string | null {
	if (address === 0) return ROOT;
	const path = k.state.files.dentries[address];
	if (path === undefined) checkRead(k, address, 8);
	return path ?? null;
}

/** A struct dentry with its inode and its name behind it; 0 without memory. */
function newDentry(k: Kernel, path: string, parent: number, mode: number): number {
	const name = path.slice(path.lastIndexOf("/") + 1);
	const address = kzalloc(k, dentry.$size + inode.$size + new TextEncoder().encode(name).length + 1);
	if (address === 0) return 0;
	const node = address + dentry.$size;
	dentry.d_parent.set(k.space, address, parent === 0 ? address : parent);
	dentry.d_inode.set(k.space, address, node);
	k.space.w64(dentryName(address), node + inode.$size);
	writeText(k, node + inode.$size, name);
	inode.i_mode.set(k.space, node, mode);
	k.state.files.dentries[address] = path;
	return address;
}

/** What start_creating() finds: the new path, or the errno that the caller gets as a pointer. */
function startCreating(k: Kernel, name: number, parent: number): string | number {
	if (isError(parent)) return parent;
	const directory = pathOf(k, parent);
	if (directory === null || !isDirectory(k, directory)) return -ENOENT;
	const path = `${directory}/${readText(k, name)}`;
	if (!exists(k, path)) return path;
	const [text, above] = [readText(k, name), directory === ROOT ? "/" : directory.slice(directory.lastIndexOf("/") + 1)];
	if (isDirectory(k, path)) say(k, KERN_ERR, `debugfs: Directory '${text}' with parent '${above}' already present!`);
	else say(k, KERN_ERR, `debugfs: File '${text}' in directory '${above}' already present!`);
	return -EEXIST;
}

function createDirectory(k: Kernel, name: number, parent: number): number {
	const path = startCreating(k, name, parent);
	if (typeof path === "number") return path;
	const address = newDentry(k, path, parent, 0o40755);
	if (address === 0) return -ENOMEM;
	addDirectory(k, path);
	return address;
}

/** How a kind of file is read and written: names in the tables of readers and writers, and of functions around them. */
export interface DebugfsKind {
	readonly read: string;
	readonly write: string;
	readonly before?: string;
	readonly after?: string;
}
const WITH_OPERATIONS: DebugfsKind = {
	read: "shown",
	write: "given",
	before: "full_proxy_read",
	after: "full_proxy_write",
};
registerReader("shown", (k, arg) => k.state.files.shown[arg] ?? "");

/** A file of debugfs; the address of its dentry or a negative errno. */
export function createDebugfsFile(
	k: Kernel,
	[name, mode, parent, data, operations]: readonly [number, number, number, number, number],
	kind: DebugfsKind,
): number {
	const path = startCreating(k, name, parent);
	if (typeof path === "number") return path;
	const address = newDentry(k, path, parent, 0o100000 | mode);
	if (address === 0) return -ENOMEM;
	const node = dentry.d_inode.get(k.space, address);
	inode.i_private.set(k.space, node, data);
	inode.i_fop.set(k.space, node, operations);
	addFile(k, { path, mode: mode & 0o7777, arg: address, ...kind });
	return address;
}

/** Removes what is at a path of debugfs, everything below it, and the dentries that C has of those. */
export function removeDebugfs(k: Kernel, path: string): void {
	const { files } = k.state;
	for (const key of Object.keys(files.dentries).map(Number)) {
		const at = files.dentries[key]!;
		if (at !== path && !at.startsWith(`${path}/`)) continue;
		delete files.dentries[key];
		delete files.shown[key];
		delete files.given[key];
		kfree(k, key);
	}
	removePath(k, path);
}

/** Removes what is at a dentry with everything below it. Errors and NULL are nothing to remove. */
function remove(k: Kernel, address: number): void {
	const path = address === 0 || isError(address) ? null : pathOf(k, address);
	if (path !== null) removeDebugfs(k, path);
}

/** The dentry of what is at a path of debugfs; one is made for what the kernel itself has put there. 0: nothing there. */
export function dentryOf(k: Kernel, path: string): number {
	const known = Object.keys(k.state.files.dentries).find((key) => k.state.files.dentries[Number(key)] === path);
	if (known !== undefined) return Number(known);
	return exists(k, path) ? newDentry(k, path, 0, isDirectory(k, path) ? 0o40755 : 0o100444) : 0;
}

function lookup(k: Kernel, name: number, parent: number): number {
	const directory = isError(parent) || name === 0 ? null : pathOf(k, parent);
	return directory === null ? 0 : dentryOf(k, `${directory}/${readText(k, name)}`);
}

export const debugfsFunctions: KernelFunction[] = plain({
	"struct dentry *debugfs_create_dir(const char *name, struct dentry *parent)": (k, name, parent) =>
		createDirectory(k, name!, parent!),
	"struct dentry *debugfs_create_file(const char *name, umode_t mode, struct dentry *parent, void *data, const struct file_operations *fops)":
		(k, name, mode, parent, data, fops) => createDebugfsFile(k, [name!, mode!, parent!, data!, fops!], WITH_OPERATIONS),
	"struct dentry *debugfs_create_file_unsafe(const char *name, umode_t mode, struct dentry *parent, void *data, const struct file_operations *fops)":
		(k, name, mode, parent, data, fops) => createDebugfsFile(k, [name!, mode!, parent!, data!, fops!], WITH_OPERATIONS),
	"struct dentry *debugfs_create_symlink(const char *name, struct dentry *parent, const char *dest)": (
		k,
		name,
		parent,
		dest,
	) => {
		const path = startCreating(k, name!, parent!);
		if (typeof path === "number") return path;
		const address = newDentry(k, path, parent!, 0o120777);
		if (address === 0) return -ENOMEM;
		const target = readText(k, dest!);
		const link = target.startsWith("/") ? target : `${path.slice(0, path.lastIndexOf("/"))}/${target}`;
		addFile(k, { path, mode: 0o777, read: "", write: "", arg: address, link });
		return address;
	},
	"void debugfs_remove(struct dentry *dentry)": (k, address) => remove(k, address!),
	"void debugfs_lookup_and_remove(const char *name, struct dentry *parent)": (k, name, parent) =>
		remove(k, lookup(k, name!, parent!)),
	"struct dentry *debugfs_lookup(const char *name, struct dentry *parent)": (k, name, parent) =>
		lookup(k, name!, parent!),
	"bool debugfs_initialized(void)": () => true,
});
