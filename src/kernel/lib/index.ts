/** The basics that every C file uses: what they declare, in order, and what can be called. */
import type { KernelFunction } from "../functions";
import { ioAccessFunctions } from "../io/access";
import { ioHeader } from "../io/header";
import { ioremapFunctions } from "../io/ioremap";
import { serialHeader } from "../io/serial-header";
import { devmFunctions } from "../mm/devm";
import { mmFunctions } from "../mm/functions";
import { mmHeader } from "../mm/header";
import { kmemCacheFunctions, kmemCacheHeader } from "../mm/kmem-cache";
import { printkFunctions } from "../printk/functions";
import { printkHeader } from "../printk/header";
import { atomicFunctions, atomicHeader } from "./atomic";
import { bitFunctions, bitopsHeader } from "./bitops";
import { errnoHeader } from "./errno";
import { cleanupHeader } from "./headers/cleanup";
import { listHeader } from "./headers/list";
import { mathHeader } from "./headers/math";
import { typesHeader } from "./headers/types";
import { idaFunctions, idaHeader } from "./ida";
import { kfifoFunctions, kfifoHeader } from "./kfifo";
import { listFunctions } from "./list";
import { numberFunctions, numberHeader } from "./numbers";
import { randomFunctions, randomHeader } from "./random";
import { sortFunctions, sortHeader } from "./sort";
import { stringFunctions, stringHeader } from "./string";

/** To stand before every other header. */
export const basicHeaders: readonly string[] = [
	typesHeader,
	errnoHeader,
	cleanupHeader,
	mathHeader,
	listHeader,
	bitopsHeader,
	atomicHeader,
	stringHeader,
	numberHeader,
	kfifoHeader,
	idaHeader,
	sortHeader,
	randomHeader,
	printkHeader,
	mmHeader,
	kmemCacheHeader,
	ioHeader,
	serialHeader,
];

export const basicFunctions: readonly KernelFunction[] = [
	...listFunctions,
	...bitFunctions,
	...atomicFunctions,
	...stringFunctions,
	...numberFunctions,
	...kfifoFunctions,
	...idaFunctions,
	...sortFunctions,
	...randomFunctions,
	...printkFunctions,
	...mmFunctions,
	...kmemCacheFunctions,
	...devmFunctions,
	...ioAccessFunctions,
	...ioremapFunctions,
];
