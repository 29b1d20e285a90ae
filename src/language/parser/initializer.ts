/** The syntax of initialisers: braces, `.member =`, `[index] =`, `[a ... b] =`, and GNU's old `member:`. */
import type { Designator, RawEntry, RawInitializer } from "../checker/initializers";
import { T } from "../preprocessor/tokens";
import { assignment, constantExpression } from "./expressions";
import type { Parser } from "./parser";

export function initializer(p: Parser): RawInitializer {
	const place = p.token;
	if (place.kind !== T.LeftBrace) {
		const node = assignment(p);
		return { kind: "expression", node, place };
	}
	p.enter();
	p.next();
	const entries: RawEntry[] = [];
	while (p.token.kind !== T.RightBrace && p.token.kind !== T.End) {
		entries.push(entry(p));
		if (!p.accept(T.Comma)) break;
	}
	p.expect(T.RightBrace, "}", `to close the initialiser begun in line ${place.line}`);
	p.leave();
	return { kind: "list", entries, place };
}

function entry(p: Parser): RawEntry {
	const place = p.token;
	const designators: Designator[] = [];
	if (place.kind === T.Identifier && p.peek().kind === T.Colon) {
		p.next();
		p.next();
		return { designators: [{ member: place.text, place }], value: initializer(p), place };
	}
	for (;;) {
		if (p.token.kind === T.Dot) {
			p.next();
			const name = p.token;
			if (name.kind !== T.Identifier) p.stop("expectedName", name, [p.found()]);
			p.next();
			designators.push({ member: name.text, place: name });
		} else if (p.token.kind === T.LeftBracket) {
			const at = p.next();
			const low = Number(constantExpression(p, "the index of a designator"));
			const high = p.accept(T.Ellipsis) ? Number(constantExpression(p, "the end of a range")) : low;
			p.expect(T.RightBracket, "]", "after the index");
			designators.push({ low, high, place: at });
		} else break;
	}
	if (designators.length > 0) p.expect(T.Assign, "=", "after the designator");
	return { designators, value: initializer(p), place };
}
