/** Devicetree nodes as C sees them: struct device_node in simulated memory, properties read from the tree. */
import { allNodes, type DtNode, findNode } from "../../devicetree/tree";
import type { Kernel } from "../kernel";
import { kzalloc } from "../mm/kmalloc";
import { newText } from "./names";
import { deviceNode, ofProperty } from "./structs";

/** The tree's node at a path. */
export function nodeAt(k: Kernel, path: string): DtNode | undefined {
	return k.tree ? findNode(k.tree, path) : undefined;
}

/** The tree's node behind a struct device_node, undefined for NULL and for one that C made. */
export function nodeOf(k: Kernel, np: number): DtNode | undefined {
	if (np === 0) return undefined;
	const path = k.state.devices.paths[np];
	return path === undefined ? undefined : nodeAt(k, path);
}

/** Address of the node's struct device_node, 0 for undefined. */
export function nodeAddress(k: Kernel, node: DtNode | null | undefined): number {
	return node ? (k.state.devices.nodes[node.path] ?? 0) : 0;
}

/** of_unflatten: makes the struct of every node, linked as in Linux. */
export function createNodes(k: Kernel): void {
	if (!k.tree) return;
	const { space } = k;
	const { nodes, paths } = k.state.devices;
	const list = allNodes(k.tree.root);
	for (const node of list) {
		const np = kzalloc(k, deviceNode.$size);
		nodes[node.path] = np;
		paths[np] = node.path;
	}
	for (const node of list) {
		const np = nodes[node.path];
		const index = node.parent ? node.parent.children.indexOf(node) : -1;
		deviceNode.name.set(space, np, newText(k, node.name.split("@")[0]));
		deviceNode.full_name.set(space, np, newText(k, node.name));
		deviceNode.phandle.set(space, np, node.phandle);
		deviceNode.parent.set(space, np, nodeAddress(k, node.parent));
		deviceNode.child.set(space, np, nodeAddress(k, node.children[0]));
		deviceNode.sibling.set(space, np, nodeAddress(k, index < 0 ? undefined : node.parent?.children[index + 1]));
		let previous = 0;
		for (const property of node.properties.values()) {
			const p = kzalloc(k, ofProperty.$size);
			ofProperty.name.set(space, p, newText(k, property.name));
			ofProperty.length.set(space, p, property.data.length);
			if (property.data.length > 0) {
				const value = kzalloc(k, property.data.length);
				space.writeBytes(value, property.data);
				ofProperty.value.set(space, p, value);
			}
			if (previous === 0) deviceNode.properties.set(space, np, p);
			else ofProperty.next.set(space, previous, p);
			previous = p;
		}
	}
}
