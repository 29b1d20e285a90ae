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
import { filesHeader } from "./fs/structs";
import { irqHeader } from "./irq/irq";
import { kunitHeader } from "./kunit/header";
import { basicHeaders } from "./lib";
import { guardDefinitions } from "./lib/headers/cleanup";
import { lockHeader, lockTypesHeader } from "./locks/header";
import { moduleHeader } from "./module/functions";
import { raid6Header } from "./raid6/functions";
import { regmapHeader, regmapText } from "./regmap/header";
import { kthreadHeader } from "./sched/kthread";
import { schedHeader } from "./sched/sleep";
import { simHeader } from "./sim/functions";
import { timerHeader } from "./timers/timers";
import { serialCoreHeader, serialCoreText } from "./tty/header";
import { DEFAULT_VERSION, type KernelVersion, LATER_FUNCTIONS, LATER_LINES, release, VERSION_NUMBERS } from "./version";
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
	filesHeader,
	irqHeader,
	kunitHeader,
	simHeader,
	...dmaHeaders,
	raid6Header,
	asyncTxHeader,
	serialCoreHeader,
	regmapHeader,
];

function versionMacros(version: KernelVersion): string {
	const [major, patchLevel, sublevel] = VERSION_NUMBERS[version];
	return `#define LINUX_VERSION_MAJOR ${major}
#define LINUX_VERSION_PATCHLEVEL ${patchLevel}
#define LINUX_VERSION_SUBLEVEL ${sublevel}
#define UTS_RELEASE "${release(version)}"`;
}

/** Declarations of everything that a kernel of this version offers to C. */
export function preludeTextOf(version: KernelVersion): string {
	const later = version !== "6.12";
	const declared = later ? headers : headers.map((text) => LATER_LINES.reduce((t, line) => t.replace(line, ""), text));
	const functions = allFunctions.filter((fn) => later || !LATER_FUNCTIONS.has(fn.signature.name));
	const prototypes = functions.map((fn) => `${fn.signature.prototype};`);
	return [
		versionMacros(version),
		...declared,
		...prototypes,
		guardDefinitions,
		asyncTxText,
		serialCoreText,
		regmapText,
	].join("\n");
}

/** Those of 6.12. */
export const preludeText: string = preludeTextOf(DEFAULT_VERSION);
