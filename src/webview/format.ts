import { type ChannelState, QUEUES } from "../messages/state";

/** Virtual time for people: "1.234567 ms", without losing a nanosecond. */
export function formatTime(timeNs: number): string {
	if (timeNs < 1e3) return `${timeNs} ns`;
	const [unit, size, digits] =
		timeNs < 1e6 ? (["µs", 1e3, 3] as const) : timeNs < 1e9 ? (["ms", 1e6, 6] as const) : (["s", 1e9, 9] as const);
	return `${(timeNs / size).toFixed(digits)} ${unit}`;
}

/** "4,096 B" */
export function formatBytes(bytes: number): string {
	return `${bytes.toLocaleString("en")} B`;
}

/** What hovering over a queue's count shows: "issued: cookies 5, 6". */
export function describeQueue(name: string, cookies: readonly number[]): string {
	if (cookies.length === 0) return `${name}: none`;
	const shown = cookies.slice(0, 20).join(", ");
	const more = cookies.length > 20 ? ` and ${cookies.length - 20} more` : "";
	return `${name}: ${cookies.length === 1 ? "cookie" : "cookies"} ${shown}${more}`;
}

/** Share of the active transfer that has moved, 0 to 1; null when there is no transfer. */
export function progressOf({ transferred, length }: ChannelState): number | null {
	return length > 0 ? Math.min(1, transferred / length) : null;
}

/** A whole row in words, for screen readers. */
export function describeChannel(channel: ChannelState): string {
	const share = progressOf(channel);
	const queues = QUEUES.filter((name) => channel.queues[name].length > 0).map(
		(name) => `${channel.queues[name].length} ${name}`,
	);
	const parts = [channel.id, channel.client ?? "no client", channel.state, ...queues];
	if (share !== null) parts.push(`${Math.floor(share * 100)} percent of ${formatBytes(channel.length)}`);
	return parts.join(", ");
}
