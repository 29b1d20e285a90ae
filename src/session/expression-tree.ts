/** What an expression would do, seen from its checked tree. */
import type { Kernel } from "../kernel/kernel";
import type { Expression } from "../language/tree";

/** Keys under which no sub-expressions are. */
const SKIPPED: ReadonlySet<string> = new Set([
	"type",
	"place",
	"symbol",
	"signature",
	"member",
	"bitField",
	"computation",
	"resultType",
]);

/** Every node of the tree, the root first. */
function* nodes(
	value: unknown,
): Generator<{ kind: string; callee?: { kind: string; symbol?: { name: string; kernel: boolean } } }> {
	if (Array.isArray(value)) {
		for (const item of value) yield* nodes(item);
	} else if (typeof value === "object" && value !== null) {
		if ("kind" in value && typeof value.kind === "string") yield value as { kind: string };
		for (const [key, child] of Object.entries(value)) if (!SKIPPED.has(key)) yield* nodes(child);
	}
}

const EFFECTS: ReadonlySet<string> = new Set([
	"assign",
	"compound-assign",
	"increment",
	"call",
	"statement-expression",
	"va-arg",
	"va-start",
	"overflow",
	"trap",
]);

/** Whether evaluating it can change anything or reads through a pointer, which may be a device's register. */
export function isPure(expression: Expression): boolean {
	for (const node of nodes(expression)) if (EFFECTS.has(node.kind) || node.kind === "deref") return false;
	return true;
}

export function hasEffect(expression: Expression): boolean {
	for (const node of nodes(expression)) if (EFFECTS.has(node.kind)) return true;
	return false;
}

/** Names of the functions it calls; "" for calls through pointers. */
function calledFunctions(expression: Expression): string[] {
	const names: string[] = [];
	for (const node of nodes(expression)) {
		if (node.kind === "call") names.push(node.callee?.kind === "function" ? (node.callee.symbol?.name ?? "") : "");
	}
	return names;
}

/** The first function that it calls which may sleep or call C; "" for a call through a pointer; null for none. */
export function blockingCall(k: Kernel, expression: Expression): string | null {
	const call = calledFunctions(expression).find((name) => {
		const index = k.indexOf.get(name);
		return index === undefined || k.functions[index]?.kind === "step";
	});
	return call === undefined ? null : call || "a call through a pointer";
}
