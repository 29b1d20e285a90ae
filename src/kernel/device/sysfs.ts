/** A device's directory in sysfs: attributes and groups of them whose show and store are C, links, classes. */
import { E2BIG, EINVAL, EIO, ENOMEM } from "../errno";
import { addAttribute, addFolder, addLink, refuseDuplicate, removeEntry } from "../fs/attributes";
import { addDirectory, exists, removePath } from "../fs/files";
import { call, goto, type KernelFunction, next, plain, ret, step, steps, variadic } from "../functions";
import type { Kernel } from "../kernel";
import { toByteString, writeString } from "../lib/bytes";
import { formatAt } from "../lib/format";
import { GFP_KERNEL } from "../mm/gfp";
import { kfree, kmalloc } from "../mm/kmalloc";
import { freePages, getFreePages } from "../mm/pages";
import { warn } from "../sched/oops";
import { say } from "../sched/say";
import { symbolName } from "../sched/trace";
import { readText } from "../text";
import { addDevres, findDevice } from "./devices";
import { devName } from "./names";
import { attribute, attributeGroup, device, deviceAttribute, deviceClass } from "./structs";

const PAGE = 4096;
const KERN_WARNING = 4;
/** Attributes of a group can have no other permissions. */
const GROUP_MODE = 0o664;

const className = (k: Kernel, dev: number): string => {
	const kind = device.class.get(k.space, dev);
	return kind === 0 ? "" : readText(k, deviceClass.name.get(k.space, kind));
};

/** A device's directory: platform devices beside each other, what has a class below its parent in the class's folder. */
export function devicePath(k: Kernel, dev: number): string {
	const name = devName(k, dev);
	const parent = device.parent.get(k.space, dev);
	const kind = className(k, dev);
	if (findDevice(k, dev)?.platform) return `/sys/devices/platform/${name}`;
	if (kind !== "" && parent === 0) return `/sys/devices/virtual/${kind}/${name}`;
	if (parent === 0) return `/sys/devices/${name}`;
	const folder = kind === "" || className(k, parent) !== "" ? "" : `/${kind}`;
	return `${devicePath(k, parent)}${folder}/${name}`;
}

/** The device's entry in its class's directory, when class_register() has made that. */
export function linkInClass(k: Kernel, dev: number): void {
	const directory = `/sys/class/${className(k, dev)}`;
	if (className(k, dev) !== "" && exists(k, directory))
		addLink(k, dev, `${directory}/${devName(k, dev)}`, devicePath(k, dev));
}

const isAdded = (k: Kernel, kobj: number): boolean => kobj !== 0 && findDevice(k, kobj)?.registered === true;
const attributeName = (k: Kernel, attr: number): string => readText(k, attribute.name.get(k.space, attr));

/** The directory of a group: the device's own, or a folder in it. */
function groupPath(k: Kernel, kobj: number, group: number): string {
	const name = attributeGroup.name.get(k.space, group);
	return name === 0 ? devicePath(k, kobj) : `${devicePath(k, kobj)}/${readText(k, name)}`;
}

function createFile(k: Kernel, kobj: number, attr: number): number {
	if (!isAdded(k, kobj) || attr === 0) {
		warn(k, "fs/sysfs/file.c:368 sysfs_create_file_ns");
		return -EINVAL;
	}
	const mode = attribute.mode.get(k.space, attr);
	return addAttribute(k, kobj, attr, `${devicePath(k, kobj)}/${attributeName(k, attr)}`, mode);
}

function createDeviceFile(k: Kernel, dev: number, attr: number): number {
	if (dev === 0) return 0;
	const mode = attribute.mode.get(k.space, attr);
	const name = attributeName(k, attr);
	if (mode & 0o222 && deviceAttribute.store.get(k.space, attr) === 0)
		warn(k, "drivers/base/core.c:3118 device_create_file", `Attribute ${name}: write permission without 'store'\n`);
	if (mode & 0o444 && deviceAttribute.show.get(k.space, attr) === 0)
		warn(k, "drivers/base/core.c:3121 device_create_file", `Attribute ${name}: read permission without 'show'\n`);
	return createFile(k, dev, attr);
}

function removeFile(k: Kernel, kobj: number, attr: number): void {
	if (kobj !== 0) removeEntry(k, `${devicePath(k, kobj)}/${attributeName(k, attr)}`);
}

/** Removes a group's files and its folder. */
function removeGroup(k: Kernel, kobj: number, group: number): void {
	const path = groupPath(k, kobj, group);
	if (attributeGroup.name.get(k.space, group) !== 0) {
		removeEntry(k, path);
		return;
	}
	for (let at = attributeGroup.attrs.get(k.space, group); at !== 0 && k.space.r64(at) !== 0; at += 8)
		removeEntry(k, `${path}/${attributeName(k, k.space.r64(at))}`);
}

/** Removes the groups of a list that ends in NULL; `until` is where to stop before that. */
export function removeGroups(k: Kernel, kobj: number, groups: number, until = Number.POSITIVE_INFINITY): void {
	if (groups === 0) return;
	for (let at = groups; at < until && k.space.r64(at) !== 0; at += 8) removeGroup(k, kobj, k.space.r64(at));
}

/** A show that returned more than a page can hold. */
function badCount(k: Kernel, show: number): void {
	for (const [who, what] of [
		["dev_attr_show", symbolName(k, show)],
		["fill_read_buffer", "dev_attr_show"],
	])
		say(k, KERN_WARNING, `${who}: ${what} returned bad count`);
}

const createGroups = (prototype: string): KernelFunction =>
	steps(prototype, {
		group: step("Make the next group's files.", (k, f) => {
			const at = f.args[1] + 8 * (f.locals.index ?? 0);
			const group = f.args[1] === 0 ? 0 : k.space.r64(at);
			return group === 0 ? ret(0) : call("sysfs_create_group", [f.args[0], group]);
		}),
		made: step("All or none: a failure removes those that there are.", (k, f) => {
			f.locals.index = (f.locals.index ?? 0) + 1;
			if (f.result === 0) return goto("group");
			removeGroups(k, f.args[0], f.args[1], f.args[1] + 8 * (f.locals.index - 1));
			return ret(f.result);
		}),
	});

export const sysfsFunctions: KernelFunction[] = [
	...plain({
		"int device_create_file(struct device *dev, const struct device_attribute *attr)": createDeviceFile,
		"void device_remove_file(struct device *dev, const struct device_attribute *attr)": removeFile,
		"int sysfs_create_file(struct kobject *kobj, const struct attribute *attr)": createFile,
		"void sysfs_remove_file(struct kobject *kobj, const struct attribute *attr)": removeFile,
		"void sysfs_remove_group(struct kobject *kobj, const struct attribute_group *grp)": removeGroup,
		"void sysfs_remove_groups(struct kobject *kobj, const struct attribute_group **groups)": (k, kobj, groups) =>
			removeGroups(k, kobj, groups),
		"void device_remove_group(struct device *dev, const struct attribute_group *grp)": removeGroup,
		"void device_remove_groups(struct device *dev, const struct attribute_group **groups)": (k, dev, groups) =>
			removeGroups(k, dev, groups),
		"int sysfs_create_link(struct kobject *kobj, struct kobject *target, const char *name)": (
			k,
			kobj,
			target,
			name,
		) => {
			const path = `${kobj === 0 ? "/sys" : devicePath(k, kobj)}/${readText(k, name)}`;
			return refuseDuplicate(k, path) || addLink(k, kobj, path, devicePath(k, target));
		},
		"void sysfs_remove_link(struct kobject *kobj, const char *name)": (k, kobj, name) =>
			removeEntry(k, `${kobj === 0 ? "/sys" : devicePath(k, kobj)}/${readText(k, name)}`),
		"int class_register(const struct class *cls)": (k, kind) => {
			const path = `/sys/class/${readText(k, deviceClass.name.get(k.space, kind))}`;
			return refuseDuplicate(k, path) || addDirectory(k, path);
		},
		"void class_unregister(const struct class *cls)": (k, kind) =>
			removePath(k, `/sys/class/${readText(k, deviceClass.name.get(k.space, kind))}`),
	}),
	...variadic({
		"int sysfs_emit(char *buf, const char *fmt, ...)": (k, [buf, format], rest) => {
			if (buf !== 0 && buf % PAGE === 0) return emit(k, buf, PAGE, formatAt(k, format, rest));
			warn(k, "fs/sysfs/file.c:753 sysfs_emit", `invalid sysfs_emit: buf:${pointerText(buf)}\n`);
			return 0;
		},
		"int sysfs_emit_at(char *buf, int at, const char *fmt, ...)": (k, [buf, at, format], rest) => {
			if (buf !== 0 && buf % PAGE === 0 && at >= 0 && at < PAGE)
				return emit(k, buf + at, PAGE - at, formatAt(k, format, rest));
			warn(k, "fs/sysfs/file.c:781 sysfs_emit_at", `invalid sysfs_emit_at: buf:${pointerText(buf)} at:${at}\n`);
			return 0;
		},
	}),
	steps("int sysfs_create_group(struct kobject *kobj, const struct attribute_group *grp)", {
		begin: step("Make the group's folder, when it has a name.", (k, f) => {
			const [kobj, group] = f.args;
			if (!isAdded(k, kobj)) {
				warn(k, "fs/sysfs/group.c:128 internal_create_group");
				return ret(-EINVAL);
			}
			f.locals.at = attributeGroup.attrs.get(k.space, group);
			if (f.locals.at === 0) return ret(0);
			if (attributeGroup.name.get(k.space, group) === 0) return next;
			const error = addFolder(k, kobj, groupPath(k, kobj, group));
			return error === 0 ? next : ret(error);
		}),
		file: step("The next attribute: ask is_visible for its permissions, when there is one.", (k, f) => {
			const attr = k.space.r64(f.locals.at);
			if (attr === 0) return ret(0);
			const visible = attributeGroup.is_visible.get(k.space, f.args[1]);
			const index = (f.locals.at - attributeGroup.attrs.get(k.space, f.args[1])) / 8;
			f.result = attribute.mode.get(k.space, attr);
			f.locals.asked = visible === 0 ? 0 : 1;
			return visible === 0 ? next : call(visible, [f.args[0], attr, index]);
		}),
		add: step("Make its file; none of the group stays when that fails.", (k, f) => {
			const [kobj, group] = f.args;
			const attr = k.space.r64(f.locals.at);
			const name = attributeName(k, attr);
			const mode = f.result & 0xffff;
			f.locals.at += 8;
			if (mode === 0 && f.locals.asked === 1) return goto("file");
			if (mode & ~GROUP_MODE) {
				const text = `Attribute ${name}: Invalid permissions 0${mode.toString(8)}\n`;
				warn(k, "fs/sysfs/group.c:71 create_files", text);
			}
			const error = addAttribute(k, kobj, attr, `${groupPath(k, kobj, group)}/${name}`, mode & GROUP_MODE);
			if (error === 0) return goto("file");
			removeGroup(k, kobj, group);
			return ret(error);
		}),
	}),
	createGroups("int sysfs_create_groups(struct kobject *kobj, const struct attribute_group **groups)"),
	createGroups("int device_add_groups(struct device *dev, const struct attribute_group **groups)"),
	steps("int device_add_group(struct device *dev, const struct attribute_group *grp)", {
		create: step("Make the group's files.", (_, f) => call("sysfs_create_group", [f.args[0], f.args[1]])),
		done: step("Return the result.", (_, f) => ret(f.result)),
	}),
	steps("int devm_device_add_group(struct device *dev, const struct attribute_group *grp)", {
		create: step("Make the group's files.", (_, f) => call("sysfs_create_group", [f.args[0], f.args[1]])),
		devres: step("They go with the driver.", (k, f) => {
			if (f.result === 0)
				addDevres(k, f.args[0], "devm_device_add_group", "device_remove_group", [f.args[0], f.args[1]]);
			return ret(f.result);
		}),
	}),
	steps("ssize_t dev_attr_show(u64 file)", {
		show: step("Give the attribute's show a page to write to.", (k, f) => {
			const entry = k.state.files.attributes[f.args[0]];
			const show = entry ? deviceAttribute.show.get(k.space, entry.attribute) : 0;
			f.locals.show = show;
			f.locals.page = show === 0 ? 0 : getFreePages(k, GFP_KERNEL, 0);
			k.state.files.shown[f.args[0]] = show === 0 ? -EIO : -ENOMEM;
			if (!entry || f.locals.page === 0) return ret(0);
			k.space.fill(f.locals.page, PAGE, 0);
			return call(show, [entry.owner, entry.attribute, f.locals.page]);
		}),
		shown: step("As many bytes as it returned are the file.", (k, f) => {
			const count = f.result;
			if (count >= PAGE) badCount(k, f.locals.show);
			const bytes = k.space.readBytes(f.locals.page, Math.min(Math.max(count, 0), PAGE - 1));
			k.state.files.shown[f.args[0]] = count < 0 ? count : new TextDecoder().decode(bytes);
			freePages(k, f.locals.page, 0);
			return ret(0);
		}),
	}),
	steps("ssize_t dev_attr_store(u64 file)", {
		store: step("Give the attribute's store what was written.", (k, f) => {
			const entry = k.state.files.attributes[f.args[0]];
			const text = toByteString(k.state.files.given[f.args[0]] ?? "");
			const store = entry ? deviceAttribute.store.get(k.space, entry.attribute) : 0;
			delete k.state.files.given[f.args[0]];
			if (!entry || text.length === 0) return ret(0);
			if (text.length > PAGE) return ret(-E2BIG);
			if (store === 0) return ret(-EIO);
			f.locals.buffer = kmalloc(k, text.length + 1);
			if (f.locals.buffer === 0) return ret(-ENOMEM);
			writeString(k, f.locals.buffer, text);
			return call(store, [entry.owner, entry.attribute, f.locals.buffer, text.length]);
		}),
		stored: step("Its result is the writer's.", (k, f) => {
			kfree(k, f.locals.buffer);
			return ret(f.result);
		}),
	}),
];

const pointerText = (address: number): string =>
	address === 0 ? "(null)" : BigInt.asUintN(64, BigInt(address)).toString(16).padStart(16, "0");

/** vscnprintf: what fits, and its length. */
function emit(k: Kernel, buffer: number, size: number, text: string): number {
	const cut = text.slice(0, size - 1);
	writeString(k, buffer, cut);
	return cut.length;
}
