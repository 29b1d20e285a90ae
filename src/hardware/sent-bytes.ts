/** Bytes that a peripheral has sent out, until somebody takes them. */

export interface SentState {
	bytes: Uint8Array;
	head: number;
	length: number;
}

export function newSent(): SentState {
	return { bytes: new Uint8Array(256), head: 0, length: 0 };
}

export function pushSent(sent: SentState, value: number): void {
	if (sent.head + sent.length === sent.bytes.length) {
		const bytes = sent.length > sent.bytes.length / 2 ? new Uint8Array(sent.bytes.length * 2) : sent.bytes;
		bytes.set(sent.bytes.subarray(sent.head, sent.head + sent.length));
		sent.bytes = bytes;
		sent.head = 0;
	}
	sent.bytes[sent.head + sent.length++] = value;
}

export function takeSent(sent: SentState, max: number): Uint8Array {
	const count = Math.min(sent.length, Math.max(0, Math.floor(max)));
	const out = sent.bytes.slice(sent.head, sent.head + count);
	sent.head += count;
	sent.length -= count;
	return out;
}
