/** What the tests of all controller drivers use. */
import assert from "node:assert/strict";
import type { RequestSource } from "../../../src/sim/requests";
import type { Client } from "../dmaengine/client";
import type { Rig } from "../dmaengine/rig";

export const MEM_TO_DEV = 1;
export const DEV_TO_MEM = 2;

/** Bytes by which one place can be told from another. */
export const pattern = (length: number, seed = 1): Uint8Array =>
	Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8) * 13 + seed) & 255);

/** The cases of a `…-cases.json` by their ids. */
export const casesOf = <C extends { readonly id: string }>(text: unknown): Readonly<Record<string, C>> =>
	Object.fromEntries((text as { cases: C[] }).cases.map((entry) => [entry.id, entry]));

/** Configures a client as a case says: numbers may be texts, and `direction` is a name. */
export function configureAs(client: Client, config: Readonly<Record<string, string | number>> = {}): void {
	const direction = config.direction === "DEV_TO_MEM" ? DEV_TO_MEM : MEM_TO_DEV;
	const numbers = Object.entries(config).filter(([name]) => name !== "direction");
	const values = Object.fromEntries(numbers.map(([name, value]) => [name, Number(value)]));
	assert.equal(client.configure({ direction, ...values }), 0);
}

/** Requests that a test raises by hand, in place of whatever the board has on that input of a controller or router. */
export class Requester implements RequestSource {
	private readonly line: number;
	/** How often it still asks. */
	left = 0;

	constructor(
		private readonly rig: Rig,
		label: string,
		input: number,
	) {
		const model = rig.k.devices.find((device) => device.labels.includes(label))!.model as unknown as {
			connectRequest(source: RequestSource, input: number): number;
		};
		this.line = model.connectRequest(this, input);
	}

	ask(count: number): void {
		this.left += count;
		this.rig.k.machine.requests.set(this.line, this.left > 0);
	}

	acknowledged(): void {
		this.left--;
		this.rig.k.machine.requests.set(this.line, this.left > 0);
	}
}
