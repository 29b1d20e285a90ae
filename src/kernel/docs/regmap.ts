/** What hovers say about register maps. */
export const regmapDocs: Readonly<Record<string, string>> = {
	regmap_init_mmio:
		"A map of registers in memory, by a `struct regmap_config`; `ERR_PTR(-EINVAL)` for one that has none.",
	devm_regmap_init_mmio: "`regmap_init_mmio()` that ends with the device.",
	regmap_exit: "Frees a map and its cache.",
	regmap_read:
		"Reads a register, or the cache where that has it. `-EIO` where nothing may be read, `-EBUSY` while only the cache is used.",
	regmap_write: "Writes a register and the cache. `-EIO` where nothing may be written, `-EINVAL` off the stride.",
	regmap_update_bits: "Reads, changes the bits of `mask`, and writes when that makes a difference.",
	regmap_update_bits_check: "`regmap_update_bits()` that says whether it wrote.",
	regmap_write_bits: "`regmap_update_bits()` that always writes.",
	regmap_set_bits: "Sets bits.",
	regmap_clear_bits: "Clears bits.",
	regmap_test_bits: "1 when all these bits are set, 0 when not, or an error.",
	regmap_multi_reg_write: "Writes a list of registers in order, with the pauses that it names.",
	regmap_read_poll_timeout: "Reads a register until `cond` holds; `-ETIMEDOUT` after `timeout_us`.",
	regcache_cache_only: "While on, writes go to the cache alone: for a device without power.",
	regcache_cache_bypass: "While on, the cache is neither asked nor kept.",
	regcache_mark_dirty: "The device was reset: the next sync writes all that is not a default.",
	regcache_sync: "Writes what the cache has to the device, when something has changed without it.",
};
