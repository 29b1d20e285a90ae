/** What the boot thread does. */

import { workStruct } from "./base-structs";
import { newText } from "./device/names";
import { createNodes } from "./device/nodes";
import { createPlatformBus, populate } from "./device/platform-board";
import { dmatestArguments } from "./dmatest/module";
import { driverInits } from "./drivers";
import { call, goto, type KernelFunction, next, ret, step, steps } from "./functions";
import type { Kernel } from "./kernel";
import { kzalloc } from "./mm/kmalloc";
import { createThread } from "./sched/threads";
import { createSystemWorkqueue } from "./work/functions";

export interface BootState {
	phase: "off" | "drivers" | "modules" | "loaded" | "tests" | "done";
	tests: boolean;
	stopWhenLoaded: boolean;
	/** work_struct that tries deferred probes again. */
	deferredWork: number;
}
export const createBootState = (): BootState => ({ phase: "off", tests: true, stopWhenLoaded: false, deferredWork: 0 });

function setUp(k: Kernel): void {
	createPlatformBus(k);
	createNodes(k);
	createSystemWorkqueue(k);
	const work = kzalloc(k, workStruct.$size);
	workStruct.func.set(k.space, work, k.address("deferred_probe_work_func"));
	k.state.boot.deferredWork = work;
	createThread(k, "ksoftirqd/0", "kthread", "run_ksoftirqd", []);
	populate(k);
}

export const bootFunctions: KernelFunction[] = [
	steps(
		"int kernel_init(void *unused)",
		{
			devices: step("Make the devices that the devicetree describes.", (k, f) => {
				k.state.boot.phase = "drivers";
				setUp(k);
				f.locals.index = 0;
				return next;
			}),
			drivers: step("Start the built-in drivers: DMA controllers, routers, clocks, resets.", (_, f) => {
				const init = driverInits[f.locals.index++];
				return init === undefined ? next : call("do_one_initcall_by_index", [f.locals.index - 1], "drivers");
			}),
			settle: step("Wait until deferred probes have been tried.", () => call("wait_for_device_probe", [])),
			begin: step("Load the modules, in order.", (k, f) => {
				k.state.boot.phase = "modules";
				f.locals.index = 0;
				return next;
			}),
			modules: step("Load the next module.", (k, f) => {
				const index = f.locals.index++;
				return index < k.state.modules.modules.length ? call("load_module", [index], "modules") : next;
			}),
			dmatest: step("Load dmatest when the run sets parameters of it.", (k) => {
				const args = dmatestArguments(k);
				return args === "" ? next : call("dmatest_load", [newText(k, args)]);
			}),
			probes: step("Wait until deferred probes have been tried.", () => call("wait_for_device_probe", [])),
			loaded: step("Everything is loaded.", (k) => {
				k.state.boot.phase = "loaded";
				if (k.state.boot.stopWhenLoaded) k.machine.stopRequested = true;
				return k.state.boot.tests ? next : goto("done");
			}),
			tests: step("Run the KUnit suites.", (k) => {
				k.state.boot.phase = "tests";
				return call("kunit_run_all_tests", []);
			}),
			done: step("Booted.", (k) => {
				if (k.state.boot.phase === "tests") k.state.boot.phase = "done";
				return ret(0);
			}),
		},
		0,
	),
	steps(
		"int do_one_initcall_by_index(int index)",
		{
			call: step("Call the driver's init.", (_, f) => call(driverInits[f.args[0]], [])),
			done: step("Return its result.", (_, f) => ret(f.result | 0)),
		},
		0,
	),
	steps(
		"int unload_all_modules(void)",
		{
			begin: step("From the last module on.", (k, f) => {
				f.locals.index = k.state.modules.modules.length;
				return next;
			}),
			module: step("Unload the next one.", (_, f) =>
				--f.locals.index >= 0 ? call("unload_module", [f.locals.index], "module") : ret(0),
			),
		},
		0,
	),
];
