/**
 * Which Linux the kernel is: 6.12, or one with what is known to have changed behind it (core-semantics 0.1). Differences
 * that have no effect here are none of this: see docs/kernel-versions.md.
 */
export const KERNEL_VERSIONS = ["6.12", "next"] as const;
export type KernelVersion = (typeof KERNEL_VERSIONS)[number];
export const DEFAULT_VERSION: KernelVersion = "6.12";

/** Version, patch level and sublevel, as LINUX_VERSION_CODE has them. */
export const VERSION_NUMBERS: Readonly<Record<KernelVersion, readonly [number, number, number]>> = {
	"6.12": [6, 12, 0],
	next: [7, 2, 0],
};

export const release = (version: KernelVersion): string => VERSION_NUMBERS[version].join(".");

/** Kernel functions that 6.12 does not have. */
export const LATER_FUNCTIONS: ReadonlySet<string> = new Set([
	"dmaengine_prep_config_sg",
	"dmaengine_prep_config_single",
	"dmaengine_prep_config_sg_safe",
	"dmaengine_prep_config_single_safe",
	"dma_map_phys",
	"dma_unmap_phys",
]);

/** Lines of the headers that 6.12 does not have: a struct's member, a macro. */
export const LATER_LINES: readonly RegExp[] = [
	/^\tstruct dma_async_tx_descriptor \*\(\*device_prep_config_sg\).*\n/m,
	/^#define DMA_ATTR_MMIO .*\n/m,
];
