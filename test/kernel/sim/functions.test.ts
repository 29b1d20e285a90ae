import assert from "node:assert/strict";
import { outsideLine } from "../../../src/kernel/board-device";
import { startBoot } from "../../../src/kernel/boot";
import { heldTexts } from "../../../src/kernel/sim/holds";
import type { RecordFields } from "../../../src/sim/observers";
import { machineWith, type Rig } from "../harness";

const HEAD = "#include <linux/module.h>\n#include <linux/interrupt.h>\n#include <sim.h>\n";

/** Runs `body` in a module's init; what it prints with SAY comes back. */
function run(body: string, text = "", prepare: (rig: Rig) => void = () => undefined): { rig: Rig; said: string[] } {
	const file = `${HEAD}#define SAY(fmt, ...) pr_info("> " fmt "\\n", ##__VA_ARGS__)\n${text}
static int __init t_init(void) {\n${body}\nreturn 0;\n}
module_init(t_init);
`;
	const rig = machineWith({ "t.c": file });
	prepare(rig);
	startBoot(rig.k, { tests: true });
	rig.go();
	const said = rig.log().flatMap((line) => (line.startsWith("6 > ") ? [line.slice(4)] : []));
	return { rig, said };
}

describe("sim_ functions", () => {
	it("find devices by label or path", () => {
		const { said } = run(`
	SAY("%s", dev_name(sim_device("uart0")));
	SAY("%d", sim_device("nothing") == NULL);`);
		assert.deepEqual(said, ["10000000.serial", "1"]);
	});

	it("tell the time since boot in ns", () => {
		const { said } = run('u64 t = sim_time_ns(); udelay(5); t = sim_time_ns() - t; SAY("%d", t >= 5000 && t < 7000);');
		assert.deepEqual(said, ["1"]);
	});

	it("take what a device has sent, oldest first", () => {
		const sent = [65, 66, 67, 68, 69];
		const { said } = run(
			`
	char buf[8] = {};
	SAY("%zu", sim_dev_sent(sim_device("uart0"), buf, 3)); SAY("%s", buf);
	SAY("%zu", sim_dev_sent(sim_device("uart0"), buf, 8)); SAY("%.2s", buf);
	SAY("%zu", sim_dev_sent(sim_device("uart0"), buf, 8));
	sim_dev_receive(sim_device("uart0"), "xyz", 3);`,
			"",
			({ k }) => {
				const line = outsideLine(k.devices.find(({ labels }) => labels.includes("uart0"))!)!;
				line.takeSent = (max) => Uint8Array.from(sent.splice(0, max));
				line.receive = (bytes) => assert.deepEqual([...bytes], [120, 121, 122]);
			},
		);
		assert.deepEqual(said, ["3", "ABC", "2", "DE", "0"]);
	});

	it("stop at the line that names no device of the board", () => {
		const { rig } = run("sim_irq_hold(NULL);");
		assert.ok(rig.log().some((line) => line.includes("sim_irq_hold: NULL is no device of the board")));
		assert.equal(rig.k.state.oopses, 1);
	});

	it("make the bus answer with a slave error, and heal it", () => {
		const { rig } = run(
			"sim_fault_bus(0x1000, 16, SIM_FAULT_READ | SIM_FAULT_WRITE); sim_fault_bus(0x2000, 8, SIM_FAULT_READ); sim_fault_bus(0x1000, 16, 0);",
		);
		assert.deepEqual(rig.k.machine.bus.state.faults, [{ base: 0x2000, size: 8, read: true, write: false }]);
	});

	it("let the nth allocation fail", () => {
		const { said } = run(`
	void *a, *b, *c;
	sim_fault_alloc(2);
	a = kmalloc(8, GFP_KERNEL); b = kmalloc(8, GFP_KERNEL); c = kmalloc(8, GFP_KERNEL);
	SAY("%d%d%d", !!a, !!b, !!c);`);
		assert.deepEqual(said, ["101"]);
	});

	it("hold tasklets until as many releases, not softirqs of timers", () => {
		const { rig, said } = run(
			`
	mod_timer(&timer, jiffies + 1);
	sim_softirq_hold(); sim_softirq_hold();
	tasklet_schedule(&tasklet);
	msleep(20); SAY("slept");
	sim_softirq_release(); SAY("once");
	sim_softirq_release(); SAY("twice");`,
			`static void run_it(struct tasklet_struct *t) { SAY("tasklet"); }
static DECLARE_TASKLET(tasklet, run_it);
static void tick(struct timer_list *t) { SAY("timer"); }
static DEFINE_TIMER(timer, tick);`,
		);
		assert.deepEqual(said, ["timer", "slept", "once", "tasklet", "twice"]);
		assert.deepEqual(heldTexts(rig.k), []);
	});

	it("say what is still held at the end", () => {
		const { rig } = run(
			'sim_softirq_hold(); sim_irq_hold(sim_device("uart0")); sim_irq_hold(sim_device("uart0")); sim_irq_release(sim_device("uart0"));',
		);
		assert.deepEqual(heldTexts(rig.k), [
			"the interrupts of 10000000.serial are still held (sim_irq_hold)",
			"tasklets are still held (sim_softirq_hold)",
		]);
	});

	it("keep a device's interrupt from the CPU, with its level", () => {
		const { said } = run(
			`
	struct device *dev = sim_device("uart0");
	struct platform_device *pdev = to_platform_device(dev);
	int irq = platform_get_irq(pdev, 0);
	if (request_irq(irq, handler, 0, "t", NULL)) SAY("no irq");
	sim_irq_hold(dev);
	SAY("%lu", raise_line(irq)); SAY("held");
	sim_irq_release(dev); SAY("released");`,
			`static int count;
static irqreturn_t handler(int irq, void *p) { SAY("irq"); disable_irq_nosync(irq); return IRQ_HANDLED; }
static unsigned long raise_line(int irq) { sim_mark("raise"); return 0; }`,
			({ k }) =>
				k.machine.observers.add({
					record: (kind) => {
						const uart = k.devices.find(({ labels }) => labels.includes("uart0"))!;
						if (kind === "mark") k.machine.interrupts.raise(uart.interrupts[0]!);
					},
				}),
		);
		assert.deepEqual(said, ["0", "held", "irq", "released"]);
	});

	it("release everything at the end of a case", () => {
		const rig = machineWith({
			"t.c": `${HEAD}#include <kunit/test.h>
static void c(struct kunit *test) { sim_softirq_hold(); sim_softirq_hold(); sim_irq_hold(sim_device("uart0")); }
static struct kunit_case cases[] = { KUNIT_CASE(c), {} };
static struct kunit_suite s = { .name = "mine", .test_cases = cases };
kunit_test_suite(s);
`,
		});
		startBoot(rig.k, { tests: true });
		rig.go();
		assert.deepEqual(heldTexts(rig.k), []);
		assert.ok(rig.k.machine.interrupts.state.holds.every((depth) => depth === 0));
	});

	it("read and write virtual files", () => {
		const { said } = run(
			`
	char buf[16];
	SAY("%zd", sim_read_file("/proc/nothing", buf, sizeof(buf)));
	SAY("%zd", sim_read_file("/sys/module/t/parameters/speed", buf, sizeof(buf))); SAY("%s", buf);
	SAY("%zd %d", sim_write_file("/sys/module/t/parameters/speed", "42"), speed);
	SAY("%zd", sim_write_file("/proc/nothing", "1"));`,
			"static int speed = 7;\nmodule_param(speed, int, 0644);",
		);
		assert.deepEqual(said, ["-2", "2", "7\n", "2 42", "-2"]);
	});

	it("mark a point of the trace", () => {
		const marks: RecordFields[] = [];
		run('sim_mark("here");', "", ({ k }) =>
			k.machine.observers.add({ record: (kind, fields) => void (kind === "mark" && marks.push(fields)) }),
		);
		assert.deepEqual(
			marks.map(({ label }) => label),
			["here"],
		);
	});

	it("end the run with a status", () => {
		const { rig, said } = run('SAY("before"); sim_exit(3); SAY("after");');
		assert.deepEqual(said, ["before"]);
		assert.deepEqual(rig.k.state.end, { reason: "exit", status: 3 });
	});

	it("know no findings yet", () => {
		assert.deepEqual(run('sim_expect_finding("DS09"); SAY("%d %d", sim_findings(NULL), sim_findings("DS09"));').said, [
			"0 0",
		]);
	});
});
