import assert from "node:assert/strict";
import { dmascope } from "./support";

const init = (body: string, before = "") =>
	`#include <linux/module.h>\n${before}\nstatic int test_init(void)\n{\n${body}\n}\nmodule_init(test_init);\n`;

describe("dmascope run", () => {
	it("names the label, the dmas entry and the empty register that a scenario asked for in vain, once each", async () => {
		const body = [
			"\tvoid __iomem *uart = ioremap(0x10000000, 0x100);",
			'\tif (sim_device("uart7") || sim_device("uart7")) return 1;',
			'\tif (PTR_ERR(dma_request_chan(sim_device("uart0"), "both")) != -ENODEV) return 2;',
			"\treturn readb(uart) + readb(uart);",
		];
		const { status, err } = await dmascope(["run", "a.c"], { "a.c": init(body.join("\n")) });
		assert.equal(status, 0);
		const told = err.split("\n").filter((line) => /uart7|"both"|empty/.test(line));
		assert.equal(told.length, 3);
		assert.match(told[0] ?? "", /sim_device\("uart7"\) is NULL: .*uart0/);
		assert.match(told[1] ?? "", /no DMA channel "both": \/serial@10000000 has in dma-names only rx, tx/);
		assert.match(told[2] ?? "", /10000000\.serial: the receive buffer was read while it was empty/);
	});

	it("refuses a board without room for Linux, and leaves a small bank of memory alone", async () => {
		const memory = (reg: string) =>
			`/ { #address-cells = <1>; #size-cells = <1>; memory@0 { device_type = "memory"; reg = ${reg}; }; };\n`;
		const none = await dmascope(["run", "a.dma"], {
			"a.dma": memory("<0 0x3ff000>, <0x800000 0x1000>") + init("\treturn 0;"),
		});
		assert.equal(none.status, 2);
		assert.match(none.err, /^a\.dma:1:1: error: the board has too little memory: .*4 MiB.* \[DT026\]/m);
		const enough = await dmascope(["run", "a.dma"], {
			"a.dma":
				memory("<0 0x1000>, <0x800000 0x400000>") +
				init("\treturn virt_to_phys(kmalloc(64, GFP_KERNEL)) / 0x100000 - 8 - 1;"),
		});
		// Behind the bank's first MiB.
		assert.equal(enough.status, 0, enough.err + enough.out);
	});

	it("prints the kernel log with its times, what a UART sends, and how it ended; exit 0", async () => {
		const { status, out, err } = await dmascope(["run", "samples/uart-tx.dma"]);
		assert.equal(status, 0);
		assert.match(
			out,
			/^\[ {4}0\.\d{6}\] dw_axi_dmac_platform 80000\.dma-controller: DesignWare AXI DMA Controller, 4 channels$/m,
		);
		assert.match(out, /^U{256}$/m);
		assert.match(err, /ended at 0\.\d{6} s \(idle\), exit status 0/);
	});

	it("prints events and nothing else with --json, the same twice, times never falling", async () => {
		const first = await dmascope(["run", "--json", "samples/uart-tx.dma"]);
		assert.deepEqual(await dmascope(["run", "--json", "samples/uart-tx.dma"]), first);
		const events = first.out
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line) as { t: number; ev: string; [key: string]: unknown });
		assert.ok(events.every(({ t }, i) => i === 0 || t >= (events[i - 1]?.t ?? 0)));
		assert.ok(first.out.match(/"t":[^,]*/g)?.every((t) => /^"t":\d+(\.\d{1,3})?$/.test(t)));
		const count = (ev: string) => events.filter((event) => event.ev === ev).length;
		assert.deepEqual(
			[
				"prep",
				"submit",
				"issue_pending",
				"start",
				"chunk",
				"burst",
				"irq",
				"complete",
				"callback",
				"output",
				"end",
			].map(count),
			[1, 1, 1, 1, 1, 64, 1, 1, 1, 1, 1],
		);
		const irq = events.find(({ ev }) => ev === "irq");
		assert.deepEqual([irq?.line, irq?.dev, irq?.ctx], [27, "80000.dma-controller", "hardirq"]);
		assert.deepEqual(events.at(-1), { t: events.at(-1)?.t, ev: "end", reason: "idle", blocked: [] });
	});

	it("writes a trace that chrome://tracing reads", async () => {
		const { status, written } = await dmascope(["run", "samples/memcpy-batch.dma", "--trace", "out.json"]);
		assert.equal(status, 0);
		const { traceEvents } = JSON.parse(written["out.json"] ?? "") as { traceEvents: { cat?: string }[] };
		assert.ok(traceEvents.some(({ cat }) => cat === "burst"));
	});

	it("exits 1 when an init returns an error, and says which", async () => {
		const { status, err, out } = await dmascope(["run", "my-driver.dma"], {
			"my-driver.dma": init("\treturn -ENOMEM;"),
		});
		assert.equal(status, 1);
		assert.match(err, /my_driver: init returned -12/);
		assert.match(out, /my_driver/);
	});

	it("exits 1 at an oops and shows the C stack with the line", async () => {
		const { status, out } = await dmascope(["run", "a.dma"], { "a.dma": init("\tint *p = NULL;\n\n\treturn *p;") });
		assert.equal(status, 1);
		assert.match(out, /Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000/);
		assert.match(out, /test_init \(a\.dma:7\)/);
	});

	it("ends a deadlock with exit 1 and names who waits for what", async () => {
		const text = init(
			"\twait_for_completion(&never);\n\treturn 0;",
			"#include <linux/completion.h>\nstatic DECLARE_COMPLETION(never);",
		);
		const { status, err } = await dmascope(["run", "a.dma"], { "a.dma": text });
		assert.equal(status, 1);
		assert.match(err, /blocked: .*completion.*never/);
		const { out } = await dmascope(["run", "a.dma", "--json"], { "a.dma": text });
		const end = JSON.parse(out.trimEnd().split("\n").at(-1) ?? "") as { reason: string; blocked: string[] };
		assert.equal(end.reason, "idle");
		assert.ok(end.blocked.some((line) => /completion never/.test(line)));
	});

	it("ends a copy from a wild address with a length out of freed memory in an oops", async () => {
		const body = "\tmemcpy(phys_to_virt(wild), phys_to_virt(wild), wild);\n\treturn 0;";
		const wild = "static u64 wild = 0x6b6b6b6b6b6b6b6b;";
		const { status, out } = await dmascope(["run", "a.c"], { "a.c": init(body, wild) });
		assert.equal(status, 1);
		assert.match(out, /Unable to handle kernel paging request at virtual address 6b6a6b6a/);
	});

	it("names the errno of an interrupt that a device has not got", async () => {
		const body = [
			'\tstruct platform_device *pdev = to_platform_device(sim_device("uart0"));',
			'\treturn platform_get_irq(pdev, 1) != -ENXIO || platform_get_irq_byname(pdev, "tx") != -ENXIO;',
		];
		const { status, out } = await dmascope(["run", "a.c"], { "a.c": init(body.join("\n")) });
		assert.equal(status, 0);
		assert.match(out, /10000000\.serial: error -ENXIO: IRQ index 1 not found\n/);
		assert.match(out, /10000000\.serial: error -ENXIO: IRQ tx not found\n/);
	});

	it("takes the exit status of sim_exit", async () => {
		assert.equal((await dmascope(["run", "a.dma"], { "a.dma": init("\tsim_exit(7);\n\treturn 0;") })).status, 7);
		assert.equal((await dmascope(["run", "a.dma"], { "a.dma": init("\tsim_exit(0);\n\treturn -1;") })).status, 0);
	});

	it("exits 3 at its limit, however busy the CPU is", async () => {
		const { status, err } = await dmascope(["run", "a.dma", "--until", "1000000"], {
			"a.dma": init("\tfor (;;)\n\t\tcpu_relax();"),
		});
		assert.equal(status, 3);
		assert.match(err, /ended at 0\.001000 s \(limit\)/);
	});

	it("takes module parameters", async () => {
		const text = init(
			'\tpr_info("len %d\\n", len);\n\treturn 0;',
			"static int len = 4;\nmodule_param(len, int, 0444);",
		);
		assert.match(
			(await dmascope(["run", "my-mod.dma", "--param", "my_mod.len=42"], { "my-mod.dma": text })).out,
			/len 42/,
		);
		assert.match((await dmascope(["run", "my-mod.dma"], { "my-mod.dma": text })).out, /len 4\n/);
	});

	it("loads the modules that SIM_MODULE asks for, and several files, in order", async () => {
		const a = `SIM_MODULE("dir/b.dma", "x=3")\n${init('\tpr_info("a: %d\\n", get_x());\n\treturn 0;', "int get_x(void);")}`;
		const b = init(
			'\tpr_info("b\\n");\n\treturn 0;',
			"static int x;\nmodule_param(x, int, 0);\nint get_x(void)\n{\n\treturn x;\n}\nEXPORT_SYMBOL_GPL(get_x);",
		);
		const { status, out, err } = await dmascope(["run", "a.dma"], { "a.dma": a, "dir/b.dma": b });
		assert.equal(status, 0, err);
		assert.match(out, /\] b\n.*\] a: 3\n/s);
	});
});

describe("wrong input", () => {
	it("exits 2 with every diagnostic, and runs nothing", async () => {
		const text = `${init('\tpr_info("ran\\n");\n\treturn nobody;')}&uart0 { bad = <1 };\n`;
		const { status, out, err } = await dmascope(["run", "a.dma"], { "a.dma": text });
		assert.equal(status, 2);
		assert.equal(out, "");
		assert.match(err, /^a\.dma:6:9: error: .*nobody.*\[C\d+\]\n {4}6 \| \treturn nobody;\n {6}\| \t {7}\^~~~~~$/m);
		assert.match(err, /^a\.dma:9:\d+: error: .*\[DT\d+\]$/m);
		assert.match(err, /2 errors\.$/m);
	});

	it("says which file, board or kernel function is missing", async () => {
		assert.match((await dmascope(["run", "none.dma"])).err, /none\.dma.*cannot be read/);
		const ok = { "a.dma": init("\treturn 0;") };
		const board = await dmascope(["run", "a.dma", "--board", "nowhere"], ok);
		assert.deepEqual([board.status, /no board 'nowhere'; there are: .*generic-axi-dmac/.test(board.err)], [2, true]);
		const link = await dmascope(["check", "a.dma"], { "a.dma": init("\treturn frobnicate(1);") });
		assert.deepEqual([link.status, /a\.dma:5:\d+: error: .*frobnicate/.test(link.err)], [2, true]);
		assert.equal((await dmascope(["check", "a.dma"], ok)).status, 0);
		const two = await dmascope(["run", "samples/uart-tx.dma", "--board", "other"]);
		assert.deepEqual([two.status, /can be one only/.test(two.err)], [2, true]);
	});

	it("prints diagnostics as JSON", async () => {
		const { status, out } = await dmascope(["check", "--json", "a.dma"], { "a.dma": "int x = ;\n" });
		assert.equal(status, 2);
		const diagnostic = JSON.parse(out) as { file: string; line: number; column: number; severity: string };
		assert.deepEqual(
			[diagnostic.file, diagnostic.line, diagnostic.column, diagnostic.severity],
			["a.dma", 1, 9, "error"],
		);
	});
});
