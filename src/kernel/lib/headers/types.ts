/** linux/types.h, limits.h, compiler attributes: the words that every other header uses. */
export const typesHeader = `
typedef signed char s8, __s8, int8_t;
typedef unsigned char u8, __u8, uint8_t, u_char, unchar;
typedef short s16, __s16, int16_t;
typedef unsigned short u16, __u16, uint16_t, u_short, ushort;
typedef int s32, __s32, int32_t;
typedef unsigned int u32, __u32, uint32_t, u_int, uint;
typedef long long s64, __s64, int64_t;
typedef unsigned long long u64, __u64, uint64_t;
typedef unsigned long u_long, ulong;
typedef _Bool bool;
enum { false = 0, true = 1 };
typedef unsigned long size_t, __kernel_size_t, __kernel_ulong_t;
typedef long ssize_t, ptrdiff_t, intptr_t, __kernel_long_t;
typedef unsigned long uintptr_t, irq_hw_number_t, pgoff_t, kernel_ulong_t, cycles_t;
typedef u16 __le16, __be16, __sum16;
typedef u32 __le32, __be32, __wsum;
typedef u64 __le64, __be64;
typedef unsigned int gfp_t, fmode_t, __poll_t;
typedef unsigned short umode_t;
typedef long long loff_t;
typedef int pid_t, clockid_t;
typedef unsigned int dev_t, uid_t, gid_t;
typedef u64 dma_addr_t, phys_addr_t, sector_t, blkcnt_t, async_cookie_t;
typedef phys_addr_t resource_size_t;
typedef long long time64_t, ktime_t;
typedef unsigned long pteval_t;
typedef struct { pteval_t pgprot; } pgprot_t;
typedef __builtin_va_list va_list, __gnuc_va_list;
typedef struct { int counter; } atomic_t;
typedef struct { s64 counter; } atomic64_t;
typedef atomic64_t atomic_long_t;
typedef struct refcount_struct { atomic_t refs; } refcount_t;
struct kref { refcount_t refcount; };
struct list_head { struct list_head *next, *prev; };
struct hlist_node { struct hlist_node *next, **pprev; };
struct hlist_head { struct hlist_node *first; };
struct llist_node { struct llist_node *next; };
struct llist_head { struct llist_node *first; };
struct callback_head { struct callback_head *next; void (*func)(struct callback_head *head); };
struct rcu_head { struct rcu_head *next; void (*func)(struct rcu_head *head); };
struct page { unsigned long flags; unsigned long __words[7]; };
typedef struct { uid_t val; } kuid_t;
typedef struct { gid_t val; } kgid_t;
typedef struct { u8 b[16]; } uuid_t, guid_t;
struct device;
struct device_node;
struct platform_device;
struct resource;
struct task_struct;
struct module;
struct scatterlist;
struct kmem_cache;
typedef int (*cmp_func_t)(const void *a, const void *b);
typedef int (*cmp_r_func_t)(const void *a, const void *b, const void *priv);
typedef void (*swap_func_t)(void *a, void *b, int size);

#define NULL ((void *)0)
#define va_start(list, last) __builtin_va_start(list, last)
#define va_end(list) __builtin_va_end(list)
#define va_arg(list, type) __builtin_va_arg(list, type)
#define va_copy(to, from) __builtin_va_copy(to, from)

#define CHAR_BIT 8
#define U8_MAX ((u8)~0U)
#define S8_MAX ((s8)(U8_MAX >> 1))
#define S8_MIN ((s8)(-S8_MAX - 1))
#define U16_MAX ((u16)~0U)
#define S16_MAX ((s16)(U16_MAX >> 1))
#define S16_MIN ((s16)(-S16_MAX - 1))
#define U32_MAX ((u32)~0U)
#define U32_MIN ((u32)0)
#define S32_MAX ((s32)(U32_MAX >> 1))
#define S32_MIN ((s32)(-S32_MAX - 1))
#define U64_MAX ((u64)~0ULL)
#define S64_MAX ((s64)(U64_MAX >> 1))
#define S64_MIN ((s64)(-S64_MAX - 1))
#define SCHAR_MAX 127
#define UCHAR_MAX 255
#define SHRT_MAX 0x7fff
#define SHRT_MIN (-SHRT_MAX - 1)
#define USHRT_MAX 0xffff
#define INT_MAX 0x7fffffff
#define INT_MIN (-INT_MAX - 1)
#define UINT_MAX (~0U)
#define LONG_MAX ((long)(~0UL >> 1))
#define LONG_MIN (-LONG_MAX - 1)
#define ULONG_MAX (~0UL)
#define LLONG_MAX ((long long)(~0ULL >> 1))
#define LLONG_MIN (-LLONG_MAX - 1)
#define ULLONG_MAX (~0ULL)
#define SIZE_MAX (~(size_t)0)
#define SSIZE_MAX ((ssize_t)(SIZE_MAX >> 1))
#define UINTPTR_MAX ULONG_MAX
#define PHYS_ADDR_MAX (~(phys_addr_t)0)
#define RESOURCE_SIZE_MAX (~(resource_size_t)0)
#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))
#define PAGE_ALIGN(addr) ALIGN(addr, PAGE_SIZE)
#define PAGE_ALIGN_DOWN(addr) ALIGN_DOWN(addr, PAGE_SIZE)
#define PAGE_ALIGNED(addr) IS_ALIGNED((unsigned long)(addr), PAGE_SIZE)
#define PFN_UP(x) (((x) + PAGE_SIZE - 1) >> PAGE_SHIFT)
#define PFN_DOWN(x) ((x) >> PAGE_SHIFT)
#define PFN_PHYS(x) ((phys_addr_t)(x) << PAGE_SHIFT)
#define PHYS_PFN(x) ((unsigned long)((x) >> PAGE_SHIFT))
#define offset_in_page(p) ((unsigned long)(p) & ~PAGE_MASK)
#define L1_CACHE_SHIFT 6
#define L1_CACHE_BYTES (1 << L1_CACHE_SHIFT)
#define SMP_CACHE_BYTES L1_CACHE_BYTES
#define cache_line_size() 64
#define BITS_PER_BYTE 8
#define BITS_PER_LONG 64
#define BITS_PER_LONG_LONG 64
#define BITS_PER_TYPE(type) (sizeof(type) * BITS_PER_BYTE)
#define NUMA_NO_NODE (-1)

#define __init
#define __initdata
#define __initconst
#define __exit
#define __exitdata
#define __exit_p(x) (x)
#define __exitcall(fn)
#define __devinit
#define __devexit
#define __devexit_p(x) (x)
#define __ref
#define __refdata
#define __iomem
#define __user
#define __kernel
#define __percpu
#define __rcu
#define __force
#define __bitwise
#define __private
#define __nocast
#define __safe
#define __latent_entropy
#define __randomize_layout
#define __no_randomize_layout
#define randomized_struct_fields_start
#define randomized_struct_fields_end
#define __must_hold(x)
#define __acquires(x)
#define __releases(x)
#define __acquire(x) ((void)0)
#define __release(x) ((void)0)
#define __cond_lock(x, c) (c)
#define __must_check
#define __maybe_unused
#define __always_unused
#define __used
#define __unused
#define __pure
#define __const_function
#define __attribute_const__
#define __malloc
#define __alloc_size(...)
#define __counted_by(member)
#define __nonstring
#define __cold
#define __hot
#define __deprecated
#define __visible
#define __ro_after_init
#define __read_mostly
#define __cacheline_aligned
#define ____cacheline_aligned __attribute__((aligned(64)))
#define ____cacheline_aligned_in_smp __attribute__((aligned(64)))
#define __sched
#define __lockfunc
#define __noreturn
#define __no_kcsan
#define __no_sanitize_address
#define notrace
#define asmlinkage
#define noinline
#define noinline_for_stack
#define __always_inline inline
#define __section(name)
#define __printf(a, b) __attribute__((format(printf, a, b)))
#define __scanf(a, b) __attribute__((format(scanf, a, b)))
#define __packed __attribute__((packed))
#define __aligned(x) __attribute__((aligned(x)))
#define __weak __attribute__((weak))
#define __alias(symbol) __attribute__((alias(#symbol)))
#define __cleanup(func) __attribute__((cleanup(func)))
#define fallthrough do { } while (0)
#define likely(x) (!!(x))
#define unlikely(x) (!!(x))
#define barrier() ((void)0)
#define mb() ((void)0)
#define rmb() ((void)0)
#define wmb() ((void)0)
#define smp_mb() ((void)0)
#define smp_rmb() ((void)0)
#define smp_wmb() ((void)0)
#define dma_rmb() ((void)0)
#define dma_wmb() ((void)0)
#define dma_mb() ((void)0)
#define smp_mb__before_atomic() ((void)0)
#define smp_mb__after_atomic() ((void)0)
#define io_stop_wc() ((void)0)
#define OPTIMIZER_HIDE_VAR(x) ((void)0)
#define READ_ONCE(x) (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, value) (*(volatile typeof(x) *)&(x) = (value))
#define ACCESS_PRIVATE(p, member) ((p)->member)
#define smp_load_acquire(p) (*(const volatile typeof(*(p)) *)(p))
#define smp_store_release(p, value) (*(volatile typeof(*(p)) *)(p) = (value))
#define smp_store_mb(var, value) WRITE_ONCE(var, value)
#define xchg(p, value) ({ typeof(p) __xp = (p); typeof(*__xp) __xold = *__xp; *__xp = (value); __xold; })
#define cmpxchg(p, old, new) \\
	({ typeof(p) __cp = (p); typeof(*__cp) __cmpold = *__cp; if (__cmpold == (old)) *__cp = (new); __cmpold; })
#define try_cmpxchg(p, oldp, new) \\
	({ typeof(p) __tp = (p); typeof(*__tp) *__top = (oldp); bool __tok = *__tp == *__top; \\
	   if (__tok) *__tp = (new); else *__top = *__tp; __tok; })
#define cmpxchg_relaxed cmpxchg
#define xchg_relaxed xchg

#define offsetof(type, member) __builtin_offsetof(type, member)
#define sizeof_field(type, member) sizeof(((type *)0)->member)
#define typeof_member(type, member) typeof(((type *)0)->member)
#define offsetofend(type, member) (offsetof(type, member) + sizeof_field(type, member))
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))
#define container_of_const(ptr, type, member) container_of(ptr, type, member)
#define struct_size(p, member, count) (sizeof(*(p)) + sizeof(*(p)->member) * (size_t)(count))
#define flex_array_size(p, member, count) (sizeof(*(p)->member) * (size_t)(count))
#define struct_size_t(type, member, count) struct_size((type *)NULL, member, count)
#define array_size(a, b) size_mul(a, b)
#define array3_size(a, b, c) size_mul(size_mul(a, b), c)
#define size_mul(a, b) \\
	({ size_t __szm; __builtin_mul_overflow((size_t)(a), (size_t)(b), &__szm) ? SIZE_MAX : __szm; })
#define size_add(a, b) \\
	({ size_t __sza; __builtin_add_overflow((size_t)(a), (size_t)(b), &__sza) ? SIZE_MAX : __sza; })
#define check_add_overflow(a, b, d) __builtin_add_overflow(a, b, d)
#define check_sub_overflow(a, b, d) __builtin_sub_overflow(a, b, d)
#define check_mul_overflow(a, b, d) __builtin_mul_overflow(a, b, d)
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define DECLARE_FLEX_ARRAY(type, name) type name[]
#define struct_group(name, ...) union { struct { __VA_ARGS__ }; struct { __VA_ARGS__ } name; }
#define __stringify_1(x...) #x
#define __stringify(x...) __stringify_1(x)
#define __CONCAT_1(a, b) a##b
#define __CONCAT(a, b) __CONCAT_1(a, b)
#define CONCATENATE(a, b) __CONCAT(a, b)
#define __PASTE(a, b) __CONCAT(a, b)
#define __UNIQUE_ID(prefix) __PASTE(__PASTE(__UNIQUE_ID_, prefix), __COUNTER__)
#define static_assert(expression, ...) _Static_assert(expression, #expression)
#define BUILD_BUG_ON_MSG(condition, message) do { _Static_assert(!(condition), message); } while (0)
#define BUILD_BUG_ON(condition) BUILD_BUG_ON_MSG(condition, "BUILD_BUG_ON failed: " #condition)
#define BUILD_BUG_ON_NOT_POWER_OF_2(n) BUILD_BUG_ON((n) == 0 || ((n) & ((n) - 1)) != 0)
#define BUILD_BUG_ON_ZERO(e) (0 * (int)sizeof(char[1 - 2 * !!(e)]))
#define BUILD_BUG() ((void)0)
#define __same_type(a, b) __builtin_types_compatible_p(typeof(a), typeof(b))

#define __ARG_PLACEHOLDER_1 0,
#define __take_second_arg(ignored, value, ...) value
#define __is_defined(x) ___is_defined(x)
#define ___is_defined(value) ____is_defined(__ARG_PLACEHOLDER_##value)
#define ____is_defined(arg) __take_second_arg(arg 1, 0)
#define IS_BUILTIN(option) __is_defined(option)
#define IS_MODULE(option) 0
#define IS_REACHABLE(option) __is_defined(option)
#define IS_ENABLED(option) __is_defined(option)
#define CONFIG_64BIT 1
#define CONFIG_ARM64 1
#define CONFIG_OF 1
#define CONFIG_HZ 250
#define CONFIG_PRINTK 1
#define CONFIG_BUG 1
#define CONFIG_MODULES 1
#define CONFIG_SYSFS 1
#define CONFIG_PM 1
#define CONFIG_PM_SLEEP 1
#define CONFIG_DMADEVICES 1
#define CONFIG_DMA_ENGINE 1
#define CONFIG_DMA_OF 1
#define CONFIG_DMA_ENGINE_RAID 1
#define CONFIG_ASYNC_TX_DMA 1
#define CONFIG_ASYNC_TX_ENABLE_CHANNEL_SWITCH 1
#define CONFIG_DEBUG_FS 1
#define CONFIG_KUNIT 1
#define CONFIG_HAS_DMA 1
#define CONFIG_HAS_IOMEM 1
#define CONFIG_PHYS_ADDR_T_64BIT 1
#define CONFIG_ARCH_DMA_ADDR_T_64BIT 1
#define CONFIG_NEED_SG_DMA_LENGTH 1
#define CONFIG_COMMON_CLK 1
#define CONFIG_RESET_CONTROLLER 1

#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#define LINUX_VERSION_CODE KERNEL_VERSION(LINUX_VERSION_MAJOR, LINUX_VERSION_PATCHLEVEL, LINUX_VERSION_SUBLEVEL)
#define UTS_VERSION "#1 SMP"
#define UTS_SYSNAME "Linux"
#define NR_CPUS 1
#define nr_cpu_ids 1U
#define num_online_cpus() 1U
#define num_possible_cpus() 1U
#define num_present_cpus() 1U
#define cpu_online(cpu) ((cpu) == 0)
#define for_each_online_cpu(cpu) for ((cpu) = 0; (cpu) < 1; (cpu)++)
#define for_each_possible_cpu(cpu) for_each_online_cpu(cpu)
#define alloc_percpu(type) ((type *)kzalloc(sizeof(type), GFP_KERNEL))
#define alloc_percpu_gfp(type, gfp) ((type *)kzalloc(sizeof(type), (gfp)))
#define free_percpu(p) kfree(p)
#define per_cpu_ptr(p, cpu) ((void)(cpu), (p))
#define this_cpu_ptr(p) (p)
#define raw_cpu_ptr(p) (p)
#define get_cpu_ptr(p) (preempt_disable(), (p))
#define put_cpu_ptr(p) do { (void)(p); preempt_enable(); } while (0)
#define DEFINE_PER_CPU(type, name) typeof(type) name
#define DECLARE_PER_CPU(type, name) extern typeof(type) name
#define per_cpu(var, cpu) (*((void)(cpu), &(var)))
#define get_cpu_var(var) (*({ preempt_disable(); &(var); }))
#define put_cpu_var(var) do { (void)&(var); preempt_enable(); } while (0)
#define this_cpu_read(x) (x)
#define this_cpu_write(x, value) ((x) = (value))
#define this_cpu_add(x, value) ((x) += (value))
#define this_cpu_sub(x, value) ((x) -= (value))
#define this_cpu_inc(x) ((x)++)
#define this_cpu_dec(x) ((x)--)
#define this_cpu_inc_return(x) (++(x))
#define this_cpu_xchg(x, value) xchg(&(x), (value))
#define HZ 250
#define __KERNEL__ 1
#define __LITTLE_ENDIAN 1234
#define __LITTLE_ENDIAN_BITFIELD 1
#define MODULE 1
`;
