/** `dmascope test`: each case from the snapshot after module load, in one kernel thread (machine.md, Runs). */
import { startCase } from "../kernel/kunit/run-suites";
import { listSuites } from "../kernel/kunit/suites";
import { globMatches, moduleName } from "./options";
import { EXIT_LIMIT } from "./results";
import type { Simulation } from "./simulation";

export interface CaseResult {
	readonly suite: string;
	readonly name: string;
	readonly status: "passed" | "failed" | "skipped";
	readonly reason: string;
	/** ps of virtual time that it took. */
	readonly time: number;
	/** What the kernel log said, without times. */
	readonly log: readonly string[];
}

export interface FileResult {
	readonly file: string;
	readonly cases: readonly CaseResult[];
	/** A case ran into its time limit. */
	readonly limit: boolean;
}

interface CaseInfo {
	readonly suite: string;
	readonly name: string;
	/** Addresses of its struct kunit_suite and struct kunit_case. */
	readonly suiteAddress: number;
	readonly caseAddress: number;
}

/** Virtual time that a case may take: 60 s. */
const CASE_LIMIT_PS = 60e12;

/** Boots and loads, then runs every case that fits the options' glob. */
export function runCases(simulation: Simulation): FileResult {
	const file = simulation.options.programs[0] ?? "";
	const glob = simulation.options.test ?? "*";
	const report = simulation.runToEnd();
	const bootLog = logOf(simulation, 0);
	const all = listSuites(simulation.k, false).flatMap(({ address, name, cases }) =>
		cases.map((one): CaseInfo => ({ suite: name, name: one.name, suiteAddress: address, caseAddress: one.address })),
	);
	if (all.length === 0) {
		const name = moduleName(file);
		if (!fits(glob, name, name)) return { file, cases: [], limit: false };
		const status = report.exitCode === 0 ? "passed" : "failed";
		const log = [...bootLog, ...report.problems];
		const only: CaseResult = { suite: name, name, status, reason: "", time: simulation.machine.time, log };
		return { file, cases: [only], limit: report.exitCode === EXIT_LIMIT };
	}
	const wanted = all.filter(({ suite, name }) => fits(glob, suite, name));
	if (report.exitCode !== 0) {
		const log = [...bootLog, ...report.problems];
		const cases = wanted.map(
			({ suite, name }): CaseResult => ({ suite, name, status: "failed", reason: "", time: 0, log }),
		);
		return { file, cases, limit: report.exitCode === EXIT_LIMIT };
	}
	const snapshot = simulation.snapshot();
	let limit = false;
	const cases = wanted.map((info) => {
		simulation.restore(snapshot);
		const { result, limited } = runCase(simulation, info);
		limit ||= limited;
		return result;
	});
	return { file, cases, limit };
}

function runCase(simulation: Simulation, info: CaseInfo): { result: CaseResult; limited: boolean } {
	const { k, machine, store } = simulation;
	const started = machine.time;
	const first = store.end;
	const { oopses } = k.state;
	const { reports } = k.state.kasan;
	k.state.end = null;
	const { id } = startCase(k, info.suiteAddress, info.caseAddress);
	const finished = () => k.state.threads[id]?.state.kind === "done";
	const how = simulation.advanceUntil(finished, Math.min(simulation.options.limit, started + CASE_LIMIT_PS));
	simulation.finish();
	const known = k.state.kunit.results.at(-1);
	const log = logOf(simulation, first);
	let status: CaseResult["status"] = known === undefined || known.status === "running" ? "failed" : known.status;
	if (how !== "done" || k.state.oopses > oopses || k.state.kasan.reports > reports) status = "failed";
	if (how === "limit") log.push("the case ran into its limit of virtual time");
	if (how === "end") {
		const blocked = k.state.threads.filter((thread) => thread.state.kind === "blocked" && thread.role === "init");
		for (const { name, state } of blocked)
			if (state.kind === "blocked")
				log.push(`${name} is blocked for ever: it waits for ${state.on.kind} ${state.on.name}`.trimEnd());
	}
	const result: CaseResult = {
		suite: info.suite,
		name: info.name,
		status,
		reason: known?.comment ?? "",
		time: machine.time - started,
		log,
	};
	return { result, limited: how === "limit" };
}

function fits(glob: string, suite: string, name: string): boolean {
	return globMatches(glob, `${suite}.${name}`) || globMatches(glob, suite);
}

/** Lines of the kernel log from record `first` on. */
function logOf({ store }: Simulation, first: number): string[] {
	const lines: string[] = [];
	for (let index = Math.max(first, store.first); index < store.end; index++) {
		const { ev, fields } = store.get(index);
		if (ev === "printk")
			lines.push(
				...(fields.text ?? "")
					.replace(/\n$/, "")
					.split("\n")
					.map((line) => line.trim().replace(/^# /, "")),
			);
	}
	return lines;
}
