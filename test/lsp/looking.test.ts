import assert from "node:assert/strict";
import { kernelDocs } from "../../src/kernel/docs";
import { definition } from "../../src/lsp/definition";
import { hover } from "../../src/lsp/hover";
import { signatureHelp } from "../../src/lsp/signature-help";
import { covered, edit, services } from "./support";

function shown(marked: string, disk?: Record<string, string>): string {
	const { workspace, path, offset } = edit(marked, disk);
	const contents = hover(workspace, path, offset)?.contents;
	return typeof contents === "object" && "value" in contents ? contents.value : "";
}

describe("hover", () => {
	it("shows a kernel function with its text", () => {
		const text = shown("void f(struct dma_chan *c)\n{\n\tdma_async_issue_<|>pending(c);\n}\n");
		assert.match(text, /void dma_async_issue_pending\(struct dma_chan \*chan\)/);
		assert.match(text, /issued queue/);
	});
	it("shows a local of the right block", () => {
		const marked = "void f(void)\n{\n\tint x = 1;\n\t{\n\t\tlong x = 2;\n\t\t<|>x++;\n\t}\n\tx++;\n}\n";
		assert.match(shown(marked), /long x/);
	});
	it("shows a member with its offset", () => {
		const text = shown("struct s { int a; long b; };\nlong f(struct s *p)\n{\n\treturn p-><|>b;\n}\n");
		assert.match(text, /long b/);
		assert.match(text, /Offset 8, 8 bytes of struct s/);
	});
	it("shows a struct with its members, and its size", () => {
		const text = shown("struct s { int a; long b; };\nstruct <|>s *p;\n");
		assert.match(text, /struct s \{\n\tint a;\n\tlong b;\n\}/);
		assert.match(text, /16 bytes/);
	});
	it("shows a name inside a macro's argument", () => {
		const text = shown("static void f(struct kunit *test, u16 value)\n{\n\tKUNIT_EXPECT_EQ(test, val<|>ue, 3);\n}\n");
		assert.match(text, /u16 value/);
	});
	it("shows macros, ours with a text, the user's with their body", () => {
		assert.match(shown("#define LEN 256\nint a = LE<|>N;\n"), /#define LEN 256/);
		assert.match(shown("void f(struct kunit *t)\n{\n\tKUNIT_ASSERT_<|>EQ(t, 1, 1);\n}\n"), /ends here/);
	});
	it("shows the comment above a user's function", () => {
		assert.match(
			shown("/* Sends it. */\nstatic void send(void)\n{\n}\nvoid f(void)\n{\n\tse<|>nd();\n}\n"),
			/Sends it\./,
		);
	});
	it("shows the node of a label", () => {
		assert.match(shown('void f(void)\n{\n\tsim_device("ua<|>rt0");\n}\n'), /`\/.*serial@10000000`/);
		assert.match(shown('&uar<|>t0 {\n\tstatus = "okay";\n};\n'), /compatible = "/);
	});
	it("knows module_init", () => {
		assert.match(shown("static int f(void) { return 0; }\nmodule_<|>init(f);\n"), /process context/);
	});
	it("has texts only for names that exist", () => {
		const { prelude } = services();
		const special = [
			"module_init",
			"module_exit",
			"module_platform_driver",
			"module_param",
			"EXPORT_SYMBOL",
			"EXPORT_SYMBOL_GPL",
			"SIM_MODULE",
			"SIM_RULES",
		];
		const unknown = Object.keys(kernelDocs).filter(
			(name) =>
				!special.includes(name) &&
				!prelude.macros.has(name) &&
				!prelude.scope.ordinary.has(name) &&
				!prelude.scope.tags.has(name),
		);
		assert.deepEqual(unknown, []);
	});
});

describe("go to definition", () => {
	function goes(marked: string, disk?: Record<string, string>): string {
		const { workspace, document, path, offset } = edit(marked, disk);
		return covered(document, definition(workspace, path, offset));
	}
	it("finds functions, locals, members and macros", () => {
		assert.equal(goes("static int g(void) { return 1; }\nint f(void) { return <|>g(); }\n"), "1:12");
		assert.equal(goes("int f(int a)\n{\n\treturn <|>a;\n}\n"), "1:11");
		assert.equal(goes("struct s {\n\tint m;\n};\nint f(struct s *p) { return p-><|>m; }\n"), "2:6");
		assert.equal(goes("#define N 3\nint a = <|>N;\n"), "1:9");
		assert.equal(goes("static DECLARE_COMPLETION(done);\nvoid f(void) { complete(&<|>done); }\n"), "1:27");
	});
	it("finds labels of this function", () => {
		const other = "int f(void)\n{\nout:\n\treturn 1;\n}\n";
		assert.equal(goes(`${other}int g(int a)\n{\n\tif (a)\n\t\tgoto o<|>ut;\n\ta = 1;\nout:\n\treturn a;\n}\n`), "11:1");
	});
	it("finds included files and what they declare", () => {
		const disk = { "/scenarios/own.h": "\nint own(int);\n" };
		assert.equal(goes('#include "ow<|>n.h"\n', disk), "file:///scenarios/own.h:1");
		assert.equal(goes('#include "own.h"\nint f(void) { return <|>own(1); }\n', disk), "file:///scenarios/own.h:2");
	});
	it("finds devicetree labels, the board's among them", () => {
		assert.equal(
			goes('/ {\n\tmine: w@1000 { reg = <0x1000 1>; };\n};\nvoid f(void) { sim_device("mi<|>ne"); }\n'),
			"2:8",
		);
		assert.match(goes('void f(void) { sim_device("<|>uart0"); }\n'), /^dmascope:\/boards\/generic-axi-dmac\.dtsi:\d+$/);
	});
	it("shows where the kernel declares something", () => {
		const { workspace, path, offset } = edit("void f(struct dma_chan *c) { dma_release_<|>channel(c); }\n");
		const location = definition(workspace, path, offset);
		assert.equal(location?.uri, "dmascope:/kernel.h");
		const line = workspace.services.preludeText.split("\n")[location.range.start.line];
		assert.match(line ?? "", /dma_release_channel\(/);
	});
});

describe("signature help", () => {
	function help(marked: string): string {
		const { workspace, path, offset } = edit(marked);
		const answer = signatureHelp(workspace, path, offset);
		const signature = answer?.signatures[0];
		const parameter = signature?.parameters?.[answer?.activeParameter ?? 0]?.label;
		if (!signature || !parameter || typeof parameter === "string") return signature?.label ?? "none";
		return signature.label.slice(parameter[0], parameter[1]);
	}
	it("points at the parameter", () => {
		assert.equal(help("void f(struct device *d)\n{\n\tdma_map_single(d, <|>"), "void *ptr");
		assert.equal(help("void f(struct device *d)\n{\n\tdma_map_single(d, max(1, 2), <|>);\n}\n"), "size_t size");
	});
	it("knows macros, variable arguments and function pointers", () => {
		assert.equal(help("void f(struct kunit *t)\n{\n\tKUNIT_EXPECT_EQ(t, 1, <|>"), "right");
		assert.equal(help('void f(void)\n{\n\tprintk("%d %d", 1, <|>);\n}\n'), "...");
		assert.equal(
			help("void f(struct dma_device *d, struct dma_chan *c)\n{\n\td->device_prep_dma_memcpy(c, <|>);\n}\n"),
			"dma_addr_t dst",
		);
	});
	it("is silent outside of calls", () => {
		assert.equal(help("void f(void)\n{\n\tif (<|>)\n}\n"), "none");
	});
});
