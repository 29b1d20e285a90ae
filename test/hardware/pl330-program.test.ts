import assert from "node:assert/strict";
import { OPS, Op, SIZES } from "../../src/hardware/pl330/instructions";
import { asm, Bench, CODE, ccr, PORT } from "./pl330-bench";

const fromHex = (text: string): number[] => [...text.matchAll(/../g)].map(([byte]) => Number.parseInt(byte, 16));

/** The program of a channel as text, after it has been started with it. */
function listing(code: readonly number[]): string[] {
	const bench = new Bench({ peripherals: 32 });
	bench.program(code);
	bench.go(0);
	bench.run(3 * 4500);
	return bench.dmac.program(0).map(({ address, text }) => `${(address - CODE).toString(16)} ${text}`);
}

describe("PL330: programs as text", () => {
	it("the Linux driver's memcpy of 10000 bytes (case pl330-01)", () => {
		assert.deepEqual(listing(fromHex("bc01f7c03d00bc0000000010bc0200001010224d04083c02bc0117c005000408340000")), [
			"0 DMAMOV CCR, SB16 SS64 SAI DB16 DS64 DAI (0x3dc0f7)",
			"6 DMAMOV SAR, 0x10000000",
			"c DMAMOV DAR, 0x10100000",
			"12 DMALP lc1, 78",
			"14 DMALD",
			"15 DMAST",
			`16 DMALPEND lc1, 0x${(CODE + 0x14).toString(16)}`,
			"18 DMAMOV CCR, SB2 SS64 SAI DB2 DS64 DAI (0x5c017)",
			"1e DMALD",
			"1f DMAST",
			"20 DMASEV E0",
			"22 DMAEND",
		]);
	});

	it("every other instruction", () => {
		const code = [
			asm.addh("SAR", 0x1234),
			asm.adnh("DAR", 0xfff0),
			asm.flushp(31),
			[0x05],
			[0x0b],
			asm.ldp(3, "B"),
			asm.stp(3, "S"),
			asm.stz,
			asm.rmb,
			asm.wmb,
			asm.nop,
			asm.wfe(7),
			[0x36, (7 << 3) | 2],
			asm.wfp(1, "single"),
			asm.wfp(1, "burst"),
			asm.wfp(1, "periph"),
			[0x2c, 4],
			[0x3b, 2],
			asm.kill,
			[0xa2, 2, 0x78, 0x56, 0x34, 0x12],
			asm.end,
		];
		assert.deepEqual(
			listing(code.flat()).map((line) => line.replace(/^\S+ /, "").replace(/0x1f\S*/, "X")),
			[
				"DMAADDH SAR, 0x1234",
				"DMAADNH DAR, -0x10",
				"DMAFLUSHP P31",
				"DMALDS",
				"DMASTB",
				"DMALDPB P3",
				"DMASTPS P3",
				"DMASTZ",
				"DMARMB",
				"DMAWMB",
				"DMANOP",
				"DMAWFE E7",
				"DMAWFE E7, invalid",
				"DMAWFP P1, single",
				"DMAWFP P1, burst",
				"DMAWFP P1, periph",
				"DMALPFE end X",
				"DMALPENDB lc0, X",
				"DMAKILL",
				"DMAGO C2, 0x12345678, ns",
				"DMAEND",
			],
		);
	});

	it("what is no instruction ends the program", () => {
		assert.deepEqual(listing([0x18, 0xff, 0x18]), ["0 DMANOP", "1 undefined (0xff)"]);
	});

	it("no two instructions share a code, and every code has its size", () => {
		const sizes = new Map<number, Set<number>>();
		for (let opcode = 0; opcode < 256; opcode++) {
			assert.equal(OPS[opcode] === Op.UNDEFINED, SIZES[opcode] === 0);
			const op = OPS[opcode]!;
			sizes.set(op, (sizes.get(op) ?? new Set()).add(SIZES[opcode]!));
		}
		assert.equal(sizes.size, 21);
		for (const set of sizes.values()) assert.equal(set.size, 1);
	});
});

describe("PL330: a channel as a debugger sees it", () => {
	it("knows what the program moves in all, and how far it is", () => {
		const bench = new Bench();
		bench.fill(0x10000, 10000);
		bench.program(fromHex("bc01f7c03d00bc0000000100bc0200000200224d04083c02bc0117c005000408340000"));
		bench.go(0);
		while (bench.bursts.length < 10) bench.run(4500);
		const view = bench.dmac.channelView(0);
		assert.equal(view.direction, "mem-to-mem");
		assert.deepEqual([view.blockSrc, view.blockDst, view.blockLength], [0x10000, 0x20000, 10000]);
		assert.deepEqual([view.burstsDone, view.burstsTotal, view.blockDone], [10, 79, 1280]);
		assert.ok(bench.dmac.programCounter(0) >= CODE + 0x14);
		bench.run();
		assert.equal(bench.dmac.channelView(0).blockDone, 10000);
		assert.equal(bench.dmac.programCounter(0), -1);
	});

	it("counts nested loops and what the requests make of loads and stores", () => {
		const bench = new Bench();
		bench.program(
			asm.mov("CCR", ccr(4, 4, 1, 0)),
			asm.mov("SAR", 0x10000),
			asm.mov("DAR", PORT),
			asm.lp0(3),
			asm.lp1(5),
			asm.wfp(1, "burst"),
			[0x07],
			asm.stp(1, "B"),
			asm.lpend1(5),
			asm.lpend0(9),
			asm.end,
		);
		bench.go(0);
		bench.run();
		const { direction, blockLength, burstsTotal, dstHandshake, srcHandshake, state } = bench.dmac.channelView(0);
		assert.deepEqual(
			{ direction, blockLength, burstsTotal, dstHandshake, srcHandshake, state },
			{
				direction: "mem-to-dev",
				blockLength: 240,
				burstsTotal: 15,
				dstHandshake: 1,
				srcHandshake: -1,
				state: "waiting",
			},
		);
	});
});
