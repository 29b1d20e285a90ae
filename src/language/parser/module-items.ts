/** The kernel's top-level declarations: module_init(f), module_param(…), SIM_MODULE(…) and relatives. */
import { toValue } from "../checker/convert";
import { staticValue } from "../checker/static-values";
import { T, type Token } from "../preprocessor/tokens";
import type { FunctionSymbol, ModuleItem, VariableSymbol } from "../tree";
import { sizeOf } from "../types";
import { skipParens } from "./attributes";
import { assignment, constantExpression, strings } from "./expressions";
import type { Parser } from "./parser";

/** Initcall levels as Linux numbers them. */
const INIT = new Map<string, number>([
	["early_initcall", 0],
	["pure_initcall", 0],
	["core_initcall", 1],
	["postcore_initcall", 2],
	["arch_initcall", 3],
	["subsys_initcall", 4],
	["fs_initcall", 5],
	["rootfs_initcall", 5],
	["device_initcall", 6],
	["module_init", 6],
	["late_initcall", 7],
	["late_initcall_sync", 7],
]);
const DRIVERS = new Set(["module_platform_driver", "builtin_platform_driver"]);
const INFO = new Map<string, string>([
	["MODULE_LICENSE", "license"],
	["MODULE_AUTHOR", "author"],
	["MODULE_DESCRIPTION", "description"],
	["MODULE_ALIAS", "alias"],
	["MODULE_VERSION", "version"],
	["MODULE_FIRMWARE", "firmware"],
	["MODULE_IMPORT_NS", "import_ns"],
	["MODULE_SOFTDEP", "softdep"],
]);
/** Accepted without effect. */
const IGNORED = new Set([
	"MODULE_INFO",
	"MODULE_ALIAS_PLATFORM",
	"ALLOW_ERROR_INJECTION",
	"NOKPROBE_SYMBOL",
	"__setup",
	"early_param",
]);
const EXPORTS = new Map<string, boolean>([
	["EXPORT_SYMBOL", false],
	["EXPORT_SYMBOL_GPL", true],
	["EXPORT_SYMBOL_NS", false],
	["EXPORT_SYMBOL_NS_GPL", true],
]);
const PARAMS = new Set([
	"module_param",
	"module_param_named",
	"module_param_unsafe",
	"module_param_string",
	"module_param_cb",
	"module_param_array",
	"module_param_array_named",
	"core_param",
]);

/** Parses the item at the cursor; false when there is none. */
export function moduleItem(p: Parser): boolean {
	const token = p.token;
	if (token.kind !== T.Identifier || p.peek().kind !== T.LeftParen) return false;
	const name = token.text;
	const level = INIT.get(name);
	if (level !== undefined || name === "module_exit") {
		start(p);
		const symbol = functionName(p, name);
		finish(p, name);
		if (symbol)
			p.items.push(
				level === undefined
					? { kind: "exit", function: symbol, place: token }
					: { kind: "init", level, function: symbol, place: token },
			);
		return true;
	}
	if (DRIVERS.has(name)) {
		start(p);
		const driver = object(p, name, "the name of a platform_driver");
		finish(p, name);
		if (driver) p.items.push({ kind: "platform-driver", driver: driver.symbol, place: token });
		return true;
	}
	if (PARAMS.has(name)) {
		start(p);
		parameter(p, name, token);
		finish(p, name);
		return true;
	}
	const tag = INFO.get(name);
	if (tag !== undefined) {
		start(p);
		const text = tag === "import_ns" && p.token.kind !== T.String ? p.next().text : string(p, name);
		finish(p, name);
		p.items.push({ kind: "info", tag, text, place: token });
		return true;
	}
	if (name === "MODULE_PARM_DESC") {
		start(p);
		const of = p.next().text;
		p.expect(T.Comma, ",", `after the first argument of ${name}`);
		const text = string(p, name);
		finish(p, name);
		p.items.push({ kind: "info", tag: "parm", text: `${of}:${text}`, place: token });
		return true;
	}
	if (name === "MODULE_DEVICE_TABLE") {
		start(p);
		const bus = p.next().text;
		p.expect(T.Comma, ",", `after the first argument of ${name}`);
		const table = object(p, name, "the name of an id table");
		finish(p, name);
		if (table) p.items.push({ kind: "info", tag: "device_table", text: `${bus}:${table.symbol.name}`, place: token });
		return true;
	}
	const gpl = EXPORTS.get(name);
	if (gpl !== undefined) {
		start(p);
		const what = p.next();
		const symbol = p.find(what.text);
		if (symbol?.kind === "function" || symbol?.kind === "variable") {
			symbol.used = true;
			p.items.push({ kind: "export", symbol, gpl, place: token });
		} else p.error("undeclared", what, [what.text, p.suggestion(what.text, p.names())]);
		while (p.accept(T.Comma)) p.next();
		finish(p, name);
		return true;
	}
	if (name === "kunit_test_suite" || name === "kunit_test_suites" || name === "kunit_test_init_section_suites") {
		start(p);
		const suites: VariableSymbol[] = [];
		do {
			if (p.token.kind === T.RightParen) break;
			const suite = object(p, name, "the name of a struct kunit_suite");
			if (suite) suites.push(suite.symbol);
		} while (p.accept(T.Comma));
		finish(p, name);
		p.items.push({ kind: "kunit-suites", suites, place: token });
		return true;
	}
	if (name === "SIM_MODULE" || name === "SIM_RULES") {
		start(p);
		const first = string(p, name);
		const params = name === "SIM_MODULE" && p.accept(T.Comma) ? string(p, name) : "";
		finish(p, name);
		p.items.push(
			name === "SIM_RULES"
				? { kind: "sim-rules", text: first, place: token }
				: { kind: "sim-module", file: first, params, place: token },
		);
		return true;
	}
	if (IGNORED.has(name)) {
		p.next();
		skipParens(p);
		p.accept(T.Semicolon);
		return true;
	}
	return false;
}

function start(p: Parser): void {
	p.next();
	p.next();
}

/** The closing parenthesis and a semicolon, which Linux's macros do not need everywhere. */
function finish(p: Parser, name: string): void {
	p.expect(T.RightParen, ")", `after the arguments of ${name}`);
	p.accept(T.Semicolon);
}

function string(p: Parser, name: string): string {
	if (p.token.kind !== T.String) p.stop("moduleItem", p.token, [name, "a string in quotes"]);
	return new TextDecoder().decode(strings(p).bytes.subarray(0, -1));
}

function functionName(p: Parser, name: string): FunctionSymbol | null {
	const token = p.next();
	const symbol = p.find(token.text);
	if (symbol?.kind === "function") {
		p.use(symbol, token);
		return symbol;
	}
	if (symbol) p.error("moduleItem", token, [name, "the name of a function"]);
	else p.error("undeclared", token, [token.text, p.suggestion(token.text, p.names())]);
	return null;
}

interface Found {
	symbol: VariableSymbol;
	offset: number;
	size: number;
}

/** An object with static storage, perhaps a member of one, with or without `&`. */
function object(p: Parser, name: string, what: string): Found | null {
	const place = p.token;
	p.accept(T.Amp);
	const node = assignment(p);
	if (node.type.kind === "error") return null;
	const size = sizeOf(node.type);
	if (node.kind === "variable" || node.kind === "member" || node.kind === "deref") {
		const value = staticValue({
			kind: "address",
			operand: node,
			type: { kind: "pointer", target: node.type, qualifiers: 0 },
			place,
		});
		if (value?.kind === "address-constant" && "kind" in value.base && value.base.kind === "variable") {
			return { symbol: value.base, offset: value.offset, size };
		}
	}
	toValue(p, node);
	p.error("moduleItem", place, [name, what]);
	return null;
}

function parameter(p: Parser, name: string, token: Token): void {
	const comma = (): void => void p.expect(T.Comma, ",", `between the arguments of ${name}`);
	const nameToken = p.token;
	let key = "";
	let found: Found | null = null;
	let ops: VariableSymbol | null = null;
	let count: VariableSymbol | null = null;
	let type = "";
	let length = 0;
	switch (name) {
		case "module_param":
		case "module_param_unsafe":
		case "module_param_array":
			key = nameToken.text;
			found = object(p, name, "the name of a variable");
			comma();
			type = p.next().text;
			break;
		case "module_param_string":
			key = p.next().text;
			comma();
			found = object(p, name, "a character array");
			comma();
			length = Number(constantExpression(p, "the length of the string"));
			type = "string";
			break;
		case "module_param_cb": {
			key = p.next().text;
			comma();
			ops = object(p, name, "a struct kernel_param_ops")?.symbol ?? null;
			comma();
			const argument = staticValue(toValue(p, assignment(p)));
			if (argument?.kind === "address-constant" && "kind" in argument.base && argument.base.kind === "variable") {
				found = { symbol: argument.base, offset: argument.offset, size: 0 };
			}
			type = "cb";
			break;
		}
		default:
			key = p.next().text;
			comma();
			found = object(p, name, "the name of a variable");
			comma();
			type = p.next().text;
	}
	if (type === "bool" || type === "_Bool") type = "bool";
	if (name.startsWith("module_param_array")) {
		comma();
		const isNull = p.token.kind === T.LeftParen || p.token.kind === T.Number || p.token.text === "NULL";
		if (isNull) toValue(p, assignment(p));
		else count = object(p, name, "NULL or the address of a counter")?.symbol ?? null;
		type = `array:${type}`;
	}
	comma();
	const perm = Number(constantExpression(p, "the permission"));
	if (!found && !ops) return;
	if (length === 0) length = found?.size ?? 0;
	const item: ModuleItem = {
		kind: "param",
		name: key,
		type,
		variable: found?.symbol ?? null,
		offset: found?.offset ?? 0,
		length,
		count,
		ops,
		perm,
		place: token,
	};
	p.items.push(item);
}
