import type { MachineState } from "./state";

/** From the extension to the dashboard's page. */
export type ToPage = { type: "state"; session: string; state: MachineState } | { type: "empty" };

/** From the dashboard's page to the extension. */
export type ToHost = { type: "ready" } | { type: "focus"; channel: string };

/** Whether something that a page sent is one of its messages. */
export function isToHost(message: unknown): message is ToHost {
	if (typeof message !== "object" || message === null || !("type" in message)) return false;
	return (
		message.type === "ready" ||
		(message.type === "focus" && "channel" in message && typeof message.channel === "string")
	);
}
