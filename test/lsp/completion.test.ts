import assert from "node:assert/strict";
import { completion } from "../../src/lsp/completion";
import { edit } from "./support";

function labels(marked: string): string[] {
	const { workspace, path, offset } = edit(marked);
	return completion(workspace, path, offset).items.map(({ label }) => label);
}

describe("completion", () => {
	it("offers members behind ->, whole statement or not", () => {
		for (const rest of [";", "", "\n\tdma_async_issue_pending(0);"]) {
			const found = labels(`void f(struct dma_async_tx_descriptor *desc)\n{\n\tdesc->call<|>${rest}\n}\n`);
			assert.deepEqual(
				["cookie", "callback", "callback_param"].filter((name) => !found.includes(name)),
				[],
				`before ${JSON.stringify(rest)}`,
			);
		}
	});
	it("offers members behind . of the user's own structs", () => {
		assert.deepEqual(
			labels("struct a { int one; struct { int two; }; };\nint f(void)\n{\n\tstruct a x = {};\n\treturn x.<|>\n}\n"),
			["one", "two"],
		);
	});
	it("offers members in designators", () => {
		const found = labels("static struct dma_slave_config c = {\n\t.direction = DMA_MEM_TO_DEV,\n\t.dst<|>\n};\n");
		assert.ok(found.includes("dst_addr_width"));
		assert.ok(!found.includes("dma_slave_config"));
	});
	it("offers members among the arguments of an open macro call", () => {
		const found = labels(
			"struct a { int one; };\nstatic void f(struct kunit *test, struct a *p)\n{\n\tKUNIT_EXPECT_EQ(test, p-><|>\n}\n",
		);
		assert.deepEqual(found, ["one"]);
	});
	it("offers locals and parameters before everything else", () => {
		const found = labels("static int dma_own;\nvoid f(int dma_count)\n{\n\tint dma_local;\n\tdma_<|>\n}\n");
		assert.deepEqual(found.slice(0, 3).sort(), ["dma_count", "dma_local", "dma_own"]);
		assert.ok(found.includes("dma_request_chan"));
	});
	it("leaves out what is declared later or elsewhere", () => {
		const found = labels("void g(void) { int other_one; }\nvoid f(void)\n{\n\tother_<|>\n\tint other_two;\n}\n");
		assert.deepEqual(
			found.filter((name) => name.startsWith("other_")),
			[],
		);
	});
	it("offers kernel macros and enum constants", () => {
		assert.ok(labels("int f(void)\n{\n\treturn DMA_MEM_<|>;\n}\n").includes("DMA_MEM_TO_DEV"));
		assert.ok(labels("void f(struct kunit *test)\n{\n\tKUNIT_EXPECT_S<|>\n}\n").includes("KUNIT_EXPECT_STREQ"));
	});
	it("offers the labels of this function", () => {
		const text = "int f(void)\n{\nother:\n\treturn 1;\n}\nint g(void)\n{\n\tgoto <|>;\nfree:\nout:\n\treturn 1;\n}\n";
		assert.deepEqual(labels(text), ["free", "out"]);
	});
	it("offers struct tags", () => {
		assert.ok(labels("void f(struct dma_ch<|>").includes("dma_chan"));
	});
	it("offers boards behind #include <board/", () => {
		assert.ok(labels("#include <board/<|>").includes("generic-axi-dmac.dtsi"));
	});
	it("offers devicetree labels in sim_device() and behind &", () => {
		const own = "/ { soc { mine: widget@4000 { reg = <0x4000 0x100>; }; }; };\n";
		assert.ok(labels(`${own}void f(void)\n{\n\tsim_device("<|>");\n}\n`).includes("uart0"));
		assert.ok(labels(`${own}void f(void)\n{\n\tsim_device("m<|>");\n}\n`).includes("mine"));
		assert.ok(labels(`${own}&<|>\n`).includes("uart0"));
		assert.ok(labels("&uart0 {\n\tdmas = <&<|>>;\n};\n").includes("dmac"));
	});
	it("does not offer every name behind a character that only sometimes begins one", () => {
		for (const [marked, trigger] of [
			["int f(int a)\n{\n\treturn a &<|>;\n}\n", "&"],
			["int f(int a)\n{\n\treturn a <<|>;\n}\n", "<"],
			["int f(int a)\n{\n\treturn a ><|>;\n}\n", ">"],
		] as const) {
			const { workspace, path, offset } = edit(marked);
			assert.deepEqual(completion(workspace, path, offset, trigger).items, []);
		}
	});
	it("says nothing in comments and other strings", () => {
		assert.deepEqual(labels("/* dma_<|> */"), []);
		assert.deepEqual(labels('char *s = "dma_<|>";'), []);
	});
});
