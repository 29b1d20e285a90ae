/** Devicetree nodes and how to read them. */

/** A piece of a source file; lines and columns are 1-based, the end is exclusive. */
export interface DtRange {
	file: string;
	line: number;
	column: number;
	endLine: number;
	endColumn: number;
}

export interface DtDiagnostic extends DtRange {
	code: string;
	severity: "error" | "warning";
	message: string;
	notes?: string[];
}

export interface PropertyValue {
	readonly name: string;
	/** Where the name stands. */
	readonly position: DtRange;
	/** Where the value stands (the name when there is none). */
	readonly valuePosition: DtRange;
	/** The value as it stands in a flattened devicetree: cells big endian, strings with their NUL. */
	data: Uint8Array;
}

export interface DtNode {
	/** With unit address; "/" for the root. */
	readonly name: string;
	readonly path: string;
	readonly parent: DtNode | null;
	readonly labels: string[];
	readonly properties: Map<string, PropertyValue>;
	readonly children: DtNode[];
	/** Where the node's name stands first. */
	readonly position: DtRange;
	/** 0 until somebody refers to the node. */
	phandle: number;
}

export interface DeviceTree {
	readonly root: DtNode;
	readonly labels: ReadonlyMap<string, DtNode>;
	readonly phandles: ReadonlyMap<number, DtNode>;
}

/** Child path: no double slash below the root. */
export function childPath(parent: DtNode, name: string): string {
	return parent.path === "/" ? `/${name}` : `${parent.path}/${name}`;
}

/** The property's 32-bit cells, unsigned; undefined when it is missing or not made of cells. */
export function cells(node: DtNode, name: string): number[] | undefined {
	const data = node.properties.get(name)?.data;
	if (data === undefined || data.length % 4 !== 0) return undefined;
	const view = new DataView(data.buffer, data.byteOffset, data.length);
	const out: number[] = [];
	for (let at = 0; at < data.length; at += 4) out.push(view.getUint32(at));
	return out;
}

/** The first cell of a property, or `otherwise`. */
export function cell(node: DtNode, name: string, otherwise: number): number {
	return cells(node, name)?.[0] ?? otherwise;
}

/** The property's strings; undefined when it is missing or does not end in NUL. */
export function strings(node: DtNode, name: string): string[] | undefined {
	const data = node.properties.get(name)?.data;
	if (data === undefined || data.length === 0 || data[data.length - 1] !== 0) return undefined;
	return new TextDecoder().decode(data.subarray(0, data.length - 1)).split("\0");
}

export function hasProperty(node: DtNode, name: string): boolean {
	return node.properties.has(name);
}

/** `status` says that the node is to be used: missing, "okay" or "ok". */
export function isAvailable(node: DtNode): boolean {
	const status = strings(node, "status")?.[0];
	return status === undefined || status === "okay" || status === "ok";
}

/** The node at a path or behind a label; undefined when there is none. */
export function findNode(tree: DeviceTree, labelOrPath: string): DtNode | undefined {
	if (!labelOrPath.startsWith("/")) return tree.labels.get(labelOrPath);
	let node: DtNode | undefined = tree.root;
	for (const part of labelOrPath.split("/").filter((text) => text !== "")) {
		const children: DtNode[] = node.children;
		node = children.find((child) => child.name === part) ?? children.find((child) => child.name.split("@")[0] === part);
		if (node === undefined) return undefined;
	}
	return node;
}

/** Every node below and including `node`, parents first. */
export function allNodes(node: DtNode): DtNode[] {
	return [node, ...node.children.flatMap(allNodes)];
}

/** `#address-cells` and `#size-cells` for the children of a node (2 and 1 by the specification when missing). */
export function addressCells(node: DtNode): { address: number; size: number } {
	return { address: cell(node, "#address-cells", 2), size: cell(node, "#size-cells", 1) };
}

/** Joins cells to one number; exact below 2^53. */
export function joinCells(values: readonly number[], at: number, count: number): number {
	let value = 0;
	for (let index = 0; index < count; index++) value = value * 4294967296 + (values[at + index] ?? 0);
	return value;
}

/**
 * `reg` of a node as bus addresses of the root, through the `ranges` of its parents. undefined when there is no
 * `reg`, when a parent has no `ranges` that cover it, or when the cells do not add up.
 */
export function regions(node: DtNode): { base: number; size: number }[] | undefined {
	const parent = node.parent;
	const values = cells(node, "reg");
	if (parent === null || values === undefined) return undefined;
	const { address, size } = addressCells(parent);
	if (address + size === 0 || values.length % (address + size) !== 0) return undefined;
	const out: { base: number; size: number }[] = [];
	for (let at = 0; at < values.length; at += address + size) {
		const base = translate(parent, joinCells(values, at, address));
		if (base === undefined) return undefined;
		out.push({ base, size: joinCells(values, at + address, size) });
	}
	return out;
}

/** An address on the bus of `bus` as an address of the root; undefined when it does not come through. */
export function translate(bus: DtNode, address: number): number | undefined {
	let at = address;
	for (let node = bus; node.parent !== null; node = node.parent) {
		const property = node.properties.get("ranges");
		if (property === undefined) return undefined;
		if (property.data.length === 0) continue;
		const ranges = cells(node, "ranges") ?? [];
		const child = addressCells(node);
		const outer = addressCells(node.parent).address;
		const step = child.address + outer + child.size;
		if (step === 0) return undefined;
		let found: number | undefined;
		for (let index = 0; index + step <= ranges.length; index += step) {
			const from = joinCells(ranges, index, child.address);
			const size = joinCells(ranges, index + child.address + outer, child.size);
			if (at >= from && at - from < size) {
				found = joinCells(ranges, index + child.address, outer) + (at - from);
				break;
			}
		}
		if (found === undefined) return undefined;
		at = found;
	}
	return at;
}

/** A piece of what a bus master reaches: `size` bytes from `dma` on as it sees them are at `cpu` for the CPU. */
export interface DmaRange {
	readonly cpu: number;
	readonly dma: number;
	readonly size: number;
}

/**
 * What the bus of `node` says of its masters' addresses: the nearest parent's `dma-ranges`. undefined when no parent has
 * any, or an empty one: addresses are the same. Parents above that one do not translate.
 */
export function dmaRanges(node: DtNode): DmaRange[] | undefined {
	for (let bus = node.parent; bus?.parent; bus = bus.parent) {
		const values = cells(bus, "dma-ranges");
		if (values === undefined || values.length === 0) continue;
		const child = addressCells(bus);
		const outer = addressCells(bus.parent).address;
		const step = child.address + outer + child.size;
		if (step === 0) continue;
		const out: DmaRange[] = [];
		for (let at = 0; at + step <= values.length; at += step)
			out.push({
				dma: joinCells(values, at, child.address),
				cpu: joinCells(values, at + child.address, outer),
				size: joinCells(values, at + child.address + outer, child.size),
			});
		return out;
	}
	return undefined;
}

/** One entry of a `dmas`-like list. */
export interface PhandleEntry {
	readonly node: DtNode;
	readonly args: number[];
}

/**
 * A list of `<&phandle args…>`, whose number of arguments the provider's `cellsName` says; undefined when the
 * property is missing, a phandle is unknown, or the provider lacks `cellsName`. `<0>` is an empty entry, null here.
 */
export function phandleList(
	tree: DeviceTree,
	node: DtNode,
	name: string,
	cellsName: string,
): (PhandleEntry | null)[] | undefined {
	const values = cells(node, name);
	if (values === undefined) return undefined;
	const out: (PhandleEntry | null)[] = [];
	for (let at = 0; at < values.length; ) {
		if (values[at] === 0) {
			out.push(null);
			at++;
			continue;
		}
		const provider = tree.phandles.get(values[at]!);
		const count = provider && cells(provider, cellsName)?.[0];
		if (provider === undefined || count === undefined || at + 1 + count > values.length) return undefined;
		out.push({ node: provider, args: values.slice(at + 1, at + 1 + count) });
		at += 1 + count;
	}
	return out;
}
