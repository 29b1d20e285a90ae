/** A booted kernel for tests: the generic board, C text as modules, and what was printed. */
import { boardSource } from "../../src/board/boards";
import { buildMachine } from "../../src/board/machine";
import { parseDts } from "../../src/devicetree/parser";
import { createKernel, startBoot } from "../../src/kernel/boot";
import type { Kernel } from "../../src/kernel/kernel";
import { allocateModuleSpace } from "../../src/kernel/mm/vmalloc";
import { addModule } from "../../src/kernel/module/modules";
import { preludeText } from "../../src/kernel/prelude";
import { logRecords } from "../../src/kernel/printk/log";
import { run, type Stop } from "../../src/kernel/sched/run";
import { compile, createPrelude, type Prelude } from "../../src/language/compile";
import { Program } from "../../src/language/program";
import { AddressSpace } from "../../src/language/vm/address-space";
import { Vm } from "../../src/language/vm/vm";

export interface Rig {
	readonly k: Kernel;
	readonly program: Program;
	/** Runs until something stops it; by default until the end, 60 s at most. */
	go(limit?: number): Stop;
	/** The kernel log, "level text". */
	log(): string[];
}

let prelude: Prelude | null = null;

/** A machine with these C files loaded as modules, not yet booted. Throws what the compiler says. */
export function machineWith(
	files: Readonly<Record<string, string>>,
	dts = "",
	params: Record<string, string> = {},
	boardName = "generic-axi-dmac",
): Rig {
	const board = boardSource(boardName);
	if (!board) throw new Error(`no board ${boardName}`);
	prelude ??= createPrelude(preludeText);
	const { tree } = parseDts(dts ? [board, { text: dts, file: "test.dts", line: 1 }] : [board]);
	const { machine, devices, memory } = buildMachine(tree);
	const ram = memory[0];
	const space = new AddressSpace(machine.memory, ram.base, ram.size);
	const vm = new Vm(space);
	const k = createKernel({ machine, devices, tree, vm, space, options: { params, seed: 1 } });
	const program = new Program(vm);
	for (const [path, text] of Object.entries(files)) {
		const { unit, diagnostics } = compile({ prelude, files: [{ path, text }], readFile: () => null });
		const errors = diagnostics.filter((d) => d.severity === "error");
		if (errors.length > 0) throw new Error(errors.map((d) => `${d.file}:${d.line}: ${d.message}`).join("\n"));
		const name = path.replace(/\..*$/, "").replace(/-/g, "_");
		const { module, errors: missing } = program.loadModule(unit, {
			name,
			allocate: (bytes) => allocateModuleSpace(k, bytes, false),
			kernelObject: () => null,
		});
		if (!module) throw new Error(missing.map((e) => e.message).join("\n"));
		addModule(k, { ...module, imports: [...module.imports] });
	}
	k.debug.symbols = {
		positionAt: (pc) => {
			const info = program.functionAt(pc);
			return info && program.position(info, pc);
		},
		get globals() {
			return program.modules.flatMap((m) => m.globals);
		},
	};
	return {
		k,
		program,
		go: (limit = 60e12) => {
			for (;;) {
				const stop = run(k, { limit, turns: 1_000_000, single: false });
				if (stop.kind === "slice" || stop.kind === "oops") continue;
				return stop;
			}
		},
		log: () => logRecords(k).map((r) => `${r.level} ${r.text}`),
	};
}

/** Boots and runs to the end. */
export function bootAndRun(
	files: Readonly<Record<string, string>>,
	dts = "",
	params: Record<string, string> = {},
): Rig {
	const rig = machineWith(files, dts, params);
	startBoot(rig.k, { tests: true });
	rig.go();
	return rig;
}
