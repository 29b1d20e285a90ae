/** The client samples: their suites, and the cases of the reference that they are about (controller-cases.json), by id. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dmascope } from "../cli/support";
import { settle, value } from "../session/rig";
import { type Scenario, sampleSession } from "../session/scenario";
import cases from "./client-cases.json";

/** A debug session of one KUnit case of a sample, with what it stops at and what it sees there. */
class CaseSession {
	private readonly one: Scenario;

	constructor(
		private readonly sample: string,
		test: string,
	) {
		this.one = sampleSession(sample, { test });
	}

	/**
	 * Runs with breakpoints on the first lines that contain the texts, and says in which order they are reached, up to
	 * the last of them. Before going on from a line, `look` may read values.
	 */
	follow(texts: readonly string[], look: (text: string) => void = () => undefined): string[] {
		const { session, line } = this.one;
		const byLine = new Map(texts.map((text) => [line(text), text]));
		session.setLineBreakpoints(
			`samples/${this.sample}`,
			[...byLine.keys()].map((at) => ({ line: at })),
		);
		const reached: string[] = [];
		while (reached.at(-1) !== texts.at(-1)) {
			session.continue();
			const progress = settle(session);
			assert.equal(progress.kind, "stopped", `${texts.at(-1)} was never reached`);
			if (progress.kind !== "stopped") break;
			const text = byLine.get(session.frames(progress.stop.threadId)[0]?.line ?? 0);
			assert.ok(text !== undefined, "stopped elsewhere");
			reached.push(text);
			look(text);
		}
		return reached;
	}

	/** An expression's value as a number, where the session stands; from the console it may call the sample's functions. */
	number(expression: string, context: "watch" | "repl" = "watch"): number {
		const text = value(this.one.session, expression, context);
		const found = /^-?(0x[0-9a-f]+|\d+)|^(true|false)/.exec(text)?.[0];
		assert.ok(found !== undefined, `${expression} is ${text}`);
		return found === "true" ? 1 : found === "false" ? 0 : Number(found);
	}
}

const SUITES = [
	["uart-8250-dma.dma", 8],
	["uart-rx-timeout.dma", 4],
	["stm32-i2c.dma", 13],
	["stm32-sai.dma", 7],
	["stm32-spi.dma", 8],
] as const;

describe("client samples", () => {
	for (const [name, count] of SUITES) {
		it(`${name}: each case on a machine of its own`, async () => {
			const { status, all: out } = await dmascope(["test", `samples/${name}`]);
			assert.equal(status, 0, out);
			assert.match(out, new RegExp(`pass:${count} fail:0 skip:0 total:${count}`));
		});

		it(`${name}: all cases in one boot, without a bad word`, async () => {
			const { status, all: out } = await dmascope(["run", `samples/${name}`]);
			assert.equal(status, 0, out);
			assert.doesNotMatch(out, /BUG|WARNING|INFO/);
		});
	}

	it("stm32-spi.dma on SPI6: the same client on MDMA channels", async () => {
		const text = readFileSync("samples/stm32-spi.dma", "utf8")
			.replaceAll("&spi1", "&spi6")
			.replaceAll('"spi1"', '"spi6"');
		const { status, all: out } = await dmascope(["test", "spi6.dma"], { "spi6.dma": text });
		assert.equal(status, 0, out);
		assert.match(out, /dma dma0chan\d+: Transfer Err/);
		assert.match(out, /pass:8 fail:0 skip:0 total:8/);
	});

	// What needs a resume, or memory for a descriptor, is otherwise there: pl330 has neither.
	for (const name of ["tx_wraps", "tx_goes_on", "tx_flush", "receives_until_silence", "receives_more_than_the_buffer"])
		it(`uart-8250-dma.dma on a PL330: ${name}`, async () => {
			const text = readFileSync("samples/uart-8250-dma.dma", "utf8")
				.replace("board/stm32mp157.dtsi", "board/zynq-7000.dtsi")
				.replace("<0 200 4>", "<0 90 4>")
				.replace("<0 201 4>", "<0 91 4>")
				.replace("<&dmamux1 117 0x400 0x15>, <&dmamux1 118 0x400 0x11>", "<&dmac_s 0>, <&dmac_s 1>");
			const { status, all: out } = await dmascope(["test", "zynq.dma", "--case", `*.${name}`], { "zynq.dma": text });
			assert.equal(status, 0, out);
			assert.match(out, /pass:1 fail:0 skip:0 total:1/);
		});

	it("a switch brings the driver's old leak back: what fails stays mapped", async () => {
		const { status, all: out } = await dmascope([
			"test",
			"samples/stm32-i2c.dma",
			"--param",
			"stm32_i2c.legacy_unmap_leak=1",
		]);
		assert.equal(status, 1);
		const failed = [...out.matchAll(/^ {4}not ok \d+ (\w+)/gm)].map((match) => match[1]);
		assert.deepEqual(failed, ["nobody_there", "refused_byte", "bus_error", "lost_arbitration", "clock_held"]);
	});
});

describe("clients (controller-cases.json)", () => {
	it("client-01-8250-tx-wrap", () => {
		const { provider, ops, expect } = cases["client-01-8250-tx-wrap"];
		const { fifo } = ops[0] as { fifo: { size: number; tail: number; len: number } };
		const run = new CaseSession("uart-8250-dma.dma", "uart_8250_dma.tx_wraps");
		const lines: Record<string, string> = {
			kfifo_dma_out_prepare_mapped: "kfifo_dma_out_prepare_mapped(",
			"prep_slave_sg(2, MEM_TO_DEV, INTERRUPT|ACK)": "dmaengine_prep_slave_sg(dma->txchan",
			submit: "dma->tx_cookie = dmaengine_submit(desc)",
			"dma_sync_single_for_device(tx_addr,4096,TO_DEVICE)": "dma_sync_single_for_device(",
			issue_pending: "dma_async_issue_pending(dma->txchan)",
		};
		const reached = run.follow(Object.values(lines), (text) => {
			if (text === lines.kfifo_dma_out_prepare_mapped) {
				assert.equal(run.number("p->xmit.kfifo.mask") + 1, fifo.size);
				assert.equal(run.number("p->xmit.kfifo.out % 4096"), fifo.tail);
				assert.equal(run.number("p->xmit.kfifo.in - p->xmit.kfifo.out"), fifo.len);
			} else if (text.startsWith("dmaengine_prep_slave_sg")) {
				assert.equal(run.number("n"), 2);
				// The case's ring is mapped at its txAddr.
				const shift = Number(provider.txAddr) - run.number("dma->tx_addr");
				const entry = (at: number) => [
					run.number(`sgl[${at}].dma_address`) + shift,
					run.number(`sgl[${at}].dma_length`),
				];
				assert.deepEqual(
					[entry(0), entry(1)],
					expect.sg.map(([at, length]) => [Number(at), length]),
				);
				assert.equal(run.number("dma->tx_size"), expect.tx_size);
			} else if (text === lines.submit) {
				// DMA_PREP_INTERRUPT | DMA_CTRL_ACK
				assert.equal(run.number("desc->flags + 0"), 3);
			}
		});
		assert.deepEqual(
			reached,
			expect.calls.map((call) => lines[call]),
		);
	});

	it("client-02-8250-rx-timeout-good", () => {
		const { provider, expect } = cases["client-02-8250-rx-timeout-good"];
		const run = new CaseSession("uart-8250-dma.dma", "uart_8250_dma.receives_until_silence");
		// What times out is what the UART keeps below its trigger: seven bytes come behind the case's 300.
		const lines: Record<string, string> = {
			pause: "dmaengine_pause(dma->rxchan)",
			tx_status: "dmaengine_tx_status(dma->rxchan",
			"tty_insert_flip_string(300)": "port_insert(p, dma->rx_buf, count)",
			tty_flip_buffer_push: "	port_push(p);",
			terminate_async: "dmaengine_terminate_async(dma->rxchan)",
		};
		const reached = run.follow(Object.values(lines), (text) => {
			if (text === lines.pause) assert.equal(run.number("dma->rx_size"), provider.rxSize);
			else if (text.startsWith("port_insert")) {
				assert.equal(run.number("state.residue"), expect.residue);
				assert.equal(run.number("count"), expect.count);
			} else if (text === lines.terminate_async) assert.equal(run.number("dma->rx_running"), expect.rx_running);
		});
		assert.deepEqual(
			reached,
			expect.calls.map((call) => lines[call]),
		);
		run.follow(["KUNIT_EXPECT_EQ(test, 7, p->input->by_pio)"]);
		assert.equal(run.number("p->input->by_pio"), 7);
	});

	it("client-03-8250-rx-timeout-dwaxi", () => {
		const { ops, expect } = cases["client-03-8250-rx-timeout-dwaxi"];
		const run = new CaseSession("uart-rx-timeout.dma", "uart_rx_timeout.silence_loses_what_was_moved");
		const lines: Record<string, string> = {
			pause: "dmaengine_pause(p->chan)",
			tx_status: "p->last_status = dmaengine_tx_status(",
			terminate_async: "dmaengine_terminate_async(p->chan)",
		};
		const calls = expect.calls.filter((call) => call !== "(returns early)");
		const reached = run.follow(
			calls.map((call) => lines[call] ?? call),
			(text) => {
				// It has returned early: what was counted is nothing, and the transfer is believed to run.
				if (text !== lines.terminate_async) return;
				assert.equal(run.number("p->by_dma"), expect.count);
				assert.equal(run.number("p->rx_running"), expect.rx_running);
			},
		);
		assert.deepEqual(
			reached,
			calls.map((call) => lines[call]),
		);
		run.follow(["KUNIT_EXPECT_EQ(test, 296, moved)"]);
		const { rxBytes } = ops[0] as { rxBytes: number };
		assert.equal(run.number("p->by_pio"), expect.readByPio);
		assert.equal(rxBytes - run.number("p->by_pio") - run.number("p->by_dma"), expect.lostBytes);
		assert.equal(run.number("p->rx_running"), expect.rx_running);
	});

	it("client-04-pcm-pointer", () => {
		const { ops, expect } = cases["client-04-pcm-pointer"];
		const run = new CaseSession("stm32-sai.dma", "stm32_sai.pointer_from_residue");
		run.follow(["KUNIT_EXPECT_EQ(test, 1096, pcm_position(DMA_IN_PROGRESS"]);
		for (const [index, { residue }] of ops.entries())
			for (const status of ["DMA_IN_PROGRESS", "DMA_PAUSED"])
				assert.equal(run.number(`pcm_position(${status}, ${residue}, 16384)`, "repl"), expect.frames[index]);
	});

	it("client-05-i2c-tx", () => {
		const { ops, expect } = cases["client-05-i2c-tx"];
		const run = new CaseSession("stm32-i2c.dma", "stm32_i2c.writes_by_dma");
		// The first controller's transmit channel.
		run.follow(["return dmaengine_slave_config(chan, &config)"], () => {
			assert.equal(run.number("config.dst_addr"), Number(expect.config.dst_addr));
			assert.equal(run.number("config.dst_addr_width + 0"), expect.config.dst_addr_width);
			assert.equal(run.number("config.dst_maxburst"), expect.config.dst_maxburst);
		});
		const lines: Record<string, string> = {
			"dma_map_single(32,TO_DEVICE)": "dma->addr = dma_map_single(",
			"prep_slave_single(MEM_TO_DEV, INTERRUPT)": "desc = dmaengine_prep_slave_single(dma->using",
			reinit_completion: "reinit_completion(&dma->complete)",
			submit: "ret = dma_submit_error(dmaengine_submit(desc))",
			issue_pending: "dma_async_issue_pending(dma->using)",
			"CR1.TXDMAEN": "bus_write(bus, I2C_CR1, cr1)",
			START: "bus_write(bus, I2C_CR2, cr2 | CR2_START)",
			"IRQ STOP -> thread": "return IRQ_WAKE_THREAD",
			"wait dma_complete (1 s)": "if (!wait_for_completion_timeout(&bus->dma->complete, HZ))",
		};
		const reached = run.follow(Object.values(lines), (text) => {
			const { xfer } = ops[0] as { xfer: { write: number } };
			if (text === lines["dma_map_single(32,TO_DEVICE)"]) {
				assert.equal(run.number("dma->len"), xfer.write);
				// DMA_TO_DEVICE
				assert.equal(run.number("dma->dir + 0"), 1);
			} else if (text === lines.reinit_completion) {
				// DMA_PREP_INTERRUPT alone
				assert.equal(run.number("desc->flags + 0"), 1);
			} else if (text === lines["CR1.TXDMAEN"]) {
				assert.equal(run.number("cr1 & (1 << 14)"), 1 << 14);
				assert.equal(run.number("cr1 & (1 << 15)"), 0);
			}
		});
		assert.deepEqual(
			reached,
			expect.calls.map((call) => lines[call]),
		);
	});
});
