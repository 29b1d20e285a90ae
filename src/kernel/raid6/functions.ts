/** What <linux/raid/pq.h> and <linux/raid/xor.h> give to C. */
import { type KernelFunction, plain } from "../functions";
import type { Kernel } from "../kernel";
import { fn, ptr, s32, struct } from "../struct";
import { GF_EXI, GF_EXP, GF_INV, GF_LOG, productTable } from "./field";
import { emptyZeroPage, genSyndrome, recoverDataAndP, recoverTwo, xorBlocks, xorSyndrome } from "./raid6";
import { rodata } from "./rodata";

const TABLES: readonly { readonly name: string; readonly bytes: () => Uint8Array }[] = [
	{ name: "gfexp", bytes: () => GF_EXP },
	{ name: "gflog", bytes: () => GF_LOG },
	{ name: "gfinv", bytes: () => GF_INV },
	{ name: "gfexi", bytes: () => GF_EXI },
];

const raid6Calls = struct("raid6_calls", {
	gen_syndrome: fn("void (*%s)(int disks, size_t bytes, void **ptrs)"),
	xor_syndrome: fn("void (*%s)(int disks, int start, int stop, size_t bytes, void **ptrs)"),
	valid: fn("int (*%s)(void)"),
	name: ptr("const char"),
	priority: s32,
});

/** The selected algorithm: the plain one over 64-bit words. */
function calls(k: Kernel): number {
	const { objects } = k.state.raid6;
	if (objects.calls !== undefined) return objects.calls;
	const name = rodata(k, "name", () => new TextEncoder().encode("int64x1\0"));
	return rodata(k, "calls", () => {
		const view = new DataView(new ArrayBuffer(raid6Calls.$size));
		const put = (offset: number, address: number): void => view.setBigInt64(offset, BigInt(address), true);
		put(raid6Calls.gen_syndrome.offset, k.address("raid6_intx1_gen_syndrome"));
		put(raid6Calls.xor_syndrome.offset, k.address("raid6_intx1_xor_syndrome"));
		put(raid6Calls.name.offset, name);
		return new Uint8Array(view.buffer);
	});
}

export const raid6Header = `
${raid6Calls.$c}
#define raid6_call (*__raid6_calls())
#define raid6_gfexp (*(const u8 (*)[256])__raid6_table(0))
#define raid6_gflog (*(const u8 (*)[256])__raid6_table(1))
#define raid6_gfinv (*(const u8 (*)[256])__raid6_table(2))
#define raid6_gfexi (*(const u8 (*)[256])__raid6_table(3))
#define raid6_gfmul (*(const u8 (*)[256][256])__raid6_products())
#define raid6_empty_zero_page (*(const char (*)[4096])__raid6_empty())
#define MAX_XOR_BLOCKS 4
`;

export const raid6Functions: KernelFunction[] = plain({
	"const struct raid6_calls *__raid6_calls(void)": calls,
	"const u8 *__raid6_table(int which)": (k, which) => rodata(k, TABLES[which]!.name, TABLES[which]!.bytes),
	"const u8 *__raid6_products(void)": (k) => rodata(k, "gfmul", productTable),
	"const char *__raid6_empty(void)": emptyZeroPage,
	"void raid6_intx1_gen_syndrome(int disks, size_t bytes, void **ptrs)": genSyndrome,
	"void raid6_intx1_xor_syndrome(int disks, int start, int stop, size_t bytes, void **ptrs)": xorSyndrome,
	"void raid6_2data_recov(int disks, size_t bytes, int faila, int failb, void **ptrs)": recoverTwo,
	"void raid6_datap_recov(int disks, size_t bytes, int faila, void **ptrs)": recoverDataAndP,
	"void xor_blocks(unsigned int src_count, unsigned int bytes, void *dest, void **srcs)": xorBlocks,
});
