/** The queue of things that will happen: a binary heap in typed arrays, without allocation per event. */

const SLOT_LIMIT = 65536;

export interface EventsSnapshot {
	readonly sequence: number;
	readonly count: number;
	readonly used: number;
	readonly free: Int32Array;
	readonly heap: Int32Array;
	readonly time: Float64Array;
	readonly order: Float64Array;
	readonly component: Int32Array;
	readonly kind: Int32Array;
	readonly arg: Float64Array;
}

/**
 * Events at equal times come out in the order in which they were scheduled. Ids are numbers that depend only on
 * what was scheduled before, so they may be kept in a component's state.
 */
export class EventQueue {
	/** Time of the earliest event, Infinity when there is none. */
	nextTime = Number.POSITIVE_INFINITY;
	/** The event that `pop` took out. */
	time = 0;
	component = 0;
	kind = 0;
	arg = 0;

	private sequence = 0;
	private count = 0;
	private used = 0;
	private freeCount = 0;
	private free = new Int32Array(64);
	private heap = new Int32Array(64);
	private position = new Int32Array(64);
	private times = new Float64Array(64);
	private orders = new Float64Array(64);
	private components = new Int32Array(64);
	private kinds = new Int32Array(64);
	private args = new Float64Array(64);

	get size(): number {
		return this.count;
	}

	/** Adds an event at `time` (ps) and returns its id, which is never 0. Throws beyond 65,536 waiting events. */
	push(time: number, component: number, kind: number, arg: number): number {
		let slot: number;
		if (this.freeCount > 0) slot = this.free[--this.freeCount]!;
		else {
			slot = this.used++;
			if (slot === this.times.length) this.grow();
		}
		const order = ++this.sequence;
		this.times[slot] = time;
		this.orders[slot] = order;
		this.components[slot] = component;
		this.kinds[slot] = kind;
		this.args[slot] = arg;
		this.siftUp(this.count++, slot);
		this.nextTime = this.times[this.heap[0]!]!;
		return order * SLOT_LIMIT + slot;
	}

	/** Uses up the id that `push` would have given: for events that run without passing through the queue. */
	skip(): void {
		this.sequence++;
	}

	/** Takes the earliest event out, into the fields of this object. Only when `nextTime` is not Infinity. */
	pop(): void {
		const slot = this.heap[0]!;
		this.time = this.times[slot]!;
		this.component = this.components[slot]!;
		this.kind = this.kinds[slot]!;
		this.arg = this.args[slot]!;
		this.removeAt(0, slot);
	}

	/** Removes a waiting event; false when it has already run or was cancelled. */
	cancel(id: number): boolean {
		const slot = id % SLOT_LIMIT;
		const order = (id - slot) / SLOT_LIMIT;
		if (slot >= this.used || this.orders[slot] !== order) return false;
		this.removeAt(this.position[slot]!, slot);
		return true;
	}

	/** Waiting events in the order in which they will run. */
	list(): { time: number; component: number; kind: number; arg: number }[] {
		return Array.from(this.heap.subarray(0, this.count))
			.sort((a, b) => this.times[a]! - this.times[b]! || this.orders[a]! - this.orders[b]!)
			.map((slot) => ({
				time: this.times[slot]!,
				component: this.components[slot]!,
				kind: this.kinds[slot]!,
				arg: this.args[slot]!,
			}));
	}

	snapshot(): EventsSnapshot {
		const used = this.used;
		return {
			sequence: this.sequence,
			count: this.count,
			used,
			free: this.free.slice(0, this.freeCount),
			heap: this.heap.slice(0, this.count),
			time: this.times.slice(0, used),
			order: this.orders.slice(0, used),
			component: this.components.slice(0, used),
			kind: this.kinds.slice(0, used),
			arg: this.args.slice(0, used),
		};
	}

	restore(from: EventsSnapshot): void {
		while (this.times.length < from.used) this.grow();
		this.sequence = from.sequence;
		this.count = from.count;
		this.used = from.used;
		this.freeCount = from.free.length;
		this.free.set(from.free);
		this.heap.set(from.heap);
		this.times.set(from.time);
		this.orders.set(from.order);
		this.components.set(from.component);
		this.kinds.set(from.kind);
		this.args.set(from.arg);
		for (let at = 0; at < this.count; at++) this.position[this.heap[at]!] = at;
		this.nextTime = this.count > 0 ? this.times[this.heap[0]!]! : Number.POSITIVE_INFINITY;
	}

	private removeAt(at: number, slot: number): void {
		this.orders[slot] = 0;
		this.free[this.freeCount++] = slot;
		const last = this.heap[--this.count]!;
		if (last !== slot) {
			this.siftUp(at, last);
			this.siftDown(this.position[last]!, last);
		}
		this.nextTime = this.count > 0 ? this.times[this.heap[0]!]! : Number.POSITIVE_INFINITY;
	}

	private before(a: number, b: number): boolean {
		const left = this.times[a]!;
		const right = this.times[b]!;
		return left < right || (left === right && this.orders[a]! < this.orders[b]!);
	}

	private siftUp(start: number, slot: number): void {
		const { heap, position } = this;
		let at = start;
		while (at > 0) {
			const parent = (at - 1) >> 1;
			const other = heap[parent]!;
			if (!this.before(slot, other)) break;
			heap[at] = other;
			position[other] = at;
			at = parent;
		}
		heap[at] = slot;
		position[slot] = at;
	}

	private siftDown(start: number, slot: number): void {
		const { heap, position, count } = this;
		let at = start;
		for (;;) {
			let child = 2 * at + 1;
			if (child >= count) break;
			if (child + 1 < count && this.before(heap[child + 1]!, heap[child]!)) child++;
			const other = heap[child]!;
			if (!this.before(other, slot)) break;
			heap[at] = other;
			position[other] = at;
			at = child;
		}
		heap[at] = slot;
		position[slot] = at;
	}

	private grow(): void {
		const size = this.times.length * 2;
		if (size > SLOT_LIMIT) throw new Error(`more than ${SLOT_LIMIT} events are waiting`);
		const ints = (old: Int32Array<ArrayBuffer>) => {
			const wider = new Int32Array(size);
			wider.set(old);
			return wider;
		};
		const doubles = (old: Float64Array<ArrayBuffer>) => {
			const wider = new Float64Array(size);
			wider.set(old);
			return wider;
		};
		this.free = ints(this.free);
		this.heap = ints(this.heap);
		this.position = ints(this.position);
		this.components = ints(this.components);
		this.kinds = ints(this.kinds);
		this.times = doubles(this.times);
		this.orders = doubles(this.orders);
		this.args = doubles(this.args);
	}
}
