import assert from "node:assert/strict";
import { bootAndRun } from "../harness";

function said(body: string): { lines: string[]; log: string[]; oopses: number } {
	const { k, log } = bootAndRun({ "test.c": `static int f(void)\n{\n${body}\n\treturn 0;\n}\nmodule_init(f);` });
	const all = log();
	return {
		lines: all.filter((l) => l.slice(2).startsWith("> ")).map((l) => l.slice(4)),
		log: all,
		oopses: k.state.oopses,
	};
}

describe("register access", () => {
	it("costs 100 ns a read and 50 ns a write beside the statement (machine.md, Time)", () => {
		const { lines } = said(`
			void __iomem *r = ioremap(0x10000000, 8); u64 a, b, c;
			a = sim_time_ns(); readb(r + 7); b = sim_time_ns(); writeb(1, r + 7); c = sim_time_ns();
			pr_info("> %llu\\n", (b - a) - (c - b));`);
		assert.deepEqual(lines, ["50"]);
	});

	it("is an oops at an address of no reg, and when it is not aligned", () => {
		assert.equal(said("readl(ioremap(0x20000000, 4));").oopses, 1);
		assert.equal(said("readl(ioremap(0x10001000, 8) + 1);").oopses, 1);
		assert.equal(said("readl(NULL);").oopses, 1);
	});

	it("has devm_ioremap_resource's answers", () => {
		const { lines, log } = said(`
			struct resource r = DEFINE_RES_MEM(0x10000000, 0x100), none = DEFINE_RES_IRQ(3);
			struct device *dev = sim_device("uart0");
			void __iomem *p = devm_ioremap_resource(dev, &r);
			pr_info("> %d\\n", IS_ERR(p));
			p = devm_ioremap_resource(dev, &r);
			pr_info("> %pe\\n", p);
			p = devm_ioremap_resource(dev, &none);
			pr_info("> %pe\\n", p);`);
		assert.deepEqual(lines, ["0", "-EBUSY", "-EINVAL"]);
		assert.ok(
			log.some((l) => l.endsWith("10000000.serial: can't request region for resource [mem 0x10000000-0x100000ff]")),
			log.join("\n"),
		);
	});
});

describe("dev_printk", () => {
	it("puts driver and device in front", () => {
		const { log } = said(`
			struct device *dev = sim_device("uart0");
			dev_err(dev, "broken %d\\n", 3);
			dev_info(NULL, "x\\n");
			pr_info("> %d\\n", dev_err_probe(dev, -EIO, "no clock\\n"));
			pr_info("> %d\\n", dev_err_probe(dev, -EPROBE_DEFER, "later\\n"));`);
		assert.ok(log.includes("3 platform 10000000.serial: broken 3"), log.join("\n"));
		assert.ok(log.includes("6 (NULL device *): x"));
		assert.ok(log.includes("3 platform 10000000.serial: error -EIO: no clock"));
		assert.ok(log.includes("6 > -5") && log.includes("6 > -517"));
		assert.ok(!log.some((l) => l.includes("later")));
	});
});
