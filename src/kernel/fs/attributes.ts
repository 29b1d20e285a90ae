/** What sysfs holds below a device's directory: attributes that C shows and stores, folders of groups, links. */
import { EEXIST } from "../errno";
import type { Kernel } from "../kernel";
import { dumpStack } from "../sched/oops";
import { say } from "../sched/say";
import { addDirectory, addFile, exists, removePath } from "./files";

const KERN_WARNING = 4;

/** -EEXIST with Linux's warning when something is at the path. */
export function refuseDuplicate(k: Kernel, path: string): number {
	if (!exists(k, path)) return 0;
	say(k, KERN_WARNING, `sysfs: cannot create duplicate filename '${path.replace(/^\/sys/, "")}'`);
	dumpStack(k, k.current, KERN_WARNING);
	return -EEXIST;
}

/** The file of a struct device_attribute at `attribute`; 0 or a negative errno. */
export function addAttribute(k: Kernel, owner: number, attribute: number, path: string, mode: number): number {
	const error = refuseDuplicate(k, path);
	if (error !== 0) return error;
	const { files } = k.state;
	const arg = ++files.attributeCount;
	files.attributes[arg] = { owner, attribute };
	files.owned.push({ path, owner, arg });
	addFile(k, {
		path,
		mode,
		arg,
		read: (mode & 0o444) === 0 ? "" : "shown",
		write: (mode & 0o222) === 0 ? "" : "given",
		...((mode & 0o444) !== 0 && { before: "dev_attr_show" }),
		...((mode & 0o222) !== 0 && { after: "dev_attr_store" }),
	});
	return 0;
}

export function addFolder(k: Kernel, owner: number, path: string): number {
	const error = refuseDuplicate(k, path);
	if (error !== 0) return error;
	k.state.files.owned.push({ path, owner, arg: 0 });
	return addDirectory(k, path);
}

export function addLink(k: Kernel, owner: number, path: string, link: string): number {
	k.state.files.owned.push({ path, owner, arg: 0 });
	return addFile(k, { path, mode: 0o777, read: "", write: "", arg: 0, link });
}

/** Takes out what `gone` says of the entries that devices own. */
function removeWhere(k: Kernel, gone: (entry: { path: string; owner: number }) => boolean): void {
	const { files } = k.state;
	for (const entry of files.owned.filter(gone)) {
		removePath(k, entry.path);
		delete files.attributes[entry.arg];
		delete files.shown[entry.arg];
		delete files.given[entry.arg];
	}
	files.owned = files.owned.filter((entry) => !gone(entry));
}

/** Removes one entry with what is below it; nothing when it is not there. */
export function removeEntry(k: Kernel, path: string): void {
	removeWhere(k, (entry) => entry.path === path || entry.path.startsWith(`${path}/`));
}

/** Removes all that is in the device's directory by C's doing. */
export function removeOwned(k: Kernel, owner: number): void {
	removeWhere(k, (entry) => entry.owner === owner);
}
