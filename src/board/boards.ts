/** The built-in boards. */

import bcm2837 from "../../boards/bcm2837.dtsi";
import genericAxiDmac from "../../boards/generic-axi-dmac.dtsi";
import jh7110 from "../../boards/jh7110.dtsi";
import k210 from "../../boards/k210.dtsi";
import stm32mp157 from "../../boards/stm32mp157.dtsi";
import th1520 from "../../boards/th1520.dtsi";
import zynq7000 from "../../boards/zynq-7000.dtsi";
import type { DtsChunk } from "../devicetree/parser";

const BOARDS: Readonly<Record<string, string>> = {
	bcm2837,
	"generic-axi-dmac": genericAxiDmac,
	jh7110,
	k210,
	stm32mp157,
	th1520,
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
