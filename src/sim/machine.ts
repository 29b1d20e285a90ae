/** The machine: one clock, one queue, one memory, one bus, and the components on it. */

import { Bus } from "./bus";
import type { Component } from "./component";
import { EventQueue } from "./events";
import { Hasher } from "./hash";
import { Interrupts } from "./interrupts";
import { PhysicalMemory } from "./memory";
import { Observers } from "./observers";
import { Requests } from "./requests";
import { clonePlain, type Snapshot } from "./snapshot";

export class Machine {
	/** Virtual time in picoseconds since power-on. */
	time = 0;
	/** Set by observers and components to end `advanceTo` after the event that is running. */
	stopRequested = false;
	/** Set by components to end `advanceUntilInterrupt` after the event that is running. */
	wakeRequested = false;
	readonly memory = new PhysicalMemory();
	readonly events = new EventQueue();
	readonly observers = new Observers();
	readonly bus = new Bus(this.memory, this.observers);
	readonly interrupts = new Interrupts(this.observers);
	readonly requests = new Requests();
	readonly components: Component[] = [];
	/** How far `advanceTo` may go; before any time outside of it. */
	private limit = -1;
	private wakeable = false;

	constructor() {
		this.register(this.bus);
		this.register(this.interrupts);
		this.register(this.requests);
	}

	/** Adds a component and returns its index. Order matters: snapshots fit machines built in the same order. */
	register(component: Component): number {
		return this.components.push(component) - 1;
	}

	/** Calls `onEvent(kind, arg)` of a component at `time` (ps, not before now). Returns an id for `cancel`. */
	schedule(time: number, component: number, kind: number, arg: number): number {
		return this.events.push(Math.max(time, this.time), component, kind, arg);
	}

	/** Takes back a scheduled event; false when it is no longer waiting. */
	cancel(id: number): boolean {
		return this.events.cancel(id);
	}

	/** Time of the next event, Infinity when there is none. */
	nextEventTime(): number {
		return this.events.nextTime;
	}

	/**
	 * Runs every event up to and including `time`, in order, and sets the clock to `time` (an infinite `time`
	 * leaves it at the last event). Returns false, early and with the clock at the last event run, when
	 * `stopRequested` was set meanwhile; the caller clears that flag.
	 */
	advanceTo(time: number): boolean {
		return this.advance(time, false);
	}

	/**
	 * As `advanceTo`, for a CPU that has nothing to run: returns true with the clock at the last event run as
	 * soon as the CPU has an interrupt to take (at once when there is one) or `wakeRequested` is set, which it
	 * clears on entry.
	 */
	advanceUntilInterrupt(time: number): boolean {
		this.wakeRequested = false;
		if (this.interrupts.pendingLine >= 0) return true;
		return this.advance(time, true);
	}

	/**
	 * For hardware at the end of an event: goes on to `time` without the queue when the event that it would
	 * schedule there is certainly the next one. False: schedule it.
	 */
	continueAt(time: number): boolean {
		if (time > this.limit || time >= this.events.nextTime || this.stopRequested || (this.wakeable && this.awake()))
			return false;
		this.events.skip();
		this.time = time;
		return true;
	}

	snapshot(): Snapshot {
		return {
			time: this.time,
			memory: this.memory.snapshot(),
			events: this.events.snapshot(),
			states: this.components.map((component) => clonePlain(component.state)),
		};
	}

	/** Brings the whole machine back; observers and `stopRequested` are not part of it. */
	restore(snapshot: Snapshot): void {
		if (snapshot.states.length !== this.components.length) throw new Error("the snapshot is of another machine");
		this.time = snapshot.time;
		this.memory.restore(snapshot.memory);
		this.events.restore(snapshot.events);
		this.components.forEach((component, index) => {
			component.state = clonePlain(snapshot.states[index]!);
		});
		for (const component of this.components) component.restored?.();
	}

	/** Equal machines have equal hashes: memory, states, waiting events and time. */
	hash(): string {
		const hasher = new Hasher();
		hasher.number(this.time);
		for (const component of this.components) hasher.plain(component.state);
		for (const event of this.events.list()) {
			hasher.number(event.time);
			hasher.int(event.component);
			hasher.int(event.kind);
			hasher.number(event.arg);
		}
		this.memory.eachPage((phys, pool) => {
			hasher.number(phys);
			hasher.words(this.memory.i32, pool >>> 2, (pool + 4096) >>> 2);
		});
		return hasher.digest();
	}

	private awake(): boolean {
		return this.wakeRequested || this.interrupts.pendingLine >= 0;
	}

	private advance(limit: number, wakeable: boolean): boolean {
		const { events, components } = this;
		this.limit = limit;
		this.wakeable = wakeable;
		try {
			while (events.nextTime <= limit && events.nextTime !== Number.POSITIVE_INFINITY) {
				events.pop();
				this.time = events.time;
				components[events.component]!.onEvent(events.kind, events.arg);
				if (this.stopRequested) return false;
				if (wakeable && this.awake()) return true;
			}
		} finally {
			this.limit = -1;
			this.wakeable = false;
		}
		if (limit > this.time && limit !== Number.POSITIVE_INFINITY) this.time = limit;
		return true;
	}
}
