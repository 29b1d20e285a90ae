/**
 * Statements per second of the virtual machine on driver-like C: descriptors built in a ring, struct members read and
 * written through pointers, flags tested, a helper called, a status polled. Prints one JSON object a line.
 */
import { compile, createPrelude } from "../src/language/compile";
import { Program } from "../src/language/program";
import { AddressSpace, PAGE_SIZE, WINDOW_BASE } from "../src/language/vm/address-space";
import { Exit } from "../src/language/vm/exit";
import { bindPlain } from "../src/language/vm/host-call";
import { copyStack, createStack, type Stack } from "../src/language/vm/stack";
import { Vm } from "../src/language/vm/vm";
import { PhysicalMemory } from "../src/sim/memory";
import { print } from "./print";

const RAM = 0x80000000;

const CODE = `
struct lli { u64 sar, dar; u32 block_ts, pad; u64 llp; u32 ctl_lo, ctl_hi; u32 sstat, dstat; u64 reserved; };
struct ring { struct lli *items; unsigned int head, tail, count; u32 flags; u64 bytes; };

static struct lli items[64];
static struct ring ring = { .items = items, .count = 64 };

static void fill(struct lli *lli, u64 src, u64 dst, u32 len)
{
	lli->sar = src;
	lli->dar = dst;
	lli->block_ts = len / 8 - 1;
	lli->ctl_lo = 0x3 << 8 | 0x3 << 11;
	lli->ctl_hi = lli->ctl_hi | 0x80000000;
}

static int submit(struct ring *r, u64 src, u64 dst, u32 len)
{
	unsigned int next = r->head + 1;

	if (next == r->count)
		next = 0;
	if (next == r->tail)
		return -16;
	fill(&r->items[r->head], src, dst, len);
	r->head = next;
	r->bytes += len;
	return 0;
}

static unsigned int reap(struct ring *r)
{
	unsigned int done = 0;

	while (r->tail != r->head) {
		struct lli *lli = &r->items[r->tail];

		if (!(lli->ctl_hi & 0x80000000))
			break;
		lli->ctl_hi &= ~0x80000000;
		if (++r->tail == r->count)
			r->tail = 0;
		done++;
	}
	return done;
}

long driver(int rounds)
{
	long done = 0;
	int i;

	while (rounds-- > 0) {
		for (i = 0; i < 40; i++) {
			int ret = submit(&ring, 0x80000000 + i * 256, 0x90000000, 256);

			if (ret)
				break;
		}
		done += reap(&ring);
	}
	return done;
}

long sum(int rounds)
{
	static u32 table[256];
	u32 total = 0;
	int i;

	while (rounds-- > 0) {
		for (i = 0; i < 256; i++) {
			table[i] = table[i] + i;
			total ^= table[i];
		}
	}
	return total;
}

static int span(const struct lli *lli)
{
	struct lli copy = *lli;
	u32 words[4];
	int i;

	for (i = 0; i < 4; i++)
		words[i] = copy.ctl_lo + i;
	return words[0] + words[3];
}

long frames(int rounds)
{
	long total = 0;

	while (rounds-- > 0)
		total += span(&items[rounds & 63]);
	return total;
}

long calls(int rounds)
{
	long total = 0;

	while (rounds-- > 0)
		total += kernel_add(rounds, 3);
	return total;
}
`;

class Bench {
	readonly vm: Vm;
	readonly program: Program;
	private page = 256;
	private window = WINDOW_BASE + 0x100000;

	/** `checked`: with shadow memory, as KASAN and KMSAN are by default. */
	constructor(checked: boolean) {
		const memory = new PhysicalMemory();
		if (checked) memory.enableShadow();
		memory.addRegion(RAM, 64 << 20);
		this.vm = new Vm(new AddressSpace(memory, RAM, 64 << 20));
		const invoke = bindPlain({ args: ["s32", "s32"], result: "s32" }, (a, b) => (a + b) | 0);
		this.vm.addFunction({ kind: "plain", name: "kernel_add", invoke, cost: 200_000 });
		this.program = new Program(this.vm);
		const prelude = createPrelude(
			"typedef unsigned int u32;\ntypedef unsigned long u64;\nint kernel_add(int a, int b);\n",
		);
		const { unit, diagnostics } = compile({ prelude, files: [{ path: "bench.c", text: CODE }], readFile: () => null });
		for (const { line, message, severity } of diagnostics)
			if (severity === "error") throw new Error(`${line}: ${message}`);
		this.program.loadModule(unit, { name: "bench", allocate: (bytes) => this.allocate(bytes) });
	}

	allocate(bytes: number): number {
		const pages = Math.ceil(bytes / PAGE_SIZE);
		const address = this.window;
		this.vm.space.map(address, RAM + this.page * PAGE_SIZE, pages, "ram");
		this.page += pages;
		this.window += (pages + 1) * PAGE_SIZE;
		return address;
	}

	start(name: string, rounds: number): Stack {
		const stack = createStack(this.allocate(16384) + 16384);
		const found = this.program.lookup(name);
		if (found?.kind !== "function") throw new Error(name);
		this.vm.pushCall(stack, found.index, [rounds]);
		return stack;
	}

	/** Statements per second of the best of several runs. */
	measure(name: string, rounds: number): number {
		let best = 0;
		for (let round = 0; round < 6; round++) {
			const stack = this.start(name, rounds);
			const before = this.vm.statements;
			const start = performance.now();
			let exit = Exit.Slack;
			while (exit === Exit.Slack) exit = this.vm.run(stack, 2_000_000_000);
			if (exit !== Exit.HostReturn) throw new Error(`exit ${exit} fault ${this.vm.faultKind}`);
			best = Math.max(best, (this.vm.statements - before) / ((performance.now() - start) / 1000));
		}
		return Math.round(best);
	}

	/** Microseconds to copy a stack a few calls deep for a snapshot. */
	snapshot(): number {
		const stack = this.start("driver", 1000);
		this.vm.run(stack, 20_000 * 1003);
		const start = performance.now();
		let depth = 0;
		for (let i = 0; i < 100_000; i++) depth += copyStack(stack, this.vm.functions).depth;
		return depth > 0 ? (performance.now() - start) / 100 : 0;
	}
}

const bench = new Bench(false);
print("C statements, driver-like", bench.measure("driver", 30_000), "statements/s", 60e6);
print("C statements, table loop", bench.measure("sum", 40_000), "statements/s", 60e6);
const frames = bench.measure("frames", 500_000);
print("C statements, frames in memory", frames, "statements/s", 60e6);
print("C statements, kernel call each", bench.measure("calls", 3_000_000), "statements/s", 60e6);
print("snapshot of a stack", bench.snapshot(), "µs", 8);

const checked = new Bench(true);
print("C statements, driver-like, memory checked", checked.measure("driver", 30_000), "statements/s", 40e6);
print("C statements, table loop, memory checked", checked.measure("sum", 40_000), "statements/s", 40e6);
print("C statements, frames in memory, memory checked", checked.measure("frames", 500_000), "statements/s", frames);
