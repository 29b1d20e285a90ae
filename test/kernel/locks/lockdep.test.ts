import assert from "node:assert/strict";
import { bootAndRun } from "../harness";

/** What is printed from the first line that matches on; locks' addresses as "LOCK". */
function report(text: string, from: RegExp): string[] {
	const log = bootAndRun({ "l.c": text })
		.log()
		.map((line) => line.slice(2).replace(/ffff[0-9a-f]{12}/g, "LOCK"));
	const at = log.findIndex((line) => from.test(line));
	return at < 0 ? log : log.slice(at);
}

const IRQ_TIMER = `static struct hrtimer t;
static enum hrtimer_restart fire(struct hrtimer *x);
static void start(void) { hrtimer_init(&t, CLOCK_MONOTONIC, HRTIMER_MODE_REL); t.function = fire; hrtimer_start(&t, us_to_ktime(10), HRTIMER_MODE_REL); msleep(4); }
`;
const init = (body: string) => `static int f(void)\n{\n${body}\n\treturn 0;\n}\nmodule_init(f);\n`;

describe("the locking validator", () => {
	it("a lock taken in a hard interrupt, and elsewhere with interrupts on", () => {
		const text = `static DEFINE_SPINLOCK(lock);
${IRQ_TIMER}static enum hrtimer_restart fire(struct hrtimer *x)
{
	spin_lock(&lock);
	spin_unlock(&lock);
	return HRTIMER_NORESTART;
}
${init("\tspin_lock(&lock);\n\tspin_unlock(&lock);\n\tstart();\n\tstart();")}`;
		const lines = report(text, /^=+$/);
		assert.deepEqual(lines.slice(0, 9), [
			"================================",
			"WARNING: inconsistent lock state",
			"6.12.0 Not tainted",
			"--------------------------------",
			"inconsistent {HARDIRQ-ON-W} -> {IN-HARDIRQ-W} usage.",
			"swapper/0/0 [HC1[1]:SC0[0]:HE0:SE1] takes:",
			"LOCK (lock){?.+.}-{2:2}, at: fire (l.c:7)",
			"{HARDIRQ-ON-W} state was registered at:",
			" f (l.c:13)",
		]);
		const scenario = lines.indexOf(" Possible unsafe locking scenario:");
		assert.deepEqual(lines.slice(scenario, scenario + 9), [
			" Possible unsafe locking scenario:",
			"",
			"       CPU0",
			"       ----",
			"  lock(lock);",
			"  <Interrupt>",
			"    lock(lock);",
			"",
			" *** DEADLOCK ***",
		]);
		assert.equal(lines.filter((line) => line.startsWith("WARNING")).length, 1, "once");
	});

	it("the same, the interrupt first", () => {
		const lines = report(
			`static DEFINE_SPINLOCK(lock);
${IRQ_TIMER}static enum hrtimer_restart fire(struct hrtimer *x) { spin_lock(&lock); spin_unlock(&lock); return HRTIMER_NORESTART; }
${init("\tstart();\n\tspin_lock(&lock);\n\tspin_unlock(&lock);")}`,
			/^inconsistent/,
		);
		assert.equal(lines[0], "inconsistent {IN-HARDIRQ-W} -> {HARDIRQ-ON-W} usage.");
		assert.match(lines[2]!, /^LOCK \(lock\)\{\?\.\.\.\}-\{2:2\}, at: f \(l\.c:/);
	});

	it("a lock taken in a tasklet, and elsewhere with bottom halves on; not with them off", () => {
		const text = (lock: string, unlock: string) => `static DEFINE_SPINLOCK(lock);
static void run(struct tasklet_struct *t) { spin_lock(&lock); spin_unlock(&lock); }
static DECLARE_TASKLET(tasklet, run);
${init(`\ttasklet_schedule(&tasklet);\n\tmsleep(4);\n\t${lock}(&lock);\n\t${unlock}(&lock);`)}`;
		assert.equal(
			report(text("spin_lock", "spin_unlock"), /^inconsistent/)[0],
			"inconsistent {IN-SOFTIRQ-W} -> {SOFTIRQ-ON-W} usage.",
		);
		assert.ok(!report(text("spin_lock_bh", "spin_unlock_bh"), /^x/).some((line) => /WARNING|BUG/.test(line)));
	});

	it("interrupts that go on while a lock is held that an interrupt takes", () => {
		const lines = report(
			`static DEFINE_SPINLOCK(lock);
${IRQ_TIMER}static enum hrtimer_restart fire(struct hrtimer *x) { spin_lock(&lock); spin_unlock(&lock); return HRTIMER_NORESTART; }
${init("\tstart();\n\tspin_lock_irq(&lock);\n\tlocal_irq_enable();\n\tspin_unlock(&lock);")}`,
			/^inconsistent/,
		);
		assert.equal(lines[0], "inconsistent {IN-HARDIRQ-W} -> {HARDIRQ-ON-W} usage.");
	});

	it("a lock of the same class under another one, unless it is nested on purpose", () => {
		const text = (second: string) => `struct box { spinlock_t lock; };
static struct box a, b;
static void make(struct box *x) { spin_lock_init(&x->lock); }
${init(`\tmake(&a);\n\tmake(&b);\n\tspin_lock(&a.lock);\n\t${second};\n\tspin_unlock(&b.lock);\n\tspin_unlock(&a.lock);`)}`;
		const lines = report(text("spin_lock(&b.lock)"), /^WARNING/);
		assert.deepEqual(lines.slice(0, 7), [
			"WARNING: possible recursive locking detected",
			"6.12.0 Not tainted",
			"--------------------------------------------",
			"init/1 is trying to acquire lock:",
			"LOCK (&x->lock){+.+.}-{2:2}, at: f (l.c:9)",
			"",
			"but task is already holding lock:",
		]);
		assert.equal(lines[7], "LOCK (&x->lock){+.+.}-{2:2}, at: f (l.c:8)");
		assert.ok(lines.includes("1 lock held by init/1:"));
		assert.ok(!report(text("spin_lock_nested(&b.lock, 1)"), /^x/).some((line) => line.startsWith("WARNING")));
	});

	it("two orders of two locks, though nothing has locked up", () => {
		const lines = report(
			`static DEFINE_MUTEX(a);
static DEFINE_MUTEX(b);
${init("\tmutex_lock(&a);\n\tmutex_lock(&b);\n\tmutex_unlock(&b);\n\tmutex_unlock(&a);\n\tmutex_lock(&b);\n\tmutex_lock(&a);\n\tmutex_unlock(&a);\n\tmutex_unlock(&b);")}`,
			/^WARNING/,
		);
		assert.equal(lines[0], "WARNING: possible circular locking dependency detected");
		assert.equal(lines[4], "LOCK (a){+.+.}-{3:3}, at: f (l.c:10)");
		assert.equal(lines[7], "LOCK (b){+.+.}-{3:3}, at: f (l.c:9)");
		const chain = lines.indexOf("-> #1 (b){+.+.}-{3:3}:");
		assert.ok(chain > 0, lines.join("\n"));
		assert.equal(lines[chain + 1], "      mutex_lock");
		assert.ok(lines.includes("-> #0 (a){+.+.}-{3:3}:"));
		const cpus = lines.indexOf("       CPU0                    CPU1");
		assert.deepEqual(lines.slice(cpus + 2, cpus + 6), [
			"  lock(b);",
			"                               lock(a);",
			"                               lock(b);",
			"  lock(a);",
		]);
	});

	it("a circle over three locks names the chain", () => {
		const pair = (x: string, y: string) =>
			`\tspin_lock(&${x});\n\tspin_lock(&${y});\n\tspin_unlock(&${y});\n\tspin_unlock(&${x});\n`;
		const lines = report(
			`static DEFINE_SPINLOCK(a);\nstatic DEFINE_SPINLOCK(b);\nstatic DEFINE_SPINLOCK(c);\n${init(pair("a", "b") + pair("b", "c") + pair("c", "a"))}`,
			/^Chain/,
		);
		assert.deepEqual(lines.slice(0, 2), ["Chain exists of:", "  a --> b --> c"]);
	});

	it("a lock that an interrupt takes, held over one that interrupts may interrupt", () => {
		const lines = report(
			`static DEFINE_SPINLOCK(a);\nstatic DEFINE_SPINLOCK(b);
${IRQ_TIMER}static enum hrtimer_restart fire(struct hrtimer *x) { spin_lock(&a); spin_unlock(&a); return HRTIMER_NORESTART; }
${init("\tunsigned long flags;\n\tstart();\n\tspin_lock(&b);\n\tspin_unlock(&b);\n\tspin_lock_irqsave(&a, flags);\n\tspin_lock(&b);\n\tspin_unlock(&b);\n\tspin_unlock_irqrestore(&a, flags);")}`,
			/^WARNING/,
		);
		assert.equal(lines[0], "WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected");
		assert.equal(lines[3], "init/1 [HC0[0]:SC0[0]:HE0:SE1] is trying to acquire:");
		assert.ok(lines.includes(" (a){-...}-{2:2} -> (b){+.+.}-{2:2}"), lines.join("\n"));
		assert.equal(lines[lines.indexOf("... which became HARDIRQ-irq-unsafe at:") + 1], " f (l.c:11)");
		const cpus = lines.indexOf("       CPU0                    CPU1");
		assert.deepEqual(lines.slice(cpus + 2, cpus + 8), [
			"  lock(b);",
			"                               local_irq_disable();",
			"                               lock(a);",
			"                               lock(b);",
			"  <Interrupt>",
			"    lock(a);",
		]);
	});

	it("the same lock twice: recursion, then what the spinlock itself says", () => {
		const lines = report(`static DEFINE_SPINLOCK(a);\n${init("\tspin_lock(&a);\n\tspin_lock(&a);")}`, /^WARNING/);
		assert.equal(lines[0], "WARNING: possible recursive locking detected");
		assert.ok(lines.includes("BUG: spinlock recursion on CPU#0, init/1"));
	});

	it("sleeping under a spinlock shows the lock", () => {
		const lines = report(
			`static DEFINE_SPINLOCK(a);\nstatic DEFINE_MUTEX(m);\n${init("\tspin_lock(&a);\n\tmutex_lock(&m);\n\tmutex_unlock(&m);\n\tspin_unlock(&a);")}`,
			/^BUG/,
		);
		assert.deepEqual(lines.slice(0, 5), [
			"BUG: sleeping function called from invalid context at kernel/locking/mutex.c:586",
			"in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 1, name: init",
			"preempt_count: 1, expected: 0",
			"1 lock held by init/1:",
			" #0: LOCK (a){+.+.}-{2:2}, at: f (l.c:5)",
		]);
	});

	it("a lock on the heap that nobody has initialised, and a lock that is not held", () => {
		const heap = `struct box { int n; spinlock_t lock; };\n${init("\tstruct box *b = kzalloc(sizeof(*b), GFP_KERNEL);\n\n\tspin_lock(&b->lock);\n\tspin_unlock(&b->lock);\n\tspin_lock(&b->lock);\n\tspin_unlock(&b->lock);")}`;
		const lines = report(heap, /^INFO/);
		assert.equal(lines[0], "INFO: trying to register non-static key.");
		assert.equal(lines.filter((line) => line.startsWith("INFO")).length, 1);
		const unbalanced = report(`static DEFINE_SPINLOCK(a);\n${init("\tspin_unlock(&a);")}`, /^WARNING/);
		assert.equal(unbalanced[0], "WARNING: bad unlock balance detected!");
		assert.equal(unbalanced[3], "init/1 is trying to release lock (a) at:");
	});

	it("an rwlock: readers in an interrupt go with readers outside, a writer outside does not", () => {
		const text = (kind: string) => `static DEFINE_RWLOCK(lock);
${IRQ_TIMER}static enum hrtimer_restart fire(struct hrtimer *x) { read_lock(&lock); read_unlock(&lock); return HRTIMER_NORESTART; }
${init(`\tstart();\n\t${kind}_lock(&lock);\n\t${kind}_unlock(&lock);`)}`;
		assert.ok(!report(text("read"), /^x/).some((line) => /WARNING|BUG/.test(line)));
		const lines = report(text("write"), /^inconsistent/);
		assert.equal(lines[0], "inconsistent {IN-HARDIRQ-R} -> {HARDIRQ-ON-W} usage.");
		assert.match(lines[2]!, /^LOCK \(lock\)\{\+-\.\.\}-\{2:2\}, at: f \(l\.c:/);
	});

	it("an rwlock: taken twice, in two orders, given back without being held", () => {
		const twice = report(
			`static DEFINE_RWLOCK(a);\n${init("\tread_lock(&a);\n\tread_lock(&a);\n\tread_unlock(&a);\n\tread_unlock(&a);")}`,
			/^WARNING/,
		);
		assert.equal(twice[0], "WARNING: possible recursive locking detected");
		const writer = report(`static DEFINE_RWLOCK(a);\n${init("\twrite_lock(&a);\n\twrite_lock(&a);")}`, /^BUG/);
		assert.match(writer[0]!, /^BUG: rwlock recursion on CPU#0, init\/1, /);
		const orders = report(
			`static DEFINE_RWLOCK(a);\nstatic DEFINE_SPINLOCK(b);\n${init("\tread_lock(&a);\n\tspin_lock(&b);\n\tspin_unlock(&b);\n\tread_unlock(&a);\n\tspin_lock(&b);\n\twrite_lock(&a);\n\twrite_unlock(&a);\n\tspin_unlock(&b);")}`,
			/^WARNING/,
		);
		assert.equal(orders[0], "WARNING: possible circular locking dependency detected");
		const free = report(`static DEFINE_RWLOCK(a);\n${init("\tread_unlock(&a);")}`, /^WARNING/);
		assert.equal(free[0], "WARNING: bad unlock balance detected!");
		const fine = `static DEFINE_RWLOCK(a);\nstatic rwlock_t c;\n${init('\tunsigned long flags;\n\n\trwlock_init(&c);\n\twrite_lock_irqsave(&a, flags);\n\tread_lock(&c);\n\tread_unlock(&c);\n\twrite_unlock_irqrestore(&a, flags);\n\tpr_info("try %d %d\\n", read_trylock(&a), write_trylock(&a));\n\tread_unlock(&a);')}`;
		const log = report(fine, /^try/);
		assert.deepEqual(log, ["try 1 0"]);
	});

	it("a reader-writer semaphore: sleeping under a spinlock, two orders, recursion", () => {
		const asleep = report(
			`static DEFINE_SPINLOCK(s);\nstatic DECLARE_RWSEM(r);\n${init("\tspin_lock(&s);\n\tdown_read(&r);\n\tup_read(&r);\n\tspin_unlock(&s);")}`,
			/^BUG/,
		);
		assert.equal(asleep[0], "BUG: sleeping function called from invalid context at kernel/locking/rwsem.c:1523");
		const orders = report(
			`static DECLARE_RWSEM(r);\nstatic DEFINE_MUTEX(m);\n${init("\tdown_write(&r);\n\tmutex_lock(&m);\n\tmutex_unlock(&m);\n\tup_write(&r);\n\tmutex_lock(&m);\n\tdown_read(&r);\n\tup_read(&r);\n\tmutex_unlock(&m);")}`,
			/^WARNING/,
		);
		assert.equal(orders[0], "WARNING: possible circular locking dependency detected");
		assert.equal(orders[4], "LOCK (r){++++}-{3:3}, at: f (l.c:10)");
		const twice = report(
			`static struct rw_semaphore r;\n${init("\tinit_rwsem(&r);\n\tdown_read(&r);\n\tdown_read(&r);\n\tup_read(&r);\n\tup_read(&r);")}`,
			/^WARNING/,
		);
		assert.equal(twice[0], "WARNING: possible recursive locking detected");
		assert.match(twice[4]!, /^LOCK \(&r\)\{\.\+\.\+\}-\{3:3\}, at: f /);
	});

	it("a semaphore may be given back by another context; its lock is not the validator's", () => {
		const log = report(
			`static DEFINE_SEMAPHORE(s, 1);\n${init('\tdown(&s);\n\tup(&s);\n\tup(&s);\n\tpr_info("try %d %d %d\\n", down_trylock(&s), down_trylock(&s), down_trylock(&s));')}`,
			/^try|WARNING|BUG/,
		);
		assert.deepEqual(log, ["try 0 0 1"]);
	});

	it("memory that is freed, and a lock that is initialised again, with the lock held", () => {
		const text = (what: string) =>
			`struct box { int n; spinlock_t lock; };\n${init(`\tstruct box *b = kzalloc(sizeof(*b), GFP_KERNEL);\n\n\tspin_lock_init(&b->lock);\n\tspin_lock(&b->lock);\n\t${what};`)}`;
		const lines = report(text("kfree(b)"), /^=+$/);
		assert.deepEqual(lines.slice(0, 5), [
			"=========================",
			"WARNING: held lock freed!",
			"6.12.0 Not tainted",
			"-------------------------",
			"init/1 is freeing memory LOCK-LOCK, with a lock still held there!",
		]);
		assert.equal(lines[5], "LOCK (&b->lock){+.+.}-{2:2}, at: f (l.c:7)");
		assert.equal(lines[6], "1 lock held by init/1:");
		const again = report(text("spin_lock_init(&b->lock)"), /^WARNING/);
		assert.equal(again[0], "WARNING: held lock freed!");
	});

	it("a driver that calls the client's callback itself, with its lock held: told at that line", () => {
		const text = (locked: boolean) => `static struct dma_chan chan;
static struct dma_device dd;
static struct dma_async_tx_descriptor tx;
static DEFINE_SPINLOCK(lock);
static void called(void *p) { pr_info("called %d\\n", *(int *)p); }
static void other(void *p) { }
static void (*volatile elsewhere)(void *) = other;
${init(`	static int n = 7;
	chan.device = &dd;
	dma_cookie_init(&chan);
	dma_async_tx_descriptor_init(&tx, &chan);
	tx.callback = called;
	tx.callback_param = &n;
	dma_cookie_assign(&tx);
	${locked ? "spin_lock(&lock);" : ""}
	elsewhere(&n);
	tx.callback(tx.callback_param);
	${locked ? "spin_unlock(&lock);" : ""}`)}`;
		const lines = report(text(true), /^dmaengine/);
		assert.deepEqual(lines.slice(0, 2), [
			"dmaengine: the client's callback is called with a lock held",
			"WARNING: CPU: 0 PID: 1 at l.c:19",
		]);
		assert.ok(lines.includes(" #0: LOCK (lock){+.+.}-{2:2}, at: f (l.c:17)"), lines.join("\n"));
		assert.ok(!report(text(false), /^x/).some((line) => /WARNING/.test(line)));
	});

	it("lockdep_assert_held", () => {
		const text = `static DEFINE_SPINLOCK(a);\n${init("\tlockdep_assert_held(&a);\n\tspin_lock(&a);\n\tlockdep_assert_held(&a);\n\tspin_unlock(&a);")}`;
		const warnings = report(text, /^x/).filter((line) => line.startsWith("WARNING"));
		assert.equal(warnings.length, 1);
		assert.match(warnings[0]!, /^WARNING: CPU: 0 PID: 1 at l\.c:4\b/);
	});

	it("says nothing of spin_lock_irqsave everywhere, of trylock, of locks in order", () => {
		const log = report(
			`static DEFINE_SPINLOCK(a);\nstatic DEFINE_SPINLOCK(b);
${IRQ_TIMER}static enum hrtimer_restart fire(struct hrtimer *x) { spin_lock(&a); spin_unlock(&a); return HRTIMER_NORESTART; }
${init("\tunsigned long flags;\n\tspin_lock_irqsave(&a, flags);\n\tspin_lock(&b);\n\tspin_unlock(&b);\n\tspin_unlock_irqrestore(&a, flags);\n\tstart();\n\tspin_lock_irqsave(&b, flags);\n\tif (spin_trylock(&a))\n\t\tspin_unlock(&a);\n\tspin_unlock_irqrestore(&b, flags);")}`,
			/^x/,
		);
		assert.ok(!log.some((line) => /WARNING|BUG|INFO/.test(line)), log.join("\n"));
	});
});
