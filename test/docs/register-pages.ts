/** The pages of docs/registers, written from the models' data: one for each model of the table in src/board/models. */
import { boardNames, boardSource } from "../../src/board/boards";
import { type BoardDevice, buildMachine } from "../../src/board/machine";
import { modelKinds } from "../../src/board/models";
import type { ModelKind } from "../../src/board/models/model-kind";
import { parseDts } from "../../src/devicetree/parser";
import type { HardwareModel } from "../../src/hardware/model";
import { banksOf, type Register, type RegisterField } from "../../src/hardware/registers";

interface Example {
	/** Heading of its part of the page; none on a page with one part. */
	readonly title: string;
	readonly board: string;
	/** Devicetree behind the board's. */
	readonly dts: string;
	/** The device to show; the first one of the model when it is missing. */
	readonly label?: string;
}

const GENERIC = "generic-axi-dmac";
const cells = (count: number, value: (n: number) => number): string =>
	Array.from({ length: count }, (_, n) => value(n)).join(" ");
const manyChannels = (count: number): string =>
	`&dmac { reg = <0x80000 0x4000>; dma-channels = <${count}>;
	snps,block-size = <${cells(count, () => 4096)}>; snps,priority = <${cells(count, (n) => n)}>; };`;

/** Models that no board has, and models whose registers depend on the devicetree. Every other one needs nothing here. */
const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
	"snps,axi-dma-1.01a": [
		{ title: "Up to 8 channels", board: GENERIC, dts: "" },
		{ title: "JH7110: what differs", board: "jh7110", dts: "" },
		{ title: "9 to 32 channels: what differs", board: GENERIC, dts: manyChannels(32) },
		{
			title: "Keem Bay: the registers of the glue",
			board: GENERIC,
			dts: '&dmac { compatible = "intel,kmb-axi-dma"; reg = <0x80000 0x1000>, <0x90000 0x24>; };',
		},
	],
	"rdc,r6040": [
		{
			title: "",
			board: GENERIC,
			dts: '/ { eth0: ethernet@10002000 { compatible = "rdc,r6040"; reg = <0x10002000 0x100>; interrupts = <12>; }; };',
		},
	],
	"sim,mem2mem": [
		{
			title: "",
			board: GENERIC,
			dts: '/ { copier: dma@40000000 { compatible = "sim,mem2mem"; reg = <0x40000000 0x1000>; dma-channels = <2>; }; };',
		},
	],
};

/** The first device of a model on any board. */
function anywhere(kind: ModelKind): Example {
	for (const board of boardNames())
		if (devicesOf({ title: "", board, dts: "" }).some((device) => isOf(kind, device)))
			return { title: "", board, dts: "" };
	throw new Error(
		`no board has a ${kind.compatible[0]}: give EXAMPLES in test/docs/register-pages.ts a devicetree with one`,
	);
}

const isOf = (kind: ModelKind, { model, compatible }: BoardDevice): boolean =>
	model !== null && compatible.some((name) => kind.compatible.includes(name));

function devicesOf({ board, dts }: Example): BoardDevice[] {
	const { tree, diagnostics } = parseDts([boardSource(board)!, { text: dts, file: "example.dts", line: 1 }]);
	const built = buildMachine(tree);
	const errors = [...diagnostics, ...built.diagnostics];
	if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("\n"));
	return built.devices;
}

function modelOf(kind: ModelKind, example: Example): HardwareModel {
	const found = devicesOf(example).find(
		(device) => isOf(kind, device) && (example.label === undefined || device.labels.includes(example.label)),
	);
	if (!found?.model) throw new Error(`${example.board} has no ${kind.compatible[0]}`);
	return found.model;
}

/** Every page by file name, with an index. */
export function registerPages(): Map<string, string> {
	const pages = new Map<string, string>();
	const index: string[] = [];
	for (const kind of modelKinds) {
		const examples = EXAMPLES[kind.compatible[0]!] ?? [anywhere(kind)];
		const models = examples.map((example) => ({ example, model: modelOf(kind, example) }));
		const name = models[0]!.model.kind;
		const known = new Set<string>();
		const parts = models.map(({ example, model }) => partOf(example, model, known));
		const compatible = kind.compatible.map((text) => `\`${text}\``).join(", ");
		pages.set(
			`${name}.md`,
			`# Registers of ${name}\n\n${NOTICE}\n\nModel of ${compatible}.\n\n${parts.join("\n\n")}\n`,
		);
		index.push(`| [${name}](${name}.md) | ${compatible} |`);
	}
	const head = "| model | `compatible` |\n| --- | --- |\n";
	pages.set("README.md", `# Registers of the models\n\n${NOTICE}\n\n${EXPLANATION}\n\n${head}${index.join("\n")}\n`);
	return pages;
}

const NOTICE = "*Written from the model's data by `npm run docs:registers`; do not edit.*";
const EXPLANATION =
	"These are the registers that the Registers scope of the debugger shows. Access: `rw` read and write, `ro` read only, `wo` write only (reads as 0), `w1c` write 1 to clear. A register or bit that is **not modelled** is told once, when software uses it: it is changed from its reset value, or read where it can only be read.";

const hex = (value: number): string => `0x${value.toString(16)}`;

/** A model's registers, without those that an earlier part of the page has shown just so. */
function partOf(example: Example, model: HardwareModel, known: Set<string>): string {
	const title = example.title === "" ? "" : `## ${example.title}\n\n`;
	const shown = banksOf(model).map((bank, number) => {
		const text = (register: Register) => `${number} ${JSON.stringify(register)}`;
		const rest = bank.registers.filter((register) => !known.has(text(register)));
		for (const register of rest) known.add(text(register));
		return rest.filter(({ channel }) => channel === undefined || channel === 0).length === 0 ? "" : bankOf(rest);
	});
	return title + shown.filter((text) => text !== "").join("\n\n");
}

function bankOf(registers: readonly Register[]): string {
	const rows = registers.flatMap((register): string[] => {
		if (register.channel !== undefined && register.channel > 0) return [];
		return [rowOf(registers, register)];
	});
	const table = `| offset | register | bytes | access | reset | |\n| --- | --- | --- | --- | --- | --- |\n${rows.join("\n")}`;
	const fields = fieldTables(registers.filter(({ channel }) => channel === undefined || channel === 0));
	return fields === "" ? table : `${table}\n\n${fields}`;
}

function rowOf(all: readonly Register[], register: Register): string {
	const { name, offset, size, access, reset, unmodelled } = register;
	const repeats = repetition(all, register);
	const notes = [
		...(repeats ? [repeats] : []),
		...(unmodelled === undefined ? [] : [`**not modelled**: ${unmodelled}`]),
	];
	return `| ${hex(offset)} | ${name} | ${size} | ${access} | ${hex(reset)} | ${notes.join("; ")} |`;
}

/** Where the same register of the other channels is. */
function repetition(all: readonly Register[], register: Register): string {
	if (register.channel !== 0) return "";
	const place = all.filter(({ channel }) => channel === 0).indexOf(register);
	const channels = [...new Set(all.flatMap(({ channel }) => (channel === undefined ? [] : [channel])))];
	const others = channels
		.map((channel) => all.filter((one) => one.channel === channel)[place])
		.filter((one): one is Register => one !== undefined && plainName(one.name) === plainName(register.name));
	const last = others.at(-1);
	if (others.length < 2 || last === undefined) return "";
	const step = others[1]!.offset - register.offset;
	return `${others.length} of them, ${hex(step)} apart, up to ${last.name}`;
}

const plainName = (name: string): string => name.replace(/\d+/, "#");

function fieldTables(registers: readonly Register[]): string {
	const known = new Map<string, string>();
	const parts: string[] = [];
	for (const { name, fields } of registers) {
		if (fields.length === 0) continue;
		const rows = fieldRows(fields);
		const text = rows.join("\n");
		const before = known.get(text);
		if (before !== undefined && rows.length > 1) parts.push(`**${name}**: as ${before}`);
		else parts.push(`**${name}**\n\n| bits | field | values |\n| --- | --- | --- |\n${text}`);
		if (before === undefined) known.set(text, name);
	}
	return parts.join("\n\n");
}

/** A row for each field; one for a run of fields that differ only in a number. */
function fieldRows(fields: readonly RegisterField[]): string[] {
	const rows: string[] = [];
	for (let at = 0; at < fields.length; ) {
		const first = fields[at]!;
		let end = at + 1;
		while (end < fields.length && continues(first, fields[at + 1]!, fields[end]!, fields[end - 1]!)) end++;
		if (end - at < 3) end = at + 1;
		const last = fields[end - 1]!;
		const name = end - at === 1 ? first.name : `${first.name} … ${last.name}`;
		const step = end - at === 1 ? 0 : fields[at + 1]!.lsb - first.lsb;
		const gap = step > first.width ? `, every ${step}` : "";
		rows.push(`| ${bitsOf(first.lsb, last.lsb + last.width - 1)}${gap} | ${name} | ${valuesOf(first)} |`);
		at = end;
	}
	return rows;
}

function continues(first: RegisterField, second: RegisterField, one: RegisterField, before: RegisterField): boolean {
	return (
		plainName(one.name) === plainName(first.name) &&
		one.width === first.width &&
		one.lsb - before.lsb === second.lsb - first.lsb &&
		valuesOf(one) === valuesOf(first)
	);
}

const bitsOf = (low: number, high: number): string => (low === high ? `${low}` : `${high}:${low}`);

function valuesOf({ values, unmodelled, unmodelledValues }: RegisterField): string {
	const list = Object.entries(values ?? {}).map(([value, text]) => `${value}: ${text}`);
	const which = unmodelledValues === undefined ? "" : ` (${unmodelledValues.join(", ")})`;
	if (unmodelled !== undefined) list.push(`**not modelled**${which}: ${unmodelled}`);
	return list.join("; ");
}
