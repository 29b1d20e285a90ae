/** Debug sessions written down: stops, stacks, variables, output; with addresses that may move replaced by numbers. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { LaunchOptions, Progress, StepKind, Stopped } from "../../src/session/api";
import { settle } from "./rig";
import { type Scenario, sampleSession } from "./scenario";

const GOLDEN = "test/session/golden";

/** What addresses in RAM look like on boards where it does not begin at 0x80000000, as drivers use it (on the first MiBs). */
const RAM: Readonly<Record<string, string>> = {
	stm32mp157: "c[0-9a-f]{7}",
	// Through the bus aliases of VideoCore.
	bcm2837: "c0[0-9a-f]{6}",
	"zynq-7000": "00[1-2][0-9a-f]{5}|[1-2][0-9a-f]{5}",
};

export class Transcript {
	private readonly lines: string[] = [];
	private readonly addresses = new Map<string, number>();
	private readonly one: Scenario;
	/** Kernel pointers, and addresses in the RAM of the sample's board. */
	private readonly address: RegExp;
	/** The thread that stopped last. */
	threadId = 0;
	ended = false;

	constructor(
		private readonly sample: string,
		options: Partial<LaunchOptions> = {},
	) {
		this.one = sampleSession(sample, options);
		const [, board = ""] = /<board\/([\w-]+)\.dtsi>/.exec(readFileSync(`samples/${sample}`, "utf8")) ?? [];
		this.address = new RegExp(`\\b(0x)?(ffff[0-9a-f]{12}|${RAM[board] ?? "8[0-9a-f]{7}"})\\b`, "g");
		this.write(`# ${sample}${Object.keys(options).length > 0 ? ` ${JSON.stringify(options)}` : ""}`);
	}

	get session(): Scenario["session"] {
		return this.one.session;
	}

	/** Breakpoints on the lines that contain these texts. */
	lineBreakpoints(...texts: string[]): void {
		const requests = texts.map((text) => ({ line: this.one.line(text) }));
		for (const status of this.session.setLineBreakpoints(`samples/${this.sample}`, requests))
			this.write(`breakpoint ${status.id}: line ${status.line}${status.message ? ` (${status.message})` : ""}`);
	}

	functions(...names: string[]): void {
		const statuses = this.session.setFunctionBreakpoints(names.map((name) => ({ name })));
		statuses.forEach(({ id, message }, index) => {
			this.write(`breakpoint ${id}: ${names[index]}${message ? ` (${message})` : ""}`);
		});
	}

	events(...filters: (string | [string, string])[]): void {
		const requests = filters.map((one) =>
			typeof one === "string" ? { filter: one } : { filter: one[0], condition: one[1] },
		);
		const statuses = this.session.setEventFilters(requests);
		statuses.forEach(({ id, message }, index) => {
			const { filter, condition } = requests[index]!;
			this.write(`event ${id}: ${filter}${condition ? ` if ${condition}` : ""}${message ? ` (${message})` : ""}`);
		});
	}

	go(): void {
		this.write("\n> continue");
		this.session.continue();
		this.arrive(settle(this.session));
	}

	step(kind: StepKind, threadId = this.threadId): void {
		this.write(`\n> step ${kind}`);
		this.session.step(threadId, kind);
		this.arrive(settle(this.session));
	}

	/** Selects the thread whose name begins so. */
	select(name: string): void {
		const thread = this.session.threads().find((one) => one.name.startsWith(name));
		assert.ok(thread, `no thread ${name}`);
		this.threadId = thread.id;
		this.write(`\n> thread ${thread.name}`);
		this.stack();
	}

	/** Scopes of a channel that may have no work and so no stack of its own. */
	channel(name: string, ...scopes: string[]): void {
		const before = this.threadId;
		const thread = this.session.threads().find((one) => one.name.startsWith(name));
		this.write(`> channel ${thread?.name ?? `${name}: no work`}`);
		if (thread) {
			this.threadId = thread.id;
			for (const scope of scopes) this.scope(scope);
		}
		this.threadId = before;
	}

	/** Runs until the selected channel's descriptor is done. */
	toDescriptorEnd(): void {
		this.write("\n> run to end of descriptor");
		this.session.runToDescriptorEnd(this.threadId);
		this.arrive(settle(this.session));
	}

	threads(): void {
		this.write("> threads");
		for (const { name, kind } of this.session.threads()) this.write(`  ${kind} ${name}`);
	}

	scope(name: string): void {
		const frame = this.session.frames(this.threadId)[0];
		const scope = this.session.scopes(frame?.id ?? 0).find((one) => one.name === name);
		assert.ok(scope, `no scope ${name}`);
		this.write(`> ${name}`);
		for (const { name: child, value, type } of this.session.variables(scope.reference))
			this.write(`  ${child}${type ? `: ${type}` : ""} = ${value}`);
	}

	evaluate(text: string, context: "watch" | "repl" | "hover" = "repl"): void {
		this.write(`> ${context === "repl" ? "" : `${context} `}${text}`);
		let result = this.session.evaluate(text, null, context);
		if (result.kind === "running") {
			settle(this.session);
			result = this.session.finishEvaluate();
		}
		this.output();
		const shown =
			result.kind === "value"
				? result.variable.value
				: result.kind === "text"
					? result.text
					: result.kind === "error"
						? `error: ${result.message}`
						: "";
		for (const line of shown.split("\n")) this.write(`  ${line}`);
	}

	story(): void {
		const story = this.session.exception(this.threadId);
		this.write(`> exception: ${story?.id ?? "none"}`);
		for (const line of [...(story?.description ?? "").split("\n"), "", ...(story?.stackTrace ?? "").split("\n")])
			this.write(`  ${line}`);
	}

	stack(): void {
		for (const { name, source, line } of this.session.frames(this.threadId)) {
			if (source?.kind === "file") this.write(`  ${name} (${source.path}:${line})`);
			// Of a kernel function the step itself: its number would change with every step put in before it.
			else if (source) this.write(`  ${name}: ${this.session.page(source.reference).split("\n")[line - 1]?.trim()}`);
			else this.write(`  ${name}`);
		}
	}

	/** Compares with the file of this name; writes it when UPDATE_GOLDEN=1. */
	check(name: string): void {
		const file = `${GOLDEN}/${name}.txt`;
		const text = `${this.lines.join("\n")}\n`;
		if (process.env.UPDATE_GOLDEN === "1") {
			mkdirSync(GOLDEN, { recursive: true });
			writeFileSync(file, text);
			return;
		}
		assert.ok(existsSync(file), `${file} is missing: make it with UPDATE_GOLDEN=1`);
		assert.equal(text, readFileSync(file, "utf8"), `${file} differs; UPDATE_GOLDEN=1 rewrites it`);
	}

	private arrive(progress: Exclude<Progress, { kind: "running" }>): void {
		this.output();
		if (progress.kind === "ended") {
			this.ended = true;
			this.write(`ended with ${progress.exitCode}`);
			for (const line of progress.report.split("\n")) if (line !== "") this.write(`  ${line}`);
			return;
		}
		this.threadId = progress.stop.threadId;
		this.write(stopText(progress.stop, this.threadName()));
		this.stack();
	}

	private threadName(): string {
		return this.session.threads().find(({ id }) => id === this.threadId)?.name ?? "?";
	}

	private output(): void {
		for (const { category, text } of this.session.takeOutput()) this.write(`[${category}] ${text}`);
	}

	/** Kernel pointers and addresses in RAM get numbers in the order in which they appear. */
	private write(text: string): void {
		const stable = text.replace(this.address, (whole, prefix: string | undefined) => {
			if (prefix === undefined && whole.length !== 16) return whole;
			const known = this.addresses.get(whole) ?? this.addresses.size + 1;
			this.addresses.set(whole, known);
			return `<${whole.length > 12 ? "pointer" : "address"} ${known}>`;
		});
		this.lines.push(...stable.split("\n").map((line) => line.trimEnd()));
	}
}

function stopText(stop: Stopped, thread: string): string {
	const more =
		stop.kind === "breakpoint"
			? ` ${stop.ids.join(", ")}`
			: "text" in stop && stop.text !== undefined
				? `: ${stop.text}`
				: "";
	return `stopped in ${thread}: ${stop.kind}${more}`;
}
