import fc from "fast-check";
import { checkMarks, moduleText } from "./rig";

/** What the model knows of a pointer: bytes asked for, which of them are written, whether it is freed. */
interface Block {
	readonly written: boolean[];
	freed: boolean;
}

type Step =
	| { readonly do: "alloc"; readonly slot: number; readonly size: number; readonly zero: boolean }
	| { readonly do: "write" | "read"; readonly slot: number; readonly at: number; readonly wide: boolean }
	| { readonly do: "copy"; readonly slot: number; readonly from: number; readonly length: number }
	| { readonly do: "fill"; readonly slot: number; readonly length: number }
	| { readonly do: "free"; readonly slot: number };

const slot = fc.nat({ max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
	fc.record({ do: fc.constant("alloc" as const), slot, size: fc.integer({ min: 1, max: 200 }), zero: fc.boolean() }),
	fc.record({
		do: fc.constantFrom("write" as const, "read" as const),
		slot,
		at: fc.nat({ max: 220 }),
		wide: fc.boolean(),
	}),
	fc.record({ do: fc.constant("copy" as const), slot, from: slot, length: fc.integer({ min: 1, max: 64 }) }),
	fc.record({ do: fc.constant("fill" as const), slot, length: fc.integer({ min: 1, max: 220 }) }),
	fc.record({ do: fc.constant("free" as const), slot }),
);

/** One line of C for a step, with the report that it makes; null for what the model does not cover. */
function line(blocks: (Block | null)[], one: Step): string | null {
	const p = `p${one.slot}`;
	const block = blocks[one.slot] ?? null;
	if (one.do === "alloc") {
		blocks[one.slot] = { written: new Array<boolean>(one.size).fill(one.zero), freed: false };
		return `${p} = ${one.zero ? "kzalloc" : "kmalloc"}(${one.size}, GFP_KERNEL);`;
	}
	if (!block) return null;
	const size = block.written.length;
	if (one.do === "free") {
		const mark = block.freed ? " //! double-free" : "";
		block.freed = true;
		return `kfree(${p});${mark}`;
	}
	if (one.do === "copy") {
		const from = blocks[one.from];
		if (!from || from.freed || block.freed || from === block) return null;
		const length = Math.min(one.length, size, from.written.length);
		for (let i = 0; i < length; i++) block.written[i] = from.written[i] ?? false;
		return `memcpy(${p}, p${one.from}, ${length});`;
	}
	if (one.do === "fill") {
		// At most 16 bytes behind the end are sure to be nobody's.
		const length = Math.min(one.length, block.freed ? size : size + 16);
		if (!block.freed) block.written.fill(true, 0, length);
		const mark = block.freed ? " //! slab-use-after-free" : length > size ? " //! slab-out-of-bounds" : "";
		return `memset(${p}, 1, ${length});${mark}`;
	}
	const bytes = one.wide ? 4 : 1;
	const at = one.at % (block.freed ? Math.max(1, size - bytes + 1) : size + 12);
	if (block.freed && at + bytes > size) return null;
	const place = one.wide ? `*(u32 *)(${p} + ${at})` : `${p}[${at}]`;
	let mark = block.freed ? " //! slab-use-after-free" : at + bytes > size ? " //! slab-out-of-bounds" : "";
	if (one.do === "write") {
		if (!block.freed) block.written.fill(true, at, Math.min(size, at + bytes));
		return `${place} = 7;${mark}`;
	}
	if (mark === "" && !block.written.slice(at, at + bytes).every(Boolean)) mark = " //! uninit-value";
	return `sum += ${place};${mark}`;
}

describe("KASAN and KMSAN", () => {
	it("agree with a model on any sequence of allocations, accesses, copies and frees", function () {
		this.timeout(60_000);
		fc.assert(
			fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
				const blocks: (Block | null)[] = [null, null, null, null];
				const lines = steps.map((one) => line(blocks, one)).filter((text) => text !== null);
				checkMarks(moduleText(`\tu8 *p0, *p1, *p2, *p3;\n\tu32 sum = 0;\n\t${lines.join("\n\t")}`));
			}),
			{ numRuns: 60, seed: 7 },
		);
	});
});
