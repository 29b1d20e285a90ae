/** linux/printk.h, dev_printk.h, bug.h, ratelimit.h. */

const LEVELS = ["emerg", "alert", "crit", "err", "warn", "notice", "info"];
const CONSTANTS = ["EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO"];

/** pr_x, pr_x_once, pr_x_ratelimited and the same for dev_x. */
const perLevel = LEVELS.flatMap((name, i) => {
	const level = `KERN_${CONSTANTS[i]}`;
	return [
		`#define pr_${name}(fmt, ...) printk(${level} pr_fmt(fmt), ##__VA_ARGS__)`,
		`#define pr_${name}_once(fmt, ...) printk_once(${level} pr_fmt(fmt), ##__VA_ARGS__)`,
		`#define pr_${name}_ratelimited(fmt, ...) printk_ratelimited(${level} pr_fmt(fmt), ##__VA_ARGS__)`,
		`#define dev_${name}(dev, fmt, ...) _dev_${name}(dev, dev_fmt(fmt), ##__VA_ARGS__)`,
		`#define dev_${name}_once(dev, fmt, ...) __printk_once(_dev_${name}(dev, dev_fmt(fmt), ##__VA_ARGS__))`,
		`#define dev_${name}_ratelimited(dev, fmt, ...) __printk_limited(_dev_${name}(dev, dev_fmt(fmt), ##__VA_ARGS__))`,
	];
}).join("\n");

export const printkHeader = `
#define KERN_SOH "\\001"
#define KERN_EMERG KERN_SOH "0"
#define KERN_ALERT KERN_SOH "1"
#define KERN_CRIT KERN_SOH "2"
#define KERN_ERR KERN_SOH "3"
#define KERN_WARNING KERN_SOH "4"
#define KERN_NOTICE KERN_SOH "5"
#define KERN_INFO KERN_SOH "6"
#define KERN_DEBUG KERN_SOH "7"
#define KERN_DEFAULT ""
#define KERN_CONT KERN_SOH "c"
#define pr_fmt(fmt) fmt
#define dev_fmt(fmt) fmt
#define printk(fmt, ...) _printk(fmt, ##__VA_ARGS__)
#define printk_deferred(fmt, ...) _printk(fmt, ##__VA_ARGS__)
#define no_printk(fmt, ...) ((void)(0 && _printk(fmt, ##__VA_ARGS__)))
#define trace_printk(fmt, ...) no_printk(fmt, ##__VA_ARGS__)
struct va_format { const char *fmt; va_list *va; };
struct ratelimit_state { int interval; int burst; int printed; int missed; unsigned long begin; unsigned long flags; };
#define DEFAULT_RATELIMIT_INTERVAL (5 * HZ)
#define DEFAULT_RATELIMIT_BURST 10
#define RATELIMIT_STATE_INIT(name, interval_init, burst_init) { .interval = (interval_init), .burst = (burst_init) }
#define DEFINE_RATELIMIT_STATE(name, interval_init, burst_init) \\
	struct ratelimit_state name = RATELIMIT_STATE_INIT(name, interval_init, burst_init)
#define ratelimit_state_init(rs, i, b) (*(rs) = (struct ratelimit_state){ .interval = (i), .burst = (b) })
#define ratelimit_default_init(rs) ratelimit_state_init(rs, DEFAULT_RATELIMIT_INTERVAL, DEFAULT_RATELIMIT_BURST)
#define ratelimit_set_flags(rs, f) ((rs)->flags = (f))
#define __ratelimit(state) ___ratelimit(state, __func__)
#define __printk_once(call) do { static bool __once_done; if (!__once_done) { __once_done = true; call; } } while (0)
#define __printk_limited(call) \\
	do { static struct ratelimit_state __rs = { .interval = DEFAULT_RATELIMIT_INTERVAL, .burst = DEFAULT_RATELIMIT_BURST }; \\
	     if (__ratelimit(&__rs)) call; } while (0)
#define printk_once(fmt, ...) __printk_once(printk(fmt, ##__VA_ARGS__))
#define printk_ratelimited(fmt, ...) __printk_limited(printk(fmt, ##__VA_ARGS__))
#define printk_ratelimit() 1
#define DO_ONCE_LITE(func, ...) __printk_once(func(__VA_ARGS__))
${perLevel}
#define pr_warning pr_warn
#define pr_cont(fmt, ...) printk(KERN_CONT fmt, ##__VA_ARGS__)
/* DEBUG is the name itself as long as nobody defines it. */
#define __debug_name(x) #x
#define __debug_text(x) __debug_name(x)
#define __DEBUG_ON (sizeof(__debug_text(DEBUG)) != sizeof("DEBUG"))
#define pr_debug(fmt, ...) ((void)(__DEBUG_ON && printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)))
#define pr_devel(fmt, ...) pr_debug(fmt, ##__VA_ARGS__)
#define pr_debug_once(fmt, ...) __printk_once(pr_debug(fmt, ##__VA_ARGS__))
#define pr_debug_ratelimited(fmt, ...) __printk_limited(pr_debug(fmt, ##__VA_ARGS__))
#define dev_dbg(dev, fmt, ...) do { if (__DEBUG_ON) _dev_dbg(dev, dev_fmt(fmt), ##__VA_ARGS__); } while (0)
#define dev_vdbg(dev, fmt, ...) do { if (0) _dev_dbg(dev, dev_fmt(fmt), ##__VA_ARGS__); } while (0)
#define dev_dbg_once(dev, fmt, ...) __printk_once(dev_dbg(dev, fmt, ##__VA_ARGS__))
#define dev_dbg_ratelimited(dev, fmt, ...) __printk_limited(dev_dbg(dev, fmt, ##__VA_ARGS__))
#define dev_printk(level, dev, fmt, ...) _dev_printk(level, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_err_ptr_probe(dev, err, fmt, ...) ERR_PTR(dev_err_probe(dev, err, fmt, ##__VA_ARGS__))
enum { DUMP_PREFIX_NONE, DUMP_PREFIX_ADDRESS, DUMP_PREFIX_OFFSET };
#define print_hex_dump_bytes(prefix, type, buf, len) print_hex_dump_debug(prefix, type, 16, 1, buf, len, true)
#define print_hex_dump_debug(prefix, type, rowsize, groupsize, buf, len, ascii) \\
	do { if (__DEBUG_ON) print_hex_dump(KERN_DEBUG, prefix, type, rowsize, groupsize, buf, len, ascii); } while (0)

#define WARN_ON(condition) (!!(condition) && __warn_on(__FILE__, __LINE__))
#define WARN_ON_ONCE(condition) (!!(condition) && __warn_on_once(__FILE__, __LINE__))
#define WARN(condition, fmt, ...) (!!(condition) && __warn_printf(__FILE__, __LINE__, fmt, ##__VA_ARGS__))
#define WARN_ONCE(condition, fmt, ...) (!!(condition) && __warn_printf_once(__FILE__, __LINE__, fmt, ##__VA_ARGS__))
#define WARN_TAINT(condition, taint, fmt, ...) WARN(condition, fmt, ##__VA_ARGS__)
#define WARN_TAINT_ONCE(condition, taint, fmt, ...) WARN_ONCE(condition, fmt, ##__VA_ARGS__)
#define dev_WARN(dev, fmt, ...) WARN(1, "%s %s: " fmt, dev_driver_string(dev), dev_name(dev), ##__VA_ARGS__)
#define dev_WARN_ONCE(dev, condition, fmt, ...) \\
	WARN_ONCE(condition, "%s %s: " fmt, dev_driver_string(dev), dev_name(dev), ##__VA_ARGS__)
#define BUG() __bug(__FILE__, __LINE__)
#define BUG_ON(condition) do { if (condition) BUG(); } while (0)
#define VM_BUG_ON(condition) BUG_ON(condition)
#define VM_WARN_ON(condition) WARN_ON(condition)
#define unreachable() __builtin_unreachable()
`;
