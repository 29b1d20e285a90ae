/** Names that only the debugger knows, put into C text before it is compiled: channels, and the fields of an event. */

import { cAddress } from "./channel-scopes";
import type { EventHit } from "./event-filters";

/** Words, strings, characters and member accesses, so that only whole free-standing names are replaced. */
const TOKENS = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?:\.|->)\s*[A-Za-z_]\w*|[A-Za-z_]\w*/g;

export type Names = (name: string) => string | null;

/** C text with each name that `names` knows replaced by its meaning. */
export function replaceNames(text: string, names: Names): string {
	return text.replace(TOKENS, (token) => (/^[A-Za-z_]/.test(token) ? (names(token) ?? token) : token));
}

/** `dma0chan3` as `struct dma_chan *`. */
export function channelNames(find: (name: string) => number): Names {
	return (name) => {
		if (!/^dma\d+chan\d+$/.test(name)) return null;
		const chan = find(name);
		return chan === 0 ? null : channelPointer(chan);
	};
}

/** chan, cookie, addr and len of an event (machine.md, Launch configuration). */
export function eventNames(hit: EventHit, find: (name: string) => number): Names {
	const known: Readonly<Record<string, string>> = {
		chan: channelPointer(find(hit.chan)),
		cookie: `((int)(${hit.cookie}))`,
		addr: `((unsigned long long)${cAddress(hit.addr)}ULL)`,
		len: `((unsigned int)${hit.len}U)`,
	};
	return (name) => (Object.hasOwn(known, name) ? known[name]! : null);
}

/** The same names with values that stand for their types only. */
export const EVENT_NAMES: Readonly<Record<string, string>> = {
	chan: "((struct dma_chan *)0)",
	cookie: "((int)0)",
	addr: "((unsigned long long)0)",
	len: "((unsigned int)0)",
};

function channelPointer(chan: number): string {
	return `((struct dma_chan *)${cAddress(chan)}UL)`;
}
