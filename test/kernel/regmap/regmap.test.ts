import assert from "node:assert/strict";
import { bootAndRun } from "../harness";

/** What a module prints behind "> ". `regs` are sixteen words; register 8 is volatile, 12 read only, 16 write only. */
function lines(config: string, body: string): string[] {
	const rig = bootAndRun({
		"regs.c": `static u32 *regs;
			static bool writeable(struct device *dev, unsigned int reg) { return reg != 12; }
			static bool readable(struct device *dev, unsigned int reg) { return reg != 16; }
			static bool is_volatile(struct device *dev, unsigned int reg) { return reg == 8; }
			static const struct reg_default defaults[] = { { 4, 0x44 } };
			static const struct regmap_config config = {
				.reg_bits = 32, .val_bits = 32, .reg_stride = 4, .max_register = 60,
				.writeable_reg = writeable, .readable_reg = readable, .volatile_reg = is_volatile, ${config}
			};
			static int regs_init(void)
			{
				struct regmap *map;
				unsigned int val = 0;

				regs = kcalloc(16, sizeof(u32), GFP_KERNEL);
				map = regmap_init_mmio(sim_device("uart0"), (void __iomem *)regs, &config);
				if (IS_ERR(map)) {
					pr_info("> error %ld\\n", PTR_ERR(map));
					return 0;
				}
				${body}
				regmap_exit(map);
				kfree(regs);
				return 0;
			}
			module_init(regs_init);`,
	});
	const log = rig.log();
	assert.ok(!log.some((line) => /BUG|Unable/.test(line)), log.join("\n"));
	return log.filter((line) => line.includes("> ")).map((line) => line.replace(/^\d+ > /, ""));
}

const READ = (reg: number) => `pr_info("> %d %x\\n", regmap_read(map, ${reg}, &val), val);`;

describe("regmap over MMIO", () => {
	it("reads, writes and updates; refuses what the rules forbid", () => {
		assert.deepEqual(
			lines(
				"",
				`bool change;
				pr_info("> %d %x\\n", regmap_write(map, 0, 0x12345678), regs[0]);
				${READ(0)}
				pr_info("> %d %x\\n", regmap_update_bits(map, 0, 0xff00, 0xabcd), regs[0]);
				regmap_update_bits_check(map, 0, 0xff00, 0xab00, &change);
				pr_info("> %d\\n", change);
				pr_info("> %d %x\\n", regmap_set_bits(map, 0, 0x80000000), regs[0]);
				pr_info("> %d %x\\n", regmap_clear_bits(map, 0, 0xffff), regs[0]);
				pr_info("> %d %d\\n", regmap_test_bits(map, 0, 0x80000000), regmap_test_bits(map, 0, 0x80000001));
				pr_info("> %d %d %d\\n", regmap_write(map, 2, 0), regmap_write(map, 12, 0), regmap_write(map, 64, 0));
				pr_info("> %d %d\\n", regmap_read(map, 16, &val), regmap_read(map, 64, &val));
				pr_info("> %d\\n", regmap_update_bits(map, 16, 1, 1));`,
			),
			[
				"0 12345678",
				"0 12345678",
				"0 1234ab78",
				"0",
				"0 9234ab78",
				"0 92340000",
				"1 0",
				// -EINVAL off the stride; -EIO where nothing may be written or read, and behind the last register.
				"-22 -5 -5",
				"-5 -5",
				"-5",
			],
		);
	});

	it("a cache answers instead of the hardware, but for what is volatile", () => {
		assert.deepEqual(
			lines(
				".cache_type = REGCACHE_MAPLE,",
				`regs[0] = 1; regs[2] = 2;
				${READ(0)}${READ(8)}
				regs[0] = 3; regs[2] = 4;
				${READ(0)}${READ(8)}
				regmap_write(map, 0, 5);
				regs[0] = 6;
				${READ(0)}
				regcache_cache_bypass(map, true);
				${READ(0)}`,
			),
			["0 1", "0 2", "0 1", "0 4", "0 5", "0 6"],
		);
	});

	it("a flat cache has a value for each register from the beginning", () => {
		assert.deepEqual(
			lines(
				".cache_type = REGCACHE_FLAT, .reg_defaults = defaults, .num_reg_defaults = 1,",
				`regs[0] = 1; regs[1] = 2;
				${READ(0)}${READ(4)}`,
			),
			["0 0", "0 44"],
		);
	});

	it("an update that changes nothing in the cache writes nothing, unless it is forced", () => {
		assert.deepEqual(
			lines(
				".cache_type = REGCACHE_MAPLE,",
				`regmap_write(map, 0, 0x10);
				regs[0] = 0;
				regmap_update_bits(map, 0, 0x10, 0x10);
				pr_info("> %x\\n", regs[0]);
				regmap_write_bits(map, 0, 0x10, 0x10);
				pr_info("> %x\\n", regs[0]);`,
			),
			["0", "10"],
		);
	});

	it("while only the cache is used, writes wait for the sync; after a reset all but the defaults are written again", () => {
		assert.deepEqual(
			lines(
				".cache_type = REGCACHE_MAPLE, .reg_defaults = defaults, .num_reg_defaults = 1,",
				`regcache_cache_only(map, true);
				regmap_write(map, 0, 7);
				pr_info("> %x %d\\n", regs[0], regmap_read(map, 8, &val));
				regcache_cache_only(map, false);
				pr_info("> %d %x %x\\n", regcache_sync(map), regs[0], regs[1]);
				memset(regs, 0, 64);
				pr_info("> %d %x\\n", regcache_sync(map), regs[0]);
				regcache_mark_dirty(map);
				pr_info("> %d %x %x\\n", regcache_sync(map), regs[0], regs[1]);`,
			),
			// The first sync writes defaults as well: nobody said that the hardware has them.
			["0 -16", "0 7 44", "0 0", "0 7 0"],
		);
	});

	it("fields, sequences and polling", () => {
		assert.deepEqual(
			lines(
				"",
				`static const struct reg_sequence sequence[] = { { 0, 0xf0f }, { 4, 1, 10 } };
				struct regmap_field *field = devm_regmap_field_alloc(map->dev, map, (struct reg_field)REG_FIELD(0, 8, 11));
				pr_info("> %d\\n", regmap_multi_reg_write(map, sequence, 2));
				pr_info("> %d %x\\n", regmap_field_read(field, &val), val);
				pr_info("> %d %x\\n", regmap_field_write(field, 0x1a), regs[0]);
				pr_info("> %d\\n", regmap_read_poll_timeout(map, 4, val, val == 1, 10, 100));
				pr_info("> %d\\n", regmap_read_poll_timeout(map, 4, val, val == 2, 10, 100));
				pr_info("> %d\\n", regmap_read_poll_timeout(map, 16, val, val == 2, 10, 100));`,
			),
			["0", "0 f", "0 a0f", "0", "-110", "-5"],
		);
	});

	it("refuses configurations that no registers in memory have", () => {
		for (const config of [".val_bits = 24,", ".reg_bits = 7,", ".pad_bits = 8,", ".reg_stride = 2,"])
			assert.deepEqual(lines(config, ""), ["error -22"], config);
		assert.deepEqual(lines(".cache_type = REGCACHE_FLAT, .max_register = 0,", ""), ["error -22"]);
	});
});
