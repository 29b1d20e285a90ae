/** Reports of the memory checkers in the words of Linux's KASAN and KMSAN. Execution goes on after one. */
import { formatPointer } from "../../language/vm/fault";
import { type BadAccess, Poison } from "../../language/vm/shadow";
import { ObserverBit } from "../../sim/observers";
import type { Kernel } from "../kernel";
import { addFailure, setFailure } from "../kunit/report";
import { whereInC } from "../printk/functions";
import { afterHostCall, syncClock } from "../sched/clock";
import { dumpStack } from "../sched/oops";
import { say } from "../sched/say";
import { baseName, callerPlace } from "../sched/trace";
import { describeMemory, describeOrigin } from "./origin";

const ERR = 3;
const RULE = "=".repeat(66);

const KINDS: Readonly<Record<Poison, string>> = {
	[Poison.None]: "uninit-value",
	[Poison.SlabRedzone]: "slab-out-of-bounds",
	[Poison.SlabFreed]: "slab-use-after-free",
	[Poison.PageRedzone]: "slab-out-of-bounds",
	[Poison.PageFreed]: "use-after-free",
	[Poison.Global]: "global-out-of-bounds",
	[Poison.Stack]: "stack-out-of-bounds",
	[Poison.Vmalloc]: "vmalloc-out-of-bounds",
};

/** Makes the checkers speak: to be called once, before anything is allocated. */
export function enableMemoryChecks(k: Kernel): void {
	k.machine.memory.enableShadow();
	k.vm.onBadAccess = (access) => reportAccess(k, access);
}

/** An access that the shadow forbids. */
function reportAccess(k: Kernel, access: BadAccess): void {
	const what = KINDS[access.poison];
	if (access.poison === Poison.None) {
		report(k, "KMSAN", what, () => {
			dumpStack(k, k.current, ERR);
			for (const line of describeOrigin(k, access.first)) say(k, ERR, line);
			const first = access.first - access.address;
			const last = first + access.count - 1;
			say(
				k,
				ERR,
				`Byte${first === last ? ` ${first}` : `s ${first}-${last}`} of ${access.size} ${first === last ? "is" : "are"} uninitialized`,
			);
			say(k, ERR, `Memory access of size ${access.size} starts at ${formatPointer(access.address)}`);
		});
		return;
	}
	report(k, "KASAN", what, () => {
		const { name, pid } = k.current;
		const kind = access.write ? "Write" : "Read";
		say(k, ERR, `${kind} of size ${access.size} at addr ${formatPointer(access.address)} by task ${name}/${pid}`);
		dumpStack(k, k.current, ERR);
		for (const line of describeMemory(k, access.first, access.address)) say(k, ERR, line);
	});
}

/** kfree of something that cannot be freed. */
export function reportFree(k: Kernel, what: "double-free" | "invalid-free", address: number): void {
	report(k, "KASAN", what, () => {
		say(k, ERR, `Free of addr ${formatPointer(address)} by task ${k.current.name}/${k.current.pid}`);
		dumpStack(k, k.current, ERR);
		for (const line of describeMemory(k, address, address)) say(k, ERR, line);
	});
}

function report(k: Kernel, tool: "KASAN" | "KMSAN", what: string, body: () => void): void {
	const place = callerPlace(k);
	const where = whereInC(k);
	// What the debugger evaluates is no business of the program's.
	if (where.startsWith("<expression>")) return;
	const key = `${what} ${place ? `${place.file}:${place.line}` : where}`;
	if (k.state.kasan.seen[key]) return;
	k.state.kasan.seen[key] = true;
	k.state.kasan.reports++;
	syncClock(k);
	const title = `${tool}: ${what} in ${where}`;
	say(k, ERR, RULE);
	say(k, ERR, `BUG: ${title}`);
	body();
	say(k, ERR, RULE);
	const { observers } = k.machine;
	const at = place ? ` (${baseName(place.file)}:${place.line})` : "";
	if (observers.mask & ObserverBit.RECORD)
		observers.record("finding", { rule: tool, severity: "error", text: `${what} in ${where}${at}` });
	failCase(k, title, place);
	afterHostCall(k);
}

/** A report fails the KUnit case that runs. */
function failCase(k: Kernel, title: string, place: { file: string; line: number } | null): void {
	const { test } = k.state.kunit;
	if (test === 0) return;
	setFailure(k, test);
	addFailure(k, test, place ?? { file: "", line: 0 }, `BUG: ${title}`);
}
