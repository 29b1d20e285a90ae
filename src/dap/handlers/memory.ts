import { instruction, itemAddress } from "../convert";
import type { HandlersOf } from "./handler";

export const memoryHandlers: HandlersOf<"readMemory" | "writeMemory" | "disassemble"> = {
	disassemble(adapter, args) {
		const session = adapter.requireStopped("disassemble");
		const address = itemAddress(args.memoryReference) + (args.offset ?? 0);
		const rows = session.disassemble(address, args.instructionOffset ?? 0, args.instructionCount);
		return { instructions: rows.map(instruction) };
	},

	readMemory(adapter, args) {
		const read = adapter.requireStopped("readMemory").readMemory(args.memoryReference, args.offset ?? 0, args.count);
		return {
			address: read.address,
			...(read.bytes.length > 0 && { data: Buffer.from(read.bytes).toString("base64") }),
			...(read.unreadable > 0 && { unreadableBytes: read.unreadable }),
		};
	},
	writeMemory(adapter, args) {
		const bytes = Buffer.from(args.data, "base64");
		const written = adapter.requireStopped("writeMemory").writeMemory(args.memoryReference, args.offset ?? 0, bytes);
		if (adapter.client.memory)
			adapter.afterResponse(() =>
				adapter.event("memory", { memoryReference: args.memoryReference, offset: args.offset ?? 0, count: written }),
			);
		if (adapter.client.invalidated) adapter.afterResponse(() => adapter.event("invalidated", { areas: ["variables"] }));
		return { offset: args.offset ?? 0, bytesWritten: written };
	},
};
