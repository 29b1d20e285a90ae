/** The programs that the driver writes for the hardware (reference chapter 5): bytes, without a machine. */
import { Direction } from "../../dmaengine/constants";

/** A request, as far as its program is concerned. */
export interface Request {
	readonly ccr: number;
	readonly src: number;
	readonly dst: number;
	readonly bytes: number;
	readonly direction: Direction;
	readonly peripheral: number;
	readonly event: number;
}

/** What the controller and the devicetree make of it. */
export interface Dialect {
	/** Loads and stores of memory need no barriers: r1p0 and later. */
	readonly lockupFree: boolean;
	/** Stale requests of the peripheral are flushed: not with arm,pl330-broken-no-flushp. */
	readonly flushes: boolean;
	/** Bursts of one beat ask for burst requests, too: arm,pl330-periph-burst. */
	readonly alwaysBurst: boolean;
}

const burstLength = (ccr: number): number => ((ccr >>> 4) & 15) + 1;
const burstSize = (ccr: number): number => 1 << ((ccr >>> 1) & 7);
/** The two burst lengths of CCR. */
const LENGTHS = (15 << 4) | (15 << 18);

const SAR = 0;
const CCR = 1;
const DAR = 2;
const mov = (target: number, value: number): number[] => [
	0xbc,
	target,
	value & 255,
	(value >>> 8) & 255,
	(value >>> 16) & 255,
	value >>> 24,
];
const END = 0x00;
export const KILL = 0x01;
const RMB = 0x12;
const WMB = 0x13;
const sev = (event: number): number[] => [0x34, (event & 31) << 3];
/** DMALP on a counter; LPEND on the same jumps back by `back` bytes. */
const lp = (counter: number, times: number): number[] => [0x20 | (counter << 1), (times - 1) & 255];
const lpend = (counter: number, back: number): number[] => [0x38 | (counter << 2), back];
const LOOP_BYTES = 4;

/** DMAGO of a channel, for the debug port. */
export const go = (channel: number, address: number, nonSecure: boolean): number[] => [
	0xa0 | (nonSecure ? 2 : 0),
	channel & 7,
	address & 255,
	(address >>> 8) & 255,
	(address >>> 16) & 255,
	address >>> 24,
];

/** Loads and stores of memory: a pair for each burst. */
function copies({ lockupFree }: Dialect, times: number): number[] {
	const pair = lockupFree ? [0x04, 0x08] : [0x04, RMB, 0x08, WMB];
	return Array.from({ length: times }, () => pair).flat();
}

/** Bursts from or to a peripheral, each after its request; stale requests are flushed once before. */
function peripheralBursts({ flushes }: Dialect, request: Request, times: number, burst: boolean): number[] {
	const operand = (request.peripheral & 31) << 3;
	const kind = burst ? 2 : 0;
	const wait = [0x30 | kind, operand];
	const move =
		request.direction === Direction.DEV_TO_MEM
			? [0x25 | kind, operand, 0x09 | kind]
			: [0x05 | kind, 0x29 | kind, operand];
	const each = [...wait, ...move];
	return [...(flushes ? [0x35, operand] : []), ...Array.from({ length: times }, () => each).flat()];
}

/** The body of a loop: `times` whole bursts. */
function bursts(dialect: Dialect, request: Request, times: number): number[] {
	if (request.direction === Direction.MEM_TO_MEM) return copies(dialect, times);
	return peripheralBursts(dialect, request, times, burstLength(request.ccr) > 1 || dialect.alwaysBurst);
}

/**
 * A loop, two nested ones, or a single burst: as many of `left` bursts as fit. Above 65536 the body is unrolled as far
 * as the jump back reaches, which is 255 bytes. Returns the code and how many bursts it does.
 */
function loop(dialect: Dialect, request: Request, left: number): { code: number[]; done: number } {
	if (left === 1) return { code: bursts(dialect, request, 1), done: 1 };
	let inner = left;
	let outer = 0;
	let unrolled = 1;
	if (left >= 65536) {
		inner = 256;
		outer = 256;
		unrolled = Math.floor(left / 65536);
	} else if (left > 256) {
		inner = 256;
		outer = Math.floor(left / 256);
	}
	const overhead = outer > 0 ? 2 * LOOP_BYTES : LOOP_BYTES;
	unrolled = Math.min(unrolled, Math.floor((255 - overhead) / bursts(dialect, request, 1).length));
	const body = bursts(dialect, request, unrolled);
	const once = [...lp(1, inner), ...body, ...lpend(1, body.length)];
	const code = outer > 0 ? [...lp(0, outer), ...once, ...lpend(0, once.length)] : once;
	return { code, done: inner * unrolled * (outer || 1) };
}

/** What is left behind the last whole burst: one shorter burst. Bytes that make no beat are not moved at all. */
function rest(dialect: Dialect, request: Request, beats: number): number[] {
	if (beats === 0) return [];
	const length = (beats - 1) & 15;
	const ccr = (request.ccr & ~LENGTHS) | (length << 4) | (length << 18);
	const move =
		request.direction === Direction.MEM_TO_MEM ? copies(dialect, 1) : peripheralBursts(dialect, request, 1, true);
	return [...mov(CCR, ccr >>> 0), ...move];
}

/** The whole program of a request. */
export function program(dialect: Dialect, request: Request): number[] {
	const { ccr, src, dst, bytes, event } = request;
	const size = burstSize(ccr);
	const whole = size * burstLength(ccr);
	const total = Math.floor(bytes / whole);
	const code = [...mov(CCR, ccr), ...mov(SAR, src), ...mov(DAR, dst)];
	for (let left = total; left > 0; ) {
		const { code: part, done } = loop(dialect, request, left);
		code.push(...part);
		left -= done;
	}
	code.push(...rest(dialect, request, Math.floor((bytes - total * whole) / size)));
	return [...code, ...sev(event), END];
}
