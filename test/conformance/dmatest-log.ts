/** Recordings of a shell that drives dmatest through its files: cases, their commands, what these and the kernel printed. */

export interface ShellCase {
	readonly name: string;
	readonly commands: readonly string[];
	/** What the commands printed. */
	readonly output: readonly string[];
	/** What dmatest logged, without times. */
	readonly log: readonly string[];
}

export function parseShellLog(text: string): ShellCase[] {
	return [
		...text.matchAll(/^### CASE (\S+)\n### CMD (.*)\n([\s\S]*?)### RC 0\n### DMESG \S+\n([\s\S]*?)### ENDCASE/gm),
	].map(([, name = "", commands = "", output = "", log = ""]) => ({
		name,
		commands: commands.split(";").map((command) => command.trim()),
		output: lines(output),
		log: lines(log).flatMap((line) => /^\[ *\d+\.\d+\] (dmatest: .*)$/.exec(line)?.[1] ?? []),
	}));
}

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

const PARAMETERS = "/sys/module/dmatest/parameters/";
const PRINT = "put_line";

/** The C that does what a case's commands do; what they print begins with "> ". Throws on a command that it does not know. */
export function scriptOf(commands: readonly string[], channels: number): string {
	const body = commands.flatMap((command) => statement(command, channels));
	return `
static char text[4096];
static const char *get(const char *path)
{
	int n = sim_read_file(path, text, sizeof(text));

	if (n < 0)
		return "?";
	if (n > 0 && text[n - 1] == '\\n')
		text[n - 1] = 0;
	return text;
}
static void ${PRINT}(const char *head, const char *tail)
{
	if (*head || *tail)
		pr_info("> %s%s\\n", head, tail);
}
static void cat(const char *path)
{
	char *rest = (char *)get(path), *line;

	while ((line = strsep(&rest, "\\n")))
		${PRINT}("", line);
}
static void ww(const char *name, const char *value)
{
	char path[64];
	int ret;

	snprintf(path, sizeof(path), "${PARAMETERS}%s", name);
	ret = sim_write_file(path, value);
	if (ret < 0)
		pr_info("> write(%s=%s) failed: dd: error writing '%s': %s\\n", name, value, path,
			ret == -EBUSY ? "Device or resource busy" : "?");
}
static void sysfs(const char *chan)
{
	static const char *const names[] = { "in_use", "bytes_transferred", "memcpy_count" };
	char path[64], line[128];
	int i, n = snprintf(line, sizeof(line), "%s", chan);

	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "/sys/class/dma/%s/%s", chan, names[i]);
		n += snprintf(line + n, sizeof(line) - n, " %s=%s", names[i], get(path));
	}
	${PRINT}(line, "");
}
static int __init script_init(void)
{
	char line[256];

	line[0] = 0;
${body.map((part) => `	${part}\n`).join("")}	return 0;
}
module_init(script_init);
`;
}

function statement(command: string, channels: number): string[] {
	const [name = "", ...rest] = command.split(" ");
	switch (name) {
		case "fresh":
		case "rmmod":
			return [];
		case "ww":
			return [`ww("${rest[0]}", "${rest[1]}");`];
		case "waitdone":
			// The script's own function. Reading `run` when everything is done gives the channels back.
			return [`while (get("${PARAMETERS}run")[0] == 'Y')`, "	msleep(10);"];
		case "summary":
			return ['cat("/sys/kernel/debug/dmaengine/summary");'];
		case "sysfs_c":
			return rest.map((chan) => `sysfs("${chan}");`);
		case "sysfs_all":
			return Array.from({ length: channels }, (_, n) => `sysfs("dma0chan${n}");`);
		case "cat":
			return [`cat("${rest[0]}");`];
		case "echo":
			return echo(rest.join(" "));
		default:
			throw new Error(`no such command: ${command}`);
	}
}

/** echo of words with `$(cat FILE)` in them. */
function echo(text: string): string[] {
	const parts = text.split(/\$\(cat ([^)]*)\)/);
	const add = parts.map(
		(part, i) => `strlcat(line, ${i % 2 === 1 ? `get("${part}")` : JSON.stringify(part)}, sizeof(line));`,
	);
	return ["line[0] = 0;", ...add, `${PRINT}(line, "");`];
}

/** A line without what no two runs have in common: random offsets and lengths, rates. */
export const timeless = (line: string): string =>
	line
		.replace(/\d+\.\d\d iops \d+ KB\/s/, "N iops N KB/s")
		.replace(/(src_off|dst_off|len)=0x([0-9a-f]+)/g, (whole, name: string, value: string) =>
			["0", "1000", "4000"].includes(value) ? whole : `${name}=0xN`,
		);

/** Threads end in any order: their summaries, sorted, come last. */
export function summariesLast(log: readonly string[]): string[] {
	const isSummary = (line: string): boolean => line.includes(": summary ");
	return [...log.filter((line) => !isSummary(line)), ...log.filter(isSummary).sort()];
}
