/** A 64-bit hash of plain state, for "is this the same machine?". Not for security. */

const scratch = new Float64Array(1);
const halves = new Int32Array(scratch.buffer);

export class Hasher {
	private a = 0x12345678;
	private b = 0x5bd1e995;

	int(value: number): void {
		this.a = Math.imul(this.a ^ value, 0x01000193) ^ (this.a >>> 15);
		this.b = Math.imul((this.b << 13) ^ (this.b >>> 19) ^ value, 0x85ebca6b) + 0x27d4eb2f;
	}

	number(value: number): void {
		if ((value | 0) === value) this.int(value);
		else {
			scratch[0] = value;
			this.int(halves[0]!);
			this.int(halves[1]!);
		}
	}

	string(value: string): void {
		this.int(value.length);
		for (let at = 0; at < value.length; at++) this.int(value.charCodeAt(at));
	}

	words(words: Int32Array, from: number, to: number): void {
		for (let at = from; at < to; at++) this.int(words[at]!);
	}

	/** Any plain value. Keys of objects count in their order, which cloning keeps. */
	plain(value: unknown): void {
		if (typeof value === "number") this.number(value);
		else if (typeof value === "string") this.string(value);
		else if (typeof value === "boolean") this.int(value ? 3 : 5);
		else if (typeof value === "bigint") this.string(value.toString());
		else if (value === null || value === undefined) this.int(7);
		else if (Array.isArray(value)) {
			this.int(value.length);
			for (const item of value) this.plain(item);
		} else if (ArrayBuffer.isView(value)) {
			const array = value as Uint8Array;
			this.int(array.length);
			for (let at = 0; at < array.length; at++) this.number(array[at]!);
		} else if (typeof value === "object") {
			for (const key in value) {
				this.string(key);
				this.plain((value as Record<string, unknown>)[key]);
			}
			this.int(11);
		}
	}

	/** 16 hexadecimal digits. */
	digest(): string {
		const hex = (value: number) => (finish(value) >>> 0).toString(16).padStart(8, "0");
		return hex(this.a ^ (this.b >>> 7)) + hex(this.b ^ (this.a << 3));
	}
}

function finish(value: number): number {
	let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
	mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
	return mixed ^ (mixed >>> 16);
}
