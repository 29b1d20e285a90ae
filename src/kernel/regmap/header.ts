/**
 * linux/regmap.h for registers in memory: accesses under a lock, with rules for what may be read and written, and a
 * cache. The cache is an array for every type; as in Linux a flat one has a value for each register from the beginning
 * (0 where no default is given), the others get it with the first access. In C, since the rules are functions of the
 * driver's.
 */

/** Behind the headers of devices and locks. */
export const regmapHeader = `
enum regcache_type { REGCACHE_NONE, REGCACHE_RBTREE, REGCACHE_FLAT, REGCACHE_MAPLE };
struct reg_default { unsigned int reg; unsigned int def; };
struct reg_sequence { unsigned int reg; unsigned int def; unsigned int delay_us; };
struct regmap_config {
	const char *name;
	int reg_bits;
	int reg_stride;
	int pad_bits;
	int val_bits;
	bool (*writeable_reg)(struct device *dev, unsigned int reg);
	bool (*readable_reg)(struct device *dev, unsigned int reg);
	bool (*volatile_reg)(struct device *dev, unsigned int reg);
	bool (*precious_reg)(struct device *dev, unsigned int reg);
	bool disable_locking;
	bool fast_io;
	bool use_relaxed_mmio;
	unsigned int max_register;
	bool max_register_is_0;
	const struct reg_default *reg_defaults;
	unsigned int num_reg_defaults;
	enum regcache_type cache_type;
};
struct regmap {
	struct device *dev;
	void __iomem *regs;
	struct regmap_config config;
	spinlock_t lock;
	unsigned int stride;
	bool cache_only, cache_bypass, cache_dirty, no_sync_defaults;
	unsigned int cache_size;
	unsigned int *cache;
	bool *cached;
};
struct reg_field { unsigned int reg; unsigned int lsb; unsigned int msb; };
struct regmap_field { struct regmap *regmap; unsigned int mask; unsigned int shift; unsigned int reg; };
#define REG_FIELD(_reg, _lsb, _msb) { .reg = _reg, .lsb = _lsb, .msb = _msb }
#define regmap_read_poll_timeout(map, addr, val, cond, sleep_us, timeout_us) \\
({ \\
	int __ret, __tmp; \\
	__tmp = read_poll_timeout(regmap_read, __ret, __ret || (cond), sleep_us, timeout_us, false, (map), (addr), &(val)); \\
	__ret ?: __tmp; \\
})
`;

/** Behind the prototypes of the kernel's functions. */
export const regmapText = `
static inline bool __regmap_exists(struct regmap *map, unsigned int reg)
{
	return !(map->config.max_register || map->config.max_register_is_0) || reg <= map->config.max_register;
}
static inline bool __regmap_writeable(struct regmap *map, unsigned int reg)
{
	return __regmap_exists(map, reg) && (!map->config.writeable_reg || map->config.writeable_reg(map->dev, reg));
}
static inline bool __regmap_readable(struct regmap *map, unsigned int reg)
{
	return __regmap_exists(map, reg) && (!map->config.readable_reg || map->config.readable_reg(map->dev, reg));
}
static inline bool __regmap_volatile(struct regmap *map, unsigned int reg)
{
	if (!__regmap_readable(map, reg))
		return false;
	return map->config.volatile_reg ? map->config.volatile_reg(map->dev, reg) : !map->cache;
}
static inline int __regcache_read(struct regmap *map, unsigned int reg, unsigned int *val)
{
	unsigned int index = reg / map->stride;

	if (!map->cache || __regmap_volatile(map, reg))
		return -EINVAL;
	if (index >= map->cache_size || !map->cached[index])
		return -ENOENT;
	*val = map->cache[index];
	return 0;
}
static inline void __regcache_write(struct regmap *map, unsigned int reg, unsigned int val)
{
	unsigned int index = reg / map->stride;

	if (!map->cache || index >= map->cache_size || __regmap_volatile(map, reg))
		return;
	map->cache[index] = val;
	map->cached[index] = true;
}
static inline int __regmap_write(struct regmap *map, unsigned int reg, unsigned int val)
{
	if (!__regmap_writeable(map, reg))
		return -EIO;
	if (!map->cache_bypass) {
		__regcache_write(map, reg, val);
		if (map->cache_only) {
			map->cache_dirty = true;
			return 0;
		}
	}
	if (map->config.val_bits == 8)
		writeb(val, map->regs + reg);
	else if (map->config.val_bits == 16)
		writew(val, map->regs + reg);
	else
		writel(val, map->regs + reg);
	return 0;
}
static inline int __regmap_read(struct regmap *map, unsigned int reg, unsigned int *val)
{
	if (!map->cache_bypass && !__regcache_read(map, reg, val))
		return 0;
	if (map->cache_only)
		return -EBUSY;
	if (!__regmap_readable(map, reg))
		return -EIO;
	if (map->config.val_bits == 8)
		*val = readb(map->regs + reg);
	else if (map->config.val_bits == 16)
		*val = readw(map->regs + reg);
	else
		*val = readl(map->regs + reg);
	if (!map->cache_bypass)
		__regcache_write(map, reg, *val);
	return 0;
}
static inline int __regmap_update(struct regmap *map, unsigned int reg, unsigned int mask, unsigned int val,
				  bool *change, bool force)
{
	unsigned int old, new;
	int ret;

	if (change)
		*change = false;
	ret = __regmap_read(map, reg, &old);
	if (ret)
		return ret;
	new = (old & ~mask) | (val & mask);
	if (!force && new == old)
		return 0;
	ret = __regmap_write(map, reg, new);
	if (!ret && change)
		*change = true;
	return ret;
}
static inline int regmap_write(struct regmap *map, unsigned int reg, unsigned int val)
{
	unsigned long flags;
	int ret;

	if (reg % map->stride)
		return -EINVAL;
	spin_lock_irqsave(&map->lock, flags);
	ret = __regmap_write(map, reg, val);
	spin_unlock_irqrestore(&map->lock, flags);
	return ret;
}
static inline int regmap_read(struct regmap *map, unsigned int reg, unsigned int *val)
{
	unsigned long flags;
	int ret;

	if (reg % map->stride)
		return -EINVAL;
	spin_lock_irqsave(&map->lock, flags);
	ret = __regmap_read(map, reg, val);
	spin_unlock_irqrestore(&map->lock, flags);
	return ret;
}
static inline int regmap_update_bits_base(struct regmap *map, unsigned int reg, unsigned int mask, unsigned int val,
					  bool *change, bool async, bool force)
{
	unsigned long flags;
	int ret;

	spin_lock_irqsave(&map->lock, flags);
	ret = __regmap_update(map, reg, mask, val, change, force);
	spin_unlock_irqrestore(&map->lock, flags);
	return ret;
}
static inline int regmap_update_bits(struct regmap *map, unsigned int reg, unsigned int mask, unsigned int val)
{
	return regmap_update_bits_base(map, reg, mask, val, NULL, false, false);
}
static inline int regmap_update_bits_check(struct regmap *map, unsigned int reg, unsigned int mask, unsigned int val,
					   bool *change)
{
	return regmap_update_bits_base(map, reg, mask, val, change, false, false);
}
static inline int regmap_write_bits(struct regmap *map, unsigned int reg, unsigned int mask, unsigned int val)
{
	return regmap_update_bits_base(map, reg, mask, val, NULL, false, true);
}
static inline int regmap_set_bits(struct regmap *map, unsigned int reg, unsigned int bits)
{
	return regmap_update_bits(map, reg, bits, bits);
}
static inline int regmap_clear_bits(struct regmap *map, unsigned int reg, unsigned int bits)
{
	return regmap_update_bits(map, reg, bits, 0);
}
static inline int regmap_assign_bits(struct regmap *map, unsigned int reg, unsigned int bits, bool value)
{
	return value ? regmap_set_bits(map, reg, bits) : regmap_clear_bits(map, reg, bits);
}
static inline int regmap_test_bits(struct regmap *map, unsigned int reg, unsigned int bits)
{
	unsigned int val;
	int ret = regmap_read(map, reg, &val);

	return ret ? ret : (val & bits) == bits;
}
static inline int regmap_multi_reg_write(struct regmap *map, const struct reg_sequence *regs, int num_regs)
{
	int i, ret = 0;

	for (i = 0; i < num_regs && !ret; i++) {
		ret = regmap_write(map, regs[i].reg, regs[i].def);
		if (regs[i].delay_us)
			udelay(regs[i].delay_us);
	}
	return ret;
}
static inline void regcache_cache_only(struct regmap *map, bool enable)
{
	WARN_ON(map->cache && map->cache_bypass && enable);
	map->cache_only = enable;
}
static inline void regcache_cache_bypass(struct regmap *map, bool enable)
{
	WARN_ON(map->cache_only && enable);
	map->cache_bypass = enable;
}
static inline void regcache_mark_dirty(struct regmap *map)
{
	map->cache_dirty = true;
	map->no_sync_defaults = true;
}
static inline bool __regmap_is_default(struct regmap *map, unsigned int reg, unsigned int val)
{
	unsigned int i;

	for (i = 0; i < map->config.num_reg_defaults; i++)
		if (map->config.reg_defaults[i].reg == reg)
			return map->config.reg_defaults[i].def == val;
	return false;
}
static inline int regcache_sync(struct regmap *map)
{
	unsigned int index;
	unsigned long flags;
	int ret = 0;

	if (WARN_ON(map->config.cache_type == REGCACHE_NONE))
		return -EINVAL;
	spin_lock_irqsave(&map->lock, flags);
	for (index = 0; map->cache_dirty && index < map->cache_size && !ret; index++) {
		unsigned int reg = index * map->stride;

		if (!map->cached[index] || __regmap_volatile(map, reg) || !__regmap_writeable(map, reg))
			continue;
		if (map->no_sync_defaults && __regmap_is_default(map, reg, map->cache[index]))
			continue;
		map->cache_bypass = true;
		ret = __regmap_write(map, reg, map->cache[index]);
		map->cache_bypass = false;
	}
	if (!ret)
		map->cache_dirty = false;
	map->no_sync_defaults = false;
	spin_unlock_irqrestore(&map->lock, flags);
	return ret;
}
static inline int __regmap_check(const struct regmap_config *config)
{
	if (config->reg_bits != 8 && config->reg_bits != 16 && config->reg_bits != 32)
		return -EINVAL;
	if (config->pad_bits || (config->val_bits != 8 && config->val_bits != 16 && config->val_bits != 32))
		return -EINVAL;
	if (config->reg_stride && config->val_bits > 8 && config->reg_stride < config->val_bits / 8)
		return -EINVAL;
	if (config->cache_type == REGCACHE_FLAT && !config->max_register && !config->max_register_is_0)
		return -EINVAL;
	return 0;
}
static inline void __regmap_fill(struct regmap *map)
{
	unsigned int i;

	if (!map->cache)
		return;
	for (i = 0; map->config.cache_type == REGCACHE_FLAT && i < map->cache_size; i++)
		map->cached[i] = true;
	for (i = 0; i < map->config.num_reg_defaults; i++) {
		map->cache[map->config.reg_defaults[i].reg / map->stride] = map->config.reg_defaults[i].def;
		map->cached[map->config.reg_defaults[i].reg / map->stride] = true;
	}
}
static inline void regmap_exit(struct regmap *map)
{
	kfree(map->cached);
	kfree(map->cache);
	kfree(map);
}
static inline struct regmap *regmap_init_mmio(struct device *dev, void __iomem *regs, const struct regmap_config *config)
{
	int ret = config ? __regmap_check(config) : -EINVAL;
	struct regmap *map;

	if (ret)
		return ERR_PTR(ret);
	map = kzalloc(sizeof(*map), GFP_KERNEL);
	if (!map)
		return ERR_PTR(-ENOMEM);
	map->dev = dev;
	map->regs = regs;
	map->config = *config;
	map->stride = config->reg_stride ? config->reg_stride : 1;
	spin_lock_init(&map->lock);
	if (config->cache_type != REGCACHE_NONE) {
		map->cache_size = config->max_register / map->stride + 1;
		map->cache = kcalloc(map->cache_size, sizeof(*map->cache), GFP_KERNEL);
		map->cached = kcalloc(map->cache_size, sizeof(*map->cached), GFP_KERNEL);
		if (!map->cache || !map->cached) {
			regmap_exit(map);
			return ERR_PTR(-ENOMEM);
		}
	}
	__regmap_fill(map);
	return map;
}
static inline void __devm_regmap_exit(void *map)
{
	regmap_exit(map);
}
static inline struct regmap *devm_regmap_init_mmio(struct device *dev, void __iomem *regs,
						   const struct regmap_config *config)
{
	struct regmap *map = regmap_init_mmio(dev, regs, config);
	int ret;

	if (IS_ERR(map))
		return map;
	ret = devm_add_action_or_reset(dev, __devm_regmap_exit, map);
	return ret ? ERR_PTR(ret) : map;
}
static inline struct regmap_field *devm_regmap_field_alloc(struct device *dev, struct regmap *regmap,
							   struct reg_field reg_field)
{
	struct regmap_field *field = devm_kzalloc(dev, sizeof(*field), GFP_KERNEL);

	if (!field)
		return ERR_PTR(-ENOMEM);
	field->regmap = regmap;
	field->reg = reg_field.reg;
	field->shift = reg_field.lsb;
	field->mask = GENMASK(reg_field.msb, reg_field.lsb);
	return field;
}
static inline int regmap_field_read(struct regmap_field *field, unsigned int *val)
{
	int ret = regmap_read(field->regmap, field->reg, val);

	if (!ret)
		*val = (*val & field->mask) >> field->shift;
	return ret;
}
static inline int regmap_field_write(struct regmap_field *field, unsigned int val)
{
	return regmap_update_bits(field->regmap, field->reg, field->mask, val << field->shift);
}
static inline int regmap_field_update_bits(struct regmap_field *field, unsigned int mask, unsigned int val)
{
	mask = (mask << field->shift) & field->mask;
	return regmap_update_bits(field->regmap, field->reg, mask, val << field->shift);
}
`;
