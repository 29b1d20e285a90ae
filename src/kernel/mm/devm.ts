/** devm_ twins of the allocators: what the device's driver takes is given back when it goes. */

import { addDevres, forgetDevres } from "../device/devices";
import { type KernelFunction, plain, variadic } from "../functions";
import type { Kernel } from "../kernel";
import { readString, writeString } from "../lib/bytes";
import { formatAt, vaListArgs } from "../lib/format";
import { warn } from "../sched/oops";
import { GFP_ZERO } from "./gfp";
import { kfree, kmalloc, krealloc } from "./kmalloc";
import { freePages, getFreePages } from "./pages";
import { isVmallocAddress } from "./vmalloc";

/** kmalloc whose memory is freed with the device's driver. */
function devmKmalloc(k: Kernel, dev: number, size: number, gfp: number): number {
	const address = kmalloc(k, size, gfp);
	if (address > 16 || address < 0) addDevres(k, dev, "devm_kmalloc", "kfree", [address]);
	return address;
}

function devmText(k: Kernel, dev: number, gfp: number, text: string): number {
	const copy = devmKmalloc(k, dev, text.length + 1, gfp);
	if (copy !== 0) writeString(k, copy, text);
	return copy;
}

function devmFree(k: Kernel, dev: number, address: number): void {
	if (address === 0 || address === 16) return;
	if (!forgetDevres(k, dev, "kfree", address)) {
		warn(k, "drivers/base/devres.c:1099 devm_kfree+0x0/0x0");
		return;
	}
	kfree(k, address);
}

function devmRealloc(k: Kernel, dev: number, address: number, size: number, gfp: number): number {
	if (address === 0 || address === 16) return devmKmalloc(k, dev, size, gfp);
	if (!forgetDevres(k, dev, "kfree", address)) return 0;
	const moved = krealloc(k, address, size, gfp);
	addDevres(k, dev, "devm_krealloc", "kfree", [moved === 0 ? address : moved]);
	return moved;
}

const array = (k: Kernel, dev: number, n: number, size: number, gfp: number): number =>
	n * size > Number.MAX_SAFE_INTEGER ? 0 : devmKmalloc(k, dev, n * size, gfp);

export const devmFunctions: KernelFunction[] = [
	...plain({
		"void *devm_kmalloc(struct device *dev, size_t size, gfp_t gfp)": (k, dev, size, gfp) =>
			devmKmalloc(k, dev!, size!, gfp!),
		"void *devm_kzalloc(struct device *dev, size_t size, gfp_t gfp)": (k, dev, size, gfp) =>
			devmKmalloc(k, dev!, size!, gfp! | GFP_ZERO),
		"void *devm_kmalloc_array(struct device *dev, size_t n, size_t size, gfp_t flags)": (k, dev, n, size, gfp) =>
			array(k, dev!, n!, size!, gfp!),
		"void *devm_kcalloc(struct device *dev, size_t n, size_t size, gfp_t flags)": (k, dev, n, size, gfp) =>
			array(k, dev!, n!, size!, gfp! | GFP_ZERO),
		"void *devm_krealloc(struct device *dev, void *ptr, size_t size, gfp_t gfp)": (k, dev, p, size, gfp) =>
			devmRealloc(k, dev!, p!, size!, gfp!),
		"void devm_kfree(struct device *dev, const void *p)": (k, dev, p) => devmFree(k, dev!, p!),
		"void *devm_kmemdup(struct device *dev, const void *src, size_t len, gfp_t gfp)": (k, dev, from, size, gfp) => {
			const copy = devmKmalloc(k, dev!, size!, gfp!);
			if (copy !== 0 && size! > 0) k.space.copy(copy, from!, size!);
			return copy;
		},
		"char *devm_kstrdup(struct device *dev, const char *s, gfp_t gfp)": (k, dev, s, gfp) =>
			s === 0 ? 0 : devmText(k, dev!, gfp!, readString(k, s!)),
		"const char *devm_kstrdup_const(struct device *dev, const char *s, gfp_t gfp)": (k, dev, s, gfp) =>
			isVmallocAddress(s!) || s === 0 ? s : devmText(k, dev!, gfp!, readString(k, s!)),
		"char *devm_kvasprintf(struct device *dev, gfp_t gfp, const char *fmt, va_list ap)": (k, dev, gfp, format, list) =>
			devmText(k, dev!, gfp!, formatAt(k, format!, vaListArgs(k, list!))),
		"unsigned long devm_get_free_pages(struct device *dev, gfp_t gfp_mask, unsigned int order)": (
			k,
			dev,
			gfp,
			order,
		) => {
			const address = getFreePages(k, gfp!, order!);
			if (address !== 0) addDevres(k, dev!, "devm_get_free_pages", "free_pages", [address, order!]);
			return address;
		},
		"void devm_free_pages(struct device *dev, unsigned long addr)": (k, dev, unsigned) => {
			const address = unsigned! >= 2 ** 63 ? unsigned! - 2 ** 64 : unsigned!;
			if (forgetDevres(k, dev!, "free_pages", address)) freePages(k, address, 0);
		},
	}),
	...variadic({
		"char *devm_kasprintf(struct device *dev, gfp_t gfp, const char *fmt, ...)": (k, [dev, gfp, format], rest) =>
			devmText(k, dev!, gfp!, formatAt(k, format!, rest)),
	}),
];
