/** Which nodes of a devicetree are devices, and where they are. */

import {
	cells,
	type DeviceTree,
	type DtDiagnostic,
	type DtNode,
	type DtRange,
	hasProperty,
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

/**
 * Linux names a platform device after its translated address and node name; without an address after the parts
 * of its path up to the first parent that has one.
 */
export function deviceName(node: DtNode): string {
	let name = "";
	for (let at: DtNode | null = node; at?.parent; at = at.parent) {
		const base = regions(at)?.[0]?.base;
		const tail = name === "" ? "" : `:${name}`;
		if (base !== undefined) return `${base.toString(16)}.${at.name.split("@")[0]}${tail}`;
		name = at.name + tail;
	}
	return name;
}

/** Controllers whose two cells are a bank of 32 lines and a line in it. */
const BANKED = ["brcm,bcm2835-armctrl-ic", "brcm,bcm2836-armctrl-ic"];

/**
 * Numbers of the interrupt lines: the first of each specifier's cells (the second for three-cell ones); on the Raspberry
 * Pi's controller 32 * bank + line.
 */
export function interruptsOf(tree: DeviceTree, node: DtNode): number[] {
	const values = cells(node, "interrupts") ?? [];
	let parent: DtNode | null = node;
	let width = 1;
	let banked = false;
	for (; parent !== null; parent = parent.parent) {
		const phandle = cells(parent, "interrupt-parent")?.[0];
		if (phandle === undefined) continue;
		const controller = tree.phandles.get(phandle);
		width = (controller && cells(controller, "#interrupt-cells")?.[0]) ?? 1;
		banked =
			width === 2 &&
			(controller ? strings(controller, "compatible") : [])?.some((name) => BANKED.includes(name)) === true;
		break;
	}
	const out: number[] = [];
	for (let at = 0; at + width <= values.length; at += width)
		if (banked) out.push(32 * values[at]! + values[at + 1]!);
		else out.push(width === 3 ? values[at + 1]! + (values[at] === 0 ? 32 : 16) : values[at]!);
	return out;
}

const BUSES = ["simple-bus", "simple-mfd", "isa", "arm,amba-bus"];

/**
 * Every available node with `compatible` below the root and below its buses, in devicetree order. Children of
 * other devices (an I2C target, a CPU) are not on this bus.
 */
export function listDevices(tree: DeviceTree, diagnostics: DtDiagnostic[]): BoardDevice[] {
	const out: BoardDevice[] = [];
	const visit = (parent: DtNode) => {
		for (const node of parent.children) {
			if (!isAvailable(node)) continue;
			const compatible = strings(node, "compatible");
			if (compatible !== undefined) out.push(describe(tree, node, compatible, diagnostics));
			if (hasProperty(node, "ranges") || compatible?.some((name) => BUSES.includes(name))) visit(node);
		}
	};
	visit(tree.root);
	return out;
}

function describe(tree: DeviceTree, node: DtNode, compatible: string[], diagnostics: DtDiagnostic[]): BoardDevice {
	const property = node.properties.get("reg");
	const reg = regions(node) ?? [];
	if (property !== undefined && reg.length === 0) {
		const message = `reg of ${node.name} is no address on the bus: expected #address-cells + #size-cells cells for each region, inside the parents' ranges`;
		diagnostics.push(problem("DT021", message, property.valuePosition));
	}
	const name = deviceName(node);
	const interrupts = interruptsOf(tree, node);
	return { node, path: node.path, labels: node.labels, name, reg, interrupts, compatible, model: null };
}
