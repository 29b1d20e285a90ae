import assert from "node:assert/strict";
import { inlineNames } from "../../src/extension/inline-names";

const TEXT = `static int before(int other)
{
	return other;
}

/* count is spoken of here */
static int
run(struct device *dev, int count)
{
	struct dma_slave_config config = {
		.dst_addr = count,
	};
	int ret = dma_submit(dev, &config, count); // count again
	char *text = "ret and count";

#define count_twice (2 * ret)
	if (ret)
		goto out;
	dev->count = config.dst_addr;
	ret = count;
out:
	return ret;
}
`;
const line = (text: string) => TEXT.split("\n").findIndex((one) => one.includes(text));
const shown = (stopped: number, first = 0, last = 100) =>
	inlineNames(TEXT, stopped, first, last).map((one) => `${one.line}:${one.name}`);

describe("names with inline values", () => {
	it("are those of this function up to the stop: no members, calls, tags, keywords, comments, strings, macros", () => {
		const stop = line("dev->count");
		assert.deepEqual([...new Set(inlineNames(TEXT, stop, 0, 100).map(({ name }) => name))].sort(), [
			"config",
			"count",
			"dev",
			"ret",
			"text",
		]);
		assert.ok(!shown(stop).some((one) => Number(one.split(":")[0]) > stop));
		assert.ok(!shown(stop).some((one) => one.endsWith(":other")));
	});
	it("are found in a head on two lines", () => {
		assert.ok(shown(line("int ret")).includes(`${line("run(struct")}:count`));
	});
	it("are limited to what is in sight, and stand where the name stands", () => {
		const stop = line("ret = count");
		assert.deepEqual(shown(stop, stop, stop), [`${stop}:ret`, `${stop}:count`]);
		const [ret] = inlineNames(TEXT, stop, stop, stop);
		assert.equal(TEXT.split("\n")[stop]?.slice(ret!.column, ret!.column + 3), "ret");
	});
	it("take any text", () => {
		for (const text of ["", "{", "\n\n", "/* open", '"', "int f(void) {\n x"]) inlineNames(text, 5, 0, 10);
		assert.deepEqual(
			inlineNames("int f(int a) {\n\treturn a;\n}", 1, 0, 9).map(({ name }) => name),
			["a", "a"],
		);
	});
});
