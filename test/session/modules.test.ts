import { deepEqual, equal, match } from "node:assert/strict";
import type { DebugSessionApi } from "../../src/session/api";
import { launch } from "../../src/session/launch";
import { load } from "../../src/session/load";
import softdma from "../conformance/softdma.c";
import { settle, value } from "./rig";

const PROVIDER = `
#include <linux/module.h>
static int start = 5;
module_param(start, int, 0644);
static char *word = "none";
module_param(word, charp, 0444);
static bool loud;
module_param(loud, bool, 0444);
int counter;
EXPORT_SYMBOL_GPL(counter);
int count_up(void) { return ++counter; }
EXPORT_SYMBOL_GPL(count_up);
static int hidden(void) { return 1; }
static int __init provider_init(void)
{
	counter = start;
	pr_info("provider %s %d %s\\n", word, loud, THIS_MODULE->name);
	return hidden() - 1;
}
static void __exit provider_exit(void) { pr_info("provider gone at %d\\n", counter); }
module_init(provider_init);
module_exit(provider_exit);
`;
const USER = `
#include <linux/module.h>
extern int counter;
int count_up(void);
static int __init user_init(void) { count_up(); pr_info("user sees %d\\n", counter); return 0; }
static void __exit user_exit(void) { pr_info("user gone\\n"); }
module_init(user_init);
module_exit(user_exit);
`;
/** Takes the symbol at run time only. */
const GETTER = `
#include <linux/module.h>
int count_up(void);
static int (*up)(void);
static int __init getter_init(void) { up = symbol_get(count_up); pr_info("got %d\\n", up ? up() : -1); return 0; }
static void __exit getter_exit(void) { if (up) symbol_put(count_up); }
module_init(getter_init);
module_exit(getter_exit);
`;
const CLIENT = `
#include <linux/dmaengine.h>
static struct dma_chan *chan;
int client_take(void) { dma_cap_mask_t m; dma_cap_zero(m); dma_cap_set(DMA_XOR, m); chan = dma_request_channel(m, NULL, NULL); return chan ? 0 : -ENODEV; }
void client_give(void) { dma_release_channel(chan); }
static int __init client_init(void) { return client_take(); }
module_init(client_init);
`;
const STOP = `
static int __init wait_init(void)
{
	pr_info("ready\\n");
	return 0;
}
module_init(wait_init);
`;
const FAILING = `
static int __init failing_init(void) { return -ENODEV; }
module_init(failing_init);
`;
const LEVEL = `
static int level = 1;
static int level_set(const char *val, const struct kernel_param *kp)
{
	unsigned int value;
	int ret = kstrtouint(val, 0, &value);

	if (ret || value > 10)
		return -EINVAL;
	return param_set_int(val, kp);
}
static int level_get(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "level %d\\n", *(int *)kp->arg);
}
static const struct kernel_param_ops level_ops = { .set = level_set, .get = level_get };
module_param_cb(level, &level_ops, &level, 0644);
`;
const files: Readonly<Record<string, string>> = {
	"provider.c": PROVIDER,
	"user.c": USER,
	"getter.c": GETTER,
	"client.c": CLIENT,
	"wait.c": STOP,
	"failing.c": FAILING,
	"level.c": LEVEL,
	"softdma.c": softdma,
};
const host = (more: Readonly<Record<string, string>> = {}) => ({
	readFile: (path: string) => more[path] ?? files[path] ?? null,
});

function log(
	program: string[],
	more: Record<string, string> = {},
	options = {},
): { lines: string[]; exitCode: number } {
	const loaded = load({ program, ...options }, host(more), {});
	if (loaded.kind === "diagnostics") throw new Error(loaded.diagnostics.map(({ message }) => message).join("\n"));
	const { exitCode } = loaded.simulation.runToEnd();
	const { store } = loaded.simulation;
	const lines: string[] = [];
	for (let at = store.first; at < store.end; at++) {
		const { ev, fields } = store.get(at);
		const text = fields.text?.trimEnd() ?? "";
		if (ev === "printk" && !text.startsWith("dw_axi")) lines.push(text);
	}
	return { lines, exitCode };
}

/** A session that stands at the pr_info line of wait.c. */
function stopped(program: string[]): DebugSessionApi {
	const launched = launch({ program: [...program, "wait.c"] }, host());
	if (launched.kind === "diagnostics") throw new Error(launched.diagnostics.map(({ message }) => message).join("\n"));
	launched.session.setLineBreakpoints("wait.c", [{ line: 4 }]);
	equal(settle(launched.session).kind, "stopped");
	return launched.session;
}

describe("Several modules on one machine", () => {
	it("share what EXPORT_SYMBOL gives, and nothing else", () => {
		const { lines, exitCode } = log(["provider.c", "user.c"]);
		deepEqual(lines, ["provider none 0 provider", "user sees 6"]);
		equal(exitCode, 0);
		const wrong = load(
			{ program: ["provider.c", "bad.c"] },
			host({ "bad.c": "int hidden(void);\nstatic int f(void) { return hidden(); }\nmodule_init(f);\n" }),
		);
		equal(wrong.kind, "diagnostics");
		if (wrong.kind === "diagnostics") match(wrong.diagnostics[0]?.message ?? "", /'hidden'/);
	});

	it("take parameters of every type", () => {
		const params = { "provider.start": "41", "provider.word": "hello", "provider.loud": "1" };
		deepEqual(log(["provider.c", "user.c"], {}, { params }).lines, ["provider hello 1 provider", "user sees 42"]);
	});

	it("come before the file that asks for them by SIM_MODULE", () => {
		const text = `SIM_MODULE("provider.c", "start=7 word=asked")\n${USER}`;
		deepEqual(log(["asks.c"], { "asks.c": text }).lines, ["provider asked 0 provider", "user sees 8"]);
	});

	it("are unloaded the last one first", () => {
		deepEqual(log(["provider.c", "user.c"], {}, { unload: true }).lines.slice(2), ["user gone", "provider gone at 6"]);
	});

	it("that need a module whose init failed are not loaded", () => {
		const text = `${PROVIDER.replace("return hidden() - 1", "return -ENODEV")}`;
		const { lines, exitCode } = log(["provider.c", "user.c"], { "provider.c": text });
		deepEqual(lines.slice(1), ["provider: module init failed: -19", "user: Unknown symbol count_up (err -2)"]);
		equal(exitCode, 1);
	});
});

describe("insmod, rmmod and lsmod in the debug console", () => {
	it("load a file with parameters and unload it", () => {
		const session = stopped([]);
		equal(value(session, "insmod provider.c start=9 word=console", "repl"), "");
		equal(value(session, "cat /sys/module/provider/parameters/word", "repl"), "console");
		match(value(session, "lsmod", "repl"), /^Module +Size +Used by\nprovider +\d+ +0$/m);
		equal(
			value(session, "insmod provider.c", "repl"),
			"error: insmod: ERROR: could not insert module provider: File exists",
		);
		equal(value(session, "rmmod provider", "repl"), "");
		equal(value(session, "rmmod provider", "repl"), "error: rmmod: ERROR: Module provider is not currently loaded");
		equal(value(session, "insmod provider.c start=1", "repl"), "");
		equal(value(session, "cat /sys/module/provider/parameters/start", "repl"), "1");
	});

	it("refuse to unload what others use", () => {
		const session = stopped(["provider.c", "user.c"]);
		match(value(session, "lsmod", "repl"), /provider +\d+ +1 user$/m);
		match(value(session, "cat /proc/modules", "repl"), /^provider \d+ 1 user, Live /m);
		equal(value(session, "rmmod provider", "repl"), "error: rmmod: ERROR: Module provider is in use by: user");
		equal(value(session, "rmmod user", "repl"), "");
		equal(value(session, "rmmod provider", "repl"), "");
	});

	it("count a symbol_get as a use", () => {
		const session = stopped(["provider.c", "getter.c"]);
		equal(value(session, "rmmod provider", "repl"), "error: rmmod: ERROR: Module provider is in use");
		equal(value(session, "rmmod getter", "repl"), "");
		equal(value(session, "rmmod provider", "repl"), "");
	});

	it("keep a controller's driver as long as somebody has one of its channels", () => {
		const session = stopped(["softdma.c", "client.c"]);
		match(value(session, "lsmod", "repl"), /softdma +\d+ +1$/m);
		equal(value(session, "rmmod softdma", "repl"), "error: rmmod: ERROR: Module softdma is in use");
		equal(value(session, "client_give()", "repl"), "");
		match(value(session, "lsmod", "repl"), /softdma +\d+ +0$/m);
		equal(value(session, "rmmod softdma", "repl"), "");
		equal(
			value(session, "cat /sys/class/dma/dma1chan0/in_use", "repl"),
			"error: cat: /sys/class/dma/dma1chan0/in_use: No such file or directory",
		);
	});

	it("call a parameter's own functions, and run dmatest by its files", () => {
		const session = stopped(["level.c"]);
		equal(value(session, "cat /sys/module/level/parameters/level", "repl"), "level 1");
		equal(value(session, "echo 7 > /sys/module/level/parameters/level", "repl"), "");
		equal(value(session, "cat /sys/module/level/parameters/level", "repl"), "level 7");
		equal(
			value(session, "echo 11 > /sys/module/level/parameters/level", "repl"),
			"error: echo: /sys/module/level/parameters/level: Invalid argument",
		);
		equal(
			value(session, "insmod provider.c start=many", "repl"),
			"error: insmod: ERROR: could not insert module provider: Invalid argument",
		);
		equal(value(session, "echo 2 > /sys/module/dmatest/parameters/iterations", "repl"), "");
		equal(value(session, "echo dma0chan0 > /sys/module/dmatest/parameters/channel", "repl"), "");
		equal(value(session, "echo 1 > /sys/module/dmatest/parameters/run", "repl"), "");
		equal(value(session, "cat /sys/module/dmatest/parameters/wait", "repl"), "Y");
		equal(value(session, "cat /sys/module/dmatest/parameters/run", "repl"), "N");
		match(
			session
				.takeOutput()
				.map(({ text }) => text)
				.join(""),
			/dmatest: dma0chan0-copy0: summary 2 tests, 0 failures/,
		);
		equal(value(session, "rmmod dmatest", "repl"), "");
		equal(value(session, "cat /sys/module/dmatest/parameters/iterations", "repl"), "0");
	});

	it("say why a module could not be loaded", () => {
		const session = stopped([]);
		equal(
			value(session, "insmod failing.c", "repl"),
			"error: insmod: ERROR: could not insert module failing: No such device",
		);
		match(value(session, "insmod nowhere.c", "repl"), /^error: .*nowhere\.c/);
		equal(value(session, "insmod failing.c", "repl").startsWith("error: insmod: ERROR: could not insert"), true);
	});
});
