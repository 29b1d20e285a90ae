import type { Initializer, InitializerItem } from "../tree";
import { type CType, sizeOf } from "../types";
import { Op } from "../vm/opcodes";
import { expression } from "./expressions";
import type { Generator } from "./generator";
import { store } from "./memory-access";
import { displaced, isRecord, isWide, type Location } from "./places";
import { recordPlace } from "./records";

/** Initialises a local object at `location`. */
export function initializeLocal(g: Generator, location: Location, type: CType, initializer: Initializer): void {
	const { out } = g;
	if (location.kind === "register") {
		const item = initializer.items.at(-1);
		if (item?.value) expression(g, item.value, location.slot);
		else if (isWide(type)) out.emit(Op.Li64, location.slot, 0, 0);
		else out.emit(Op.Li, location.slot, 0);
		return;
	}
	const size = sizeOf(type);
	if (initializer.zero && size > 0) {
		const mark = out.next;
		out.emit(Op.Zero, g.addressOf(location, -1), size);
		out.next = mark;
	}
	for (const item of initializer.items) storeItem(g, location, item);
}

function storeItem(g: Generator, location: Location, item: InitializerItem): void {
	const { out } = g;
	const mark = out.next;
	const at = displaced(location, item.offset);
	if (item.bytes) {
		const slot = out.alloc(2);
		out.address(slot, { kind: "string", bytes: item.bytes }, 0);
		g.copy(at, { kind: "memory", slot, disp: 0 }, item.bytes.length);
	} else if (item.value && isRecord(item.type)) {
		const from = recordPlace(g, item.value);
		for (let i = 0; i < item.count; i++) g.copy(displaced(at, i * item.stride), from, sizeOf(item.type));
	} else if (item.value) {
		const value = expression(g, item.value, -1);
		if (item.count <= 16) {
			for (let i = 0; i < item.count; i++)
				store(g, displaced(at, i * item.stride), item.type, item.bitField, value, -1);
		} else storeMany(g, at, item, value);
	}
	out.next = mark;
}

/** `[a ... b] = v` for long ranges: a loop. */
function storeMany(g: Generator, at: Location, item: InitializerItem, value: number): void {
	const { out } = g;
	const pointer = g.addressOf(at, out.alloc(2));
	const left = out.alloc(1);
	const top = out.label();
	out.emit(Op.Li, left, item.count);
	out.bind(top);
	store(g, { kind: "memory", slot: pointer, disp: 0 }, item.type, item.bitField, value, -1);
	out.emit(Op.AddI64, pointer, pointer, item.stride);
	out.emit(Op.AddI, left, left, -1);
	out.jump(Op.Bnz, top, left);
}
