/**
 * The STM32's I2C controller, and what is on its bus: the child nodes whose `compatible` is `sim,i2c-eeprom` or
 * `sim,i2c-target`, at the address that is their `reg`. Nothing answers at other addresses. Knobs of the children:
 *
 * | property | meaning |
 * | --- | --- |
 * | `sim,nack-after` | so many data bytes of a write are acknowledged, the next is not |
 * | `sim,bus-error-after` | after so many data bytes there is a bus error |
 * | `sim,arbitration-lost-after` | after so many data bytes another controller wins the bus |
 * | `sim,stretch-after` | after so many data bytes the target holds the clock |
 * | `sim,stretch-us` | for so long; without it for ever |
 * | `size` | eeprom: bytes; 256. With more than 256 a write begins with two address bytes |
 * | `pagesize` | eeprom: writes wrap within so many bytes; 16 |
 * | `sim,write-us` | eeprom: for so long it does not answer after a write; 5000 |
 *
 * A `sim,i2c-target` gives what `sim_dev_receive` brought to the controller's device (ones when nothing is left), and
 * what is written to it is what `sim_dev_sent` takes.
 */
import { cell, type DtNode, hasProperty, isAvailable, strings } from "../../devicetree/tree";
import { Stm32I2c } from "../../hardware/stm32-i2c/controller";
import type { TargetConfig } from "../../hardware/stm32-i2c/targets";
import { clockRate, type ModelKind } from "./model-kind";

const PS_OF_US = 1e6;

function target(node: DtNode): TargetConfig[] {
	const compatible = strings(node, "compatible") ?? [];
	const isEeprom = compatible.includes("sim,i2c-eeprom");
	if (!isAvailable(node) || (!isEeprom && !compatible.includes("sim,i2c-target"))) return [];
	const common = {
		address: cell(node, "reg", 0),
		nackAfter: cell(node, "sim,nack-after", -1),
		busErrorAfter: cell(node, "sim,bus-error-after", -1),
		arbitrationLostAfter: cell(node, "sim,arbitration-lost-after", -1),
		stretchAfter: cell(node, "sim,stretch-after", -1),
		stretchPs: hasProperty(node, "sim,stretch-us") ? cell(node, "sim,stretch-us", 0) * PS_OF_US : -1,
	};
	if (!isEeprom) return [{ kind: "stream", ...common }];
	return [
		{
			kind: "eeprom",
			...common,
			size: Math.min(65536, Math.max(1, cell(node, "size", 256))),
			pageSize: Math.max(1, cell(node, "pagesize", 16)),
			writePs: cell(node, "sim,write-us", 5000) * PS_OF_US,
		},
	];
}

export const stm32I2c: ModelKind = {
	compatible: ["st,stm32mp15-i2c", "st,stm32f7-i2c"],
	smallest: () => 0x2c,
	create: (context) =>
		new Stm32I2c(context.machine, {
			...context.common,
			errorInterrupt: context.device.interrupts[1] ?? -1,
			clock: clockRate(context, 64e6),
			targets: context.device.node.children.flatMap(target),
		}),
};
