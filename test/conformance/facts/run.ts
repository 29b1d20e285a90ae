/** Runs a fact's C on a booted machine and gives what it printed. */
import { startBoot } from "../../../src/kernel/boot";
import { machineWith } from "../../kernel/harness";

/** Everything that was printed, by its first word ("F20", "G5"); other lines under "". */
export function factLines(
	files: Readonly<Record<string, string>>,
	dts = "",
	params: Record<string, string> = {},
): ReadonlyMap<string, string[]> {
	const rig = machineWith(files, dts, params);
	startBoot(rig.k, { tests: false });
	rig.go();
	const lines = new Map<string, string[]>();
	for (const line of rig.log()) {
		const [, key = "", text = line.slice(2)] = /^\d ([FG]\d+) (.*)$/s.exec(line) ?? [];
		lines.set(key, [...(lines.get(key) ?? []), text]);
	}
	return lines;
}
