/** Runtime power management of the controller: on while a channel is in use. */
import type { Kernel } from "../../kernel";
import { changeConfig, DMAC_EN, INT_EN } from "./registers";

/** pm_runtime_resume_and_get: the first user switches the controller and its interrupts on. */
export function powerUp(k: Kernel, chip: number): void {
	const { users } = k.state.dwAxi;
	users[chip] = (users[chip] ?? 0) + 1;
	if (users[chip] === 1) switchOn(k, chip);
}

/** pm_runtime_put: without users it is switched off. */
export function powerDown(k: Kernel, chip: number): void {
	const { users } = k.state.dwAxi;
	users[chip] = (users[chip] ?? 0) - 1;
	if (users[chip] === 0) switchOff(k, chip);
}

export function switchOn(k: Kernel, chip: number): void {
	changeConfig(k, chip, DMAC_EN, 0);
	changeConfig(k, chip, INT_EN, 0);
}

export function switchOff(k: Kernel, chip: number): void {
	changeConfig(k, chip, 0, INT_EN);
	changeConfig(k, chip, 0, DMAC_EN);
}
