/** What the MAC reads and writes as a bus master: bursts end at 4 KiB boundaries. */

import { toBoundary } from "../../sim/bus";
import type { Machine } from "../../sim/machine";
import { Response } from "../../sim/observers";

/** Reads `length` bytes into the pool. The first answer that is not OKAY ends it. */
export function readMemory({ bus }: Machine, address: number, length: number, pool: number): Response {
	for (let done = 0; done < length; ) {
		const part = Math.min(length - done, toBoundary(address + done));
		const response = bus.burstRead(address + done, part, 1, false, pool + done);
		if (response !== Response.OKAY) return response;
		done += part;
	}
	return Response.OKAY;
}

/** Writes `length` bytes from the pool. */
export function writeMemory({ bus }: Machine, address: number, length: number, pool: number): Response {
	for (let done = 0; done < length; ) {
		const part = Math.min(length - done, toBoundary(address + done));
		const response = bus.burstWrite(address + done, part, 1, false, pool + done);
		if (response !== Response.OKAY) return response;
		done += part;
	}
	return Response.OKAY;
}
