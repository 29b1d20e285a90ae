/** dmatest's arithmetic (core-semantics 6.5): rates are fixed-point numbers with 8 fraction bits. */

/** Events a second, in 1/256; `runtime` in µs. */
export function perSecond(runtime: number, count: number): bigint {
	if (runtime <= 0) return 0n;
	let time = BigInt(runtime);
	let scale = 1_000_000n;
	// Precision is dropped until the time fits 32 bits.
	while (time > 0xffffffffn) {
		time >>= 1n;
		scale <<= 1n;
	}
	return (scale * BigInt(count) * 256n) / time;
}

/** "333.33 iops 5333 KB/s" for `tests` tests of `bytes` bytes in all, in `runtime` µs. */
export function ratesText(runtime: number, tests: number, bytes: number): string {
	const iops = perSecond(runtime, tests);
	const fraction = ((iops & 255n) * 100n) >> 8n;
	const rate = perSecond(runtime, Math.floor(bytes / 1024)) >> 8n;
	return `${iops >> 8n}.${fraction.toString().padStart(2, "0")} iops ${rate} KB/s`;
}

/** The smaller of the two, made odd: with an odd number of equal sources the XOR is a source. */
export function smallerOdd(a: number, b: number): number {
	const smaller = Math.min(a, b);
	return smaller % 2 === 1 ? smaller : smaller - 1;
}
