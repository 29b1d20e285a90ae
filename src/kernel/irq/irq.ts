/** Interrupt lines and their handlers (kernel/irq/manage.c, spurious.c). */

import { addDevres, devSay, forgetDevres } from "../device/devices";
import { devName } from "../device/names";
import { EBUSY, EINVAL } from "../errno";
import { block, call, goto, type KernelFunction, next, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { mightSleep } from "../sched/context";
import { dumpStack, warn } from "../sched/oops";
import { say } from "../sched/say";
import { tryCreateThread, wakeThread, wakeWaiters } from "../sched/threads";
import { symbolText } from "../sched/trace";
import type { IrqAction, IrqDescriptor } from "../state";
import { readText } from "../text";

const IRQF_SHARED = 0x80;
const IRQF_ONESHOT = 0x2000;
const IRQF_NO_AUTOEN = 0x80000;
const TRIGGER_MASK = 0xf;

function irqDescriptor(k: Kernel, line: number): IrqDescriptor {
	k.state.irqs[line] ??= { line, actions: [], depth: 1, count: 0, round: 0, unhandled: 0 };
	return k.state.irqs[line];
}

function applyMask(k: Kernel, irq: IrqDescriptor): void {
	const waiting = irq.actions.some((a) => a.flags & IRQF_ONESHOT && a.thread >= 0 && (a.woken > 0 || a.running));
	if (irq.depth > 0 || waiting || irq.actions.length === 0) k.machine.interrupts.mask(irq.line);
	else k.machine.interrupts.unmask(irq.line);
}

/** Adds a handler; 0 or a negative errno. */
function requestIrq(
	k: Kernel,
	line: number,
	handler: number,
	threadFn: number,
	flags: number,
	name: number,
	devId: number,
): number {
	// No descriptor: 0 is no interrupt, and the controller has 1020 lines.
	if (line <= 0 || line >= 1020) return -EINVAL;
	if (flags & IRQF_SHARED && devId === 0) return -EINVAL;
	const text = readText(k, name);
	let primary = handler;
	if (handler === 0) {
		if (threadFn === 0) return -EINVAL;
		if (!(flags & IRQF_ONESHOT)) {
			say(k, 3, `genirq: Threaded irq requested with handler=NULL and !ONESHOT for ${text} (irq ${line})`);
			return -EINVAL;
		}
		primary = k.address("irq_default_primary_handler");
	}
	const irq = irqDescriptor(k, line);
	const other = irq.actions[0];
	if (other) {
		const same =
			(other.flags & flags & IRQF_SHARED) !== 0 &&
			(other.flags & TRIGGER_MASK) === (flags & TRIGGER_MASK) &&
			((other.flags ^ flags) & IRQF_ONESHOT) === 0;
		if (!same) {
			const hex = (n: number): string => n.toString(16).padStart(8, "0");
			say(k, 3, `genirq: Flags mismatch irq ${line}. ${hex(flags)} (${text}) vs. ${hex(other.flags)} (${other.name})`);
			return -EBUSY;
		}
	}
	let thread = -1;
	if (threadFn !== 0) {
		const created = tryCreateThread(k, `irq/${line}-${text}`, "kthread", "irq_thread", [line, devId]);
		if (typeof created === "number") return created;
		thread = created.id;
	}
	irq.actions.push({ handler: primary, threadFn, devId, name: text, flags, thread, woken: 0, running: false });
	if (irq.actions.length === 1) irq.depth = flags & IRQF_NO_AUTOEN ? 1 : 0;
	applyMask(k, irq);
	return 0;
}

function removeAction(k: Kernel, line: number, devId: number): IrqAction | undefined {
	const irq = k.state.irqs[line];
	const action = irq?.actions.find((a) => a.devId === devId);
	if (!irq || !action) {
		warn(k, "kernel/irq/manage.c:1924", `Trying to free already-free IRQ ${line}`);
		return undefined;
	}
	irq.actions = irq.actions.filter((a) => a !== action);
	applyMask(k, irq);
	return action;
}

function enableIrq(k: Kernel, line: number): void {
	const irq = irqDescriptor(k, line);
	if (irq.depth === 0) {
		warn(k, "kernel/irq/manage.c:774", `Unbalanced enable for IRQ ${line}`);
		return;
	}
	irq.depth--;
	applyMask(k, irq);
}

function disableIrq(k: Kernel, line: number): void {
	const irq = irqDescriptor(k, line);
	irq.depth++;
	applyMask(k, irq);
}

/** Lines of /proc/interrupts. */
export function procInterrupts(k: Kernel): string {
	const lines = Object.values(k.state.irqs)
		.filter((irq) => irq.actions.length > 0)
		.sort((a, b) => a.line - b.line)
		.map(
			(irq) =>
				`${String(irq.line).padStart(3)}: ${String(irq.count).padStart(10)}   intc  ${String(irq.line).padStart(3)} Level     ${irq.actions.map((a) => a.name).join(", ")}\n`,
		);
	return `           CPU0       \n${lines.join("")}`;
}

const busy = (irq: IrqDescriptor | undefined): boolean => irq?.actions.some((a) => a.running || a.woken > 0) ?? false;

const sync = (file: string, line: number) => ({
	wait: step("Wait until no handler of the line runs.", (k: Kernel, f: { args: number[] }) => {
		mightSleep(k, file, line);
		return busy(k.state.irqs[f.args[0]])
			? block({ kind: "interrupt thread", address: f.args[0], name: `irq ${f.args[0]}` }, undefined, "wait")
			: ret();
	}),
});

export const irqFunctions: KernelFunction[] = [
	...plain({
		"int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name, void *dev)": (
			k,
			line,
			handler,
			flags,
			name,
			dev,
		) => requestIrq(k, line, handler, 0, flags, name, dev),
		"int request_threaded_irq(unsigned int irq, irq_handler_t handler, irq_handler_t thread_fn, unsigned long flags, const char *name, void *dev)":
			(k, line, handler, thread, flags, name, dev) => requestIrq(k, line, handler, thread, flags, name, dev),
		"int devm_request_irq(struct device *dev, unsigned int irq, irq_handler_t handler, unsigned long irqflags, const char *devname, void *dev_id)":
			(k, dev, line, handler, flags, name, id) => devmRequest(k, dev, line, handler, 0, flags, name, id),
		"int devm_request_threaded_irq(struct device *dev, unsigned int irq, irq_handler_t handler, irq_handler_t thread_fn, unsigned long irqflags, const char *devname, void *dev_id)":
			(k, dev, line, handler, thread, flags, name, id) => devmRequest(k, dev, line, handler, thread, flags, name, id),
		"void enable_irq(unsigned int irq)": enableIrq,
		"void disable_irq_nosync(unsigned int irq)": disableIrq,
		"int irq_set_irq_type(unsigned int irq, unsigned int type)": () => 0,
		"int irq_set_affinity_hint(unsigned int irq, const struct cpumask *m)": () => 0,
		"irqreturn_t irq_default_primary_handler(int irq, void *dev_id)": () => 2,
		"void __irq_wake_thread(int irq, int index)": (k, line, index) => {
			const irq = k.state.irqs[line];
			const action = irq?.actions[index];
			if (!irq || !action || action.thread < 0) {
				if (action)
					say(k, 4, `IRQ ${line} device ${action.name} returned IRQ_WAKE_THREAD but no thread function available.`);
				return;
			}
			action.woken++;
			if (action.flags & IRQF_ONESHOT) k.machine.interrupts.mask(line);
			wakeThread(k, k.state.threads[action.thread]);
		},
		"void irq_wake_thread(unsigned int irq, void *dev_id)": (k, line, devId) => {
			const action = k.state.irqs[line]?.actions.find((a) => a.devId === devId);
			if (!action || action.thread < 0) return;
			action.woken++;
			wakeThread(k, k.state.threads[action.thread]);
		},
		"void __report_bad_irq(int irq)": (k, line) => {
			const irq = irqDescriptor(k, line);
			say(k, 3, `irq ${line}: nobody cared (try booting with the "irqpoll" option)`);
			dumpStack(k, k.current);
			say(k, 3, "handlers:");
			for (const action of irq.actions) {
				const thread =
					action.threadFn !== 0
						? ` threaded [<${symbolText(k, action.threadFn)}>] ${symbolText(k, action.threadFn)}`
						: "";
				say(k, 3, `[<${(action.handler + 2 ** 64).toString(16)}>] ${symbolText(k, action.handler)}${thread}`);
			}
			say(k, 0, `Disabling IRQ #${line}`);
			irq.depth++;
			irq.unhandled = 0;
			k.machine.interrupts.mask(line);
		},
	}),
	steps("const void *free_irq(unsigned int irq, void *dev_id)", {
		remove: step("Take the handler off the line.", (k, f) => {
			const { hardirq, softirq, bhDisabled } = k.current;
			if (hardirq + softirq + bhDisabled > 0)
				warn(k, "kernel/irq/manage.c:1898", `Trying to free IRQ ${f.args[0]} from IRQ context!`);
			mightSleep(k, "kernel/locking/mutex.c", 586);
			const action = removeAction(k, f.args[0], f.args[1]);
			f.locals.thread = action?.thread ?? -1;
			if (f.locals.thread >= 0) wakeThread(k, k.state.threads[f.locals.thread]);
			return next;
		}),
		wait: step("Wait until its thread has ended.", (k, f) => {
			const thread = k.state.threads[f.locals.thread];
			if (!thread || thread.state.kind === "done" || thread === k.current) return ret(0);
			return block({ kind: "thread", address: thread.task, name: thread.name }, undefined, "wait");
		}),
	}),
	steps("void devm_free_irq(struct device *dev, unsigned int irq, void *dev_id)", {
		free: step("Forget the devm entry and free the line.", (k, f) => {
			const [dev, line, id] = f.args;
			const at = forgetDevres(k, dev, "free_irq", line);
			if (!at) warn(k, "kernel/irq/devres.c:144");
			return call("free_irq", [line, id]);
		}),
		done: step("Done.", () => ret()),
	}),
	steps("void synchronize_irq(unsigned int irq)", sync("kernel/irq/manage.c", 129)),
	steps("bool synchronize_hardirq(unsigned int irq)", {
		none: step("On one CPU no handler runs beside the caller.", () => ret(1)),
	}),
	steps("void disable_irq(unsigned int irq)", {
		mask: step("Disable the line, then wait for what runs.", (k, f) => {
			mightSleep(k, "kernel/irq/manage.c", 739);
			disableIrq(k, f.args[0]);
			return call("synchronize_irq", [f.args[0]]);
		}),
		done: step("Done.", () => ret()),
	}),
	steps(
		"int irq_thread(unsigned int irq, void *dev_id)",
		{
			wait: step("Sleep until the handler asks for its thread.", (k, f) => {
				const action = k.state.irqs[f.args[0]]?.actions.find((a) => a.devId === f.args[1] && a.thread === k.current.id);
				if (!action) return f.locals.begun ? ret(0) : goto("first");
				f.locals.begun = 1;
				if (action.woken === 0) return block({ kind: "interrupt", address: 0, name: "" }, undefined, "wait");
				action.woken = 0;
				action.running = true;
				return call(action.threadFn, [f.args[0], f.args[1]], "ran");
			}),
			first: step("The line is being requested.", (_, f) => {
				f.locals.begun = 1;
				return goto("wait");
			}),
			ran: step("The thread function has returned: open the line again.", (k, f) => {
				const irq = k.state.irqs[f.args[0]];
				const action = irq?.actions.find((a) => a.devId === f.args[1] && a.thread === k.current.id);
				if (irq && action) {
					action.running = false;
					if (action.woken === 0) {
						applyMask(k, irq);
						wakeWaiters(k, "interrupt thread", irq.line);
					}
				}
				return goto("wait");
			}),
		},
		0,
	),
];

function devmRequest(
	k: Kernel,
	dev: number,
	line: number,
	handler: number,
	thread: number,
	flags: number,
	name: number,
	id: number,
): number {
	const text = name !== 0 ? name : k.space.r64(dev) || name;
	const result = requestIrq(k, line, handler, thread, flags, text, id);
	if (result === 0) addDevres(k, dev, "devm_request_irq", "free_irq", [line, id]);
	else
		devSay(
			k,
			3,
			dev,
			`request_irq(${line}) ${symbolText(k, handler)} ${symbolText(k, thread)} ${devName(k, dev)} failed: ${result}`,
		);
	return result;
}

export const irqHeader: string = `
typedef enum irqreturn { IRQ_NONE = 0, IRQ_HANDLED = 1, IRQ_WAKE_THREAD = 2 } irqreturn_t;
typedef irqreturn_t (*irq_handler_t)(int, void *);
struct cpumask { unsigned long bits[1]; };
typedef struct cpumask cpumask_t;
typedef struct cpumask cpumask_var_t[1];
static const struct cpumask __dmascope_cpu0 = { { 1UL } };
#define cpu_possible_mask (&__dmascope_cpu0)
#define cpu_online_mask (&__dmascope_cpu0)
#define cpumask_of(cpu) ((void)(cpu), &__dmascope_cpu0)
#define cpumask_of_node(node) ((void)(node), &__dmascope_cpu0)
#define cpumask_test_cpu(cpu, mask) (((mask)->bits[0] >> (cpu)) & 1)
#define cpumask_set_cpu(cpu, mask) ((void)((mask)->bits[0] |= 1UL << (cpu)))
#define cpumask_clear(mask) ((void)((mask)->bits[0] = 0))
#define cpumask_first(mask) ((mask)->bits[0] & 1 ? 0U : nr_cpu_ids)
#define for_each_cpu(cpu, mask) for ((cpu) = 0; (cpu) < 1; (cpu)++) if (!cpumask_test_cpu((cpu), (mask))) { } else
#define IRQ_RETVAL(x) ((x) ? IRQ_HANDLED : IRQ_NONE)
#define IRQF_TRIGGER_NONE 0x00000000
#define IRQF_TRIGGER_RISING 0x00000001
#define IRQF_TRIGGER_FALLING 0x00000002
#define IRQF_TRIGGER_HIGH 0x00000004
#define IRQF_TRIGGER_LOW 0x00000008
#define IRQF_SHARED 0x00000080
#define IRQF_ONESHOT 0x00002000
#define IRQF_NO_THREAD 0x00010000
#define IRQF_NO_AUTOEN 0x00080000
#define NO_IRQ 0
`;
