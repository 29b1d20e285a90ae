/**
 * A walk over the client API: commands, what they do to a small model of cookies, lists and callbacks (reference 3), and
 * the scenario in C that does the same and checks itself. On dw-axi-dmac: terminate frees what is queued, completes no
 * cookie and drops callbacks that the tasklet has not taken; the end of a copy does not start the next one: only
 * issue_pending does (6.12).
 *
 * A copy takes longer than all other commands of a walk together, so nothing completes but while the scenario sleeps.
 */

export const CHANNELS = 2;
const BYTES = 256 * 1024;
/** Longer than all copies of a walk take. */
const SLEEP_MS = 100;

export type CallbackKind = "plain" | "chain" | "terminate" | "none";

/** As fast-check makes it: `pick` chooses among what there is when the command comes. */
export interface Command {
	readonly op:
		| "prep"
		| "submit"
		| "copy"
		| "issue"
		| "settle"
		| "interrupts"
		| "status"
		| "last"
		| "terminate"
		| "terminate_sync"
		| "free"
		| "release";
	readonly channel: number;
	readonly pick: number;
	readonly callback: CallbackKind;
	readonly reuse: boolean;
}

interface Descriptor {
	readonly slot: number;
	readonly callback: CallbackKind;
	readonly reuse: boolean;
	/** Slot of the descriptor that a chain callback prepares. */
	readonly child: number;
	cookie: number;
	where: "allocated" | "submitted" | "issued" | "completed" | "calling" | "gone";
}

interface Channel {
	cookie: number;
	completed: number;
	descriptors: Descriptor[];
	submitted: Descriptor[];
	/** The first one is on the hardware while `running`. */
	issued: Descriptor[];
	running: boolean;
	waiting: Descriptor[];
	/** Slots whose callbacks have run since the last look. */
	called: number[];
}

export const BOARD = "#include <board/generic-axi-dmac.dtsi>";
/** A controller that leaves its list items alone, so that descriptors can be used again: 6.12's driver does not mend them. */
export const DEVICETREE = "&dmac { sim,write-back-clears-valid = <0>; };";

const COMPLETE = 0;
const IN_PROGRESS = 1;
const EPERM = 1;

/** dma_async_is_complete (reference 3.1); no walk is long enough for cookies to wrap. */
const statusOf = (c: Channel, cookie: number): number =>
	cookie <= c.completed || cookie > c.cookie ? COMPLETE : IN_PROGRESS;

class Walk {
	readonly lines: string[] = [];
	private readonly channels: Channel[] = Array.from({ length: CHANNELS }, () => ({
		cookie: 1,
		completed: 1,
		descriptors: [],
		submitted: [],
		issued: [],
		running: false,
		waiting: [],
		called: [],
	}));
	private slots = 0;
	private held = false;

	get slotCount(): number {
		return this.slots;
	}

	run(command: Command): void {
		const n = command.channel % CHANNELS;
		const c = this.channels[n]!;
		const choose = (list: readonly Descriptor[]): Descriptor | undefined =>
			list[command.pick % Math.max(1, list.length)];
		switch (command.op) {
			case "prep":
				this.prep(c, n, command);
				break;
			case "copy":
			case "submit": {
				if (command.op === "copy") this.prep(c, n, command);
				const ready = c.descriptors.filter(({ where }) => where === "allocated");
				const d = command.op === "copy" ? ready[ready.length - 1] : choose(ready);
				if (!d) break;
				this.submit(c, d);
				this.say(`is(__LINE__, "cookie", dmaengine_submit(tx[${d.slot}]), ${d.cookie});`);
				break;
			}
			case "issue":
				this.issue(c);
				this.say(`dma_async_issue_pending(chan[${n}]);`);
				break;
			case "settle":
				this.settle();
				break;
			case "interrupts":
				this.interrupts();
				break;
			case "status": {
				const cookie = command.pick % (c.cookie + 3);
				this.say(
					`is(__LINE__, "status of cookie ${cookie}", dmaengine_tx_status(chan[${n}], ${cookie}, NULL), ${statusOf(c, cookie)});`,
				);
				break;
			}
			case "last":
				this.say(
					`dma_async_is_tx_complete(chan[${n}], 1, &last, &used);\n\tis(__LINE__, "last", last, ${c.completed});\n\tis(__LINE__, "used", used, ${c.cookie});`,
				);
				break;
			case "terminate_sync":
			case "terminate": {
				// The driver looks every millisecond whether the hardware has stopped: another copy would end meanwhile.
				if (c.running && this.channels.some((other) => other !== c && other.running)) this.settle();
				// With tasklets held nothing would end the wait for one that is scheduled.
				const sync = command.op === "terminate_sync" && !this.held;
				this.terminate(c);
				this.say(`is(__LINE__, "terminate", dmaengine_terminate_${sync ? "sync" : "async"}(chan[${n}]), 0);`);
				break;
			}
			case "free": {
				const d = choose(
					c.descriptors.filter(({ where, reuse }) => (reuse ? where === "allocated" : where !== "gone")),
				);
				if (!d) break;
				this.say(`is(__LINE__, "desc_free", dmaengine_desc_free(tx[${d.slot}]), ${d.reuse ? 0 : -EPERM});`);
				if (d.reuse) d.where = "gone";
				break;
			}
			case "release":
				if (this.held || c.issued.length > 0) break;
				for (const d of c.descriptors) d.where = "gone";
				c.submitted = [];
				this.say(`dma_release_channel(chan[${n}]);\n\tchan[${n}] = dma_request_chan_by_mask(&mask);`);
				break;
		}
		c.descriptors = c.descriptors.filter(({ where }) => where !== "gone");
	}

	private say(text: string): void {
		this.lines.push(`\t${text}`);
	}

	private prep(c: Channel, n: number, { callback, reuse }: Command): void {
		const slot = this.slots++;
		const chained = callback === "chain";
		const child = chained ? this.slots++ : -1;
		const d: Descriptor = { slot, callback, reuse: reuse && !chained, child, cookie: 0, where: "allocated" };
		c.descriptors.push(d);
		this.say(`prep(${slot}, ${n}, ${callback === "none" ? "NULL" : `cb_${callback}`}, ${d.reuse ? 1 : 0}, ${child});`);
	}

	private submit(c: Channel, d: Descriptor): void {
		d.cookie = ++c.cookie;
		d.where = "submitted";
		c.submitted.push(d);
	}

	private issue(c: Channel): void {
		for (const d of c.submitted) d.where = "issued";
		c.issued.push(...c.submitted);
		c.submitted = [];
		c.running ||= c.issued.length > 0;
	}

	private terminate(c: Channel): void {
		for (const d of c.descriptors) if (d.where !== "calling") d.where = d.reuse ? "allocated" : "gone";
		c.submitted = [];
		c.issued = [];
		c.running = false;
		c.waiting = [];
	}

	/** The interrupt: the head of `issued` is complete, its callback waits for the tasklet. */
	private complete(c: Channel): void {
		const d = c.running ? c.issued.shift() : undefined;
		c.running = false;
		if (!d) return;
		c.completed = d.cookie;
		d.where = "completed";
		c.waiting.push(d);
	}

	/** The tasklet: takes what waits, calls back in order; terminating in a callback does not stop those behind it. */
	private tasklet(c: Channel): void {
		const taken = c.waiting;
		c.waiting = [];
		for (const d of taken) d.where = "calling";
		for (const d of taken) {
			if (d.callback !== "none") c.called.push(d.slot);
			if (d.callback === "terminate") this.terminate(c);
			if (d.callback === "chain") {
				const child: Descriptor = {
					slot: d.child,
					callback: "plain",
					reuse: false,
					child: -1,
					cookie: 0,
					where: "allocated",
				};
				c.descriptors.push(child);
				this.submit(c, child);
				this.issue(c);
			}
			d.where = d.reuse ? "allocated" : "gone";
		}
	}

	private interrupts(): void {
		for (const c of this.channels) this.complete(c);
		if (!this.held) this.say("sim_softirq_hold();");
		this.held = true;
		this.say(`msleep(${SLEEP_MS});`);
	}

	settle(): void {
		if (this.held) this.say("sim_softirq_release();");
		this.held = false;
		this.say(`msleep(${SLEEP_MS});`);
		this.channels.forEach((c, n) => {
			this.tasklet(c);
			while (c.running) {
				this.complete(c);
				this.tasklet(c);
			}
			const list = c.called.length > 0 ? c.called.join(", ") : "-1";
			this.say(`called(__LINE__, ${n}, (int[]){ ${list} }, ${c.called.length});`);
			c.called = [];
			c.descriptors = c.descriptors.filter(({ where }) => where !== "gone");
		});
	}
}

/** The scenario that a list of commands stands for. Its init fails when the machine does anything else than the model. */
export function scenario(commands: readonly Command[]): string {
	const walk = new Walk();
	for (const command of commands) walk.run(command);
	walk.settle();
	return `${BOARD}
${DEVICETREE}

#define SLOTS ${Math.max(1, walk.slotCount)}

static struct dma_chan *chan[${CHANNELS}];
static struct dma_async_tx_descriptor *tx[SLOTS];
static int owner[SLOTS], child[SLOTS], order[${CHANNELS}][4 * SLOTS], orders[${CHANNELS}], failures;
static dma_addr_t src, dst;
static dma_cap_mask_t mask;

static void is(int line, const char *what, long got, long expected)
{
	if (got == expected)
		return;
	pr_err("line %d: %s: %ld, expected %ld\\n", line, what, got, expected);
	failures++;
}

static void called(int line, int n, const int *slots, int count)
{
	int i;

	is(line, "callbacks", orders[n], count);
	for (i = 0; i < min(count, orders[n]); i++)
		is(line, "descriptor called back", order[n][i], slots[i]);
	orders[n] = 0;
}

static void prep(long slot, int n, void (*callback)(void *), bool reuse, int next)
{
	tx[slot] = dmaengine_prep_dma_memcpy(chan[n], dst, src, ${BYTES},
					     DMA_PREP_INTERRUPT | DMA_CTRL_ACK | (reuse ? DMA_CTRL_REUSE : 0));
	tx[slot]->callback = callback;
	tx[slot]->callback_param = (void *)slot;
	owner[slot] = n;
	child[slot] = next;
}

static void cb_plain(void *param)
{
	int n = owner[(long)param];

	order[n][orders[n]++] = (long)param;
}

static void cb_terminate(void *param)
{
	cb_plain(param);
	dmaengine_terminate_async(chan[owner[(long)param]]);
}

static void cb_chain(void *param)
{
	long slot = (long)param;

	cb_plain(param);
	prep(child[slot], owner[slot], cb_plain, false, -1);
	dmaengine_submit(tx[child[slot]]);
	dma_async_issue_pending(chan[owner[slot]]);
}

static int walk(void)
{
	dma_cookie_t last, used;
	int i;

	(void)last; (void)used; (void)cb_terminate; (void)cb_chain;
	dma_cap_zero(mask);
	dma_cap_set(DMA_MEMCPY, mask);
	for (i = 0; i < ${CHANNELS}; i++)
		chan[i] = dma_request_chan_by_mask(&mask);
	dma_alloc_coherent(dmaengine_get_dma_device(chan[0]), ${BYTES}, &src, GFP_KERNEL);
	dma_alloc_coherent(dmaengine_get_dma_device(chan[0]), ${BYTES}, &dst, GFP_KERNEL);

${walk.lines.join("\n")}

	for (i = 0; i < ${CHANNELS}; i++) {
		dmaengine_terminate_sync(chan[i]);
		dma_release_channel(chan[i]);
	}
	return failures ? -EIO : 0;
}
module_init(walk);
`;
}
