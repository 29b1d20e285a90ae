/** Readers of devicetree properties (drivers/of/base.c, property.c, address.c). */
import {
	addressCells,
	allNodes,
	cells,
	type DtNode,
	findNode,
	isAvailable,
	joinCells,
	phandleList,
	regions,
	strings,
} from "../../devicetree/tree";
import { EILSEQ, EINVAL, ENODATA, ENOENT, EOVERFLOW } from "../errno";
import { type KernelFunction, plain } from "../functions";
import type { Kernel } from "../kernel";
import { readText } from "../text";
import { newText } from "./names";
import { nodeAddress, nodeOf } from "./nodes";
import { matchNode } from "./probe";
import {
	device,
	deviceDriver,
	deviceNode,
	IORESOURCE_MEM,
	ofDeviceId,
	ofPhandleArgs,
	ofProperty,
	resource,
} from "./structs";

function data(k: Kernel, np: number, name: number): Uint8Array | undefined {
	return nodeOf(k, np)?.properties.get(readText(k, name))?.data;
}

/** Copies `count` elements of `size` bytes, big endian in the tree, into an array in memory. 0 or a negative errno. */
export function readArray(
	k: Kernel,
	bytes: Uint8Array | undefined,
	size: number,
	out: number,
	count: number,
	atIndex = 0,
): number {
	if (!bytes) return -EINVAL;
	if (bytes.length === 0) return -ENODATA;
	if ((atIndex + count) * size > bytes.length) return -EOVERFLOW;
	for (let i = 0; i < count; i++) {
		const from = (atIndex + i) * size;
		for (let b = 0; b < size; b++) k.space.w8(out + i * size + b, bytes[from + size - 1 - b]);
	}
	return 0;
}

/** The property's strings, or a negative errno. */
export function readStrings(bytes: Uint8Array | undefined): string[] | number {
	if (!bytes) return -EINVAL;
	if (bytes.length === 0) return -ENODATA;
	if (bytes[bytes.length - 1] !== 0) return -EILSEQ;
	return new TextDecoder().decode(bytes.subarray(0, bytes.length - 1)).split("\0");
}

/** The C string at `index` of a string list, inside the property's own value in memory. */
function stringPointer(k: Kernel, np: number, name: string, index: number): number {
	for (let p = deviceNode.properties.get(k.space, np); p !== 0; p = ofProperty.next.get(k.space, p)) {
		if (readText(k, ofProperty.name.get(k.space, p)) !== name) continue;
		let at = ofProperty.value.get(k.space, p);
		for (let i = 0; i < index; i++) at += new TextEncoder().encode(k.space.cstring(at)).length + 1;
		return at;
	}
	return newText(k, name);
}

function phandleArgs(k: Kernel, np: number, list: string, cellsName: string, index: number, out: number): number {
	const node = nodeOf(k, np);
	if (!node || !k.tree || !node.properties.has(list)) return -ENOENT;
	const entries = phandleList(k.tree, node, list, cellsName);
	if (!entries) return -EINVAL;
	const entry = entries[index];
	if (!entry) return -ENOENT;
	if (out !== 0) {
		ofPhandleArgs.np.set(k.space, out, nodeAddress(k, entry.node));
		ofPhandleArgs.args_count.set(k.space, out, entry.args.length);
		entry.args.forEach((value, i) => {
			k.space.w32(ofPhandleArgs.args.at(out) + 4 * i, value);
		});
	}
	return 0;
}

const bare = (node: DtNode): string => node.name.split("@")[0];

/** The first node behind `from` in document order that passes. */
function search(k: Kernel, from: number, passes: (node: DtNode) => boolean): number {
	if (!k.tree) return 0;
	const all = allNodes(k.tree.root);
	const start = from === 0 ? 0 : all.findIndex((n) => nodeAddress(k, n) === from) + 1;
	return nodeAddress(k, all.slice(start).find(passes));
}

function nextChild(k: Kernel, np: number, previous: number, available: boolean): number {
	const children = (nodeOf(k, np)?.children ?? []).filter((c) => !available || isAvailable(c));
	const at = previous === 0 ? 0 : children.findIndex((c) => nodeAddress(k, c) === previous) + 1;
	return nodeAddress(k, children[at]);
}

/** Pointer to the address cells of a `reg` entry as they stand in the devicetree: an address on the device's own bus. */
function getAddress(k: Kernel, np: number, index: number, size: number, flags: number): number {
	const node = nodeOf(k, np);
	const values = node && cells(node, "reg");
	if (!node?.parent || values === undefined) return 0;
	const width = addressCells(node.parent);
	const first = index * (width.address + width.size);
	if (first + width.address + width.size > values.length) return 0;
	if (size !== 0) k.space.w64(size, joinCells(values, first + width.address, width.size));
	if (flags !== 0) k.space.w32(flags, IORESOURCE_MEM);
	return stringPointer(k, np, "reg", 0) + 4 * first;
}

export const ofFunctions: KernelFunction[] = plain({
	"int of_property_read_u32(const struct device_node *np, const char *propname, u32 *out_value)": (k, np, name, out) =>
		readArray(k, data(k, np, name), 4, out, 1),
	"int of_property_read_u32_index(const struct device_node *np, const char *propname, u32 index, u32 *out_value)": (
		k,
		np,
		name,
		index,
		out,
	) => readArray(k, data(k, np, name), 4, out, 1, index),
	"int of_property_read_u32_array(const struct device_node *np, const char *propname, u32 *out_values, size_t sz)": (
		k,
		np,
		name,
		out,
		n,
	) => readArray(k, data(k, np, name), 4, out, n),
	"int of_property_read_u16(const struct device_node *np, const char *propname, u16 *out_value)": (k, np, name, out) =>
		readArray(k, data(k, np, name), 2, out, 1),
	"int of_property_read_u8(const struct device_node *np, const char *propname, u8 *out_value)": (k, np, name, out) =>
		readArray(k, data(k, np, name), 1, out, 1),
	"int of_property_read_u8_array(const struct device_node *np, const char *propname, u8 *out_values, size_t sz)": (
		k,
		np,
		name,
		out,
		n,
	) => readArray(k, data(k, np, name), 1, out, n),
	"int of_property_read_u16_array(const struct device_node *np, const char *propname, u16 *out_values, size_t sz)": (
		k,
		np,
		name,
		out,
		n,
	) => readArray(k, data(k, np, name), 2, out, n),
	"int of_property_read_u64(const struct device_node *np, const char *propname, u64 *out_value)": (k, np, name, out) =>
		readArray(k, data(k, np, name), 8, out, 1),
	"int of_property_read_u64_array(const struct device_node *np, const char *propname, u64 *out_values, size_t sz)": (
		k,
		np,
		name,
		out,
		n,
	) => readArray(k, data(k, np, name), 8, out, n),
	"int of_property_read_s32(const struct device_node *np, const char *propname, s32 *out_value)": (k, np, name, out) =>
		readArray(k, data(k, np, name), 4, out, 1),
	"int of_property_count_u32_elems(const struct device_node *np, const char *propname)": (k, np, name) =>
		countElements(data(k, np, name), 4),
	"int of_property_count_elems_of_size(const struct device_node *np, const char *propname, int elem_size)": (
		k,
		np,
		name,
		size,
	) => countElements(data(k, np, name), size),
	"bool of_property_read_bool(const struct device_node *np, const char *propname)": (k, np, name) =>
		data(k, np, name) !== undefined,
	"bool of_property_present(const struct device_node *np, const char *propname)": (k, np, name) =>
		data(k, np, name) !== undefined,
	"int of_property_read_string(const struct device_node *np, const char *propname, const char **out_string)": (
		k,
		np,
		name,
		out,
	) => {
		const list = readStrings(data(k, np, name));
		if (typeof list === "number") return list;
		k.space.w64(out, stringPointer(k, np, readText(k, name), 0));
		return 0;
	},
	"int of_property_read_string_index(const struct device_node *np, const char *propname, int index, const char **output)":
		(k, np, name, index, out) => {
			const list = readStrings(data(k, np, name));
			if (typeof list === "number") return list;
			if (index >= list.length) return -ENODATA;
			k.space.w64(out, stringPointer(k, np, readText(k, name), index));
			return 0;
		},
	"int of_property_count_strings(const struct device_node *np, const char *propname)": (k, np, name) => {
		const list = readStrings(data(k, np, name));
		return typeof list === "number" ? list : list.length;
	},
	"int of_property_match_string(const struct device_node *np, const char *propname, const char *string)": (
		k,
		np,
		name,
		text,
	) => {
		const list = readStrings(data(k, np, name));
		if (typeof list === "number") return list;
		const at = list.indexOf(readText(k, text));
		return at < 0 ? -ENODATA : at;
	},
	"const void *of_get_property(const struct device_node *np, const char *name, int *lenp)": (k, np, name, lenp) => {
		const bytes = data(k, np, name);
		if (!bytes) return 0;
		if (lenp !== 0) k.space.w32(lenp, bytes.length);
		return stringPointer(k, np, readText(k, name), 0);
	},
	"struct property *of_find_property(const struct device_node *np, const char *name, int *lenp)": (
		k,
		np,
		name,
		lenp,
	) => {
		const text = readText(k, name);
		for (let p = np === 0 ? 0 : deviceNode.properties.get(k.space, np); p !== 0; p = ofProperty.next.get(k.space, p)) {
			if (readText(k, ofProperty.name.get(k.space, p)) !== text) continue;
			if (lenp !== 0) k.space.w32(lenp, ofProperty.length.get(k.space, p));
			return p;
		}
		return 0;
	},
	"int of_parse_phandle_with_args(const struct device_node *np, const char *list_name, const char *cells_name, int index, struct of_phandle_args *out_args)":
		(k, np, list, name, index, out) => phandleArgs(k, np, readText(k, list), readText(k, name), index, out),
	"int of_count_phandle_with_args(const struct device_node *np, const char *list_name, const char *cells_name)": (
		k,
		np,
		list,
		name,
	) => {
		const node = nodeOf(k, np);
		if (!node || !k.tree || !node.properties.has(readText(k, list))) return -ENOENT;
		return phandleList(k.tree, node, readText(k, list), readText(k, name))?.length ?? -EINVAL;
	},
	"struct device_node *of_parse_phandle(const struct device_node *np, const char *phandle_name, int index)": (
		k,
		np,
		name,
		index,
	) => {
		const node = nodeOf(k, np);
		const value = node && cells(node, readText(k, name))?.[index];
		return value === undefined ? 0 : nodeAddress(k, k.tree?.phandles.get(value));
	},
	"struct device_node *of_find_node_by_phandle(phandle handle)": (k, handle) =>
		nodeAddress(k, k.tree?.phandles.get(handle)),
	"struct device_node *of_find_node_by_path(const char *path)": (k, path) => {
		// Options behind a colon are not part of the path; a path that does not begin with a slash begins with an alias.
		const [text = ""] = readText(k, path).split(":");
		if (!k.tree) return 0;
		if (text.startsWith("/")) return nodeAddress(k, findNode(k.tree, text));
		const [alias = "", ...rest] = text.split("/");
		const aliases = k.tree.root.children.find((c) => c.name === "aliases");
		const start = aliases && strings(aliases, alias)?.[0];
		return start ? nodeAddress(k, findNode(k.tree, [start, ...rest].join("/"))) : 0;
	},
	"struct device_node *of_find_node_by_name(struct device_node *from, const char *name)": (k, from, name) => {
		const text = readText(k, name);
		return search(k, from, (n) => bare(n) === text);
	},
	"struct device_node *of_find_compatible_node(struct device_node *from, const char *type, const char *compatible)": (
		k,
		from,
		_type,
		compatible,
	) => {
		const text = readText(k, compatible);
		return search(k, from, (n) => strings(n, "compatible")?.includes(text) ?? false);
	},
	"struct device_node *of_find_matching_node(struct device_node *from, const struct of_device_id *matches)": (
		k,
		from,
		matches,
	) => search(k, from, (n) => matchNode(k, matches, n) !== 0),
	"struct device_node *of_get_child_by_name(const struct device_node *np, const char *name)": (k, np, name) => {
		const text = readText(k, name);
		return nodeAddress(
			k,
			nodeOf(k, np)?.children.find((c) => bare(c) === text),
		);
	},
	"struct device_node *of_get_next_child(const struct device_node *np, struct device_node *prev)": (k, np, prev) =>
		nextChild(k, np, prev, false),
	"struct device_node *of_get_next_available_child(const struct device_node *np, struct device_node *prev)": (
		k,
		np,
		prev,
	) => nextChild(k, np, prev, true),
	"int of_get_child_count(const struct device_node *np)": (k, np) => nodeOf(k, np)?.children.length ?? 0,
	"int of_get_available_child_count(const struct device_node *np)": (k, np) =>
		(nodeOf(k, np)?.children ?? []).filter(isAvailable).length,
	"struct device_node *of_get_parent(const struct device_node *np)": (k, np) => nodeAddress(k, nodeOf(k, np)?.parent),
	"struct device_node *of_node_get(struct device_node *np)": (_, np) => np,
	"void of_node_put(struct device_node *np)": () => undefined,
	"bool of_device_is_available(const struct device_node *np)": (k, np) => {
		const node = nodeOf(k, np);
		return node !== undefined && isAvailable(node);
	},
	"int of_device_is_compatible(const struct device_node *np, const char *name)": (k, np, name) => {
		const node = nodeOf(k, np);
		const at = (node && strings(node, "compatible"))?.indexOf(readText(k, name)) ?? -1;
		return at < 0 ? 0 : 0x3fffffff - (at << 2);
	},
	"bool of_machine_is_compatible(const char *compat)": (k, name) =>
		(k.tree && strings(k.tree.root, "compatible"))?.includes(readText(k, name)) ?? false,
	"bool of_node_name_eq(const struct device_node *np, const char *name)": (k, np, name) => {
		const node = nodeOf(k, np);
		return node !== undefined && bare(node) === readText(k, name);
	},
	"const struct of_device_id *of_match_node(const struct of_device_id *matches, const struct device_node *node)": (
		k,
		table,
		np,
	) => {
		const node = nodeOf(k, np);
		return node ? matchNode(k, table, node) : 0;
	},
	"const struct of_device_id *of_match_device(const struct of_device_id *matches, const struct device *dev)": (
		k,
		table,
		dev,
	) => {
		const node = nodeOf(k, device.of_node.get(k.space, dev));
		return node ? matchNode(k, table, node) : 0;
	},
	"const void *of_device_get_match_data(const struct device *dev)": matchData,
	"const void *device_get_match_data(const struct device *dev)": matchData,
	"int of_address_to_resource(struct device_node *dev, int index, struct resource *r)": (k, np, index, r) => {
		const node = nodeOf(k, np);
		const range = node && regions(node)?.[index];
		if (!node || !range) return -EINVAL;
		const name = strings(node, "reg-names")?.[index] ?? node.name;
		k.space.fill(r, resource.$size, 0);
		resource.start.set(k.space, r, range.base);
		resource.end.set(k.space, r, range.base + range.size - 1);
		resource.flags.set(k.space, r, IORESOURCE_MEM);
		resource.name.set(k.space, r, newText(k, name));
		return 0;
	},
	"const __be32 *of_get_address(struct device_node *dev, int index, u64 *size, unsigned int *flags)": getAddress,
	"int of_alias_get_id(struct device_node *np, const char *stem)": (k, np, stem) => {
		const aliases = k.tree?.root.children.find((c) => c.name === "aliases");
		const prefix = readText(k, stem);
		for (const name of aliases?.properties.keys() ?? []) {
			const match = /^(.*?)(\d+)$/.exec(name);
			const path = aliases && strings(aliases, name)?.[0];
			if (match?.[1] === prefix && path !== undefined && k.tree && nodeAddress(k, findNode(k.tree, path)) === np)
				return Number(match[2]);
		}
		return -19;
	},
});

function matchData(k: Kernel, dev: number): number {
	const driver = device.driver.get(k.space, dev);
	const node = nodeOf(k, device.of_node.get(k.space, dev));
	if (driver === 0 || !node) return 0;
	const entry = matchNode(k, deviceDriver.of_match_table.get(k.space, driver), node);
	return entry === 0 ? 0 : ofDeviceId.data.get(k.space, entry);
}

function countElements(bytes: Uint8Array | undefined, size: number): number {
	if (!bytes) return -EINVAL;
	return bytes.length % size !== 0 ? -EINVAL : bytes.length / size;
}
