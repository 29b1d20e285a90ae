/** Stand-ins for functions of other areas, used only where the kernel has none of that name. */

import { taskletStruct } from "../../../src/kernel/base-structs";
import { call, goto, type KernelFunction, next, plain, ret, spin, step, steps } from "../../../src/kernel/functions";
import { kzalloc } from "../../../src/kernel/mm/kmalloc";
import { raiseSoftirq, Softirq } from "../../../src/kernel/sched/interrupts";
import { WINDOW_BASE } from "../../../src/language/vm/address-space";
import type { Rig } from "./rig";

const SCHEDULED = 1;
const RUNNING = 2;

export function stubs(rig: Rig): KernelFunction[] {
	const queue: number[] = [];
	const { state } = taskletStruct;
	let mapped = 0;
	return [
		...plain({
			"void tasklet_schedule(struct tasklet_struct *t)": (k, t) => {
				if (state.get(k.space, t) & SCHEDULED) return;
				state.set(k.space, t, state.get(k.space, t) | SCHEDULED);
				queue.push(t);
				raiseSoftirq(k, Softirq.Tasklet);
			},
			"void *devm_kzalloc(struct device *dev, size_t size, gfp_t gfp)": (k, _dev, size) => kzalloc(k, size),
			"void *devm_platform_ioremap_resource(struct platform_device *pdev, unsigned int index)": (k, pdev) => {
				const board = k.devices.find((d) => d.model && rig.platform(d.labels[0]) === pdev);
				const reg = board?.reg[0];
				if (!reg) return -22;
				const at = WINDOW_BASE + 0x40000000 + mapped;
				k.space.map(at, reg.base, Math.ceil(reg.size / 4096), "mmio");
				mapped += Math.ceil(reg.size / 4096) * 4096;
				return at;
			},
			"struct clk *devm_clk_get(struct device *dev, const char *id)": () => 16,
			"int devm_request_irq(struct device *dev, unsigned int irq, irq_handler_t handler, unsigned long irqflags, const char *devname, void *dev_id)":
				(k, _dev, line, handler, flags, _name, devId) => {
					const action = { handler, threadFn: 0, devId, name: "dma", flags };
					k.state.irqs[line] = { line, actions: [action], depth: 0, count: 0, unhandled: 0 };
					k.machine.interrupts.unmask(line);
					return 0;
				},
			"int platform_irq_count(struct platform_device *dev)": () => 1,
			"int platform_get_irq(struct platform_device *dev, unsigned int num)": () => 27,
			"const void *of_device_get_match_data(const struct device *dev)": () => 0,
		}),
		steps("void tasklet_action(void)", {
			next: step("Take the next scheduled tasklet.", (k, f) => {
				const t = queue.shift();
				if (t === undefined) return ret();
				f.locals.t = t;
				state.set(k.space, t, RUNNING);
				return call(taskletStruct.callback.get(k.space, t), [t]);
			}),
			done: step("It has run.", (k, f) => {
				state.set(k.space, f.locals.t, state.get(k.space, f.locals.t) & ~RUNNING);
				return goto("next");
			}),
		}),
		steps("void tasklet_kill(struct tasklet_struct *t)", {
			wait: step("Wait.", (k, f) => (state.get(k.space, f.args[0]) === 0 ? next : spin(1_000_000, "wait"))),
			done: step("It is over.", () => ret()),
		}),
		steps("int __platform_driver_register(struct platform_driver *drv, struct module *owner)", {
			probe: step("Bind it to the controller.", (k, f) => {
				rig.bind(f.args[0]);
				return call(k.space.r64(f.args[0]), [rig.platform("dmac")]);
			}),
			done: step("Probed.", (_, f) => ret(f.result | 0)),
		}),
	];
}
