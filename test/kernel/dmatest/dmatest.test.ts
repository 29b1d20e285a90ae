/** The dmatest module (core-semantics 6), as recorded on Linux (recordings/dmatest-bcm2835.log). */
import { deepEqual, equal, match } from "node:assert/strict";
import { startBoot } from "../../../src/kernel/boot";
import softdma from "../../conformance/softdma.c";
import { dmatestMachine, linesOf, runScript } from "./rig";

const SUMMARY = (name: string, tests: number, failures = 0) =>
	new RegExp(`^dmatest: ${name}: summary ${tests} tests, ${failures} failures \\d+\\.\\d\\d iops \\d+ KB/s \\(0\\)$`);

/** Flips bits of the byte at `index` of the destination after the first transfer. */
function withError(script: string, index: number, bits: number): string[] {
	const rig = dmatestMachine(script);
	const { machine } = rig.k;
	let start = -1;
	let flipped = false;
	machine.observers.add({
		burst: (_controller, _channel, _src, dst) => {
			if (start < 0) start = dst;
		},
		channelDone: () => {
			if (flipped) return;
			flipped = true;
			machine.memory.write8(start + index, machine.memory.read8(start + index) ^ bits);
		},
	});
	startBoot(rig.k, { tests: false });
	rig.go();
	return linesOf(rig);
}

describe("dmatest", () => {
	it("G9: one test on one channel", () => {
		const lines = runScript("iterations 1; channel dma0chan0; run 1; ? wait");
		equal(lines[0], "dmatest: Added 1 threads using dma0chan0");
		equal(lines[1], "dmatest: Started 1 threads using dma0chan0");
		match(lines[2] ?? "", SUMMARY("dma0chan0-copy0", 1));
		deepEqual(lines.slice(3), ["wait=Y"]);
	});

	it("case basic: the channel is in use until `run` is read after the end", () => {
		const lines = runScript(
			"timeout 2000; iterations 5; channel dma0chan0; ? channel; cat /sys/class/dma/dma0chan0/in_use; ? test_list; run 1; ? wait; ? run; ? channel; cat /sys/class/dma/dma0chan0/in_use",
		);
		deepEqual(lines.slice(0, 6), [
			"dmatest: Added 1 threads using dma0chan0",
			"channel=dma0chan0",
			"1",
			"dmatest: 1 threads using dma0chan0",
			"test_list=",
			"dmatest: Started 1 threads using dma0chan0",
		]);
		match(lines[6] ?? "", SUMMARY("dma0chan0-copy0", 5));
		deepEqual(lines.slice(7), ["wait=Y", "run=N", "channel=", "0"]);
	});

	it("case norandom: whole buffers", () => {
		const lines = runScript("iterations 3; verbose 1; norandom 1; channel dma0chan0; run 1");
		deepEqual(
			lines.slice(2, 5),
			[1, 2, 3].map(
				(n) => `dmatest: dma0chan0-copy0: result #${n}: 'test passed' with src_off=0x0 dst_off=0x0 len=0x4000 (0)`,
			),
		);
	});

	it("case transfer_size: a fixed length, lower than the buffer's", () => {
		const lines = runScript("iterations 3; verbose 1; transfer_size 4096; channel dma0chan0; run 1");
		for (const line of lines.slice(2, 5)) match(line, / len=0x1000 \(0\)$/);
		const wrong = runScript("iterations 3; transfer_size 16384; channel dma0chan0; run 1");
		equal(wrong[2], "dmatest: 16384-byte transfer size must be lower than 16384-buffer size");
		match(wrong[3] ?? "", SUMMARY("dma0chan0-copy0", 1));
	});

	it("says when there are no more threads to have, and goes on with those that there are", () => {
		const lines = runScript("iterations 1; threads_per_chan 9000; channel dma0chan0");
		const made = Number(/^dmatest: Failed to create thread dma0chan0-copy(\d+)$/.exec(lines[0] ?? "")?.[1]);
		deepEqual(lines.slice(1), [`dmatest: Added ${made} threads using dma0chan0`]);
	});

	it("case chan_nonexistent (fact 75): busy when no channel is configured", () => {
		deepEqual(runScript("iterations 1; channel dma9chan9; ? channel; run 1; ? run"), [
			"write failed: -16",
			"channel=",
			"dmatest: Channel misconfigured, can't continue",
			"write failed: -16",
			"run=N",
		]);
	});

	it("case chan_twice (fact 75): a pending channel is busy, an unknown one invalid; its name comes back", () => {
		const lines = runScript(
			"iterations 1; channel dma0chan0; channel dma0chan0; ? channel; channel dma9chan9; ? channel",
		);
		deepEqual(lines, [
			"dmatest: Added 1 threads using dma0chan0",
			"write failed: -16",
			"channel=dma0chan0",
			"write failed: -22",
			"channel=dma0chan0",
		]);
	});

	it("case multi: several channels, each with its threads", () => {
		const lines = runScript(
			"iterations 2; channel dma0chan0; channel dma0chan1; channel dma0chan3; ? test_list; run 1",
		);
		deepEqual(lines.slice(0, 10), [
			"dmatest: Added 1 threads using dma0chan0",
			"dmatest: Added 1 threads using dma0chan1",
			"dmatest: Added 1 threads using dma0chan3",
			"dmatest: 1 threads using dma0chan0",
			"dmatest: 1 threads using dma0chan1",
			"dmatest: 1 threads using dma0chan3",
			"test_list=",
			"dmatest: Started 1 threads using dma0chan0",
			"dmatest: Started 1 threads using dma0chan1",
			"dmatest: Started 1 threads using dma0chan3",
		]);
		equal(lines.filter((line) => / summary 2 tests, 0 failures /.test(line)).length, 3);
	});

	it("case no_channel: without a channel any is taken, up to max_channels", () => {
		const lines = runScript("iterations 1; max_channels 2; run 1");
		deepEqual(lines.slice(0, 5), [
			"dmatest: No channels configured, continue with any",
			"dmatest: Added 1 threads using dma0chan0",
			"dmatest: Added 1 threads using dma0chan1",
			"dmatest: Started 1 threads using dma0chan0",
			"dmatest: Started 1 threads using dma0chan1",
		]);
	});

	it("max_channels=2 run=1 at load takes three", () => {
		const params = { "dmatest.iterations": "1", "dmatest.max_channels": "2", "dmatest.run": "1" };
		const lines = runScript("cat /sys/class/dma/dma0chan0/in_use", {}, params);
		equal(lines.filter((line) => line.startsWith("dmatest: Added")).length, 3);
	});

	it("case memset: a channel that cannot do it has no threads", () => {
		const lines = runScript("iterations 1; dmatest 1; channel dma0chan0; run 1");
		deepEqual(lines, [
			"dmatest: Added 0 threads using dma0chan0",
			"dmatest: No channels configured, continue with any",
			"dmatest: Added 0 threads using dma0chan0",
			"dmatest: Started 0 threads using dma0chan0",
		]);
	});

	it("copies, fills and XORs on softdma", () => {
		const files = { "softdma.c": softdma };
		const names = (lines: string[]) =>
			lines.flatMap((line) => /^dmatest: (\S+): summary 3 tests, 0 failures /.exec(line)?.[1] ?? []).sort();
		deepEqual(names(runScript("iterations 3; test_buf_size 256; channel dma1chan0; run 1", files)), [
			"dma1chan0-copy0",
			"dma1chan0-xor0",
		]);
		deepEqual(names(runScript("iterations 3; test_buf_size 256; dmatest 1; channel dma1chan0; run 1", files)), [
			"dma1chan0-set0",
			"dma1chan0-xor0",
		]);
	});

	it("fact 76: polled tests ask for no interrupt and terminate after each", () => {
		const rig = dmatestMachine("iterations 4; polled 1; channel dma0chan0; run 1");
		const kinds: string[] = [];
		rig.k.machine.observers.add({ record: (kind) => kinds.push(kind) });
		startBoot(rig.k, { tests: false });
		rig.go();
		equal(kinds.filter((kind) => kind === "terminate").length, 4);
		equal(kinds.filter((kind) => kind === "callback").length, 0);
		match(linesOf(rig).at(-1) ?? "", SUMMARY("dma0chan0-copy0", 4));
	});

	it("1,000 iterations on dw-axi-dmac: zero failures", () => {
		const lines = runScript("iterations 1000; channel dma0chan0; run 1");
		match(lines.at(-1) ?? "", SUMMARY("dma0chan0-copy0", 1000));
	});

	it("1,000 iterations on two softdma channels at once: zero failures", () => {
		const lines = runScript(
			"iterations 1000; test_buf_size 64; channel dma1chan0; channel dma1chan1; run 1",
			{ "softdma.c": softdma },
			{ "softdma.extra": "0" },
		);
		equal(lines.filter((line) => / summary 1000 tests, 0 failures /.test(line)).length, 2);
	}).timeout(60_000);

	it("says what a single wrong bit is (6.4)", () => {
		const script = "iterations 2; norandom 1; test_buf_size 64; channel dma0chan0; run 1";
		const wrong = (index: number, bits: number) => withError(script, index, bits).slice(2);
		// Byte 5 of the region: 0xc0 | (~5 & 0x1f) = 0xda.
		const count = "dmatest: dma0chan0-copy0: result #1: 'data error' with src_off=0x0 dst_off=0x0 len=0x40 (1)";
		const first = (what: string, got: string) =>
			`dmatest: dma0chan0-copy0: dstbuf[0x5] ${what} Expected da, got ${got}`;
		deepEqual(wrong(5, 0x01).slice(0, 2), [first("mismatch!", "db"), count]);
		deepEqual(wrong(5, 0x40).slice(0, 2), [first("not copied!", "9a"), count]);
		deepEqual(wrong(5, 0x20).slice(0, 2), [first("not copied!", "fa"), count]);
		deepEqual(wrong(5, 0x80).slice(0, 2), [first("was copied!", "5a"), count]);
		const lines = wrong(5, 1);
		equal(lines.length, 3);
		match(lines[2] ?? "", SUMMARY("dma0chan0-copy0", 2, 1));
	});

	it("a transfer that never ends is a time-out, and the channel is terminated", () => {
		const files = { "softdma.c": softdma };
		const lines = runScript(
			"iterations 1; timeout 100; test_buf_size 64; norandom 1; device softdma.0; dmatest 2; xor_sources 1; max_channels 1; run 1",
			files,
			{
				"softdma.stuck": "1",
			},
		);
		const own = lines.filter((line) => line.startsWith("dmatest: dma1chan0"));
		equal(own[0], "dmatest: dma1chan0-xor0: result #1: 'test timed out' with src_off=0x0 dst_off=0x0 len=0x40 (0)");
		match(own[1] ?? "", SUMMARY("dma1chan0-xor0", 1, 1));
	});

	it("refuses what is no number, and texts that are too long", () => {
		const lines = runScript("iterations five; timeout 3000000000; run maybe; channel dma0chan0-with-a-long-name");
		deepEqual(
			lines.flatMap((line) => /^write failed: (-\d+)$/.exec(line)?.[1] ?? []),
			["-22", "-34", "-22", "-28"],
		);
	});
});
