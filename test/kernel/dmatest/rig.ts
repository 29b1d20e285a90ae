/** A booted machine whose one module drives dmatest through its files, as a shell script does. */

import { startBoot } from "../../../src/kernel/boot";
import { machineWith, type Rig } from "../harness";

const HEAD = `
#define P(name) "/sys/module/dmatest/parameters/" name
static char answer[256];
static int put(const char *path, const char *text)
{
	int ret = sim_write_file(path, text);
	if (ret < 0)
		pr_info("write failed: %d\\n", ret);
	return ret;
}
static char *get(const char *path)
{
	int n = sim_read_file(path, answer, sizeof(answer));
	if (n > 0 && answer[n - 1] == '\\n')
		answer[n - 1] = 0;
	return n < 0 ? "?" : answer;
}
static int __init t_init(void)
{
`;

/** What "iterations 5; channel dma0chan0; ? channel; run 1" does: sets, and prints what "?" reads. */
function statements(script: string): string {
	return script
		.split(";")
		.map((command) => {
			const [name = "", ...rest] = command.trim().split(" ");
			if (name === "?") return `	pr_info("${rest[0]}=%s\\n", get(P("${rest[0]}")));`;
			if (name === "cat") return `	pr_info("%s\\n", get("${rest[0]}"));`;
			return `	put(P("${name}"), "${rest.join(" ")}\\n");`;
		})
		.join("\n");
}

/** The machine; nothing has run. `files` are loaded before. */
export function dmatestMachine(
	script: string,
	files: Readonly<Record<string, string>> = {},
	params: Record<string, string> = {},
	board = "generic-axi-dmac",
): Rig {
	const text = `${HEAD}${statements(script)}\n	return 0;\n}\nmodule_init(t_init);\n`;
	return machineWith({ ...files, "script.c": text }, "", params, board);
}

/** The log of a run without levels, times of the machine left out, the boot's own lines too. */
export function linesOf(rig: Rig): string[] {
	return rig
		.log()
		.map((line) => line.slice(2))
		.filter((line) => !line.startsWith("dw_axi_dmac"));
}

/** Boots, runs the script to the end and gives the log. */
export function runScript(
	script: string,
	files: Readonly<Record<string, string>> = {},
	params: Record<string, string> = {},
): string[] {
	const rig = dmatestMachine(script, files, params);
	startBoot(rig.k, { tests: false });
	rig.go();
	return linesOf(rig);
}
