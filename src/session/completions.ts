/** What may be typed next in the debug console and in watches. */
import { listDirectory } from "../kernel/fs/files";
import type { ExpressionScope } from "../language/expression";
import { printType } from "../language/print-type";
import type { OrdinaryName, UnitScope } from "../language/tree";
import type { CType } from "../language/types";
import type { Completion } from "./api";
import { channelNames, replaceNames } from "./expression-names";
import { checkExpression } from "./expression-text";
import { kernelPrelude } from "./kernel-prelude";
import type { Simulation } from "./simulation";

/** Items in one answer. */
const MOST = 300;
/** Words of the console that are followed by paths of files. */
const FILE_WORDS = /^(cat|ls)\s+(?:\S+\s+)*(\S*)$|^echo\b.*>\s*(\S*)$/;
const COMMANDS: readonly (readonly [string, string])[] = [
	["cat", "cat PATH: a file of /sys, /sys/kernel/debug or /proc"],
	["echo", "echo TEXT > PATH: writes to one"],
	["ls", "ls [PATH]: what is in a directory"],
	["lsmod", "the modules"],
	["insmod", "insmod FILE [NAME=VALUE …]: compiles a file and loads it"],
	["rmmod", "rmmod NAME: unloads a module"],
	["help", "what can be typed here"],
];

export interface CompletionPlace {
	/** The line up to the cursor. */
	readonly before: string;
	readonly scope: ExpressionScope | null;
	/** Channels that there are: name and `struct dma_chan *`. */
	readonly channels: readonly { readonly name: string; readonly chan: number }[];
}

export function completions(simulation: Simulation, place: CompletionPlace): Completion[] {
	const { before } = place;
	const files = FILE_WORDS.exec(before);
	if (files) return paths(simulation, files[2] ?? files[3] ?? "", before.length);
	const [typed = ""] = /[A-Za-z_]\w*$|$/.exec(before) ?? [];
	const start = before.length - typed.length;
	const head = before.slice(0, start);
	if (/[\w)\]]\s*$/.test(head) && !/\b(return|sizeof|struct|union|enum)\s*$/.test(head)) return [];
	const access = /(\.|->)\s*$/.exec(head);
	const found = access
		? members(simulation, place, head.slice(0, access.index), access[1] === "->")
		: [...(start === 0 ? commands() : []), ...names(simulation, place, typed)];
	return found
		.filter(({ label }) => label.startsWith(typed) && (!label.startsWith("__") || typed.startsWith("_")))
		.slice(0, MOST)
		.map((item) => ({ ...item, start, length: typed.length }));
}

type Item = Omit<Completion, "start" | "length">;

function commands(): Item[] {
	return COMMANDS.map(([label, detail]) => ({ label, detail, kind: "keyword" }));
}

/** Entries of the directory that a path begins with. */
function paths({ k }: Simulation, typed: string, end: number): Completion[] {
	const slash = typed.lastIndexOf("/");
	const directory = slash < 0 ? "/" : typed.slice(0, slash + 1);
	const rest = typed.slice(slash + 1);
	const entries = listDirectory(k, directory === "/" ? "/" : directory.replace(/\/$/, ""));
	if (typeof entries === "number") return [];
	return entries
		.filter((name) => name.startsWith(rest))
		.slice(0, MOST)
		.map((name) => ({
			label: slash < 0 ? `/${name}` : name,
			detail: `${directory}${name}`,
			kind: "file",
			start: end - rest.length,
			length: rest.length,
		}));
}

function members(simulation: Simulation, place: CompletionPlace, before: string, pointer: boolean): Item[] {
	const base = lastOperand(before);
	if (base === "") return [];
	let type: CType;
	try {
		const channels = channelNames((name) => place.channels.find((one) => one.name === name)?.chan ?? 0);
		const module = place.scope?.module ?? simulation.program.modules[0] ?? null;
		type = checkExpression(replaceNames(base, channels), place.scope, module).type;
	} catch {
		return [];
	}
	const record = pointer ? (type.kind === "pointer" ? type.target : null) : type;
	return record?.kind === "record" ? memberItems(record) : [];
}

function memberItems(type: CType & { kind: "record" }): Item[] {
	return type.definition.members.flatMap((member): Item[] => {
		if (member.name === null) return member.type.kind === "record" ? memberItems(member.type) : [];
		return [{ label: member.name, detail: printType(member.type, member.name), kind: "member" }];
	});
}

/** The expression that ends a text and binds as tightly as a member access: `a`, `f(x)[1].b`, `(*p)`. */
export function lastOperand(text: string): string {
	let at = text.trimEnd().length;
	const end = at;
	for (;;) {
		while (at > 0 && /[)\]]/.test(text[at - 1] ?? "")) {
			const open = openingOf(text, at - 1);
			if (open < 0) return "";
			at = open;
		}
		while (at > 0 && /\w/.test(text[at - 1] ?? "")) at--;
		const link = /(\.|->)\s*$/.exec(text.slice(0, at));
		if (!link) return text.slice(at, end);
		at = link.index;
	}
}

function openingOf(text: string, close: number): number {
	let depth = 0;
	for (let at = close; at >= 0; at--) {
		const c = text[at] ?? "";
		if (c === ")" || c === "]") depth++;
		else if (c === "(" || c === "[") {
			depth--;
			if (depth === 0) return at;
		}
	}
	return -1;
}

/** Variables in scope, channels, then the names of the file and the kernel's. */
function names(simulation: Simulation, { scope, channels }: CompletionPlace, typed: string): Item[] {
	const items = new Map<string, Item>();
	const add = (item: Item) => {
		if (!items.has(item.label)) items.set(item.label, item);
	};
	for (const { name, type } of scope?.variables ?? [])
		if (/^[A-Za-z_]\w*$/.test(name)) add({ label: name, detail: printType(type, name), kind: "variable" });
	for (const { name } of channels) add({ label: name, detail: `struct dma_chan *${name}`, kind: "variable" });
	const module = scope?.module ?? simulation.program.modules[0] ?? null;
	const prelude = kernelPrelude().scope;
	for (let unit: UnitScope | null = module?.unit.scope ?? { ...prelude, parent: null }; unit; unit = unit.parent)
		for (const [name, symbol] of unit.ordinary) {
			if (!name.startsWith(typed)) continue;
			const item = itemOf(simulation, name, symbol);
			if (item) add(item);
		}
	return [...items.values()];
}

function itemOf({ k }: Simulation, name: string, symbol: OrdinaryName): Item | null {
	switch (symbol.kind) {
		case "variable":
			return name.startsWith("__dmascope_")
				? null
				: { label: name, detail: printType(symbol.type, name), kind: "variable" };
		case "function":
			return { label: name, detail: signatureOf(k, name) || printType(symbol.type, name), kind: "function" };
		case "enum-constant":
			return { label: name, detail: `${name} = ${symbol.value}`, kind: "value" };
		default:
			return null;
	}
}

/** Prototype of a kernel function; "" when there is none of this name. */
export function signatureOf(k: Simulation["k"], name: string): string {
	const index = k.indexOf.get(name);
	return index === undefined ? "" : (k.functions[index]?.signature.prototype ?? "");
}
