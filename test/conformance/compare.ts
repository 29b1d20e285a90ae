/** Compares recorded lines with printed ones. */

export type LineResult =
	| { readonly kind: "same"; readonly line: string }
	/** About the machine of the recording: not compared. */
	| { readonly kind: "machine"; readonly line: string }
	| { readonly kind: "differs"; readonly recorded: string; readonly printed: string }
	| { readonly kind: "missing"; readonly recorded: string }
	| { readonly kind: "extra"; readonly printed: string };

/** A tick of a kernel with HZ=250, ms. */
const TICK_MS = 4;

/** Which controller number here stands for which one of the recording; learned from lines that differ in nothing else. */
export class ControllerNumbers {
	private readonly here = new Map<string, string>();
	private readonly there = new Map<string, string>();

	/** Learns from two lines that are the same but for controller numbers. */
	learn(recorded: string, printed: string): void {
		if (plain(recorded) !== plain(printed)) return;
		const [theirs, ours] = [numbers(recorded), numbers(printed)];
		theirs.forEach((number, i) => {
			const own = ours[i] ?? "";
			if (this.here.has(number) || this.there.has(own)) return;
			this.here.set(number, own);
			this.there.set(own, number);
		});
	}

	/** A recorded line with the numbers that the controllers have here. */
	translate(recorded: string): string {
		return recorded.replace(
			CONTROLLER,
			(_, before: string, number: string) => before + (this.here.get(number) ?? number),
		);
	}
}

const CONTROLLER = /(\bdma(?=\d+chan)|\bdev_id=)(\d+)/g;
const numbers = (line: string): string[] => [...line.matchAll(CONTROLLER)].map((match) => match[2] ?? "");
/** A line without what differs from machine to machine: controller numbers, addresses, times. */
const plain = (line: string): string => withoutAddresses(line.replace(CONTROLLER, "$1N")).replace(/ ms=\d+/g, " ms=N");
const withoutAddresses = (line: string): string => line.replace(/\b(?:0x)?f{4}[0-9a-f]{12}\b/g, "ADDRESS");

function same(recorded: string, printed: string): boolean {
	const times = (line: string): number[] => [...line.matchAll(/ ms=(\d+)/g)].map((match) => Number(match[1]));
	const without = (line: string): string => withoutAddresses(line).replace(/ ms=\d+/g, " ms=");
	if (without(recorded) !== without(printed)) return false;
	const ours = times(printed);
	return times(recorded).every((ms, i) => Math.abs(ms - (ours[i] ?? 0)) <= TICK_MS);
}

/**
 * Compares the lines of one step in order. A line that is missing or too many does not make the others differ: the
 * longest common sequence stays, what is left between is paired.
 */
export function compareLines(
	recorded: readonly string[],
	printed: readonly string[],
	machine: readonly string[],
	controllers: ControllerNumbers,
): LineResult[] {
	const patterns = machine.map((pattern) => new RegExp(pattern));
	const aboutMachine = (line: string): boolean => patterns.some((pattern) => pattern.test(line));
	const results: LineResult[] = printed.filter(aboutMachine).map((line) => ({ kind: "machine", line }));
	const theirs = recorded.filter((line) => !aboutMachine(line));
	const ours = printed.filter((line) => !aboutMachine(line));
	theirs.forEach((line, i) => {
		if (ours[i] !== undefined) controllers.learn(line, ours[i]);
	});
	const wanted = theirs.map((line) => controllers.translate(line));
	const length = commonLengths(wanted, ours);
	let i = 0;
	let j = 0;
	const gap: { wanted: string[]; ours: string[] } = { wanted: [], ours: [] };
	const flush = (): void => {
		for (let n = 0; n < Math.max(gap.wanted.length, gap.ours.length); n++) {
			const [recordedLine, printedLine] = [gap.wanted[n], gap.ours[n]];
			if (recordedLine === undefined) results.push({ kind: "extra", printed: printedLine ?? "" });
			else if (printedLine === undefined) results.push({ kind: "missing", recorded: recordedLine });
			else results.push({ kind: "differs", recorded: recordedLine, printed: printedLine });
		}
		gap.wanted = [];
		gap.ours = [];
	};
	while (i < wanted.length || j < ours.length) {
		const [w, o] = [wanted[i], ours[j]];
		if (w !== undefined && o !== undefined && same(w, o)) {
			flush();
			results.push({ kind: "same", line: o });
			i++;
			j++;
		} else if (o === undefined || (w !== undefined && (length[i + 1]?.[j] ?? 0) >= (length[i]?.[j + 1] ?? 0))) {
			gap.wanted.push(w ?? "");
			i++;
		} else {
			gap.ours.push(o);
			j++;
		}
	}
	flush();
	return results;
}

/** `lengths[i][j]`: how many lines the rests from i and from j on have in common, in order. */
function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
	const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
	for (let i = a.length - 1; i >= 0; i--) {
		const [row, below] = [lengths[i] ?? [], lengths[i + 1] ?? []];
		for (let j = b.length - 1; j >= 0; j--) {
			row[j] = same(a[i] ?? "", b[j] ?? "") ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
		}
	}
	return lengths;
}
