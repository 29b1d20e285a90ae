import assert from "node:assert/strict";
import type { VariableInfo } from "../../src/session/api";
import { lastOperand } from "../../src/session/completions";
import { settle, stop, value } from "./rig";
import { type Scenario, sampleSession, scenario } from "./scenario";

const TEXT = `#include <linux/module.h>
#include <linux/slab.h>

enum color { RED, GREEN = 4 };
struct inner { int deep; };
struct all {
	bool flag;
	char c;
	u16 h;
	int i;
	unsigned long l;
	long long ll;
	enum color color;
	int low : 3;
	unsigned int high : 5;
	u8 bytes[20];
	struct inner in;
	struct { int hidden; };
	struct all *next;
	const char *name;
};
static struct all obj = { .i = 1 };

static int use(struct all *p, int local)
{
	u8 *buf = kmalloc(20, GFP_KERNEL);

	memset(buf, 0x41, 20);
	p->i += local;
	kfree(buf);
	return p->i;
}

static int t_init(void)
{
	int local = 7;

	obj.name = "a \\"name\\"";
	use(&obj, 2);
	return local == 0;
}
module_init(t_init);
`;

/** At the line `p->i += local`. */
function stopped(): Scenario & { threadId: number; frame: number } {
	const one = scenario(TEXT);
	one.session.setLineBreakpoints("t.c", [{ line: one.line("p->i += local") }]);
	one.session.continue();
	const { threadId } = stop(one.session);
	return { ...one, threadId, frame: one.session.frames(threadId)[0]?.id ?? 0 };
}

function childrenOf({ session }: Scenario, expression: string): VariableInfo[] {
	const result = session.evaluate(expression, null, "watch");
	assert.ok(result.kind === "value", JSON.stringify(result));
	return session.variables(result.variable.reference);
}

describe("values in the debugger", () => {
	it("are set, whatever their kind", () => {
		const at = stopped();
		const { session, simulation } = at;
		const result = session.evaluate("obj", null, "watch");
		assert.ok(result.kind === "value");
		const { reference } = result.variable;
		const set = (name: string, text: string) => session.setVariable(reference, name, text).value;
		assert.equal(set("flag", "true"), "true");
		assert.equal(set("c", "'x'"), "120 'x'");
		assert.equal(set("h", "0x12345"), String(0x2345));
		assert.equal(set("i", "-5"), "-5");
		assert.equal(set("l", "1ul << 40"), String(2 ** 40));
		assert.equal(set("ll", "-3"), "-3");
		assert.equal(set("color", "GREEN"), "GREEN");
		assert.equal(set("low", "3"), "3");
		assert.equal(set("high", "17"), "17");
		assert.equal(value(session, "obj.low"), "3");
		assert.equal(set("hidden", "local + 1"), "3");
		assert.match(set("next", "&obj"), /<obj>$/);
		assert.equal(set("next", "NULL"), "NULL");
		assert.throws(() => set("in", "0"), /set its parts/);
		assert.throws(() => set("nobody", "0"), /no nobody/);
		assert.equal(session.setVariable(reference, "i", "255", true).value, "0x000000ff");
		const bytes = session.variables(reference).find(({ name }) => name === "bytes");
		assert.equal(session.setVariable(bytes?.reference ?? 0, "[19]", "0x7f").value, "127");
		assert.equal(value(session, "obj.bytes[19]"), "127");
		const { inputs } = simulation;
		assert.ok(inputs.list.length >= 14 && inputs.list.every(({ statements }) => statements > 0));
	});

	it("are set by their C names, in the frame that is selected", () => {
		const { session, threadId } = stopped();
		const [inner, outer] = session.frames(threadId);
		const set = (expression: string, text: string, frame: number | undefined) => {
			const result = session.setExpression(expression, text, frame ?? null);
			assert.ok(result.kind === "value", JSON.stringify(result));
			return result.variable.value;
		};
		assert.equal(set("local", "40", inner?.id), "40");
		assert.equal(set("p->in.deep", "local + 2", inner?.id), "42");
		assert.equal(set("local", "local + 1", outer?.id), "8");
		assert.equal(value(session, "local"), "40");
		const bad = session.setExpression("local + 1", "3", inner?.id ?? null);
		assert.equal(bad.kind, "error");
		const scope = session.scopes(outer?.id ?? 0)[0]?.reference ?? 0;
		assert.equal(session.setVariable(scope, "local", "local * 2").value, "16");
	});

	it("have their bytes: of arrays, of pointers as long as the object is", () => {
		const at = stopped();
		const { session } = at;
		const bytes = childrenOf(at, "buf").find(({ name }) => name === "[bytes]");
		assert.equal(bytes?.value, "20 bytes");
		assert.equal(bytes?.indexed, 2);
		const rows = session.variables(bytes?.reference ?? 0);
		assert.deepEqual(
			rows.map(({ name }) => name),
			["+0x0000", "+0x0010"],
		);
		const eight = "41 41 41 41 41 41 41 41";
		assert.equal(rows[0]?.value, `${eight}  ${eight}  |AAAAAAAAAAAAAAAA|`);
		assert.match(rows[1]?.value ?? "", /^41 41 41 41 +\|AAAA\|$/);
		assert.match(session.setVariable(bytes?.reference ?? 0, "+0x0010", "42 43").value, /^42 43 41 41 +\|BCAA\|$/);
		assert.throws(() => session.setVariable(bytes?.reference ?? 0, "+0x0010", "1 2 3 4 5"), /4 bytes fit/);
		assert.throws(() => session.setVariable(bytes?.reference ?? 0, "+0x0010", "xyz"), /hexadecimal/);
		const second = session.variables(bytes?.reference ?? 0, { start: 1, count: 1, filter: "indexed" });
		assert.deepEqual(
			second.map(({ name }) => name),
			["+0x0010"],
		);
		const array = childrenOf(at, "obj.bytes");
		assert.equal(array.length, 21);
		assert.equal(array[20]?.name, "[bytes]");
		const record = childrenOf(at, "obj").find(({ name }) => name === "bytes");
		const part = (filter: "indexed" | "named") =>
			session.variables(record?.reference ?? 0, { filter }).map(({ name }) => name);
		assert.equal(part("indexed").length, 20);
		assert.deepEqual(part("named"), ["[bytes]"]);
	});

	it("go to the clipboard in full", () => {
		const { session } = stopped();
		const copied = session.evaluate("obj", null, "clipboard");
		assert.ok(copied.kind === "text");
		assert.match(copied.text, /^\{\n\t\.flag = false,\n/);
		assert.match(copied.text, /\t\.in = \{\n\t\t\.deep = 0,\n\t\},\n/);
		assert.match(copied.text, /"a \\"name\\""/);
		assert.equal(session.evaluate("obj.bytes[0]", null, "clipboard").kind, "text");
	});

	it("are completed: variables, members, kernel functions with their signatures, files", () => {
		const { session, frame } = stopped();
		const labels = (text: string) => session.complete(text, frame).map(({ label }) => label);
		assert.deepEqual(labels("lo").slice(0, 1), ["local"]);
		assert.deepEqual(labels("p->i"), ["i", "in"]);
		assert.deepEqual(labels("obj.next->in."), ["deep"]);
		assert.deepEqual(labels("1 + (*p).hid"), ["hidden"]);
		assert.deepEqual(labels("p."), []);
		assert.deepEqual(session.complete("kfre", frame)[0], {
			label: "kfree",
			detail: "void kfree(const void *objp)",
			kind: "function",
			start: 0,
			length: 4,
		});
		assert.deepEqual(labels("GRE"), ["GREEN"]);
		assert.deepEqual(labels("cat /pro"), ["proc/"]);
		assert.ok(labels("cat /proc/inter").includes("interrupts"));
		assert.ok(labels("c").includes("cat"));
		assert.ok(!labels("1 + c").includes("cat"));
		assert.deepEqual(labels("local lo"), []);
	});

	it("finds the operand before a member access", () => {
		const cases: [string, string][] = [
			["a", "a"],
			["x + a->b[1]", "a->b[1]"],
			["f(x, y).z", "f(x, y).z"],
			["1 + (*p)", "(*p)"],
			["a[b[2]]", "a[b[2]]"],
			["", ""],
			["x)", ""],
		];
		for (const [text, operand] of cases) assert.equal(lastOperand(text), operand, text);
	});

	it("says what a kernel function is when it is hovered", () => {
		const { session } = stopped();
		const hover = session.evaluate("kfree", null, "hover");
		assert.ok(hover.kind === "text" && hover.text.startsWith("void kfree(const void *objp)"));
		const own = session.evaluate("obj.i", null, "hover");
		assert.ok(own.kind === "value" && own.variable.value === "1");
	});
});

describe("a channel in the debugger", () => {
	it("has registers that can be written, whole and by field", () => {
		const { session, line } = sampleSession("uart-tx.dma");
		session.setLineBreakpoints("samples/uart-tx.dma", [{ line: line("wait_for_completion_timeout") }]);
		session.continue();
		stop(session);
		const id = session.threads().find(({ kind }) => kind === "channel")?.id ?? 0;
		const scope = session.scopes(session.frames(id)[0]?.id ?? 0).find(({ name }) => name === "Registers");
		const reference = scope?.reference ?? 0;
		const register = (name: string) => session.variables(reference).find((one) => one.name === name);
		assert.equal(register("DMAC_CFG")?.value, "0x0000000000000003");
		const fields = register("DMAC_CFG")?.reference ?? 0;
		// Bit 1 of DMAC_CFG is INT_EN (controllers 1.2).
		assert.equal(session.setVariable(fields, "INT_EN", "0").value, "0");
		assert.equal(register("DMAC_CFG")?.value, "0x0000000000000001");
		session.setVariable(reference, "DMAC_CFG", "3");
		assert.equal(register("DMAC_CFG")?.value, "0x0000000000000003");
		assert.throws(() => session.setVariable(reference, "DMAC_ID", "1"), /read-only/);
	});

	it("runs to the end of its descriptor", () => {
		const { session, line } = sampleSession("uart-tx.dma");
		session.setLineBreakpoints("samples/uart-tx.dma", [{ line: line("wait_for_completion_timeout") }]);
		session.continue();
		const { threadId } = stop(session);
		const id = session.threads().find(({ kind }) => kind === "channel")?.id ?? 0;
		assert.throws(() => session.runToDescriptorEnd(threadId), /no channel/);
		session.runToDescriptorEnd(id);
		assert.deepEqual(stop(session), { kind: "step", threadId: id, text: "end of descriptor, cookie 2" });
		session.continue();
		assert.equal(settle(session).kind, "ended");
	});

	it("runs to the end of the next descriptor when one has just ended, and says when there is none", () => {
		const { session } = sampleSession("memcpy-batch.dma");
		session.setEventFilters([{ filter: "complete" }]);
		session.continue();
		stop(session);
		session.setEventFilters([]);
		const id = session.channelThread("dma0chan0") ?? 0;
		// The batch is cookies 2, 3 and 4: 2 is complete, its descriptor is still on the driver's list.
		session.runToDescriptorEnd(id);
		for (const cookie of [3, 4]) {
			const reached = stop(session);
			assert.deepEqual(reached, { kind: "step", threadId: id, text: `end of descriptor, cookie ${cookie}` });
			if (cookie === 3) session.runToDescriptorEnd(id);
		}
		assert.throws(() => session.runToDescriptorEnd(id), /dma0chan0 had to do is complete/);
	});

	it("has its first item before the hardware has fetched it", () => {
		const { session } = sampleSession("uart-tx.dma");
		session.setEventFilters([{ filter: "start" }, { filter: "chunk" }]);
		session.continue();
		const { threadId } = stop(session);
		const [frame] = session.frames(threadId);
		assert.equal(frame?.name, "fetching the next item");
		session.continue();
		const reached = stop(session);
		assert.ok(reached.kind === "event" && reached.text?.endsWith(`LLI 0x${frame?.item?.toString(16)}`));
		assert.match(session.disassemble(frame?.item ?? 0, 0, 1)[0]?.text ?? "", /^LLI 0 of cookie 2/);
	});

	it("shows nothing that only a driver in C could know", () => {
		const { session } = sampleSession("mem2mem-provider.dma");
		session.setEventFilters([{ filter: "start" }]);
		session.continue();
		const { threadId } = stop(session);
		const scopes = session.scopes(session.frames(threadId)[0]?.id ?? 0);
		const rows = (name: string) => session.variables(scopes.find((scope) => scope.name === name)?.reference ?? 0);
		assert.ok(rows("Channel").some(({ name }) => name === "cookie"));
		assert.ok(!rows("Channel").some(({ name }) => name === "residue"));
		assert.deepEqual(
			rows("Queues").map(({ name, value }) => [name, value.split(":")[0]]),
			[["queues", "not known"]],
		);
	});

	it("lists pages that were shown and the headers among the sources", () => {
		const { session } = sampleSession("uart-tx.dma");
		session.setFunctionBreakpoints([{ name: "dmaengine_submit" }]);
		session.continue();
		const { threadId } = stop(session);
		session.frames(threadId);
		const sources = session.loadedSources();
		assert.deepEqual(sources[0], { kind: "file", path: "samples/uart-tx.dma" });
		const page = (name: string) => {
			const found = sources.find((one) => one.kind === "page" && one.name === name);
			return found?.kind === "page" ? session.page(found.reference) : "";
		};
		assert.match(page("dmaengine_submit"), /what Linux does here/);
		assert.match(page("kernel-headers.h"), /struct dma_chan \{/);
	});
});
