/** get_random_* and prandom: deterministic, fed by the option `seed` (machine.md, Time). */

import { highWord, lowWord } from "../../language/vm/host-call";
import { type KernelFunction, plain } from "../functions";
import { checkWrite } from "../kasan/check";
import type { Kernel } from "../kernel";

/** xorshift128 (Marsaglia): four 32-bit words. */
export interface RandomState {
	words: number[];
}

export const createRandomState = (): RandomState => ({ words: wordsOf(0) });

/** Starts the generator anew; the same seed gives the same numbers. */
export function seedRandom(k: Kernel, seed: number): void {
	k.state.random.words = wordsOf(seed);
}

/** Four words from a seed by splitmix32. */
function wordsOf(seed: number): number[] {
	const words: number[] = [];
	let state = (lowWord(seed) ^ Math.imul(highWord(seed), 0x85ebca6b)) | 0;
	for (let i = 0; i < 4; i++) {
		state = (state + 0x9e3779b9) | 0;
		let z = state;
		z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
		z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
		words.push((z ^ (z >>> 15)) | 0);
	}
	return words;
}

/** The next number, 0 … 2^32 - 1. */
export function random32(k: Kernel): number {
	const { words } = k.state.random;
	return nextWord(words);
}

function nextWord(words: number[]): number {
	let t = words[3]!;
	const s = words[0]!;
	words[3] = words[2]!;
	words[2] = words[1]!;
	words[1] = s;
	t ^= t << 11;
	t ^= t >>> 8;
	words[0] = t ^ s ^ (s >>> 19);
	return words[0] >>> 0;
}

/** 0 … ceil - 1, each equally likely. */
export function randomBelow(k: Kernel, ceil: number): number {
	if (ceil <= 1) return 0;
	const limit = 4294967296 - (4294967296 % ceil);
	let value = random32(k);
	while (value >= limit) value = random32(k);
	return value % ceil;
}

function fillRandom(next: () => number, k: Kernel, buffer: number, length: number): void {
	const bytes = new Uint8Array(length);
	for (let at = 0; at < length; at += 4) {
		const word = next();
		for (let i = 0; i < 4 && at + i < length; i++) bytes[at + i] = word >>> (8 * i);
	}
	checkWrite(k, buffer, length);
	k.space.writeBytes(buffer, bytes);
}

/** Runs `use` on the words of a struct rnd_state in simulated memory. */
function withState<T>(k: Kernel, state: number, use: (words: number[]) => T): T {
	const words = [0, 4, 8, 12].map((offset) => k.space.s32(state + offset));
	const result = use(words);
	for (const [i, word] of words.entries()) k.space.w32(state + 4 * i, word);
	return result;
}

export const randomFunctions: KernelFunction[] = plain({
	"u8 get_random_u8(void)": (k) => random32(k) & 0xff,
	"u16 get_random_u16(void)": (k) => random32(k) & 0xffff,
	"u32 get_random_u32(void)": (k) => random32(k),
	"u64 get_random_u64(void)": (k) => BigInt(random32(k)) | (BigInt(random32(k)) << 32n),
	"unsigned long get_random_long(void)": (k) => BigInt(random32(k)) | (BigInt(random32(k)) << 32n),
	"u32 get_random_u32_below(u32 ceil)": (k, ceil) => randomBelow(k, ceil!),
	"u32 get_random_u32_above(u32 floor)": (k, floor) => floor! + 1 + randomBelow(k, 4294967295 - floor!),
	"u32 get_random_u32_inclusive(u32 floor, u32 ceil)": (k, floor, ceil) => floor! + randomBelow(k, ceil! - floor! + 1),
	"void get_random_bytes(void *buf, size_t len)": (k, buf, len) => fillRandom(() => random32(k), k, buf!, len!),
	"int get_random_bytes_wait(void *buf, size_t nbytes)": (k, buf, len) => {
		fillRandom(() => random32(k), k, buf!, len!);
		return 0;
	},
	"void add_device_randomness(const void *buf, size_t len)": () => 0,
	"void prandom_seed_state(struct rnd_state *state, u64 seed)": (k, state, seed) => {
		for (const [i, word] of wordsOf(seed!).entries()) k.space.w32(state! + 4 * i, word);
	},
	"u32 prandom_u32_state(struct rnd_state *state)": (k, state) => withState(k, state!, nextWord),
	"void prandom_bytes_state(struct rnd_state *state, void *buf, size_t nbytes)": (k, state, buf, n) =>
		withState(k, state!, (words) => fillRandom(() => nextWord(words), k, buf!, n!)),
});

export const randomHeader = `
struct rnd_state {
	u32 s1, s2, s3, s4;
};
#define get_random_int() get_random_u32()
#define prandom_u32_max(ceil) get_random_u32_below(ceil)
`;
