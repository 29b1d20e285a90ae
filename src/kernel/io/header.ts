/** linux/io.h, io-64-nonatomic-lo-hi.h, iopoll.h. */
const poll = (name: string, read: string): string => `
#define ${name}_poll_timeout(addr, val, cond, delay_us, timeout_us) \\
	read_poll_timeout(${read}, val, cond, delay_us, timeout_us, false, addr)
#define ${name}_poll_timeout_atomic(addr, val, cond, delay_us, timeout_us) \\
	read_poll_timeout_atomic(${read}, val, cond, delay_us, timeout_us, false, addr)`;

const writeq = (name: string, order: string): string =>
	`#define ${name}(value, addr) ({ u64 __wqv = (value); __writeq_halves${order}((u32)__wqv, (u32)(__wqv >> 32), (addr)); })`;

export const ioHeader = `
#define IOMEM_ERR_PTR(err) ((void __iomem *)ERR_PTR(err))
#define request_mem_region(start, n, name) __request_mem_region(start, n, name)
#define MEMREMAP_WB 1
#define MEMREMAP_WT 2
#define MEMREMAP_WC 4
${["writeq", "writeq_relaxed", "__raw_writeq", "lo_hi_writeq", "lo_hi_writeq_relaxed", "iowrite64", "iowrite64_lo_hi"].map((n) => writeq(n, "")).join("\n")}
${["hi_lo_writeq", "hi_lo_writeq_relaxed", "iowrite64_hi_lo"].map((n) => writeq(n, "_high_first")).join("\n")}
#define read_poll_timeout(op, val, cond, sleep_us, timeout_us, sleep_before_read, args...) \\
	({ \\
		u64 __rpt_timeout = (timeout_us); \\
		unsigned long __rpt_sleep = (sleep_us); \\
		ktime_t __rpt_end = ktime_add_us(ktime_get(), __rpt_timeout); \\
		might_sleep_if(__rpt_sleep != 0); \\
		if ((sleep_before_read) && __rpt_sleep) \\
			usleep_range((__rpt_sleep >> 2) + 1, __rpt_sleep); \\
		for (;;) { \\
			(val) = op(args); \\
			if (cond) \\
				break; \\
			if (__rpt_timeout && ktime_compare(ktime_get(), __rpt_end) > 0) { \\
				(val) = op(args); \\
				break; \\
			} \\
			if (__rpt_sleep) \\
				usleep_range((__rpt_sleep >> 2) + 1, __rpt_sleep); \\
			cpu_relax(); \\
		} \\
		(cond) ? 0 : -ETIMEDOUT; \\
	})
#define read_poll_timeout_atomic(op, val, cond, delay_us, timeout_us, delay_before_read, args...) \\
	({ \\
		u64 __rpt_timeout = (timeout_us); \\
		s64 __rpt_left = (s64)__rpt_timeout * 1000; \\
		unsigned long __rpt_delay = (delay_us); \\
		u64 __rpt_ns = __rpt_delay * 1000; \\
		if ((delay_before_read) && __rpt_delay) { \\
			udelay(__rpt_delay); \\
			if (__rpt_timeout) \\
				__rpt_left -= __rpt_ns; \\
		} \\
		for (;;) { \\
			(val) = op(args); \\
			if (cond) \\
				break; \\
			if (__rpt_timeout && __rpt_left < 0) { \\
				(val) = op(args); \\
				break; \\
			} \\
			if (__rpt_delay) { \\
				udelay(__rpt_delay); \\
				if (__rpt_timeout) \\
					__rpt_left -= __rpt_ns; \\
			} \\
			cpu_relax(); \\
			if (__rpt_timeout) \\
				__rpt_left--; \\
		} \\
		(cond) ? 0 : -ETIMEDOUT; \\
	})
#define readx_poll_timeout(op, addr, val, cond, sleep_us, timeout_us) \\
	read_poll_timeout(op, val, cond, sleep_us, timeout_us, false, addr)
#define readx_poll_timeout_atomic(op, addr, val, cond, delay_us, timeout_us) \\
	read_poll_timeout_atomic(op, val, cond, delay_us, timeout_us, false, addr)
${["b", "w", "l", "q"].map((s) => poll(`read${s}`, `read${s}`) + poll(`read${s}_relaxed`, `read${s}_relaxed`)).join("")}
`;
