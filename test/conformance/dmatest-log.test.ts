/**
 * The stock dmatest on bcm2835-dma, driven through its files as a shell script did it on Linux. Every case but the two
 * that list directories, which C here cannot, is run again on a machine of its own.
 */
import { deepEqual } from "node:assert/strict";
import { startBoot } from "../../src/kernel/boot";
import { machineWith } from "../kernel/harness";
import recorded from "./dmatest-bcm2835.log";
import { parseShellLog, scriptOf, summariesLast, timeless } from "./dmatest-log";

const LISTINGS = ["ls_class_dma", "ls_chan_dir"];
const CHANNELS = 11;

describe("dmatest on bcm2835-dma, as recorded on Linux 6.1.176", () => {
	const cases = parseShellLog(recorded);

	it("has all of the recording's cases", () => {
		deepEqual(cases.length, recorded.match(/^### CASE /gm)?.length);
	});

	for (const { name, commands, output, log } of cases.filter(({ name }) => !LISTINGS.includes(name)))
		it(`case ${name}`, () => {
			const rig = machineWith({ "script.c": scriptOf(commands, CHANNELS) }, "", {}, "bcm2837");
			startBoot(rig.k, { tests: false });
			rig.go();
			const printed = rig.log().map((line) => line.slice(2));
			deepEqual(
				{
					output: printed.filter((line) => line.startsWith("> ")).map((line) => line.slice(2)),
					log: summariesLast(printed.filter((line) => line.startsWith("dmatest: ")).map(timeless)),
				},
				{ output, log: summariesLast(log.filter((line) => !isTaint(line)).map(timeless)) },
			);
		});
});

/** The recording's module was built apart. */
const isTaint = (line: string): boolean => /out-of-tree module|module verification/.test(line);
