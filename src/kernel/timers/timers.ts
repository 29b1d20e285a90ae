/** timer_list in the TIMER softirq at tick boundaries, hrtimer in hard interrupt context at its own time. */
import { hrtimer, timerList } from "../base-structs";
import { call, goto, type KernelFunction, next, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { raiseLocalInterrupt, raiseSoftirq, Softirq } from "../sched/interrupts";
import { KernelBug } from "../sched/oops";
import { KernelEvent } from "./events";
import { INITIAL_JIFFIES, jiffies, msecsToJiffies, TICK_PS, tickCount, wheelTick } from "./jiffies";

export interface QueuedTimer {
	readonly address: number;
	/** timer_list: tick since boot at which it runs; hrtimer: ps. */
	readonly due: number;
	readonly order: number;
}

export interface TimersState {
	/** By due, then in the order in which they were started. */
	timers: QueuedTimer[];
	hrtimers: QueuedTimer[];
	order: number;
	/** The event that is scheduled for the first of each; -1 none. */
	tickEvent: number;
	hrtimerEvent: number;
	/** Timers whose function is running. */
	running: number[];
}

export const createTimersState = (): TimersState => ({
	timers: [],
	hrtimers: [],
	order: 0,
	tickEvent: -1,
	hrtimerEvent: -1,
	running: [],
});

/** Among those due at the same time hrtimers run in order; in a bucket of the timer wheel the last one comes first. */
function enqueue(k: Kernel, list: QueuedTimer[], address: number, due: number, among: "last" | "first"): void {
	const entry = { address, due, order: k.state.timers.order++ };
	let at = list.length;
	while (at > 0 && (list[at - 1].due > due || (among === "first" && list[at - 1].due === due))) at--;
	list.splice(at, 0, entry);
}

function dequeue(list: QueuedTimer[], address: number): boolean {
	const at = list.findIndex((t) => t.address === address);
	if (at < 0) return false;
	list.splice(at, 1);
	return true;
}

/** Sets the machine's event to the first timer's time. */
function program(k: Kernel): void {
	const { timers } = k.state;
	if (timers.tickEvent >= 0) k.machine.cancel(timers.tickEvent);
	const first = timers.timers[0];
	timers.tickEvent = first ? k.machine.schedule(first.due * TICK_PS, k.component, KernelEvent.Tick, 0) : -1;
}

function programHrtimer(k: Kernel): void {
	const { timers } = k.state;
	if (timers.hrtimerEvent >= 0) k.machine.cancel(timers.hrtimerEvent);
	const first = timers.hrtimers[0];
	timers.hrtimerEvent = first ? k.machine.schedule(first.due, k.component, KernelEvent.Hrtimer, 0) : -1;
}

/** The tick at which a timer is due has come. */
export function onTick(k: Kernel): void {
	k.state.timers.tickEvent = -1;
	raiseLocalInterrupt(k, { fn: "tick_nohz_handler", args: [] });
}

export function onHrtimer(k: Kernel): void {
	k.state.timers.hrtimerEvent = -1;
	raiseLocalInterrupt(k, { fn: "hrtimer_interrupt", args: [] });
}

/** Starts or moves a timer_list; returns whether it was pending. `expires` in jiffies. */
export function modTimer(k: Kernel, timer: number, expires: number): boolean {
	if (timerList.function.get(k.space, timer) === 0) return false;
	const { timers } = k.state;
	const pending = dequeue(timers.timers, timer);
	timerList.expires.set(k.space, timer, expires);
	enqueue(k, timers.timers, timer, wheelTick(tickCount(k), expires - INITIAL_JIFFIES), "first");
	k.space.w64(timerList.entry.at(timer) + 8, timer);
	program(k);
	return pending;
}

/** Takes a timer out; returns whether it was pending. */
export function deleteTimer(k: Kernel, timer: number): boolean {
	const pending = dequeue(k.state.timers.timers, timer);
	if (pending) {
		k.space.w64(timerList.entry.at(timer) + 8, 0);
		program(k);
	}
	return pending;
}

const timerPending = (k: Kernel, timer: number): boolean => k.state.timers.timers.some((t) => t.address === timer);

/** ns → ps, for a 64-bit time that fits. */
const NS = 1000;
const nowNs = (k: Kernel): number => Math.floor(k.machine.time / NS);
const HRTIMER_MODE_REL = 1;

function startHrtimer(k: Kernel, timer: number, time: number, mode: number): void {
	const { timers } = k.state;
	dequeue(timers.hrtimers, timer);
	const expires = mode & HRTIMER_MODE_REL ? nowNs(k) + time : time;
	hrtimer.expires.set(k.space, timer, expires);
	hrtimer._softexpires.set(k.space, timer, expires);
	hrtimer.state.set(k.space, timer, 1);
	enqueue(k, timers.hrtimers, timer, expires * NS, "last");
	programHrtimer(k);
}

function cancelHrtimer(k: Kernel, timer: number): number {
	if (k.state.timers.running.includes(timer)) return -1;
	const pending = dequeue(k.state.timers.hrtimers, timer);
	if (pending) programHrtimer(k);
	hrtimer.state.set(k.space, timer, 0);
	return pending ? 1 : 0;
}

/** hrtimer_forward(): by whole intervals to after `now`; returns how many. */
function forwardHrtimer(k: Kernel, timer: number, now: number, interval: number): number {
	const expires = hrtimer.expires.get(k.space, timer);
	const delta = now - expires;
	if (delta < 0 || interval <= 0) return 0;
	const count = Math.floor(delta / interval) + 1;
	hrtimer.expires.set(k.space, timer, expires + count * interval);
	hrtimer._softexpires.set(k.space, timer, expires + count * interval);
	return count;
}

export const timerFunctions: KernelFunction[] = [
	...plain({
		"void init_timer_key(struct timer_list *timer, void (*func)(struct timer_list *), unsigned int flags)": (
			k,
			timer,
			fn,
			flags,
		) => {
			k.space.fill(timer, timerList.$size, 0);
			timerList.function.set(k.space, timer, fn);
			timerList.flags.set(k.space, timer, flags);
		},
		"int mod_timer(struct timer_list *timer, unsigned long expires)": (k, timer, expires) =>
			modTimer(k, timer, expires) ? 1 : 0,
		"int mod_timer_pending(struct timer_list *timer, unsigned long expires)": (k, timer, expires) =>
			timerPending(k, timer) && modTimer(k, timer, expires) ? 1 : 0,
		"int timer_reduce(struct timer_list *timer, unsigned long expires)": (k, timer, expires) => {
			if (timerPending(k, timer) && timerList.expires.get(k.space, timer) <= expires) return 1;
			return modTimer(k, timer, expires) ? 1 : 0;
		},
		"void add_timer(struct timer_list *timer)": (k, timer) => {
			if (timerPending(k, timer)) throw new KernelBug("kernel/time/timer.c:1264");
			modTimer(k, timer, timerList.expires.get(k.space, timer));
		},
		"int timer_delete(struct timer_list *timer)": (k, timer) => (deleteTimer(k, timer) ? 1 : 0),
		"int timer_delete_sync(struct timer_list *timer)": (k, timer) => (deleteTimer(k, timer) ? 1 : 0),
		"int timer_shutdown_sync(struct timer_list *timer)": (k, timer) => {
			const pending = deleteTimer(k, timer);
			timerList.function.set(k.space, timer, 0);
			return pending ? 1 : 0;
		},
		"int timer_shutdown(struct timer_list *timer)": (k, timer) => {
			const pending = deleteTimer(k, timer);
			timerList.function.set(k.space, timer, 0);
			return pending ? 1 : 0;
		},
		"int try_to_del_timer_sync(struct timer_list *timer)": (k, timer) =>
			k.state.timers.running.includes(timer) ? -1 : deleteTimer(k, timer) ? 1 : 0,
		"int timer_pending(const struct timer_list *timer)": (k, timer) => (timerPending(k, timer) ? 1 : 0),
		"void hrtimer_init(struct hrtimer *timer, clockid_t which_clock, enum hrtimer_mode mode)": (k, timer) =>
			k.space.fill(timer, hrtimer.$size, 0),
		"void hrtimer_setup(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *), clockid_t clock_id, enum hrtimer_mode mode)":
			(k, timer, fn) => {
				k.space.fill(timer, hrtimer.$size, 0);
				hrtimer.function.set(k.space, timer, fn);
			},
		"void hrtimer_start(struct hrtimer *timer, ktime_t tim, const enum hrtimer_mode mode)": startHrtimer,
		"void hrtimer_start_range_ns(struct hrtimer *timer, ktime_t tim, u64 range_ns, const enum hrtimer_mode mode)": (
			k,
			timer,
			time,
			_range,
			mode,
		) => startHrtimer(k, timer, time, mode),
		"void hrtimer_restart(struct hrtimer *timer)": (k, timer) =>
			startHrtimer(k, timer, hrtimer.expires.get(k.space, timer), 0),
		"int hrtimer_cancel(struct hrtimer *timer)": (k, timer) => Math.max(0, cancelHrtimer(k, timer)),
		"int hrtimer_try_to_cancel(struct hrtimer *timer)": cancelHrtimer,
		"bool hrtimer_active(const struct hrtimer *timer)": (k, timer) =>
			k.state.timers.hrtimers.some((t) => t.address === timer) || k.state.timers.running.includes(timer),
		"bool hrtimer_is_queued(struct hrtimer *timer)": (k, timer) =>
			k.state.timers.hrtimers.some((t) => t.address === timer),
		"bool hrtimer_callback_running(struct hrtimer *timer)": (k, timer) => k.state.timers.running.includes(timer),
		"u64 hrtimer_forward(struct hrtimer *timer, ktime_t now, ktime_t interval)": forwardHrtimer,
		"u64 hrtimer_forward_now(struct hrtimer *timer, ktime_t interval)": (k, timer, interval) =>
			forwardHrtimer(k, timer, nowNs(k), interval),
		"void hrtimer_set_expires(struct hrtimer *timer, ktime_t time)": (k, timer, time) => {
			hrtimer.expires.set(k.space, timer, time);
			hrtimer._softexpires.set(k.space, timer, time);
		},
		"ktime_t hrtimer_get_expires(const struct hrtimer *timer)": (k, timer) => hrtimer.expires.get(k.space, timer),
		"ktime_t hrtimer_get_remaining(const struct hrtimer *timer)": (k, timer) =>
			hrtimer.expires.get(k.space, timer) - nowNs(k),
		"ktime_t hrtimer_cb_get_time(struct hrtimer *timer)": nowNs,
	}),
	...plain(
		{
			"unsigned long get_jiffies(void)": jiffies,
			"u64 get_jiffies_64(void)": jiffies,
			"unsigned long __msecs_to_jiffies(const unsigned int m)": (_, ms) => msecsToJiffies(ms),
			"unsigned long __usecs_to_jiffies(const unsigned int u)": (_, us) => Math.ceil((us * 250) / 1e6),
			"unsigned int jiffies_to_msecs(const unsigned long j)": (_, j) => j * 4,
			"unsigned int jiffies_to_usecs(const unsigned long j)": (_, j) => j * 4000,
			"u64 jiffies_to_nsecs(const unsigned long j)": (_, j) => j * 4e6,
			"unsigned long nsecs_to_jiffies(u64 n)": (_, n) => Math.floor(n / 4e6),
			"unsigned long round_jiffies(unsigned long j)": (_, j) => Math.ceil(j / 250) * 250,
			"unsigned long round_jiffies_relative(unsigned long j)": (_, j) => j,
			"ktime_t ktime_get(void)": nowNs,
			"ktime_t ktime_get_real(void)": nowNs,
			"ktime_t ktime_get_boottime(void)": nowNs,
			"ktime_t ktime_get_raw(void)": nowNs,
			"u64 ktime_get_ns(void)": nowNs,
			"u64 ktime_get_real_ns(void)": nowNs,
			"u64 ktime_get_boottime_ns(void)": nowNs,
			"u64 ktime_get_raw_ns(void)": nowNs,
			"u64 ktime_get_mono_fast_ns(void)": nowNs,
			"u64 local_clock(void)": nowNs,
			"u64 sched_clock(void)": nowNs,
		},
		20_000,
	),
	steps(
		"void tick_nohz_handler(void)",
		{
			tick: step("The tick: timers are due, raise the TIMER softirq.", (k) => {
				raiseSoftirq(k, Softirq.Timer);
				return ret();
			}),
		},
		0,
	),
	steps(
		"void run_timer_softirq(void)",
		{
			timer: step("Take the next timer that is due and call its function.", (k, f) => {
				const { timers } = k.state;
				const first = timers.timers[0];
				if (!first || first.due > tickCount(k)) return goto("done");
				timers.timers.shift();
				timers.running.push(first.address);
				f.locals.timer = first.address;
				k.space.w64(timerList.entry.at(first.address) + 8, 0);
				return call(timerList.function.get(k.space, first.address), [first.address]);
			}),
			ran: step("Its function has returned.", (k, f) => {
				k.state.timers.running = k.state.timers.running.filter((t) => t !== f.locals.timer);
				return goto("timer");
			}),
			done: step("Program the next tick.", (k) => {
				program(k);
				return ret();
			}),
		},
		0,
	),
	steps(
		"void hrtimer_interrupt(void)",
		{
			timer: step("Take the next high-resolution timer that is due and call its function.", (k, f) => {
				const { timers } = k.state;
				const first = timers.hrtimers[0];
				if (!first || first.due > k.machine.time) return goto("done");
				timers.hrtimers.shift();
				timers.running.push(first.address);
				f.locals.timer = first.address;
				hrtimer.state.set(k.space, first.address, 0);
				return call(hrtimer.function.get(k.space, first.address), [first.address]);
			}),
			ran: step("HRTIMER_RESTART queues it again, at the time that it was moved to.", (k, f) => {
				const { timers } = k.state;
				const timer = f.locals.timer;
				timers.running = timers.running.filter((t) => t !== timer);
				if ((f.result | 0) === 1 && !timers.hrtimers.some((t) => t.address === timer)) {
					hrtimer.state.set(k.space, timer, 1);
					enqueue(
						k,
						timers.hrtimers,
						timer,
						Math.max(hrtimer.expires.get(k.space, timer) * NS, k.machine.time),
						"last",
					);
				}
				return goto("timer");
			}),
			done: step("Program the next one.", (k) => {
				programHrtimer(k);
				return next;
			}),
			end: step("Leave.", () => ret()),
		},
		0,
	),
];

export const timerHeader: string = `
#define HZ 250
#define INITIAL_JIFFIES ((unsigned long)(unsigned int)(-300 * HZ))
#define MAX_JIFFY_OFFSET ((LONG_MAX >> 1) - 1)
#define jiffies get_jiffies()
#define jiffies_64 get_jiffies_64()
#define msecs_to_jiffies(m) __msecs_to_jiffies(m)
#define usecs_to_jiffies(u) __usecs_to_jiffies(u)
#define secs_to_jiffies(_secs) ((unsigned long)((_secs) * HZ))
#define time_after(a, b) ((long)((b) - (a)) < 0)
#define time_before(a, b) time_after(b, a)
#define time_after_eq(a, b) ((long)((a) - (b)) >= 0)
#define time_before_eq(a, b) time_after_eq(b, a)
#define time_in_range(a, b, c) (time_after_eq(a, b) && time_before_eq(a, c))
#define time_is_before_jiffies(a) time_after(jiffies, a)
#define time_is_after_jiffies(a) time_before(jiffies, a)
#define MSEC_PER_SEC 1000L
#define USEC_PER_MSEC 1000L
#define NSEC_PER_USEC 1000L
#define NSEC_PER_MSEC 1000000L
#define USEC_PER_SEC 1000000L
#define NSEC_PER_SEC 1000000000L
#define KTIME_MAX ((s64)~((u64)1 << 63))
#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_BOOTTIME 7
enum hrtimer_mode { HRTIMER_MODE_ABS = 0, HRTIMER_MODE_REL = 1, HRTIMER_MODE_PINNED = 2, HRTIMER_MODE_SOFT = 4, HRTIMER_MODE_HARD = 8,
	HRTIMER_MODE_ABS_PINNED = 2, HRTIMER_MODE_REL_PINNED = 3, HRTIMER_MODE_ABS_SOFT = 4, HRTIMER_MODE_REL_SOFT = 5,
	HRTIMER_MODE_ABS_HARD = 8, HRTIMER_MODE_REL_HARD = 9 };
#define ktime_set(secs, nsecs) ((ktime_t)(secs) * NSEC_PER_SEC + (s64)(nsecs))
#define ktime_add(lhs, rhs) ((lhs) + (rhs))
#define ktime_sub(lhs, rhs) ((lhs) - (rhs))
#define ktime_add_ns(kt, nsval) ((kt) + (nsval))
#define ktime_sub_ns(kt, nsval) ((kt) - (nsval))
#define ktime_add_us(kt, usec) ((kt) + (s64)(usec) * 1000)
#define ktime_add_ms(kt, msec) ((kt) + (s64)(msec) * 1000000)
#define ktime_to_ns(kt) (kt)
#define ktime_to_us(kt) ((s64)(kt) / 1000)
#define ktime_to_ms(kt) ((s64)(kt) / 1000000)
#define ns_to_ktime(ns) ((ktime_t)(ns))
#define us_to_ktime(us) ((ktime_t)(us) * 1000)
#define ms_to_ktime(ms) ((ktime_t)(ms) * 1000000)
#define ktime_us_delta(later, earlier) ktime_to_us(ktime_sub(later, earlier))
#define ktime_ms_delta(later, earlier) ktime_to_ms(ktime_sub(later, earlier))
#define ktime_compare(a, b) ((a) < (b) ? -1 : (a) > (b))
#define ktime_after(a, b) ((a) > (b))
#define ktime_before(a, b) ((a) < (b))
#define timer_setup(timer, callback, flags) init_timer_key((timer), (callback), (flags))
#define timer_setup_on_stack(timer, callback, flags) init_timer_key((timer), (callback), (flags))
#define destroy_timer_on_stack(timer) do { } while (0)
#define from_timer(var, callback_timer, timer_fieldname) container_of(callback_timer, typeof(*var), timer_fieldname)
#define timer_container_of(var, callback_timer, timer_fieldname) container_of(callback_timer, typeof(*var), timer_fieldname)
#define DEFINE_TIMER(_name, _function) struct timer_list _name = { .function = (_function) }
#define TIMER_DEFERRABLE 0x00080000
#define TIMER_PINNED 0x00100000
#define TIMER_IRQSAFE 0x00200000
#define del_timer(t) timer_delete(t)
#define del_timer_sync(t) timer_delete_sync(t)
`;
