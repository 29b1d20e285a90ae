/**
 * The virtual files of /sys, /sys/kernel/debug and /proc. A file in the state names its reader and writer; what they do
 * is in tables that the areas fill when their code is loaded.
 */
import { EACCES, EEXIST, EINVAL, EISDIR, ENOENT, ENOTDIR } from "../errno";
import type { Kernel } from "../kernel";

export interface VirtualFile {
	/** Absolute, without a slash at the end. */
	readonly path: string;
	/** Permission bits, 0444. */
	readonly mode: number;
	/** Name of the reader and of the writer in the tables; "" when there is none. */
	readonly read: string;
	readonly write: string;
	/** What it is about: an address, an index. */
	readonly arg: number;
	/** Where a symbolic link leads. */
	readonly link?: string;
	/** Kernel function of `arg` that runs before each read; it may sleep. */
	readonly before?: string;
	/**
	 * Kernel function of `arg` that runs after each write; it may sleep. A negative result is the write's; a positive one
	 * is the number of bytes that it took.
	 */
	readonly after?: string;
}

export interface FilesState {
	files: VirtualFile[];
	/** Directories that exist though they are empty. */
	directories: string[];
	/** Path by address of the struct dentry that C has of it. */
	dentries: Record<number, string>;
	/** What C code has shown for a reader, or its negative errno, and what a writer has given it: by the file's `arg`. */
	shown: Record<number, string | number>;
	given: Record<number, string>;
	/** The attributes of devices that C shows and stores, by the file's `arg`. */
	attributes: Record<number, { owner: number; attribute: number }>;
	attributeCount: number;
	/** What goes with its device; `arg` is 0 for what is no attribute. */
	owned: { path: string; owner: number; arg: number }[];
}
export const createFilesState = (): FilesState => ({
	files: [],
	directories: ["/sys", "/proc", "/sys/kernel", "/sys/kernel/debug", "/sys/class", "/sys/module", "/sys/devices"],
	dentries: {},
	shown: {},
	given: {},
	attributes: {},
	attributeCount: 0,
	owned: [],
});

/** Returns the content, or a negative errno. */
export type FileReader = (k: Kernel, arg: number, path: string) => string | number;
/** Returns the number of bytes taken, or a negative errno. */
export type FileWriter = (k: Kernel, arg: number, text: string, path: string) => number;

const readers = new Map<string, FileReader>();
const writers = new Map<string, FileWriter>();

/** Enters a reader under a name; areas do that when their code is loaded. */
export function registerReader(name: string, reader: FileReader): void {
	readers.set(name, reader);
}
export function registerWriter(name: string, writer: FileWriter): void {
	writers.set(name, writer);
}

/** Adds a file; -EEXIST when there is one. */
export function addFile(k: Kernel, file: VirtualFile): number {
	const { files } = k.state.files;
	if (files.some((f) => f.path === file.path)) return -EEXIST;
	files.push(file);
	return 0;
}

export function addDirectory(k: Kernel, path: string): number {
	const { directories } = k.state.files;
	if (directories.includes(path)) return -EEXIST;
	directories.push(path);
	return 0;
}

/** Removes a file, or a directory with everything below it. */
export function removePath(k: Kernel, path: string): void {
	const gone = (p: string): boolean => p === path || p.startsWith(`${path}/`);
	k.state.files.files = k.state.files.files.filter((f) => !gone(f.path));
	k.state.files.directories = k.state.files.directories.filter((d) => !gone(d));
}

/** A file or a directory is at this path. */
export const exists = (k: Kernel, path: string): boolean =>
	k.state.files.files.some((f) => f.path === path) || isDirectory(k, path);

function normal(k: Kernel, path: string): string {
	const parts: string[] = [];
	for (const part of path.split("/")) {
		if (part === "" || part === ".") continue;
		if (part === "..") parts.pop();
		else parts.push(part);
		const link = k.state.files.files.find((f) => f.link !== undefined && f.path === `/${parts.join("/")}`)?.link;
		if (link !== undefined) parts.splice(0, parts.length, ...link.split("/").filter((p) => p !== ""));
	}
	return `/${parts.join("/")}`;
}

export const isDirectory = (k: Kernel, path: string): boolean =>
	path === "/" ||
	k.state.files.directories.includes(path) ||
	[...k.state.files.directories, ...k.state.files.files.map((f) => f.path)].some((p) => p.startsWith(`${path}/`));

/** The functions that go with a file's reading and writing; "" for none. */
export function fileHooks(k: Kernel, path: string): { before: string; after: string; arg: number } {
	const at = normal(k, path);
	const file = k.state.files.files.find((f) => f.path === at);
	return { before: file?.before ?? "", after: file?.after ?? "", arg: file?.arg ?? 0 };
}

/** The content of a file, or a negative errno. */
export function readFile(k: Kernel, path: string): string | number {
	const at = normal(k, path);
	const file = k.state.files.files.find((f) => f.path === at);
	if (!file) return isDirectory(k, at) ? -EISDIR : -ENOENT;
	const reader = readers.get(file.read);
	return reader ? reader(k, file.arg, at) : file.read === "" ? -EACCES : -EINVAL;
}

/** Writes a text to a file: bytes taken, or a negative errno. */
export function writeFile(k: Kernel, path: string, text: string): number {
	const at = normal(k, path);
	const file = k.state.files.files.find((f) => f.path === at);
	if (!file) return isDirectory(k, at) ? -EISDIR : -ENOENT;
	const writer = (file.mode & 0o222) === 0 ? undefined : writers.get(file.write);
	return writer ? writer(k, file.arg, text, at) : -EACCES;
}

/** Names in a directory, sorted; directories end in "/". A negative errno when there is none. */
export function listDirectory(k: Kernel, path: string): string[] | number {
	const at = normal(k, path);
	if (k.state.files.files.some((f) => f.path === at)) return -ENOTDIR;
	if (!isDirectory(k, at)) return -ENOENT;
	const prefix = at === "/" ? "/" : `${at}/`;
	const names = new Set<string>();
	const add = (p: string, leaf: boolean): void => {
		if (!p.startsWith(prefix)) return;
		const rest = p.slice(prefix.length);
		const slash = rest.indexOf("/");
		if (rest !== "") names.add(slash < 0 ? (leaf ? rest : `${rest}/`) : `${rest.slice(0, slash)}/`);
	};
	for (const file of k.state.files.files) add(file.path, true);
	for (const directory of k.state.files.directories) add(directory, false);
	return [...names].sort();
}
