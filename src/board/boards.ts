/** The built-in boards. */

import bcm2837 from "../../boards/bcm2837.dtsi";
import genericAxiDmac from "../../boards/generic-axi-dmac.dtsi";
import stm32mp157 from "../../boards/stm32mp157.dtsi";
import zynq7000 from "../../boards/zynq-7000.dtsi";
import type { DtsChunk } from "../devicetree/parser";

const BOARDS: Readonly<Record<string, string>> = {
	bcm2837,
	"generic-axi-dmac": genericAxiDmac,
	stm32mp157,
	"zynq-7000": zynq7000,
};

/** The board used when a scenario brings none. */
export const DEFAULT_BOARD = "generic-axi-dmac";

/** Names of the built-in boards, sorted. */
export function boardNames(): string[] {
	return Object.keys(BOARDS).sort();
}

/** Devicetree source of a built-in board; undefined when there is none of that name. */
export function boardSource(name: string): DtsChunk | undefined {
	const text = Object.hasOwn(BOARDS, name) ? BOARDS[name] : undefined;
	return text === undefined ? undefined : { text, file: `boards/${name}.dtsi`, line: 1 };
}
