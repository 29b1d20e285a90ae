/** `__attribute__((…))`: what has an effect, what is an error, and the rest, which is accepted. */
import { T } from "../preprocessor/tokens";
import type { Place } from "../source";
import { constantExpression } from "./expressions";
import type { Parser } from "./parser";

export interface Attributes {
	packed: boolean;
	/** bytes, 0: none */
	align: number;
	cleanup: { name: string; place: Place } | null;
	weak: boolean;
	alias: string | null;
	noreturn: boolean;
	unused: boolean;
	mode: string | null;
}

export function noAttributes(): Attributes {
	return {
		packed: false,
		align: 0,
		cleanup: null,
		weak: false,
		alias: null,
		noreturn: false,
		unused: false,
		mode: null,
	};
}

/** Attributes that would change what the program does, and are not built. */
const UNSUPPORTED = new Set([
	"vector_size",
	"scalar_storage_order",
	"transparent_union",
	"ifunc",
	"naked",
	"constructor",
	"destructor",
	"tls_model",
]);
const UNUSED = new Set(["unused", "used", "maybe_unused", "section", "constructor"]);

/** Parses any number of attributes here into `into`. */
export function attributes(p: Parser, into: Attributes): void {
	for (;;) {
		if (p.token.kind === T.Alignas) {
			alignAs(p, into);
			continue;
		}
		if (p.token.kind === T.Asm) {
			// asm("name") after a declarator
			p.stop("notC", p.token, ["inline assembly is not supported: use C"]);
		}
		if (p.token.kind !== T.Attribute) return;
		p.next();
		p.expect(T.LeftParen, "((", "after '__attribute__'");
		p.expect(T.LeftParen, "(", "after '__attribute__('");
		while (!p.is(T.RightParen) && !p.is(T.End)) {
			if (p.accept(T.Comma)) continue;
			one(p, into);
		}
		p.expect(T.RightParen, ")", "after the attribute");
		p.expect(T.RightParen, ")", "after the attribute");
	}
}

function alignAs(p: Parser, into: Attributes): void {
	p.next();
	p.expect(T.LeftParen, "(", "after '_Alignas'");
	const value = constantExpression(p, "the alignment");
	p.expect(T.RightParen, ")", "after the alignment");
	into.align = Math.max(into.align, Number(value));
}

function one(p: Parser, into: Attributes): void {
	const token = p.next();
	const name = token.text.replace(/^__(.*)__$/, "$1");
	switch (name) {
		case "packed":
			into.packed = true;
			return;
		case "aligned":
			if (p.accept(T.LeftParen)) {
				const place = p.token;
				const value = Number(constantExpression(p, "the alignment"));
				p.expect(T.RightParen, ")", "after the alignment");
				if (value < 1 || value > 65536 || (value & (value - 1)) !== 0)
					p.error("notC", place, [`alignment ${value} is not a power of two up to 65536`]);
				else into.align = Math.max(into.align, value);
			} else into.align = Math.max(into.align, 16);
			return;
		case "cleanup": {
			p.expect(T.LeftParen, "(", "after 'cleanup'");
			const fn = p.next();
			into.cleanup = { name: fn.text, place: fn };
			p.expect(T.RightParen, ")", "after the cleanup function");
			return;
		}
		case "weak":
			into.weak = true;
			break;
		case "alias":
			if (p.accept(T.LeftParen)) {
				into.alias = p.next().text.slice(1, -1);
				p.expect(T.RightParen, ")", "after the alias");
			}
			return;
		case "noreturn":
			into.noreturn = true;
			break;
		case "mode":
			if (p.accept(T.LeftParen)) {
				into.mode = p.next().text.replace(/^__(.*)__$/, "$1");
				p.expect(T.RightParen, ")", "after the mode");
			}
			return;
		default:
			if (UNUSED.has(name)) into.unused = true;
			if (UNSUPPORTED.has(name)) p.error("attributeUnsupported", token, [name]);
	}
	if (p.token.kind === T.LeftParen) skipParens(p);
}

/** Passes over a balanced `(…)`. */
export function skipParens(p: Parser): void {
	let depth = 0;
	do {
		if (p.token.kind === T.LeftParen) depth++;
		else if (p.token.kind === T.RightParen) depth--;
		else if (p.token.kind === T.End) return;
		p.next();
	} while (depth > 0);
}
