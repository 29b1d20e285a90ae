/** A devicetree into a machine: memory map, models, request lines. */

import {
	allNodes,
	cell,
	cells,
	type DeviceTree,
	type DtDiagnostic,
	type DtNode,
	hasProperty,
	isAvailable,
	phandleList,
	regions,
	strings,
} from "../devicetree/tree";
import type { HardwareModel, Peripheral, RequestTarget } from "../hardware/model";
import { banksOf } from "../hardware/registers";
import { Stm32Dma } from "../hardware/stm32-dma/controller";
import { Stm32Dmamux } from "../hardware/stm32-dmamux";
import { type DeviceBank, watchUnmodelled } from "../hardware/unmodelled";
import type { BusTarget } from "../sim/bus";
import { Machine } from "../sim/machine";
import { PAGE_SIZE } from "../sim/memory";
import { type BoardDevice, listDevices, problem } from "./devices";
import { dmaMasters } from "./dma-masters";
import { createModel } from "./models";

export type { BoardDevice } from "./devices";

export interface BuiltMachine {
	machine: Machine;
	/** Every device of the board, in devicetree order. */
	devices: BoardDevice[];
	/** RAM, by ascending address; the first region's base is the start of RAM. */
	memory: { base: number; size: number }[];
	/** Number of CPUs, at least 1. */
	cpus: number;
	diagnostics: DtDiagnostic[];
}

/** Bytes of the smallest bank of memory that the kernel boots in: the first MiB of it is reserved. */
export const LEAST_MEMORY = 0x400000;

const DDR_LATENCY = 20;
const SRAM_LATENCY = 4;

/** Builds the machine. With errors in `diagnostics` the machine is incomplete and must not be run. */
export function buildMachine(tree: DeviceTree): BuiltMachine {
	const machine = new Machine();
	const diagnostics: DtDiagnostic[] = [];
	const memory = addMemory(tree, machine, diagnostics);
	const devices = listDevices(tree, diagnostics);
	for (const device of devices) attach(tree, machine, device, diagnostics);
	for (const device of devices) wire(tree, device, devices, diagnostics);
	watchUnmodelled(machine, devices.flatMap(registerBlocks));
	const cpus = allNodes(tree.root).filter(
		(node) => isAvailable(node) && strings(node, "device_type")?.[0] === "cpu",
	).length;
	return { machine, devices, memory, cpus: Math.max(1, cpus), diagnostics };
}

function addMemory(tree: DeviceTree, machine: Machine, diagnostics: DtDiagnostic[]): { base: number; size: number }[] {
	const out: { base: number; size: number }[] = [];
	const add = (node: DtNode, latency: number) => {
		const at = node.properties.get("reg")?.valuePosition ?? node.position;
		const reg = regions(node);
		if (reg === undefined || reg.length === 0)
			diagnostics.push(problem("DT021", `expected reg = <address size> in ${node.name}`, at));
		const ns = cells(node, "sim,read-latency-ns")?.[0];
		for (const { base, size } of reg ?? []) {
			if (size === 0) continue;
			try {
				machine.memory.addRegion(base, size, latency, ns === undefined ? -1 : ns * 1000);
				if (latency === DDR_LATENCY) out.push({ base, size });
			} catch {
				const why =
					base % PAGE_SIZE || size % PAGE_SIZE
						? "memory must begin and end at a multiple of 4 KiB"
						: `reg of ${node.name} overlaps other memory`;
				diagnostics.push(problem("DT023", why, at));
			}
		}
	};
	for (const node of allNodes(tree.root)) {
		if (!isAvailable(node)) continue;
		const isMemory = strings(node, "device_type")?.[0] === "memory" || node.name.split("@")[0] === "memory";
		if (isMemory && node.parent === tree.root) add(node, DDR_LATENCY);
		else if (strings(node, "compatible")?.includes("mmio-sram")) add(node, SRAM_LATENCY);
	}
	if (out.length === 0)
		diagnostics.push(
			problem(
				"DT020",
				"the board has no memory: expected a node memory@… with device_type and reg",
				tree.root.position,
			),
		);
	else if (out.every(({ size }) => size < LEAST_MEMORY))
		diagnostics.push(
			problem("DT026", "the board has too little memory: Linux needs 4 MiB in one piece", tree.root.position),
		);
	return out.sort((a, b) => a.base - b.base);
}

function attach(tree: DeviceTree, machine: Machine, device: BoardDevice, diagnostics: DtDiagnostic[]): void {
	if (device.compatible.includes("mmio-sram")) return;
	const at = device.node.properties.get("reg")?.valuePosition ?? device.node.position;
	for (const { base, size } of device.reg) {
		const target = machine.bus.targets.find((other) => base < other.base + other.size && other.base < base + size);
		const ram = machine.memory.regions.find((other) => base < other.base + other.size && other.base < base + size);
		if (target === undefined && ram === undefined) continue;
		const other = target?.name ?? "memory";
		diagnostics.push(problem("DT024", `reg of ${device.node.name} overlaps that of ${other}`, at));
		return;
	}
	device.model = createModel(tree, machine, device, diagnostics);
	// Models of devices with several register blocks attach them themselves.
	for (const { base, size } of device.reg)
		if (size > 0 && machine.bus.targetOf(base) === null) machine.bus.attach(silent(device, base, size));
}

/** Registers of a device that nothing models: they read 0 and ignore writes. */
function silent(device: BoardDevice, base: number, size: number): BusTarget {
	const ns = hasProperty(device.node, "sim,read-latency-ns") ? cell(device.node, "sim,read-latency-ns", 0) * 1000 : -1;
	return {
		name: device.name,
		base,
		size,
		readLatency: 8,
		readLatencyPs: ns,
		read: () => 0,
		peek: () => 0,
		write: () => {},
	};
}

/** A router's outputs to the streams of its masters, in order: each master's first output leads to its stream 0. */
function wireRouter(tree: DeviceTree, device: BoardDevice, devices: BoardDevice[]): void {
	const { model } = device;
	if (!(model instanceof Stm32Dmamux)) return;
	for (const { node, requests } of dmaMasters(tree, device.node)) {
		const target = requestTarget(devices.find((other) => other.node === node)?.model);
		for (let stream = 0; target !== null && stream < requests; stream++)
			model.connectOutput(target, target.requestInput?.([stream, 0]) ?? stream);
	}
}

/** The ends of STM32 DMA transfers to the first requests of an MDMA, stream by stream, as silicon wires them. */
function wireTransferEnds(tree: DeviceTree, device: BoardDevice, devices: BoardDevice[]): void {
	const target = requestTarget(device.model);
	let input = 0;
	for (const phandle of cells(device.node, "sim,transfer-ends") ?? []) {
		const node = tree.phandles.get(phandle);
		const model = devices.find((other) => other.node === node)?.model;
		if (target !== null && model instanceof Stm32Dma) model.connectEnds(target, input);
		input += 8;
	}
}

/** The register blocks of a device that has a model. */
function registerBlocks({ model }: BoardDevice): DeviceBank[] {
	return model === null ? [] : banksOf(model).map((bank) => ({ device: model.index, bank }));
}

function requestTarget(model: HardwareModel | null | undefined): (HardwareModel & RequestTarget) | null {
	return model && "connectRequest" in model ? (model as HardwareModel & RequestTarget) : null;
}

/** `dmas` and `dma-names` of a peripheral to the handshake inputs of controllers. */
function wire(tree: DeviceTree, device: BoardDevice, devices: BoardDevice[], diagnostics: DtDiagnostic[]): void {
	wireRouter(tree, device, devices);
	wireTransferEnds(tree, device, devices);
	const property = device.node.properties.get("dmas");
	if (property === undefined) return;
	const list = phandleList(tree, device.node, "dmas", "#dma-cells");
	if (list === undefined) {
		diagnostics.push(
			problem("DT025", "expected references to DMA controllers, each with #dma-cells numbers", property.valuePosition),
		);
		return;
	}
	const { model } = device;
	if (!model || !("wireRequests" in model)) return;
	const peripheral = model as Peripheral;
	const names = strings(device.node, "dma-names") ?? [];
	const line = (name: string): number => {
		const entry = list[names.indexOf(name)];
		if (!entry) return -1;
		const target = requestTarget(devices.find((other) => other.node === entry.node)?.model);
		const input = target?.requestInput?.(entry.args) ?? entry.args[0] ?? 0;
		return target?.connectRequest(peripheral, input) ?? -1;
	};
	const rx = line("rx");
	peripheral.wireRequests(rx, line("tx"));
}
