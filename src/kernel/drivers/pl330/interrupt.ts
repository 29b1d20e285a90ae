/** The driver's interrupt handler: one for all lines of the controller. */
import { devErr, devInfo, scheduleTasklet } from "../../dmaengine/external";
import { listAddTail, listDel, listEmpty, listFirst } from "../../dmaengine/lists";
import { call, goto, type KernelFunction, next, ret, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { lockController, unlockController } from "./locking";
import {
	CS,
	config,
	deviceOf,
	ES,
	FSC,
	FSM,
	FTC,
	INTCLR,
	INTEN,
	read,
	reqDesc,
	setReqDesc,
	threadAt,
	write,
} from "./registers";
import { requestDone } from "./request";
import { dmaPl330Desc, pl330Dmac, pl330Tbd, pl330Thread } from "./structs";

const IRQ_NONE = 0;
const IRQ_HANDLED = 1;

/** Takes the request that runs off the thread whose event it was; 0 when none runs. */
function detach(k: Kernel, thrd: number): number {
	const active = pl330Thread.req_running.get(k.space, thrd);
	if (active === -1) return 0;
	const desc = reqDesc(k, thrd, active);
	setReqDesc(k, thrd, active, 0);
	pl330Thread.req_running.set(k.space, thrd, -1);
	return desc;
}

const hex = (value: number): string => value.toString(16);

export const pl330InterruptFunctions: KernelFunction[] = [
	steps("int pl330_update(struct pl330_dmac *pl330)", {
		faults: step("Under the controller's lock: FSRD and FSRC say which threads have faulted.", (k, f) => {
			const [dmac] = f.args;
			const tbd = pl330Dmac.dmac_tbd.at(dmac);
			lockController(k, f, dmac);
			f.locals.result = 0;
			pl330Tbd.reset_mngr.set(k.space, tbd, read(k, dmac, FSM) & 1);
			const faulty = read(k, dmac, FSC) & ((1 << config(k, dmac, "num_chan")) - 1);
			pl330Tbd.reset_chan.set(k.space, tbd, pl330Tbd.reset_chan.get(k.space, tbd) | faulty);
			f.locals.faulty = faulty;
			f.locals.id = -1;
			return next;
		}),
		faulty: step("Say so of the next faulty channel, with its CSR and FTR, and stop it.", (k, f) => {
			const [dmac] = f.args;
			f.locals.id++;
			while (f.locals.id < 8 && (f.locals.faulty & (1 << f.locals.id)) === 0) f.locals.id++;
			const { id } = f.locals;
			if (id >= 8) return next;
			const status = hex(read(k, dmac, CS + 8 * id));
			const fault = hex(read(k, dmac, FTC + 4 * id));
			devInfo(k, deviceOf(k, dmac), `Reset Channel-${id}\t CS-${status} FTC-${fault}\n`);
			return call("_stop", [threadAt(k, dmac, id)], "faulty");
		}),
		events: step(
			"INT_EVENT_RIS says which events have happened; one that does not exist is the end of all.",
			(k, f) => {
				const [dmac] = f.args;
				const count = config(k, dmac, "num_events");
				f.locals.events = read(k, dmac, ES);
				f.locals.ev = -1;
				if (count >= 32 || f.locals.events >>> count === 0) return next;
				pl330Tbd.reset_dmac.set(k.space, pl330Dmac.dmac_tbd.at(dmac), 1);
				devErr(k, deviceOf(k, dmac), "pl330_update:1679 Unexpected!\n");
				f.locals.result = 1;
				return goto("unlock");
			},
		),
		event: step(
			"Clear the next event's interrupt. Its request is over: start the thread's other one at once.",
			(k, f) => {
				const [dmac] = f.args;
				const count = config(k, dmac, "num_events");
				f.locals.ev++;
				while (f.locals.ev < count && ((f.locals.events >>> f.locals.ev) & 1) === 0) f.locals.ev++;
				const { ev } = f.locals;
				if (ev >= count) return goto("callbacks");
				const inten = read(k, dmac, INTEN);
				if ((inten >>> ev) & 1) write(k, dmac, INTCLR, 1 << ev);
				f.locals.result = 1;
				const thrd = threadAt(k, dmac, k.space.s32(pl330Dmac.events.at(dmac) + 4 * ev));
				f.locals.desc = detach(k, thrd);
				return f.locals.desc === 0 ? goto("event") : call("pl330_start_thread", [thrd]);
			},
		),
		note: step("Note its descriptor for later.", (k, f) => {
			listAddTail(k.space, dmaPl330Desc.rqd.at(f.locals.desc), pl330Dmac.req_done.at(f.args[0]));
			return goto("event");
		}),
		callbacks: step("Mark the descriptors of those requests done: their channels' tasklets will call back.", (k, f) => {
			const [dmac] = f.args;
			const head = pl330Dmac.req_done.at(dmac);
			while (!listEmpty(k.space, head)) {
				const desc = dmaPl330Desc.rqd.container(listFirst(k.space, head));
				listDel(k.space, dmaPl330Desc.rqd.at(desc));
				unlockController(k, f, dmac);
				requestDone(k, desc);
				lockController(k, f, dmac);
			}
			return next;
		}),
		unlock: step("What has to be reset is left to the controller's tasklet.", (k, f) => {
			const [dmac] = f.args;
			unlockController(k, f, dmac);
			const tbd = pl330Dmac.dmac_tbd.at(dmac);
			const reset = [pl330Tbd.reset_dmac, pl330Tbd.reset_mngr, pl330Tbd.reset_chan];
			if (reset.every((member) => member.get(k.space, tbd) === 0)) return ret(f.locals.result);
			scheduleTasklet(k, pl330Dmac.tasks.at(dmac));
			return ret(1);
		}),
	}),
	steps("irqreturn_t pl330_irq_handler(int irq, void *data)", {
		update: step("Look what has happened.", (_, f) => call("pl330_update", [f.args[1]])),
		done: step("IRQ_NONE when it was nothing of ours.", (_, f) => ret(f.result ? IRQ_HANDLED : IRQ_NONE)),
	}),
];
