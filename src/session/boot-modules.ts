/** Hands the linked modules to the kernel, which loads them when it has booted. */
import { startBoot } from "../kernel/boot";
import { addModule } from "../kernel/module/modules";
import type { LinkedModule } from "./link";
import type { Simulation } from "./simulation";

/** Makes the boot thread; `tests`: KUnit suites run behind the modules' init. */
export function bootModules({ k, options }: Simulation, modules: readonly LinkedModule[], tests: boolean): void {
	for (const { file, module } of modules) addModule(k, module, file.params);
	k.state.kunit.filter = tests ? (options.test ?? "") : "";
	startBoot(k, { tests });
}
