/** Samples of one thing over time, in typed arrays that grow, and that forget the oldest once they may grow no more. */

const FIRST_CAPACITY = 256;
/** One series keeps at most so many samples (20 bytes each). */
const MOST_SAMPLES = 1 << 19;

/** What all series of a time line may have room for together, in samples. */
export interface Budget {
	left: number;
}

export class Series {
	length = 0;
	private times = new Float64Array(FIRST_CAPACITY);
	private values = new Float64Array(FIRST_CAPACITY);
	private extras = new Int32Array(FIRST_CAPACITY);
	private head = 0;
	/** Time of the newest sample that was forgotten; -1 when none was. */
	private forgotten = -1;

	constructor(private readonly budget: Budget) {
		budget.left -= FIRST_CAPACITY;
	}

	/** Adds a sample; `time` in ps, never before the last one's. */
	push(time: number, value: number, extra: number): void {
		if (this.length === this.times.length) this.makeRoom();
		const at = (this.head + this.length++) & (this.times.length - 1);
		this.times[at] = time;
		this.values[at] = value;
		this.extras[at] = extra;
	}

	time(index: number): number {
		return this.times[(this.head + index) & (this.times.length - 1)] as number;
	}

	value(index: number): number {
		return this.values[(this.head + index) & (this.values.length - 1)] as number;
	}

	extra(index: number): number {
		return this.extras[(this.head + index) & (this.extras.length - 1)] as number;
	}

	/** From when on everything is there, ps; 0 when nothing was forgotten. */
	get completeFrom(): number {
		return this.forgotten + 1;
	}

	/** Index of the first sample at `time` or later. */
	lowerBound(time: number): number {
		let low = 0;
		let high = this.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if (this.time(middle) < time) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	/** Index of the last sample at `time` or before; -1 when there is none. */
	lastAt(time: number): number {
		let low = 0;
		let high = this.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if (this.time(middle) <= time) low = middle + 1;
			else high = middle;
		}
		return low - 1;
	}

	/** Forgets what is later than `time`. */
	truncate(time: number): void {
		this.length = this.lastAt(time) + 1;
	}

	private makeRoom(): void {
		const size = this.times.length;
		if (size >= MOST_SAMPLES || this.budget.left < size) {
			this.forgotten = this.time(0);
			this.head = (this.head + 1) & (size - 1);
			this.length--;
			return;
		}
		this.budget.left -= size;
		this.times = unrolled(this.times, this.head, new Float64Array(2 * size));
		this.values = unrolled(this.values, this.head, new Float64Array(2 * size));
		this.extras = unrolled(this.extras, this.head, new Int32Array(2 * size));
		this.head = 0;
	}
}

function unrolled<T extends Float64Array | Int32Array>(from: T, head: number, into: T): T {
	into.set(from.subarray(head));
	into.set(from.subarray(0, head), from.length - head);
	return into;
}
