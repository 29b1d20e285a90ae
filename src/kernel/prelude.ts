/**
 * The C text that stands before every scenario: types, macros, structs of the kernel's headers, then the prototypes of
 * the kernel functions. Structs that are used by value must come before their users.
 */
import { allFunctions } from "./all-functions";
import { asyncTxHeader, asyncTxText } from "./async-tx/header";
import { sharedStructs } from "./base-header";
import { dtBindingsHeader } from "./device/dt-bindings";
import { deviceHeader } from "./device/header";
import { dmaHeaders } from "./dmaengine";
import { irqHeader } from "./irq/irq";
import { kunitHeader } from "./kunit/header";
import { basicHeaders } from "./lib";
import { guardDefinitions } from "./lib/headers/cleanup";
import { lockHeader, lockTypesHeader } from "./locks/header";
import { moduleHeader } from "./module/functions";
import { raid6Header } from "./raid6/functions";
import { kthreadHeader } from "./sched/kthread";
import { schedHeader } from "./sched/sleep";
import { simHeader } from "./sim/functions";
import { timerHeader } from "./timers/timers";
import { waitHeader } from "./wait/wait-queue";
import { workHeader } from "./work/functions";
import { taskletHeader } from "./work/tasklet";

const headers: readonly string[] = [
	...basicHeaders,
	lockTypesHeader,
	lockHeader,
	sharedStructs,
	timerHeader,
	schedHeader,
	waitHeader,
	workHeader,
	taskletHeader,
	kthreadHeader,
	moduleHeader,
	dtBindingsHeader,
	deviceHeader,
	irqHeader,
	kunitHeader,
	simHeader,
	...dmaHeaders,
	raid6Header,
	asyncTxHeader,
];

/** Declarations of everything that the kernel offers to C. */
export const preludeText: string = [
	...headers,
	...allFunctions.map((fn) => `${fn.signature.prototype};`),
	guardDefinitions,
	asyncTxText,
].join("\n");
