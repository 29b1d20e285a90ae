import assert from "node:assert/strict";
import { parseDts } from "../../src/devicetree/parser";
import {
	cells,
	dmaRanges,
	findNode,
	isAvailable,
	phandleList,
	regions,
	strings,
	translate,
} from "../../src/devicetree/tree";

function good(source: string) {
	const { tree, diagnostics } = parseDts(source);
	assert.deepEqual(diagnostics, []);
	return tree;
}

describe("devicetree source", () => {
	it("reads cells, arithmetic, strings, byte strings, bits and comments", () => {
		const tree = good(`/dts-v1/;
/ { // root
	a = <1 0x20 (3 * (4 + 1)) (1 << 31) (-1) 'A' (5 > 3 ? 7 : 8)>;
	b = "one", "two\\n";
	c = [0a 0b 0C];
	d = /bits/ 8 <1 255>, /bits/ 16 <0x1234>, /bits/ 64 <0x100000002>;
	/* flags */ e;
	#f,g-cells = <2>;
};`);
		assert.deepEqual(cells(tree.root, "a"), [1, 32, 15, 0x80000000, 0xffffffff, 65, 7]);
		assert.deepEqual(strings(tree.root, "b"), ["one", "two\n"]);
		assert.deepEqual([...tree.root.properties.get("c")!.data], [10, 11, 12]);
		assert.deepEqual([...tree.root.properties.get("d")!.data], [1, 255, 0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 2]);
		assert.equal(tree.root.properties.get("e")!.data.length, 0);
		assert.deepEqual(cells(tree.root, "#f,g-cells"), [2]);
	});

	it("merges later nodes, deletes, and overrides by label and by path", () => {
		const tree = good(`/ { soc { u0: u1: serial@1000 { x = <1>; y = <2>; }; gone { }; g2: gone2 { }; }; };
/ { soc { serial@1000 { x = <3>; /delete-property/ y; }; /delete-node/ gone; }; };
&u1 { status = "disabled"; };
&{/soc} { extra; };
/delete-node/ &g2;`);
		const serial = findNode(tree, "u0")!;
		assert.equal(serial.path, "/soc/serial@1000");
		assert.deepEqual(serial.labels, ["u0", "u1"]);
		assert.deepEqual(cells(serial, "x"), [3]);
		assert.equal(serial.properties.has("y"), false);
		assert.equal(isAvailable(serial), false);
		const soc = findNode(tree, "/soc")!;
		assert.deepEqual(
			soc.children.map((child) => child.name),
			["serial@1000"],
		);
		assert.ok(soc.properties.has("extra"));
		assert.equal(tree.labels.has("g2"), false);
	});

	it("resolves references to phandles, also forward, and paths outside of cells", () => {
		const tree = good(`/ { user { dmas = <&dmac 3>, <&{/dma} 4>; alias = &dmac; };
	dmac: dma { #dma-cells = <1>; }; fixed { phandle = <1>; }; };`);
		const user = findNode(tree, "/user")!;
		const dma = findNode(tree, "dmac")!;
		assert.deepEqual(
			phandleList(tree, user, "dmas", "#dma-cells")!.map((entry) => [entry?.node.path, entry?.args]),
			[
				["/dma", [3]],
				["/dma", [4]],
			],
		);
		assert.equal(dma.phandle, 2);
		assert.deepEqual(strings(user, "alias"), ["/dma"]);
	});

	it("takes <0> in a list of references for an empty entry", () => {
		const tree = good("/ { user { dmas = <0>, <&dmac 3>, <0>; }; dmac: dma { #dma-cells = <1>; }; };");
		assert.deepEqual(
			phandleList(tree, findNode(tree, "/user")!, "dmas", "#dma-cells")!.map((entry) => entry?.args ?? null),
			[null, [3], null],
		);
	});

	it("reads dma-ranges of the nearest bus that has some, with the cells of each side", () => {
		const tree = good(`/ { #address-cells = <2>; #size-cells = <1>;
	soc { #address-cells = <1>; #size-cells = <1>; dma-ranges = <0xc0000000 0x1 0x0 0x1000>, <0x40000000 0x0 0x2000 0x100>;
		bus { #address-cells = <1>; #size-cells = <1>; dma-ranges; d@1 { }; }; };
	plain { dma-ranges; d@2 { }; }; };`);
		assert.deepEqual(dmaRanges(findNode(tree, "/soc/bus/d")!), [
			{ dma: 0xc0000000, cpu: 0x100000000, size: 0x1000 },
			{ dma: 0x40000000, cpu: 0x2000, size: 0x100 },
		]);
		assert.equal(dmaRanges(findNode(tree, "/plain/d")!), undefined);
	});

	it("ranges without any cells lead nowhere", () => {
		const tree = good(`/ { #address-cells = <0>; #size-cells = <0>;
	soc { #address-cells = <0>; #size-cells = <0>; ranges = <1>; dma-ranges = <1>; d@1 { }; }; };`);
		assert.equal(translate(findNode(tree, "/soc")!, 0), undefined);
		assert.equal(dmaRanges(findNode(tree, "/soc/d")!), undefined);
	});

	it("translates reg through ranges with the cells of each level", () => {
		const tree = good(`/ { #address-cells = <2>; #size-cells = <2>;
	soc { #address-cells = <1>; #size-cells = <1>; ranges = <0x1000 0xff 0x20000000 0x1000>;
		dev@1100 { reg = <0x1100 0x40>, <0x1200 4>; }; out@9000 { reg = <0x9000 4>; }; };
	flat { #address-cells = <2>; #size-cells = <2>; ranges; d@1 { reg = <0 0x80000 0 0x400>; }; }; };`);
		assert.deepEqual(regions(findNode(tree, "/soc/dev@1100")!), [
			{ base: 0xff20000100, size: 0x40 },
			{ base: 0xff20000200, size: 4 },
		]);
		assert.equal(regions(findNode(tree, "/soc/out@9000")!), undefined);
		assert.deepEqual(regions(findNode(tree, "/flat/d@1")!), [{ base: 0x80000, size: 0x400 }]);
	});

	it("reports every error with its place and what was expected, across chunks", () => {
		const { tree, diagnostics } = parseDts([
			{ file: "a.dma", line: 5, column: 3, text: "/ { a = <1; b = <2>; };" },
			{ file: "b.dtsi", line: 1, text: '&nope { };\n/ {\n\tc = "x"\n\td = <3>;\n\te { x = <&missing>; };\n};' },
		]);
		assert.deepEqual(
			diagnostics.map((d) => [d.code, d.file, d.line, d.column]),
			[
				["DT001", "a.dma", 5, 13],
				["DT015", "b.dtsi", 1, 1],
				["DT001", "b.dtsi", 4, 2],
				["DT015", "b.dtsi", 5, 11],
			],
		);
		assert.match(diagnostics[0]!.message, /expected a number.*found ";"/);
		assert.match(diagnostics[2]!.message, /expected ; after the property c, found "d"/);
		assert.deepEqual(cells(tree.root, "b"), [2]);
	});

	it("says that #include and /include/ were not expanded, and goes on", () => {
		const { tree, diagnostics } = parseDts('/ {\n#include "x.dtsi"\n\t#address-cells = <1>;\n};\n/include/ "y";');
		assert.deepEqual(
			diagnostics.map((d) => [d.code, d.line]),
			[
				["DT011", 2],
				["DT011", 5],
			],
		);
		assert.deepEqual(cells(tree.root, "#address-cells"), [1]);
	});

	it("never throws and always ends, whatever is cut off", () => {
		const source = '/ { l: n@1 { a = <1 (2+3) &l>, "s", [0a]; /delete-node/ x; }; }; &l { b; };';
		for (let length = 0; length < source.length; length++) {
			const { diagnostics } = parseDts(source.slice(0, length));
			const complete = ["", " ", source.slice(0, 64), source.slice(0, 65)].includes(source.slice(0, length));
			if (!complete && diagnostics.length === 0) assert.match(source.slice(0, length), /;\s*$/);
		}
	});

	it("names its limits", () => {
		const { diagnostics } = parseDts(`/ ${"{ a ".repeat(80)}`);
		assert.ok(diagnostics.some((d) => /at most 64 deep/.test(d.message)));
		const deep = parseDts(`/ { a = <(${"(".repeat(200)}1)>; };`);
		assert.ok(deep.diagnostics.some((d) => /at most 100 deep/.test(d.message)));
	});
});
