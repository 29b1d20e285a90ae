/** linux/minmax.h, math.h, bits.h, bitfield.h, log2.h, align.h, byteorder, div64. */
export const mathHeader = `
#define __is_signed_type(t) (((t)(-1)) < (t)1)
#define min(x, y) ({ typeof(x) __min1 = (x); typeof(y) __min2 = (y); __min1 < __min2 ? __min1 : __min2; })
#define max(x, y) ({ typeof(x) __max1 = (x); typeof(y) __max2 = (y); __max1 > __max2 ? __max1 : __max2; })
#define min_t(type, x, y) ({ type __mint1 = (x); type __mint2 = (y); __mint1 < __mint2 ? __mint1 : __mint2; })
#define max_t(type, x, y) ({ type __maxt1 = (x); type __maxt2 = (y); __maxt1 > __maxt2 ? __maxt1 : __maxt2; })
#define MIN(x, y) ((x) < (y) ? (x) : (y))
#define MAX(x, y) ((x) > (y) ? (x) : (y))
#define MIN_T(type, x, y) MIN((type)(x), (type)(y))
#define MAX_T(type, x, y) MAX((type)(x), (type)(y))
#define umin(x, y) min((x) + 0u + 0ul + 0ull, (y) + 0u + 0ul + 0ull)
#define umax(x, y) max((x) + 0u + 0ul + 0ull, (y) + 0u + 0ul + 0ull)
#define min3(x, y, z) ({ typeof(x) __min31 = min(x, y); typeof(z) __min32 = (z); __min31 < __min32 ? __min31 : __min32; })
#define max3(x, y, z) ({ typeof(x) __max31 = max(x, y); typeof(z) __max32 = (z); __max31 > __max32 ? __max31 : __max32; })
#define min_not_zero(x, y) \\
	({ typeof(x) __mnz1 = (x); typeof(y) __mnz2 = (y); \\
	   __mnz1 == 0 ? __mnz2 : (__mnz2 == 0 || __mnz1 < __mnz2) ? __mnz1 : __mnz2; })
#define clamp(value, low, high) \\
	({ typeof(value) __clv = (value); typeof(low) __cll = (low); typeof(high) __clh = (high); \\
	   __clv >= __clh ? __clh : __clv <= __cll ? __cll : __clv; })
#define clamp_t(type, value, low, high) clamp((type)(value), (type)(low), (type)(high))
#define clamp_val(value, low, high) clamp_t(typeof(value), value, low, high)
#define in_range(value, start, length) ((u64)(value) - (u64)(start) < (u64)(length))
#define swap(a, b) do { typeof(a) __swap = (a); (a) = (b); (b) = __swap; } while (0)
#define abs(x) ({ typeof(x) __abs = (x); __abs < 0 ? -__abs : __abs; })
#define abs_diff(a, b) ({ typeof(a) __abd1 = (a); typeof(b) __abd2 = (b); __abd1 > __abd2 ? __abd1 - __abd2 : __abd2 - __abd1; })

#define __ALIGN_MASK(x, mask) (((x) + (mask)) & ~(mask))
#define __ALIGN_KERNEL(x, a) __ALIGN_MASK(x, (typeof(x))(a) - 1)
#define ALIGN(x, a) __ALIGN_KERNEL(x, a)
#define ALIGN_DOWN(x, a) __ALIGN_KERNEL((x) - ((a) - 1), a)
#define PTR_ALIGN(p, a) ((typeof(p))ALIGN((unsigned long)(p), (a)))
#define PTR_ALIGN_DOWN(p, a) ((typeof(p))ALIGN_DOWN((unsigned long)(p), (a)))
#define IS_ALIGNED(x, a) (((x) & ((typeof(x))(a) - 1)) == 0)
#define round_up(x, y) ((((x) - 1) | ((typeof(x))((y) - 1))) + 1)
#define round_down(x, y) ((x) & ~((typeof(x))((y) - 1)))
#define roundup(x, y) ({ typeof(y) __ru = (y); (((x) + (__ru - 1)) / __ru) * __ru; })
#define rounddown(x, y) ({ typeof(x) __rd = (x); __rd - __rd % (y); })
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define DIV_ROUND_DOWN_ULL(n, d) ((unsigned long long)(n) / (u32)(d))
#define DIV_ROUND_UP_ULL(n, d) DIV_ROUND_DOWN_ULL((unsigned long long)(n) + (d) - 1, d)
#define DIV_ROUND_UP_SECTOR_T(n, d) DIV_ROUND_UP_ULL(n, d)
#define DIV_ROUND_CLOSEST(x, divisor) \\
	({ typeof(x) __drx = (x); typeof(divisor) __drd = (divisor); \\
	   ((typeof(x))-1) > 0 || ((typeof(divisor))-1) > 0 || (__drx > 0) == (__drd > 0) \\
		? (__drx + __drd / 2) / __drd : (__drx - __drd / 2) / __drd; })
#define DIV_ROUND_CLOSEST_ULL(x, divisor) \\
	({ unsigned long long __dcx = (x); u32 __dcd = (divisor); (__dcx + __dcd / 2) / __dcd; })
#define DIV_ROUND_DOWN(n, d) ((n) / (d))
#define mult_frac(x, n, d) \\
	({ typeof(x) __mfx = (x); typeof(n) __mfn = (n); typeof(d) __mfd = (d); \\
	   __mfx / __mfd * __mfn + __mfx % __mfd * __mfn / __mfd; })
#define do_div(n, base) ({ u32 __ddb = (base); u32 __ddr = (u64)(n) % __ddb; (n) = (u64)(n) / __ddb; __ddr; })
#define div_u64(n, d) ((u64)(n) / (u32)(d))
#define div_s64(n, d) ((s64)(n) / (s32)(d))
#define div64_u64(n, d) ((u64)(n) / (u64)(d))
#define div64_s64(n, d) ((s64)(n) / (s64)(d))
#define div64_ul(n, d) div64_u64(n, d)
#define DIV64_U64_ROUND_UP(ll, d) ({ u64 __dur = (d); ((u64)(ll) + __dur - 1) / __dur; })
struct circ_buf {
	char *buf;
	int head;
	int tail;
};
#define CIRC_CNT(head, tail, size) (((head) - (tail)) & ((size) - 1))
#define CIRC_SPACE(head, tail, size) CIRC_CNT((tail), ((head) + 1), (size))
#define CIRC_CNT_TO_END(head, tail, size) \\
	({ int __cce = (size) - (tail); int __ccn = ((head) + __cce) & ((size) - 1); __ccn < __cce ? __ccn : __cce; })
#define CIRC_SPACE_TO_END(head, tail, size) \\
	({ int __cse = (size) - 1 - (head); int __csn = (__cse + (tail)) & ((size) - 1); __csn <= __cse ? __csn : __cse + 1; })
#define div64_long(n, d) div64_s64(n, d)
#define div_u64_rem(n, d, rem) ({ u64 __dun = (n); u32 __dud = (d); *(rem) = __dun % __dud; __dun / __dud; })
#define div64_u64_rem(n, d, rem) ({ u64 __d6n = (n); u64 __d6d = (d); *(rem) = __d6n % __d6d; __d6n / __d6d; })
#define div_s64_rem(n, d, rem) ({ s64 __dsn = (n); s32 __dsd = (d); *(rem) = __dsn % __dsd; __dsn / __dsd; })
#define mul_u32_u32(a, b) ((u64)(u32)(a) * (u32)(b))
#define mul_u64_u32_shr(a, mul, shift) ((u64)(((u64)(a) * (u32)(mul)) >> (shift)))
#define mul_u64_u32_div(a, mul, d) ((u64)(a) / (u32)(d) * (u32)(mul) + (u64)(a) % (u32)(d) * (u32)(mul) / (u32)(d))

#define BIT(nr) (1UL << (nr))
#define BIT_ULL(nr) (1ULL << (nr))
#define BIT_MASK(nr) (1UL << ((nr) % BITS_PER_LONG))
#define BIT_WORD(nr) ((nr) / BITS_PER_LONG)
#define BIT_ULL_MASK(nr) (1ULL << ((nr) % 64))
#define BIT_ULL_WORD(nr) ((nr) / 64)
#define GENMASK(h, l) ((~0UL << (l)) & (~0UL >> (63 - (h))))
#define GENMASK_ULL(h, l) ((~0ULL << (l)) & (~0ULL >> (63 - (h))))
#define __bf_shf(mask) (__builtin_ffsll(mask) - 1)
#define FIELD_MAX(mask) ((typeof(mask))((mask) >> __bf_shf(mask)))
#define FIELD_FIT(mask, value) (!(((typeof(mask))(value) << __bf_shf(mask)) & ~(mask)))
#define FIELD_PREP(mask, value) ((typeof(mask))(((typeof(mask))(value) << __bf_shf(mask)) & (mask)))
#define FIELD_PREP_CONST(mask, value) FIELD_PREP(mask, value)
#define FIELD_GET(mask, reg) ((typeof(mask))(((reg) & (mask)) >> __bf_shf(mask)))
#define FIELD_MODIFY(mask, reg_p, value) (*(reg_p) = (*(reg_p) & ~(mask)) | FIELD_PREP(mask, value))
#define u32_encode_bits(v, field) ((u32)FIELD_PREP((u32)(field), v))
#define u32_get_bits(v, field) ((u32)FIELD_GET((u32)(field), v))
#define u32_replace_bits(old, v, field) ((u32)(((old) & ~(u32)(field)) | u32_encode_bits(v, field)))
#define u32p_replace_bits(p, v, field) (*(p) = u32_replace_bits(*(p), v, field))
#define u64_encode_bits(v, field) ((u64)FIELD_PREP((u64)(field), v))
#define u64_get_bits(v, field) ((u64)FIELD_GET((u64)(field), v))

#define ffs(x) __builtin_ffs(x)
#define __ffs(x) ((unsigned long)__builtin_ctzl(x))
#define __ffs64(x) ((unsigned long)__builtin_ctzll(x))
#define ffz(x) __ffs(~(unsigned long)(x))
#define __fls(x) (63UL - __builtin_clzl(x))
#define fls(x) (63 - __builtin_clzll(((u64)(unsigned int)(x) << 1) | 1))
#define fls_long(x) fls64(x)
#define fls64(x) ({ u64 __fls64 = (x); __fls64 ? 64 - (int)__builtin_clzll(__fls64) : 0; })
#define hweight8(x) ((unsigned int)__builtin_popcount((u8)(x)))
#define hweight16(x) ((unsigned int)__builtin_popcount((u16)(x)))
#define hweight32(x) ((unsigned int)__builtin_popcount((u32)(x)))
#define hweight64(x) ((unsigned long)__builtin_popcountll((u64)(x)))
#define hweight_long(x) ((unsigned long)__builtin_popcountl((unsigned long)(x)))
#define HWEIGHT32(x) hweight32(x)
#define ilog2(n) (63 - __builtin_clzll((u64)(n) | 1))
#define const_ilog2(n) ilog2(n)
#define is_power_of_2(n) ({ unsigned long __ip2 = (n); __ip2 != 0 && (__ip2 & (__ip2 - 1)) == 0; })
#define roundup_pow_of_two(n) (1UL << (63 - __builtin_clzll((((u64)(n) - 1) << 1) | 1)))
#define rounddown_pow_of_two(n) (1UL << ilog2(n))
#define order_base_2(n) (63 - __builtin_clzll((((u64)(n) - 1) << 1) | 1))
#define bits_per(n) ((n) < 2 ? 1 : ilog2(n) + 1)
#define rol32(word, shift) ({ u32 __rol = (word); unsigned int __rols = (shift) & 31; (__rol << __rols) | (__rol >> (-__rols & 31)); })
#define ror32(word, shift) ({ u32 __ror = (word); unsigned int __rors = (shift) & 31; (__ror >> __rors) | (__ror << (-__rors & 31)); })
#define sign_extend32(value, index) ((s32)((u32)(value) << (31 - (index))) >> (31 - (index)))
#define sign_extend64(value, index) ((s64)((u64)(value) << (63 - (index))) >> (63 - (index)))

#define upper_32_bits(n) ((u32)(((n) >> 16) >> 16))
#define lower_32_bits(n) ((u32)((n) & 0xffffffff))
#define upper_16_bits(n) ((u16)((n) >> 16))
#define lower_16_bits(n) ((u16)((n) & 0xffff))

#define swab16(x) ((u16)__builtin_bswap16(x))
#define swab32(x) ((u32)__builtin_bswap32(x))
#define swab64(x) ((u64)__builtin_bswap64(x))
#define __swab16 swab16
#define __swab32 swab32
#define __swab64 swab64
#define cpu_to_le16(x) ((__le16)(u16)(x))
#define cpu_to_le32(x) ((__le32)(u32)(x))
#define cpu_to_le64(x) ((__le64)(u64)(x))
#define le16_to_cpu(x) ((u16)(__le16)(x))
#define le32_to_cpu(x) ((u32)(__le32)(x))
#define le64_to_cpu(x) ((u64)(__le64)(x))
#define cpu_to_be16(x) ((__be16)swab16(x))
#define cpu_to_be32(x) ((__be32)swab32(x))
#define cpu_to_be64(x) ((__be64)swab64(x))
#define be16_to_cpu(x) swab16((__be16)(x))
#define be32_to_cpu(x) swab32((__be32)(x))
#define be64_to_cpu(x) swab64((__be64)(x))
#define cpu_to_le32p(p) cpu_to_le32(*(p))
#define cpu_to_le64p(p) cpu_to_le64(*(p))
#define le16_to_cpup(p) le16_to_cpu(*(p))
#define le32_to_cpup(p) le32_to_cpu(*(p))
#define le64_to_cpup(p) le64_to_cpu(*(p))
#define be16_to_cpup(p) be16_to_cpu(*(p))
#define be32_to_cpup(p) be32_to_cpu(*(p))
#define be64_to_cpup(p) be64_to_cpu(*(p))
#define le32_add_cpu(p, value) (*(p) = cpu_to_le32(le32_to_cpu(*(p)) + (value)))
#define htons cpu_to_be16
#define htonl cpu_to_be32
#define ntohs be16_to_cpu
#define ntohl be32_to_cpu
#define get_unaligned(p) (((const struct { typeof(*(p)) v; } __packed *)(p))->v)
#define put_unaligned(value, p) (((struct { typeof(*(p)) v; } __packed *)(p))->v = (value))
#define get_unaligned_le16(p) get_unaligned((const u16 *)(p))
#define get_unaligned_le32(p) get_unaligned((const u32 *)(p))
#define get_unaligned_le64(p) get_unaligned((const u64 *)(p))
#define get_unaligned_be16(p) swab16(get_unaligned((const u16 *)(p)))
#define get_unaligned_be32(p) swab32(get_unaligned((const u32 *)(p)))
#define get_unaligned_be64(p) swab64(get_unaligned((const u64 *)(p)))
#define put_unaligned_le16(value, p) put_unaligned((u16)(value), (u16 *)(p))
#define put_unaligned_le32(value, p) put_unaligned((u32)(value), (u32 *)(p))
#define put_unaligned_le64(value, p) put_unaligned((u64)(value), (u64 *)(p))
#define put_unaligned_be16(value, p) put_unaligned(swab16(value), (u16 *)(p))
#define put_unaligned_be32(value, p) put_unaligned(swab32(value), (u32 *)(p))
#define put_unaligned_be64(value, p) put_unaligned(swab64(value), (u64 *)(p))
#define SZ_1 0x1
#define SZ_2 0x2
#define SZ_4 0x4
#define SZ_8 0x8
#define SZ_16 0x10
#define SZ_32 0x20
#define SZ_64 0x40
#define SZ_128 0x80
#define SZ_256 0x100
#define SZ_512 0x200
#define SZ_1K 0x400
#define SZ_2K 0x800
#define SZ_4K 0x1000
#define SZ_8K 0x2000
#define SZ_16K 0x4000
#define SZ_32K 0x8000
#define SZ_64K 0x10000
#define SZ_128K 0x20000
#define SZ_256K 0x40000
#define SZ_512K 0x80000
#define SZ_1M 0x100000
#define SZ_2M 0x200000
#define SZ_4M 0x400000
#define SZ_8M 0x800000
#define SZ_16M 0x1000000
#define SZ_32M 0x2000000
#define SZ_64M 0x4000000
#define SZ_128M 0x8000000
#define SZ_256M 0x10000000
#define SZ_512M 0x20000000
#define SZ_1G 0x40000000
#define SZ_2G 0x80000000
#define SZ_4G 0x100000000ULL
#define SZ_8G 0x200000000ULL
#define SZ_16G 0x400000000ULL
#define SZ_32G 0x800000000ULL
#define get_count_order(n) order_base_2((n) ? (n) : 1)
#define get_count_order_long(n) get_count_order(n)
`;
