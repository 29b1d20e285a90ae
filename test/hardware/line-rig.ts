/** A peripheral alone on a machine, with its request lines watched and its interrupts unmasked. */

import type { Peripheral } from "../../src/hardware/model";
import { watchUnmodelled } from "../../src/hardware/unmodelled";
import { Machine } from "../../src/sim/machine";

export const BASE = 0x40010000;
export const LINE = 5;
export const ERROR_LINE = 6;
export const MS = 1e9;
export const US = 1e6;

export function lineRig<P extends Peripheral>(create: (machine: Machine) => P) {
	const machine = new Machine();
	const device = create(machine);
	const requests: Record<"rx" | "tx", boolean> = { rx: false, tx: false };
	const warnings: string[] = [];
	const line = (name: "rx" | "tx") =>
		machine.requests.connect(
			device,
			{
				requestChanged: (_, active) => {
					requests[name] = active;
				},
			},
			0,
		);
	device.wireRequests(line("rx"), line("tx"));
	machine.interrupts.unmask(LINE);
	machine.interrupts.unmask(ERROR_LINE);
	machine.observers.add({ warning: (_device, code) => warnings.push(code) });
	watchUnmodelled(machine, [{ device: device.index, bank: device }]);
	return {
		machine,
		device,
		requests,
		warnings,
		read: (offset: number, size = 4) => machine.bus.read(BASE + offset, size),
		write: (offset: number, value: number, size = 4) => machine.bus.write(BASE + offset, size, value),
		level: (number = LINE) => machine.interrupts.level(number),
	};
}
