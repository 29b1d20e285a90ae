/** Layout of structs and unions as GCC does it for arm64 (AAPCS64 bit-fields, packed, aligned). */
import { alignOf, type CType, integerOf, type Member, type RecordDefinition, sizeOf } from "../types";

export interface DraftMember {
	member: Member;
	/** -1: no bit-field */
	width: number;
	/** bytes asked for with aligned(), 0: none */
	align: number;
	packed: boolean;
}

/** Sets offsets, size and alignment of a record whose members have been parsed; `align` is from its attributes (0: none). */
export function layOut(record: RecordDefinition, drafts: readonly DraftMember[], align: number): void {
	let bit = 0;
	let size = 0;
	let largest = 1;
	const fields: { member: Member; bit: number; width: number; signed: boolean; packed: boolean; bytes: number }[] = [];
	for (const draft of drafts) {
		const { member, width } = draft;
		const packed = record.packed || draft.packed;
		if (record.union) bit = 0;
		const natural = alignOf(member.type);
		if (width >= 0) {
			const unitBits = sizeOf(member.type) * 8;
			if (width === 0) {
				// ends the unit; on arm64 its type counts for the alignment of the record
				bit = roundUp(bit, unitBits);
				if (!record.packed) largest = Math.max(largest, natural);
				continue;
			}
			if (draft.align > 0) bit = roundUp(bit, draft.align * 8);
			else if (!packed && Math.floor(bit / unitBits) !== Math.floor((bit + width - 1) / unitBits))
				bit = roundUp(bit, unitBits);
			largest = Math.max(largest, packed ? 1 : natural, draft.align);
			fields.push({ member, bit, width, signed: isSignedField(member.type), packed, bytes: sizeOf(member.type) });
			bit += width;
			size = Math.max(size, Math.ceil(bit / 8));
			continue;
		}
		const wanted = Math.max(packed ? 1 : natural, draft.align);
		const offset = roundUp(Math.ceil(bit / 8), wanted);
		member.offset = offset;
		largest = Math.max(largest, wanted);
		bit = (offset + sizeOf(member.type)) * 8;
		size = Math.max(size, offset + sizeOf(member.type));
	}
	record.align = Math.max(largest, align);
	record.size = roundUp(size, record.align);
	for (const field of fields) place(record, field);
	record.members = drafts.filter((d) => d.member.name !== null || d.member.type.kind === "record").map((d) => d.member);
	record.complete = true;
}

/** The storage unit of a bit-field: the smallest aligned one, in a packed record the smallest that holds it at all. */
function place(record: RecordDefinition, field: { member: Member; bit: number; width: number; signed: boolean }): void {
	for (const unit of [1, 2, 4, 8]) {
		const offset = Math.floor(field.bit / (unit * 8)) * unit;
		if (field.bit + field.width <= (offset + unit) * 8 && offset + unit <= record.size) {
			field.member.offset = offset;
			field.member.bitField = { bit: field.bit - offset * 8, width: field.width, unit, signed: field.signed };
			return;
		}
	}
	for (const unit of [1, 2, 4, 8]) {
		const offset = Math.max(0, Math.min(Math.floor(field.bit / 8), record.size - unit));
		if (field.bit + field.width <= (offset + unit) * 8) {
			field.member.offset = offset;
			field.member.bitField = { bit: field.bit - offset * 8, width: field.width, unit, signed: field.signed };
			return;
		}
	}
	// more than 57 bits across nine bytes: reported by the caller
	field.member.offset = Math.floor(field.bit / 8);
	field.member.bitField = null;
}

function isSignedField(type: CType): boolean {
	return integerOf(type)?.signed ?? false;
}

export function roundUp(value: number, to: number): number {
	return Math.ceil(value / to) * to;
}
