/** Frames in a queue: plain data. */

import { type ByteQueue, newByteQueue, pushByte, takeBytes } from "../byte-queue";

export interface FrameQueue {
	lengths: number[];
	bytes: ByteQueue;
}

export const newFrames = (): FrameQueue => ({ lengths: [], bytes: newByteQueue() });

export function pushFrame(queue: FrameQueue, frame: Uint8Array): void {
	queue.lengths.push(frame.length);
	for (const byte of frame) pushByte(queue.bytes, byte);
}

/** Removes and returns the oldest frame; null when there is none. */
export function takeFrame(queue: FrameQueue): Uint8Array | null {
	const length = queue.lengths.shift();
	return length === undefined ? null : takeBytes(queue.bytes, length);
}

/** Up to `max` bytes of the oldest frame. What is left of it is the oldest frame then. */
export function takePart(queue: FrameQueue, max: number): Uint8Array {
	const length = queue.lengths[0];
	if (length === undefined || max <= 0) return new Uint8Array(0);
	if (max >= length) queue.lengths.shift();
	else queue.lengths[0] = length - max;
	return takeBytes(queue.bytes, Math.min(max, length));
}

/** The oldest frame, which stays. */
export function firstFrame({ lengths, bytes }: FrameQueue): Uint8Array {
	return bytes.bytes.slice(bytes.head, bytes.head + (lengths[0] ?? 0));
}
