/** What every stateful part of the machine is. */

/**
 * A part of the machine. `state` is plain data (numbers, strings, booleans, null, arrays, typed arrays and plain
 * objects; no typed arrays that share a buffer) and is replaced by `Machine.restore`, so read it afresh.
 */
export interface Component {
	readonly name: string;
	state: object;
	/** An event that this component scheduled has come due. */
	onEvent(kind: number, arg: number): void;
	/** Called after the state of the whole machine was replaced: drop caches here. */
	restored?(): void;
}
