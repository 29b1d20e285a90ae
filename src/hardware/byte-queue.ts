/** A queue of bytes: on their way to a peripheral, or sent by it until somebody takes them. */

export interface ByteQueue {
	bytes: Uint8Array;
	head: number;
	length: number;
}

export function newByteQueue(): ByteQueue {
	return { bytes: new Uint8Array(256), head: 0, length: 0 };
}

export function pushByte(queue: ByteQueue, value: number): void {
	if (queue.head + queue.length === queue.bytes.length) {
		const bytes = queue.length > queue.bytes.length / 2 ? new Uint8Array(queue.bytes.length * 2) : queue.bytes;
		bytes.set(queue.bytes.subarray(queue.head, queue.head + queue.length));
		queue.bytes = bytes;
		queue.head = 0;
	}
	queue.bytes[queue.head + queue.length++] = value;
}

/** Forgets the oldest byte. */
export function dropByte(queue: ByteQueue): void {
	if (queue.length === 0) return;
	queue.head++;
	queue.length--;
}

export function takeBytes(queue: ByteQueue, max: number): Uint8Array {
	const count = Math.min(queue.length, Math.max(0, Math.floor(max)));
	const out = queue.bytes.slice(queue.head, queue.head + count);
	queue.head += count;
	queue.length -= count;
	return out;
}
