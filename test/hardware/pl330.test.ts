import assert from "node:assert/strict";
import fc from "fast-check";
import { Fault, Reg, Status } from "../../src/hardware/pl330/registers";
import { decodeRegisters } from "../../src/hardware/registers";
import { ABORT, asm, Bench, CODE, CYCLE, ccr, EVENTS, PORT, pattern } from "./pl330-bench";

const SRC = 0x10000;
const DST = 0x20000;
const { mov, ld, st, end } = asm;
const copy = (size: number, beats: number, src = SRC, dst = DST) => [
	mov("CCR", ccr(size, beats)),
	mov("SAR", src),
	mov("DAR", dst),
];

describe("PL330: instructions", () => {
	it("loads and stores: a burst goes through the MFIFO, SAR and DAR move on", () => {
		const bench = new Bench();
		const bytes = bench.fill(SRC, 128);
		bench.execute(...copy(8, 16), ld, st, end);
		assert.deepEqual(bench.memory(DST, 128), bytes);
		assert.equal(bench.register(0, "SAR"), SRC + 128);
		assert.equal(bench.register(0, "DAR"), DST + 128);
		assert.equal(bench.status(0), Status.STOPPED);
		assert.deepEqual(bench.done, [0]);
		const { src, dst, length, beats, response } = bench.bursts[0]!;
		assert.deepEqual(
			{ src, dst, length, beats, response },
			{ src: SRC, dst: DST, length: 128, beats: 16, response: 0 },
		);
	});

	it("nested loops: 3 times 256 and 5 times", () => {
		const bench = new Bench();
		const bytes = bench.fill(SRC, 4 * (3 * 256 + 5));
		bench.execute(
			...copy(4, 1),
			asm.lp0(3),
			asm.lp1(256),
			ld,
			st,
			asm.lpend1(2),
			asm.lpend0(6),
			asm.lp1(5),
			ld,
			st,
			asm.lpend1(2),
			end,
		);
		assert.equal(bench.bursts.length, 3 * 256 + 5);
		assert.deepEqual(bench.memory(DST, bytes.length), bytes);
	});

	it("one instruction a cycle: a program that finds itself in the cache, cycle by cycle", () => {
		const bench = new Bench();
		bench.program(asm.nop, asm.nop, asm.nop, end);
		let ended = -1;
		bench.machine.observers.add({ channelDone: () => (ended = bench.machine.time) });
		bench.go(0);
		bench.run();
		// Debug port 2, first look 1, line from DDR 20 + 2 beats, four instructions.
		assert.equal(ended, (2 + 1 + 20 + 2 + 4) * CYCLE);
	});

	it("a read burst takes its latency and a cycle a beat, a write burst a cycle a beat and its response", () => {
		const ends = (...code: readonly (readonly number[])[]) => {
			const bench = new Bench();
			bench.program(...copy(8, 16), ...code, end);
			let ended = -1;
			bench.machine.observers.add({
				channelDone: () => {
					ended = bench.machine.time / CYCLE;
				},
			});
			bench.go(0);
			bench.run();
			return ended;
		};
		// Two MOVs in the first line, the third across its end; then DMALD.
		const line = 20 + 2;
		const load = 2 + 1 + line + 2 + 1 + line + 2;
		assert.equal(ends(ld, asm.rmb), load + (20 + 16) + 2);
		assert.equal(ends(ld, st, asm.wmb), load + (20 + 16) + (16 + 8) + 2);
	});

	it("threads take turns, instruction by instruction", () => {
		const seen: [number, number][] = [];
		const bench = new Bench();
		for (const channel of [0, 1, 2]) bench.programAt(CODE + 16 * channel, asm.nop, asm.nop, asm.nop, end);
		for (const channel of [0, 1, 2]) {
			bench.go(channel, CODE + 16 * channel);
			bench.run(2 * CYCLE);
		}
		bench.machine.observers.add({ instruction: (_, channel, at) => seen.push([channel, at & 15]) });
		bench.run();
		const last = seen.filter(([, at]) => at === 3).map(([channel]) => channel);
		assert.deepEqual(last, [0, 1, 2]);
		assert.equal(seen.length, 9);
	});

	it("ADDH and ADNH move an address forwards and backwards", () => {
		const bench = new Bench();
		bench.execute(mov("SAR", 0x1000), mov("DAR", 0x2000), asm.addh("SAR", 0x1234), asm.adnh("DAR", 0xfff0), end);
		assert.equal(bench.register(0, "SAR"), 0x2234);
		assert.equal(bench.register(0, "DAR"), 0x1ff0);
	});

	it("STZ writes zeros and leaves the MFIFO alone", () => {
		const bench = new Bench();
		bench.fill(DST, 64);
		bench.fill(SRC, 16);
		bench.execute(...copy(4, 4), ld, asm.stz, st, end);
		assert.deepEqual([...bench.memory(DST, 16)], new Array(16).fill(0));
		assert.deepEqual(bench.memory(DST + 16, 16), pattern(16));
		assert.deepEqual(bench.memory(DST + 32, 32), pattern(64).subarray(32));
	});

	it("a fixed source or destination is the same register again and again", () => {
		const bench = new Bench();
		bench.fill(SRC, 16);
		bench.execute(mov("CCR", ccr(4, 4, 1, 0)), mov("SAR", SRC), mov("DAR", PORT), ld, st, end);
		assert.deepEqual(bench.taken, [...pattern(16)]);
		bench.execute(mov("CCR", ccr(1, 8, 0, 1)), mov("SAR", PORT), mov("DAR", DST), ld, st, end);
		assert.deepEqual([...bench.memory(DST, 8)], [0, 1, 2, 3, 4, 5, 6, 7]);
		assert.equal(bench.register(0, "SAR"), PORT);
	});

	it("widths need not be alike: two loads of bytes make a store of words", () => {
		const bench = new Bench();
		const bytes = bench.fill(SRC + 3, 8);
		const narrow = (ccr(1, 4) & 0x3fff) | (ccr(4, 2) & ~0x3fff);
		bench.execute(mov("CCR", narrow), mov("SAR", SRC + 3), mov("DAR", DST), ld, ld, st, end);
		assert.deepEqual(bench.memory(DST, 8), bytes);
	});

	it("a burst that begins inside of a beat ends where an aligned one would", () => {
		const bench = new Bench();
		bench.fill(SRC, 64);
		bench.execute(...copy(8, 4, SRC + 3, DST + 3), ld, st, end);
		assert.equal(bench.register(0, "SAR"), SRC + 32);
		assert.deepEqual(bench.memory(DST + 3, 29), pattern(64).subarray(3, 32));
		assert.equal(bench.bursts[0]!.beats, 4);
	});

	it("a burst across 4 KiB loses nothing", () => {
		const bench = new Bench();
		const bytes = bench.fill(0x10fc0, 128);
		bench.execute(...copy(8, 16, 0x10fc0, 0x20fe0), ld, st, end);
		assert.deepEqual(bench.memory(0x20fe0, 128), bytes);
	});

	for (const [field, unit] of [
		[1, 2],
		[2, 4],
		[3, 8],
		[4, 16],
	] as const)
		it(`endian_swap_size ${field} turns ${unit} bytes round`, () => {
			const bench = new Bench();
			const bytes = bench.fill(SRC, 32);
			bench.execute(mov("CCR", (ccr(8, 4) | (field << 28)) >>> 0), mov("SAR", SRC), mov("DAR", DST), ld, st, end);
			const expected = Array.from({ length: 32 }, (_, at) => bytes[at - (at % unit) + unit - 1 - (at % unit)]!);
			assert.deepEqual([...bench.memory(DST, 32)], expected);
		});

	it("RMB waits for the loads, WMB for the stores", () => {
		const bench = new Bench();
		const seen: number[] = [];
		bench.fill(SRC, 8);
		bench.program(...copy(8, 1), ld, asm.rmb, st, asm.wmb, end);
		bench.machine.observers.add({
			instruction: (_, __, at) => {
				if (at === CODE + 20) seen.push(bench.machine.memory.read8(DST), bench.dmac.channelView(0).fifo.length);
				if (at === CODE + 22) seen.push(bench.machine.memory.read8(DST));
			},
		});
		bench.go(0);
		bench.run();
		// Behind RMB the bytes are in the MFIFO, behind WMB in memory.
		assert.deepEqual(seen, [0, 8, 1]);
	});

	it("KILL in a program stops it, and so does one through the debug port", () => {
		const bench = new Bench();
		bench.execute(asm.kill, end);
		assert.equal(bench.status(0), Status.STOPPED);
		bench.program(asm.wfe(3), end);
		bench.go(0);
		bench.run();
		assert.equal(bench.read(Reg.CSR), Status.WAITING_FOR_EVENT | (3 << 4));
		bench.debug(0, asm.kill);
		bench.run();
		assert.equal(bench.status(0), Status.STOPPED);
		assert.deepEqual(bench.done, [0, 0]);
	});
});

describe("PL330: events and interrupts", () => {
	it("SEV raises the event's line when INTEN says so, until INTCLR", () => {
		const bench = new Bench();
		bench.write(Reg.INTEN, 1 << 2);
		bench.execute(asm.sev(2), end);
		assert.equal(bench.machine.interrupts.pendingLine, EVENTS[2]);
		assert.equal(bench.read(Reg.INTMIS), 4);
		assert.equal(bench.read(Reg.INT_EVENT_RIS), 4);
		bench.write(Reg.INTCLR, 4);
		assert.equal(bench.machine.interrupts.pendingLine, -1);
		assert.equal(bench.read(Reg.INT_EVENT_RIS), 0);
	});

	it("else it is an event for the thread that waits for it, or for the first one that will", () => {
		const bench = new Bench();
		bench.programAt(CODE, asm.wfe(5), mov("SAR", 1), asm.wfe(6), mov("SAR", 2), end);
		bench.programAt(CODE + 64, asm.sev(6), asm.sev(5), end);
		bench.go(0, CODE);
		bench.run();
		assert.equal(bench.register(0, "SAR"), 0);
		bench.go(1, CODE + 64);
		bench.run();
		assert.equal(bench.register(0, "SAR"), 2);
		assert.equal(bench.read(Reg.INT_EVENT_RIS), 0);
	});

	it("the debug port signals an event, too", () => {
		const bench = new Bench();
		bench.program(asm.wfe(1), end);
		bench.go(0);
		bench.run();
		bench.debug(-1, asm.sev(1));
		bench.run();
		assert.equal(bench.status(0), Status.STOPPED);
	});

	it("one interrupt in the devicetree is all of them", () => {
		const bench = new Bench({ interrupts: [EVENTS[0]!] });
		bench.write(Reg.INTEN, 0xff);
		bench.execute(asm.sev(7), asm.sev(1), end);
		bench.write(Reg.INTCLR, 1 << 7);
		assert.equal(bench.machine.interrupts.pendingLine, EVENTS[0]);
		bench.write(Reg.INTCLR, 1 << 1);
		assert.equal(bench.machine.interrupts.pendingLine, -1);
	});
});

describe("PL330: peripherals", () => {
	const out = (peripheral: number, kind: "single" | "burst", times: number) => [
		mov("CCR", ccr(4, kind === "burst" ? 4 : 1, 1, 0)),
		mov("SAR", SRC),
		mov("DAR", PORT),
		asm.flushp(peripheral),
		asm.lp1(times),
		asm.wfp(peripheral, kind),
		kind === "burst" ? [0x07] : [0x05],
		asm.stp(peripheral, kind === "burst" ? "B" : "S"),
		asm.lpend1(5),
		end,
	];

	it("WFP single goes on at a single or at a burst request, one beat for each", () => {
		const bench = new Bench();
		bench.fill(SRC, 32);
		bench.program(...out(1, "single", 8));
		bench.go(0);
		bench.run();
		assert.equal(bench.read(Reg.CSR), Status.WAITING_FOR_PERIPHERAL | (1 << 4));
		bench.ask(1, 2, 3);
		bench.run();
		assert.deepEqual(bench.taken, [...pattern(20)]);
		assert.equal(bench.acknowledged, 5);
		assert.equal(bench.status(0), Status.WAITING_FOR_PERIPHERAL);
	});

	it("WFP burst goes on at a burst request only", () => {
		const bench = new Bench();
		bench.fill(SRC, 64);
		bench.program(...out(2, "burst", 2));
		bench.go(0);
		bench.ask(2, 0, 1);
		bench.run();
		assert.deepEqual(bench.taken, []);
		assert.equal(bench.read(Reg.CSR), Status.WAITING_FOR_PERIPHERAL | (2 << 4) | (1 << 14));
		bench.ask(2, 2, -1);
		bench.run();
		assert.deepEqual(bench.taken, [...pattern(32)]);
		assert.equal(bench.status(0), Status.STOPPED);
	});

	it("WFP periph remembers which it was: LDPB and LDPS are NOPs for the other one", () => {
		const bench = new Bench();
		bench.program(
			mov("CCR", ccr(1, 4, 0, 1)),
			mov("SAR", PORT),
			mov("DAR", DST),
			asm.lp0(2),
			asm.wfp(0, "periph"),
			asm.ldp(0, "B"),
			[0x0b],
			asm.ldp(0, "S"),
			[0x09],
			asm.lpend0(8),
			end,
		);
		bench.go(0);
		bench.ask(0, 1, 1);
		bench.run();
		assert.equal(bench.status(0), Status.STOPPED);
		assert.deepEqual(
			bench.bursts.map(({ length }) => length),
			[4, 1],
		);
		assert.deepEqual([...bench.memory(DST, 5)], [0, 1, 2, 3, 4]);
	});

	it("a request is not seen again before its transfer is over", () => {
		const bench = new Bench();
		bench.fill(SRC, 64);
		bench.program(...out(1, "single", 8));
		bench.ask(1, 3);
		bench.go(0);
		bench.run();
		assert.equal(bench.taken.length, 12);
	});

	it("a peripheral that is not there is an invalid operand, one that is not connected is waited for and reported", () => {
		const bench = new Bench({ peripherals: 8 });
		bench.execute(asm.wfp(6, "single"), end);
		assert.equal(bench.status(0), Status.WAITING_FOR_PERIPHERAL);
		assert.deepEqual(bench.warnings, ["a channel waits for peripheral 6, which is not connected"]);
		bench.programAt(CODE + 64, asm.flushp(8), end);
		bench.go(1, CODE + 64);
		bench.run();
		assert.equal(bench.fault(1), Fault.OPERAND_INVALID);
	});
});

describe("PL330: what goes wrong", () => {
	const fails = (bench: Bench, why: number, ...code: readonly (readonly number[])[]) => {
		bench.execute(...code);
		assert.equal(bench.status(0), Status.FAULTING);
		assert.equal(bench.read(Reg.FSRC), 1);
		assert.equal(bench.fault(0), why >>> 0);
		assert.equal(bench.machine.interrupts.pendingLine, ABORT);
		bench.debug(0, asm.kill);
		bench.run();
		assert.equal(bench.status(0), Status.STOPPED);
		assert.equal(bench.read(Reg.FSRC), 0);
		assert.equal(bench.fault(0), 0);
		assert.equal(bench.machine.interrupts.pendingLine, -1);
	};

	it("undefined instructions, and GO in a channel", () => {
		fails(new Bench(), Fault.UNDEF_INSTR, [0xff]);
		fails(new Bench(), Fault.UNDEF_INSTR, [0xa0, 1, 0, 0, 0, 0]);
	});

	it("operands: a MOV to nowhere, an event that is not there, a beat wider than the bus", () => {
		fails(new Bench(), Fault.OPERAND_INVALID, [0xbc, 3, 0, 0, 0, 0]);
		fails(new Bench(), Fault.OPERAND_INVALID, asm.sev(16));
		fails(new Bench(), Fault.OPERAND_INVALID, ...copy(16, 1), ld, end);
	});

	it("a program outside of memory", () => {
		const bench = new Bench();
		bench.go(0, 0x80000000);
		bench.run();
		assert.equal(bench.fault(0), Fault.INSTR_FETCH_ERR);
	});

	it("data: nothing where SAR points, nothing where DAR points, a slave error", () => {
		fails(new Bench(), Fault.DATA_READ_ERR, ...copy(8, 16, 0x70000000), ld, st, end);
		fails(new Bench(), Fault.DATA_WRITE_ERR, ...copy(8, 16, SRC, 0x70000000), ld, st, end);
		const bench = new Bench();
		bench.machine.bus.fault(SRC + 8, 1, true, false);
		fails(bench, Fault.DATA_READ_ERR, ...copy(8, 16), ld, st, end);
		assert.equal(bench.bursts[0]!.response, 2);
	});

	it("a store without a load, a load that the MFIFO cannot hold, and threads that wait for each other's room", () => {
		fails(new Bench(), Fault.ST_DATA_UNAVAILABLE, ...copy(8, 1), st, end);
		fails(new Bench({ bufferDepth: 8 }), Fault.MFIFO_ERR, ...copy(8, 16), ld, end);
		fails(new Bench({ bufferDepth: 24 }), Fault.LOCKUP_ERR, ...copy(8, 16), ld, ld, st, st, end);
	});

	it("a thread that has faulted takes no GO; the others go on", () => {
		const bench = new Bench();
		bench.execute([0xff]);
		bench.fill(SRC, 8);
		bench.programAt(CODE + 64, ...copy(8, 1), ld, st, end);
		bench.go(0, CODE + 64);
		bench.run();
		assert.equal(bench.status(0), Status.FAULTING);
		bench.go(1, CODE + 64);
		bench.run();
		assert.deepEqual(bench.memory(DST, 8), pattern(8));
	});

	it("the debug port refuses what it does not know", () => {
		const bench = new Bench();
		bench.debug(2, asm.nop);
		bench.run();
		assert.equal(bench.fault(2), Fault.UNDEF_INSTR | Fault.DBG_INSTR);
		bench.debug(-1, asm.nop);
		bench.run();
		assert.equal(bench.read(Reg.FSRD), 1);
		assert.equal(bench.read(Reg.FTRD), Fault.UNDEF_INSTR | Fault.DBG_INSTR);
		bench.debug(-1, asm.kill);
		bench.run();
		assert.equal(bench.read(Reg.FSRD), 0);
	});

	it("security: a non-secure manager may start non-secure channels only, and those may use what is non-secure", () => {
		const bench = new Bench({ managerNonSecure: true, eventsNonSecure: 1, peripheralsNonSecure: 1 });
		bench.program(asm.sev(0), asm.sev(1), end);
		bench.go(0);
		bench.run();
		assert.equal(bench.read(Reg.FTRD), Fault.DMAGO_ERR | Fault.DBG_INSTR);
		bench.debug(-1, asm.kill);
		bench.run();
		bench.go(0, CODE, true);
		bench.run();
		assert.equal(bench.fault(0), Fault.EVNT_ERR);
		bench.programAt(CODE + 64, ...copy(8, 1), ld, end);
		bench.go(1, CODE + 64, true);
		bench.run();
		assert.equal(bench.fault(1), Fault.RDWR_ERR);
		bench.programAt(CODE + 96, asm.flushp(0), asm.flushp(1), end);
		bench.go(2, CODE + 96, true);
		bench.run();
		assert.equal(bench.fault(2), Fault.PERIPH_ERR);
	});
});

describe("PL330: the rest", () => {
	it("says how it was built: identification and configuration of a Zynq-7000's", () => {
		const bench = new Bench();
		const bytes = (first: number) => [0, 4, 8, 12].map((at) => bench.read(first + at));
		assert.deepEqual(bytes(0xfe0), [0x30, 0x13, 0x24, 0x00]);
		assert.deepEqual(bytes(0xff0), [0x0d, 0xf0, 0x05, 0xb1]);
		assert.equal(bench.read(Reg.CR0), 0x001e3071);
		assert.equal(bench.read(Reg.CR1), 0x00000074);
		const crd = decodeRegisters(bench.dmac).find(({ name }) => name === "CRD")!;
		assert.deepEqual(Object.fromEntries(crd.fields.map(({ name, value }) => [name, value])), {
			data_width: 3,
			wr_cap: 7,
			wr_q_dep: 7,
			rd_cap: 7,
			rd_q_dep: 7,
			data_buffer_dep: 127,
		});
	});

	it("a manager with a boot address starts channels by itself", () => {
		const bench = new Bench({ bootAddress: CODE });
		bench.fill(SRC, 8);
		bench.programAt(CODE, [0xa0, 3, 0x40, 0x00, 0x1f, 0x00], end);
		bench.programAt(CODE + 0x40, ...copy(8, 1), ld, st, end);
		assert.equal(bench.read(Reg.CR0) & 2, 2);
		bench.run();
		assert.deepEqual(bench.memory(DST, 8), pattern(8));
		assert.equal(bench.read(Reg.DSR), Status.STOPPED);
	});

	it("the killed channel's transfer on the bus ends; what was queued behind it does not happen", () => {
		const bench = new Bench();
		bench.fill(SRC, 1024);
		bench.program(...copy(8, 16), asm.lp1(8), ld, st, asm.lpend1(2), end);
		bench.go(0);
		const before = bench.dmac.state.threads[0]!;
		while (!before.writing) bench.run(CYCLE);
		bench.debug(0, asm.kill);
		bench.run();
		assert.equal(bench.status(0), Status.STOPPED);
		const done = bench.bursts.length * 128;
		assert.deepEqual(bench.memory(DST, done), pattern(1024).subarray(0, done));
		assert.deepEqual([...bench.memory(DST + done, 8)], [0, 0, 0, 0, 0, 0, 0, 0]);
		assert.ok(done < 1024);
		assert.equal(bench.dmac.state.reads + bench.dmac.state.writes, 0);
	});

	it("a snapshot in the middle goes on to the same end", () => {
		const runs = [0, 1].map((restore) => {
			const bench = new Bench();
			bench.fill(SRC, 4096);
			bench.program(...copy(8, 16), asm.lp1(32), ld, st, asm.lpend1(2), asm.sev(0), end);
			bench.go(0);
			bench.run(200 * CYCLE);
			const snapshot = bench.machine.snapshot();
			if (restore) {
				bench.run();
				bench.machine.restore(snapshot);
			}
			bench.run();
			return [bench.machine.hash(), ...bench.memory(DST, 4096)];
		});
		assert.deepEqual(runs[0], runs[1]);
		assert.deepEqual(runs[0]!.slice(1), [...pattern(4096)]);
	});

	it("takes the same course in slices of any length", () => {
		const course = (slice: number) => {
			const bench = new Bench();
			bench.fill(SRC, 4096);
			bench.program(...copy(8, 16), asm.lp1(32), ld, st, asm.lpend1(2), asm.sev(0), end);
			bench.programAt(CODE + 64, ...copy(4, 3, SRC, DST + 0x4000), asm.lp1(50), ld, st, asm.lpend1(2), end);
			bench.go(0);
			bench.run(7 * CYCLE);
			bench.go(3, CODE + 64);
			const until = 5000 * CYCLE;
			while (bench.machine.time < until) bench.run(Math.min(slice, until - bench.machine.time));
			return [bench.machine.hash(), JSON.stringify(bench.bursts)];
		};
		const whole = course(5000 * CYCLE);
		for (const slice of [CYCLE, 7 * CYCLE - 1, 100 * CYCLE + 1]) assert.deepEqual(course(slice), whole);
	});

	it("any bytes are a program that does something or faults, and can be killed", () => {
		const instruction = fc.oneof(
			fc.uint8Array({ minLength: 1, maxLength: 6 }).map((bytes) => [...bytes]),
			fc.constantFrom(ld, st, [0x05], [0x0b], asm.stz, asm.rmb, asm.wmb, asm.nop, asm.lp0(3), asm.lpend0(2)),
			fc.constantFrom(asm.wfp(1, "burst"), asm.ldp(1, "B"), asm.stp(1, "S"), asm.sev(4), asm.wfe(4), [0x28, 3]),
			fc
				.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 16 }))
				.map(([size, beats]) => mov("CCR", ccr(2 ** size, beats))),
			fc.constantFrom(mov("SAR", SRC + 1), mov("DAR", DST + 4000), mov("DAR", 0x70000000)),
		);
		fc.assert(
			fc.property(fc.array(fc.array(instruction, { maxLength: 12 }), { minLength: 3, maxLength: 3 }), (programs) => {
				const bench = new Bench();
				programs.forEach((program, n) => {
					bench.programAt(CODE + 256 * n, ...copy(8, 4), ...program, end);
					bench.go(n, CODE + 256 * n);
					bench.run(3 * CYCLE);
				});
				bench.ask(1, 5, 5);
				bench.run(2000 * CYCLE);
				for (let n = 0; n < 3; n++) {
					bench.debug(n, asm.kill);
					bench.run(500 * CYCLE);
					assert.equal(bench.status(n), Status.STOPPED);
					const { fifoLevel, readCount, writeCount, reserved, committed, acknowledges } = bench.dmac.state.threads[n]!;
					assert.deepEqual([fifoLevel, readCount, writeCount, reserved, committed, acknowledges], [0, 0, 0, 0, 0, 0]);
				}
				assert.deepEqual([bench.dmac.state.reads, bench.dmac.state.writes], [0, 0]);
				assert.equal(bench.read(Reg.FSRC), 0);
				assert.notEqual(bench.machine.interrupts.pendingLine, ABORT);
			}),
			{ numRuns: 200 },
		);
	});

	it("eight channels copy at once, whatever their bursts, and every byte arrives", () => {
		const channel = fc.record({
			size: fc.constantFrom(1, 2, 4, 8),
			beats: fc.integer({ min: 1, max: 16 }),
			times: fc.integer({ min: 1, max: 64 }),
		});
		fc.assert(
			fc.property(fc.array(channel, { minLength: 8, maxLength: 8 }), (channels) => {
				const bench = new Bench();
				channels.forEach(({ size, beats, times }, n) => {
					bench.fill(SRC + n * 0x2000, size * beats * times, n + 1);
					bench.programAt(
						CODE + 64 * n,
						...copy(size, beats, SRC + n * 0x2000, DST + n * 0x2000),
						asm.lp0(times),
						ld,
						st,
						asm.lpend0(2),
						end,
					);
					bench.go(n, CODE + 64 * n);
					bench.run(3 * CYCLE);
				});
				bench.run();
				channels.forEach(({ size, beats, times }, n) => {
					const length = size * beats * times;
					assert.deepEqual(bench.memory(DST + n * 0x2000, length), pattern(length, n + 1));
				});
				assert.equal(
					bench.bursts.length,
					channels.reduce((sum, { times }) => sum + times, 0),
				);
			}),
			{ numRuns: 20 },
		);
	});
});
