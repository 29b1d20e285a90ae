/** Which nodes of a devicetree are devices, and where they are. */

import {
	allNodes,
	cells,
	type DeviceTree,
	type DtDiagnostic,
	type DtNode,
	type DtRange,
	isAvailable,
	regions,
	strings,
} from "../devicetree/tree";
import type { HardwareModel } from "../hardware/model";

export interface BoardDevice {
	readonly node: DtNode;
	readonly path: string;
	readonly labels: readonly string[];
	/** dev_name(): "10000000.serial", or the path's parts joined by colons when there is no address. */
	readonly name: string;
	/** Bus addresses. */
	readonly reg: readonly { base: number; size: number }[];
	readonly interrupts: readonly number[];
	readonly compatible: readonly string[];
	/** null: nothing models this device; its registers read 0 and ignore writes. */
	model: HardwareModel | null;
}

/** A diagnostic at a property, or at its node's name. */
export function problem(code: string, message: string, at: DtRange, notes?: string[]): DtDiagnostic {
	const { file, line, column, endLine, endColumn } = at;
	return { code, severity: "error", message, file, line, column, endLine, endColumn, ...(notes ? { notes } : {}) };
}

/** Linux names a platform device after its translated address and node name. */
export function deviceName(node: DtNode, reg: readonly { base: number }[]): string {
	const plain = node.name.split("@")[0]!;
	if (reg.length > 0) return `${reg[0]!.base.toString(16)}.${plain}`;
	const parts: string[] = [];
	for (let at: DtNode | null = node; at?.parent; at = at.parent) parts.unshift(at.name.replace("@", ":"));
	return parts.join(":");
}

/** Numbers of the interrupt lines: the first of each specifier's cells (the second for three-cell ones). */
export function interruptsOf(tree: DeviceTree, node: DtNode): number[] {
	const values = cells(node, "interrupts") ?? [];
	let parent: DtNode | null = node;
	let width = 1;
	for (; parent !== null; parent = parent.parent) {
		const phandle = cells(parent, "interrupt-parent")?.[0];
		if (phandle === undefined) continue;
		const controller = tree.phandles.get(phandle);
		width = (controller && cells(controller, "#interrupt-cells")?.[0]) ?? 1;
		break;
	}
	const out: number[] = [];
	for (let at = 0; at + width <= values.length; at += width)
		out.push(width === 3 ? values[at + 1]! + (values[at] === 0 ? 32 : 16) : values[at]!);
	return out;
}

/** Every available node with `compatible`, in devicetree order; below a disabled node there is none. */
export function listDevices(tree: DeviceTree, diagnostics: DtDiagnostic[]): BoardDevice[] {
	const disabled = new Set<DtNode>();
	const out: BoardDevice[] = [];
	for (const node of allNodes(tree.root)) {
		if (!isAvailable(node) || (node.parent !== null && disabled.has(node.parent))) {
			disabled.add(node);
			continue;
		}
		const compatible = strings(node, "compatible");
		if (compatible === undefined || node.parent === null) continue;
		const property = node.properties.get("reg");
		const reg = regions(node) ?? [];
		if (property !== undefined && reg.length === 0)
			diagnostics.push(
				problem(
					"DT021",
					`reg of ${node.name} is no address on the bus: expected #address-cells + #size-cells cells for each region, inside the parents' ranges`,
					property.valuePosition,
				),
			);
		out.push({
			node,
			path: node.path,
			labels: node.labels,
			name: deviceName(node, reg),
			reg,
			interrupts: interruptsOf(tree, node),
			compatible,
			model: null,
		});
	}
	return out;
}
