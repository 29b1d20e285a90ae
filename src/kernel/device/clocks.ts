/** Clocks, resets and runtime power management as drivers call them: they keep count and never fail. */
import { cell, cells, phandleList, strings } from "../../devicetree/tree";
import { ENOENT, isError } from "../errno";
import { type KernelFunction, plain } from "../functions";
import type { Kernel } from "../kernel";
import { kzalloc } from "../mm/kmalloc";
import { readText } from "../text";
import { addDevres } from "./devices";
import { nodeOf } from "./nodes";
import type { ClockRecord } from "./state";
import { device, devPmInfo } from "./structs";

const pm = { usage: (dev: number): number => device.power.at(dev) + devPmInfo.usage_count.offset };

/** The handle of a device's clock by name ("" the first): a pointer, or a negative errno. */
function getClock(k: Kernel, np: number, id: string): number {
	const node = nodeOf(k, np);
	if (!node || !k.tree || !node.properties.has("clocks")) return -ENOENT;
	const index = id === "" ? 0 : (strings(node, "clock-names") ?? []).indexOf(id);
	const entry = index < 0 ? undefined : phandleList(k.tree, node, "clocks", "#clock-cells")?.[index];
	if (!entry) return -ENOENT;
	const output = entry.args[0] ?? 0;
	const { clocks } = k.state.devices;
	const known = clocks.find((c) => c.node === entry.node.path && c.index === output);
	if (known) return known.handle;
	const rates = cells(entry.node, "clock-frequency");
	const handle = kzalloc(k, 16);
	clocks.push({
		handle,
		node: entry.node.path,
		index: output,
		rate: rates?.[output] ?? cell(entry.node, "clock-frequency", 0),
		prepared: 0,
		enabled: 0,
	});
	return handle;
}

function clock(k: Kernel, handle: number): ClockRecord | undefined {
	return k.state.devices.clocks.find((c) => c.handle === handle);
}

const ofDevice = (k: Kernel, dev: number): number => (dev === 0 ? 0 : device.of_node.get(k.space, dev));

function getOptional(k: Kernel, dev: number, id: number): number {
	const handle = getClock(k, ofDevice(k, dev), readText(k, id));
	return handle === -ENOENT ? 0 : handle;
}

function enable(k: Kernel, handle: number, by: number): number {
	const record = clock(k, handle);
	if (record) {
		record.enabled += by;
		record.prepared += by;
	}
	return 0;
}

function getEnabled(k: Kernel, dev: number, handle: number): number {
	if (handle !== 0 && !isError(handle)) {
		enable(k, handle, 1);
		addDevres(k, dev, "devm_clk_get_enabled", "clk_disable_unprepare", [handle]);
	}
	return handle;
}

/** Index of the handle that stands for all lines of a device. */
const ALL_LINES = -1;

function getReset(k: Kernel, dev: number, id: string, optional: boolean): number {
	const node = nodeOf(k, ofDevice(k, dev));
	const none = optional ? 0 : -ENOENT;
	if (!node || !k.tree || !node.properties.has("resets")) return none;
	const index = id === "" ? 0 : (strings(node, "reset-names") ?? []).indexOf(id);
	const entry = index < 0 ? undefined : phandleList(k.tree, node, "resets", "#reset-cells")?.[index];
	return entry ? resetLine(k, entry.node.path, entry.args[0] ?? 0, []) : none;
}

/** The handle of one line, the same for everybody. */
function resetLine(k: Kernel, node: string, index: number, members: number[]): number {
	const { resets } = k.state.devices;
	const known = resets.find((r) => r.node === node && r.index === index);
	if (known) return known.handle;
	const handle = kzalloc(k, 16);
	resets.push({ handle, node, index, asserted: true, members });
	return handle;
}

/** One handle for all lines of a device. */
function getResetArray(k: Kernel, dev: number, optional: boolean): number {
	const node = nodeOf(k, ofDevice(k, dev));
	const entries = (node && k.tree && phandleList(k.tree, node, "resets", "#reset-cells")) ?? [];
	if (!node || entries.length === 0) return optional ? 0 : -ENOENT;
	const lines = entries
		.flatMap((entry) => entry ?? [])
		.map((entry) => resetLine(k, entry.node.path, entry.args[0] ?? 0, []));
	return resetLine(k, node.path, ALL_LINES, lines);
}

function setReset(k: Kernel, handle: number, asserted: boolean): number {
	const record = k.state.devices.resets.find((r) => r.handle === handle);
	if (!record) return 0;
	record.asserted = asserted;
	for (const member of record.members) setReset(k, member, asserted);
	return 0;
}

function usage(k: Kernel, dev: number, by: number): void {
	k.space.w32(pm.usage(dev), k.space.s32(pm.usage(dev)) + by);
}

export const clockFunctions: KernelFunction[] = plain({
	"struct clk *clk_get(struct device *dev, const char *id)": (k, dev, id) =>
		getClock(k, ofDevice(k, dev), readText(k, id)),
	"struct clk *clk_get_optional(struct device *dev, const char *id)": getOptional,
	"struct clk *devm_clk_get(struct device *dev, const char *id)": (k, dev, id) =>
		getClock(k, ofDevice(k, dev), readText(k, id)),
	"struct clk *devm_clk_get_optional(struct device *dev, const char *id)": getOptional,
	"struct clk *devm_clk_get_enabled(struct device *dev, const char *id)": (k, dev, id) =>
		getEnabled(k, dev, getClock(k, ofDevice(k, dev), readText(k, id))),
	"struct clk *devm_clk_get_optional_enabled(struct device *dev, const char *id)": (k, dev, id) =>
		getEnabled(k, dev, getOptional(k, dev, id)),
	"struct clk *of_clk_get(struct device_node *np, int index)": (k, np, index) => {
		const names = nodeOf(k, np);
		return getClock(k, np, (names && strings(names, "clock-names")?.[index]) ?? "");
	},
	"struct clk *of_clk_get_by_name(struct device_node *np, const char *name)": (k, np, name) =>
		getClock(k, np, readText(k, name)),
	"void clk_put(struct clk *clk)": () => undefined,
	"int clk_prepare(struct clk *clk)": () => 0,
	"void clk_unprepare(struct clk *clk)": () => undefined,
	"int clk_enable(struct clk *clk)": () => 0,
	"void clk_disable(struct clk *clk)": () => undefined,
	"int clk_prepare_enable(struct clk *clk)": (k, handle) => enable(k, handle, 1),
	"void clk_disable_unprepare(struct clk *clk)": (k, handle) => {
		enable(k, handle, -1);
	},
	"unsigned long clk_get_rate(struct clk *clk)": (k, handle) => clock(k, handle)?.rate ?? 0,
	"int clk_set_rate(struct clk *clk, unsigned long rate)": (k, handle, rate) => {
		const record = clock(k, handle);
		if (record) record.rate = rate;
		return 0;
	},
	"struct reset_control *reset_control_get_exclusive(struct device *dev, const char *id)": (k, dev, id) =>
		getReset(k, dev, readText(k, id), false),
	"struct reset_control *devm_reset_control_get(struct device *dev, const char *id)": (k, dev, id) =>
		getReset(k, dev, readText(k, id), false),
	"struct reset_control *devm_reset_control_get_exclusive(struct device *dev, const char *id)": (k, dev, id) =>
		getReset(k, dev, readText(k, id), false),
	"struct reset_control *devm_reset_control_get_shared(struct device *dev, const char *id)": (k, dev, id) =>
		getReset(k, dev, readText(k, id), false),
	"struct reset_control *devm_reset_control_get_optional(struct device *dev, const char *id)": (k, dev, id) =>
		getReset(k, dev, readText(k, id), true),
	"struct reset_control *devm_reset_control_get_optional_exclusive(struct device *dev, const char *id)": (k, dev, id) =>
		getReset(k, dev, readText(k, id), true),
	"struct reset_control *devm_reset_control_get_optional_shared(struct device *dev, const char *id)": (k, dev, id) =>
		getReset(k, dev, readText(k, id), true),
	"struct reset_control *devm_reset_control_array_get_exclusive(struct device *dev)": (k, dev) =>
		getResetArray(k, dev, false),
	"struct reset_control *devm_reset_control_array_get_optional_exclusive(struct device *dev)": (k, dev) =>
		getResetArray(k, dev, true),
	"void reset_control_put(struct reset_control *rstc)": () => undefined,
	"int reset_control_assert(struct reset_control *rstc)": (k, handle) => setReset(k, handle, true),
	"int reset_control_deassert(struct reset_control *rstc)": (k, handle) => setReset(k, handle, false),
	"int reset_control_reset(struct reset_control *rstc)": (k, handle) => setReset(k, handle, false),
	"int reset_control_status(struct reset_control *rstc)": (k, handle) =>
		k.state.devices.resets.find((r) => r.handle === handle)?.asserted ? 1 : 0,
	"void pm_runtime_enable(struct device *dev)": () => undefined,
	"void pm_runtime_disable(struct device *dev)": () => undefined,
	"int devm_pm_runtime_enable(struct device *dev)": () => 0,
	"int pm_runtime_set_active(struct device *dev)": () => 0,
	"void pm_runtime_set_suspended(struct device *dev)": () => undefined,
	"void pm_runtime_set_autosuspend_delay(struct device *dev, int delay)": () => undefined,
	"void pm_runtime_use_autosuspend(struct device *dev)": () => undefined,
	"void pm_runtime_dont_use_autosuspend(struct device *dev)": () => undefined,
	"void pm_runtime_mark_last_busy(struct device *dev)": () => undefined,
	"bool pm_runtime_suspended(struct device *dev)": () => false,
	"bool pm_runtime_active(struct device *dev)": () => true,
	"bool pm_runtime_enabled(struct device *dev)": () => true,
	"bool pm_runtime_status_suspended(struct device *dev)": () => false,
	"void pm_runtime_get_noresume(struct device *dev)": (k, dev) => usage(k, dev, 1),
	"void pm_runtime_put_noidle(struct device *dev)": (k, dev) => usage(k, dev, -1),
	"int pm_runtime_get(struct device *dev)": (k, dev) => {
		usage(k, dev, 1);
		return 1;
	},
	"int pm_runtime_get_sync(struct device *dev)": (k, dev) => {
		usage(k, dev, 1);
		return 1;
	},
	"int pm_runtime_resume_and_get(struct device *dev)": (k, dev) => {
		usage(k, dev, 1);
		return 0;
	},
	"int pm_runtime_put(struct device *dev)": (k, dev) => {
		usage(k, dev, -1);
		return 0;
	},
	"int pm_runtime_put_sync(struct device *dev)": (k, dev) => {
		usage(k, dev, -1);
		return 0;
	},
	"int pm_runtime_put_autosuspend(struct device *dev)": (k, dev) => {
		usage(k, dev, -1);
		return 0;
	},
	"int pm_runtime_resume(struct device *dev)": () => 1,
	"int pm_runtime_suspend(struct device *dev)": () => 0,
	"int pm_runtime_force_suspend(struct device *dev)": () => 0,
	"int pm_runtime_force_resume(struct device *dev)": () => 0,
});
