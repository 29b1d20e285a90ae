/** Devicetree source (DTS version 1) into a tree. */

import { literal } from "./expression";
import { type DtsChunk, Scanner, SyntaxStop } from "./source";
import { childPath, type DeviceTree, type DtDiagnostic, type DtNode, findNode, type PropertyValue } from "./tree";
import { parseReference, parseValue, type Reference } from "./value";

export type { DtsChunk } from "./source";

export interface ParsedDts {
	tree: DeviceTree;
	labels: ReadonlyMap<string, DtNode>;
	diagnostics: DtDiagnostic[];
}

const MAX_DEPTH = 64;
const LABEL_MARK = /[A-Za-z_][A-Za-z0-9_]*(?=\s*:)/y;
const PREPROCESSOR = /#[ \t]*(?:include|define|undef|ifdef|ifndef|if|else|elif|endif|error|pragma)\b[^\n]*/y;

interface Pending {
	readonly property: PropertyValue;
	readonly references: Reference[];
}

/**
 * Parses pieces of devicetree source, in order, as one. Always gives a tree; every error is in `diagnostics`
 * (codes DT001…) with its range and what was expected.
 */
export function parseDts(source: string | readonly DtsChunk[]): ParsedDts {
	const chunks = typeof source === "string" ? [{ text: source, file: "", line: 1 }] : source;
	return new Parser(new Scanner(chunks)).parse();
}

class Parser {
	private readonly root: DtNode;
	private readonly labels = new Map<string, DtNode>();
	private readonly phandles = new Map<number, DtNode>();
	private pending: Pending[] = [];

	constructor(private readonly scanner: Scanner) {
		this.root = this.node(null, "/", "/", 0, 0);
	}

	parse(): ParsedDts {
		const { scanner } = this;
		while (!scanner.done) this.guarded(0, () => this.topLevel());
		this.resolve();
		const tree = { root: this.root, labels: this.labels, phandles: this.phandles };
		return { tree, labels: this.labels, diagnostics: scanner.diagnostics };
	}

	/** Runs a statement's parser; after an error goes on behind the statement's end. */
	private guarded(depth: number, statement: () => void): void {
		const start = this.scanner.at;
		try {
			statement();
		} catch (error) {
			if (!(error instanceof SyntaxStop)) throw error;
			this.recover(start, depth);
		}
	}

	/** To behind the next `;` of the level of `start`, or before the `}` that closes it. */
	private recover(start: number, depth: number): void {
		const { scanner } = this;
		const failed = scanner.at;
		scanner.at = start;
		let open = 0;
		while (!scanner.done) {
			if (scanner.match(/"(?:\\[\s\S]|[^"\\\n])*"/y) !== undefined) continue;
			const character = scanner.text[scanner.at++];
			if (character === "{") open++;
			else if (character === "}") {
				if (open > 0) open--;
				else if (depth > 0) {
					scanner.at--;
					return;
				}
				if (open === 0 && scanner.at > failed) {
					scanner.take(";");
					return;
				}
			} else if (character === ";" && open === 0 && scanner.at > failed) return;
		}
	}

	private topLevel(): void {
		const { scanner } = this;
		if (this.directive()) return;
		if (scanner.take("/dts-v1/") || scanner.take("/plugin/")) scanner.expect(";", "after this");
		else if (scanner.take("/memreserve/")) {
			if (literal(scanner) === undefined || literal(scanner) === undefined)
				scanner.stop("DT001", `expected an address and a size after /memreserve/, found ${scanner.found()}`);
			scanner.expect(";", "after /memreserve/");
		} else if (scanner.take("/delete-node/")) {
			const reference = parseReference(scanner);
			const node = this.lookup(reference.target, reference.from, reference.to);
			if (node !== undefined) this.remove(node);
			scanner.expect(";", "after /delete-node/");
		} else {
			scanner.take("/omit-if-no-ref/");
			const labels = this.labelList();
			scanner.space();
			const from = scanner.at;
			if (scanner.looksAt("&")) {
				const reference = parseReference(scanner);
				const node = this.lookup(reference.target, reference.from, reference.to) ?? this.node(null, "", "", from, from);
				this.addLabels(node, labels);
				this.body(node, 1);
			} else if (scanner.take("/")) {
				this.addLabels(this.root, labels);
				Object.assign(this.root.position, scanner.range(from, from + 1));
				this.body(this.root, 1);
			} else scanner.stop("DT001", `expected / { … }; or &label { … };, found ${scanner.found()}`);
			scanner.expect(";", "after the } of a node");
		}
	}

	/** Preprocessor lines and /include/ have no place here any more. */
	private directive(): boolean {
		const { scanner } = this;
		scanner.space();
		const from = scanner.at;
		if (scanner.looksAt("/include/"))
			scanner.stop("DT011", "/include/ is not supported: use #include outside of the nodes or before them");
		const line = scanner.match(PREPROCESSOR);
		if (line === undefined) return false;
		scanner.report(
			"DT011",
			`${line.split(/\s/)[0]} must have been expanded before the devicetree is read`,
			from,
			scanner.at,
		);
		return true;
	}

	private labelList(): { name: string; from: number; to: number }[] {
		const { scanner } = this;
		const out: { name: string; from: number; to: number }[] = [];
		for (;;) {
			scanner.space();
			const from = scanner.at;
			const name = scanner.match(LABEL_MARK);
			if (name === undefined) return out;
			out.push({ name, from, to: scanner.at });
			scanner.expect(":", "after a label");
		}
	}

	private addLabels(node: DtNode, labels: { name: string; from: number; to: number }[]): void {
		for (const { name, from, to } of labels) {
			const other = this.labels.get(name);
			if (other !== undefined && other !== node)
				this.scanner.report("DT012", `the label ${name} already belongs to ${other.path}`, from, to);
			else if (other === undefined) {
				this.labels.set(name, node);
				node.labels.push(name);
			}
		}
	}

	private body(node: DtNode, depth: number): void {
		const { scanner } = this;
		if (depth > MAX_DEPTH) scanner.stop("DT013", `nodes nest at most ${MAX_DEPTH} deep`);
		scanner.expect("{", `to begin the node ${node.path}`);
		const seen = new Set<string>();
		while (!scanner.take("}")) {
			if (scanner.done) scanner.stop("DT001", `expected } to end the node ${node.path}, found ${scanner.found()}`);
			this.guarded(depth, () => this.member(node, depth, seen));
		}
	}

	private member(node: DtNode, depth: number, seen: Set<string>): void {
		const { scanner } = this;
		if (this.directive()) return;
		if (scanner.take("/delete-node/")) {
			const reference = scanner.looksAt("&") ? parseReference(scanner) : undefined;
			const name = reference === undefined ? scanner.name() : undefined;
			const victim = reference
				? this.lookup(reference.target, reference.from, reference.to)
				: node.children.find((child) => child.name === name);
			if (victim !== undefined) this.remove(victim);
			scanner.expect(";", "after /delete-node/");
			return;
		}
		if (scanner.take("/delete-property/")) {
			const name = scanner.name() ?? scanner.stop("DT001", `expected a property's name, found ${scanner.found()}`);
			node.properties.delete(name);
			seen.delete(name);
			scanner.expect(";", "after /delete-property/");
			return;
		}
		scanner.take("/omit-if-no-ref/");
		const labels = this.labelList();
		scanner.space();
		const from = scanner.at;
		const name = scanner.name() ?? scanner.stop("DT001", `expected a property, a node or }, found ${scanner.found()}`);
		const to = scanner.at;
		if (scanner.looksAt("{")) {
			const existing = node.children.find((child) => child.name === name);
			if (seen.has(`${name}{`)) scanner.report("DT014", `the node ${name} stands twice here`, from, to);
			seen.add(`${name}{`);
			const child = existing ?? this.node(node, name, childPath(node, name), from, to);
			if (existing === undefined) node.children.push(child);
			this.addLabels(child, labels);
			this.body(child, depth + 1);
			scanner.expect(";", "after the } of a node");
			return;
		}
		this.property(node, name, from, to, seen);
	}

	private property(node: DtNode, name: string, from: number, to: number, seen: Set<string>): void {
		const { scanner } = this;
		const position = scanner.range(from, to);
		let property: PropertyValue = { name, position, valuePosition: position, data: new Uint8Array(0) };
		let references: Reference[] = [];
		if (scanner.take("=")) {
			scanner.space();
			const start = scanner.at;
			const value = parseValue(scanner);
			property = {
				name,
				position,
				valuePosition: scanner.range(start, scanner.at),
				data: Uint8Array.from(value.bytes),
			};
			references = value.references;
		} else if (!scanner.looksAt(";"))
			scanner.stop("DT001", `expected =, ; or { after the name ${name}, found ${scanner.found()}`);
		if (seen.has(name)) scanner.report("DT014", `the property ${name} stands twice here`, from, to);
		seen.add(name);
		node.properties.set(name, property);
		if (references.length > 0) this.pending.push({ property, references });
		scanner.expect(";", `after the property ${name}`);
	}

	private node(parent: DtNode | null, name: string, path: string, from: number, to: number): DtNode {
		const position = this.scanner.range(from, to);
		return { name, path, parent, labels: [], properties: new Map(), children: [], position, phandle: 0 };
	}

	private remove(node: DtNode): void {
		for (const child of node.children.slice()) this.remove(child);
		for (const label of node.labels) this.labels.delete(label);
		const siblings = node.parent?.children;
		if (siblings !== undefined) siblings.splice(siblings.indexOf(node), 1);
		const gone = new Set(node.properties.values());
		this.pending = this.pending.filter((pending) => !gone.has(pending.property));
	}

	private lookup(target: string, from: number, to: number): DtNode | undefined {
		const node = findNode({ root: this.root, labels: this.labels, phandles: this.phandles }, target);
		if (node === undefined) {
			const kind = target.startsWith("/") ? "is at the path" : "has the label";
			const near = [...this.labels.keys()].find((label) => label.toLowerCase() === target.toLowerCase());
			const known = [...this.labels.keys()].slice(0, 8).join(", ");
			const notes = near ? [`did you mean ${near}?`] : known === "" ? undefined : [`labels here: ${known}`];
			this.scanner.report("DT015", `no node ${kind} ${target}`, from, to, notes);
		}
		return node;
	}

	/** Fills in phandles and paths, once every node is known. */
	private resolve(): void {
		this.explicitPhandles(this.root);
		let next = 1;
		for (const { property, references } of this.pending) {
			const inserts: { at: number; text: string }[] = [];
			for (const reference of references) {
				const node = this.lookup(reference.target, reference.from, reference.to);
				if (node === undefined) continue;
				if (reference.cellAt < 0) {
					inserts.push({ at: reference.insertAt, text: `${node.path}\0` });
					continue;
				}
				while (this.phandles.has(next)) next++;
				if (node.phandle === 0) {
					node.phandle = next;
					this.phandles.set(next, node);
				}
				new DataView(property.data.buffer).setUint32(reference.cellAt, node.phandle);
			}
			for (const { at, text } of inserts.reverse()) {
				const bytes = new TextEncoder().encode(text);
				property.data = Uint8Array.from([...property.data.slice(0, at), ...bytes, ...property.data.slice(at)]);
			}
		}
	}

	private explicitPhandles(node: DtNode): void {
		const data = node.properties.get("phandle")?.data;
		if (data !== undefined && data.length === 4) {
			node.phandle = new DataView(data.buffer).getUint32(0);
			this.phandles.set(node.phandle, node);
		}
		for (const child of node.children) this.explicitPhandles(child);
	}
}
