import { deepEqual, equal } from "node:assert/strict";
import bcm2835Text from "./bcm2835.json";
import { ControllerNumbers, compareLines } from "./compare";
import dmaprobe from "./dmaprobe.c";
import { differenceLines, explanationsOf } from "./explained";
import pl330Text from "./pl330.json";
import pl330PdmaText from "./pl330-pdma.json";
import { parseRecording } from "./recording";
import { runRecording } from "./run-recording";
import softdma from "./softdma.c";
import recordingText from "./softdma.json";

const files: Readonly<Record<string, string>> = { "dmaprobe.c": dmaprobe, "softdma.c": softdma };

/** A controller as QEMU has it: a transfer is over as soon as it is started. */
const BCM2835_AT_ONCE = "&dma { sim,cycle-ps = <1>; }; / { memory@0 { sim,read-latency-ns = <0>; }; };";

const pl330 = (label: string, address: string, interrupt: number): string => `
	${label}: dma-controller@${address} {
		compatible = "arm,pl330"; reg = <0x${address} 0x1000>; interrupts = <0 ${interrupt} 4>;
		clocks = <&clkc 27>; clock-names = "apb_pclk"; #dma-cells = <1>; sim,cycle-ps = <1>;
	};`;

/** Three of them, as on the recording's machine, and a FIFO that can always take more: QEMU's requests never wait. */
const PL330_AT_ONCE = `
&dmac_s { status = "disabled"; }; &fifo0 { status = "disabled"; }; &fifo1 { status = "disabled"; };
/ {
	memory@0 { sim,read-latency-ns = <0>; };
	${pl330("first", "f8001000", 100)} ${pl330("second", "f8002000", 101)} ${pl330("third", "f8003000", 102)}
	asks: fifo@43d00000 {
		compatible = "sim,fifo"; reg = <0x43d00000 0x1000>; dmas = <&third 0>; dma-names = "tx";
	};
};`;

/** The tests of a recording on QEMU: on our board, and on one whose controller is `atOnce`. */
function asInQemu(controller: string, text: unknown, atOnce: string): void {
	const recording = parseRecording(JSON.stringify(text));
	const given = recording.sessions.flatMap(({ steps }) => steps.flatMap(({ lines }) => lines ?? []));
	const machine = recording.machine.map((pattern) => new RegExp(pattern));
	const compared = given.filter((line) => !machine.some((pattern) => pattern.test(line)));
	const run = (program: Readonly<Record<string, string>>) => {
		const readFile = (path: string) => program[path] ?? files[path] ?? null;
		const results = runRecording(recording, { readFile }, Object.keys(program));
		deepEqual(
			results.flatMap(({ problem }) => problem ?? []),
			[],
		);
		return results.flatMap(({ lines }) => lines);
	};

	it("differs in what is explained, and in nothing else", function () {
		this.timeout(180_000);
		deepEqual(
			run({}).flatMap(differenceLines),
			explanationsOf(controller).flatMap(({ differences }) => differences),
		);
	});

	it("prints every line with a controller that copies at once", function () {
		this.timeout(180_000);
		const lines = run({ "at-once.dma": atOnce });
		deepEqual(lines.flatMap(differenceLines), []);
		equal(lines.filter(({ kind }) => kind === "same").length, compared.length);
	});
}

describe("Conformance with Linux 6.1.176", () => {
	it("prints what softdma.c and dmaprobe.c printed there", function () {
		this.timeout(180_000);
		const recording = parseRecording(JSON.stringify(recordingText));
		const results = runRecording(recording, { readFile: (path) => files[path] ?? null });
		deepEqual(
			results.flatMap(({ problem }) => problem ?? []),
			[],
		);
		const lines = results.flatMap((result) => result.lines);
		deepEqual(
			lines.filter(({ kind }) => kind !== "same" && kind !== "machine"),
			[],
		);
		// 201 lines are given, 3 of them are about the recording machine.
		equal(lines.filter(({ kind }) => kind === "same").length, 198);
	});

	describe("bcm2835-dma on QEMU's raspi3b", () => asInQemu("bcm2835", bcm2835Text, BCM2835_AT_ONCE));
	describe("pl330 on QEMU's smdkc210, copying memory", () => asInQemu("pl330", pl330Text, PL330_AT_ONCE));
	describe("pl330 on QEMU's smdkc210, with peripherals", () => asInQemu("pl330-pdma", pl330PdmaText, PL330_AT_ONCE));
});

describe("Comparison of recorded and printed lines", () => {
	const compare = (recorded: string[], printed: string[], machine: string[] = []) =>
		compareLines(recorded, printed, machine, new ControllerNumbers());

	it("maps controller numbers, and only consistently", () => {
		deepEqual(
			compare(["a name=dma3chan0 dev_id=3", "b name=dma3chan1"], ["a name=dma1chan0 dev_id=1", "b name=dma1chan1"]).map(
				({ kind }) => kind,
			),
			["same", "same"],
		);
		deepEqual(compare(["a name=dma3chan0", "b name=dma3chan1"], ["a name=dma1chan0", "b name=dma2chan1"]).at(1), {
			kind: "differs",
			recorded: "b name=dma1chan1",
			printed: "b name=dma2chan1",
		});
	});

	it("lets times differ by one tick of 4 ms, and leaves addresses out", () => {
		const kinds = (ms: number) => compare(["w ms=5000"], [`w ms=${ms}`]).map(({ kind }) => kind);
		deepEqual([kinds(4996), kinds(5004), kinds(5005)], [["same"], ["same"], ["differs"]]);
		equal(compare(["p ffff800012345678"], ["p 0xffff000000001000"])[0]?.kind, "same");
	});

	it("says which lines are missing or too many without losing the others", () => {
		deepEqual(compare(["a", "b", "c"], ["a", "c", "d"]), [
			{ kind: "same", line: "a" },
			{ kind: "missing", recorded: "b" },
			{ kind: "same", line: "c" },
			{ kind: "extra", printed: "d" },
		]);
	});

	it("does not compare lines about the machine", () => {
		deepEqual(compare(["T00.env x", "b"], ["T00.env y", "b"], ["^T00\\.env "]), [
			{ kind: "machine", line: "T00.env y" },
			{ kind: "same", line: "b" },
		]);
	});
});
