import assert from "node:assert/strict";
import { bootAndRun } from "../harness";

/** What a client of a port prints behind "> " while `body` runs; it takes at most `most` bytes at once. */
function lines(body: string, most = 4096): string[] {
	const rig = bootAndRun({
		"port.c": `static struct uart_8250_port up;
			static struct uart_state state;
			static struct tty_port *port = &state.port;
			static size_t most = ${most};
			static size_t take(struct tty_port *p, const u8 *cp, const u8 *fp, size_t count)
			{
				size_t n = min(count, most), i, flagged = 0;

				for (i = 0; i < n; i++)
					flagged += fp[i] != TTY_NORMAL;
				pr_info("> %zu of %zu, %zu flagged: %.*s\\n", n, count, flagged, (int)min_t(size_t, n, 12), cp);
				return n;
			}
			static void wakeup(struct tty_port *p)
			{
				pr_info("> room\\n");
			}
			static const struct tty_port_client_operations ops = { .receive_buf = take, .write_wakeup = wakeup };
			static int port_init(void)
			{
				tty_port_init(port);
				port->client_ops = &ops;
				up.port.state = &state;
				up.port.membase = ioremap(0x10000000, 0x100);
				spin_lock_init(&up.port.lock);
				${body}
				tty_port_destroy(port);
				return 0;
			}
			module_init(port_init);`,
	});
	const log = rig.log();
	assert.ok(!log.some((line) => /BUG|WARNING|Unable/.test(line)), log.join("\n"));
	return log.filter((line) => line.includes("> ")).map((line) => line.replace(/^\d+ > /, ""));
}

describe("tty port", () => {
	it("what is pushed reaches the client in a work of its own; what is only inserted does not", () => {
		assert.deepEqual(
			lines(`unsigned long flags;
				u8 text[] = "some bytes";
				uart_port_lock_irqsave(&up.port, &flags);
				pr_info("> %zu\\n", tty_insert_flip_string(port, text, 10));
				tty_flip_buffer_push(port);
				tty_insert_flip_char(port, '!', TTY_OVERRUN);
				uart_port_unlock_irqrestore(&up.port, flags);
				pr_info("> pushed\\n");
				msleep(4);
				tty_flip_buffer_push(port);
				msleep(4);`),
			["10", "pushed", "10 of 10, 0 flagged: some bytes", "1 of 1, 1 flagged: !"],
		);
	});

	it("a client that takes a part is asked again; one that takes nothing is asked at the next push", () => {
		assert.deepEqual(
			lines(
				`tty_insert_flip_string(port, (const u8 *)"0123456789", 10);
				tty_flip_buffer_push(port);
				msleep(4);
				most = 0;
				tty_insert_flip_string(port, (const u8 *)"abc", 3);
				tty_flip_buffer_push(port);
				msleep(4);
				most = 9;
				tty_flip_buffer_push(port);
				msleep(4);`,
				4,
			),
			[
				"4 of 10, 0 flagged: 0123",
				"4 of 6, 0 flagged: 4567",
				"2 of 2, 0 flagged: 89",
				"0 of 3, 0 flagged: ",
				"3 of 3, 0 flagged: abc",
			],
		);
	});

	it("64 KiB wait at most; more are refused", () => {
		assert.deepEqual(
			lines(
				`u8 *data = kzalloc(40000, GFP_KERNEL);
				pr_info("> %zu\\n", tty_insert_flip_string(port, data, 40000));
				pr_info("> %zu\\n", tty_insert_flip_string(port, data, 40000));
				pr_info("> %zu\\n", tty_insert_flip_string(port, data, 1));
				tty_flip_buffer_push(port);
				msleep(4);
				pr_info("> %zu\\n", tty_insert_flip_string(port, data, 1));
				kfree(data);`,
				70000,
			).map((line) => line.split(":")[0]),
			["40000", "25536", "0", "65536 of 65536, 0 flagged", "1"],
		);
	});

	it("without memory nothing is inserted, without a client it is dropped", () => {
		assert.deepEqual(
			lines(`sim_fault_alloc(1);
				pr_info("> %zu\\n", tty_insert_flip_string(port, (const u8 *)"abc", 3));
				port->client_ops = NULL;
				pr_info("> %zu\\n", tty_insert_flip_string(port, (const u8 *)"abc", 3));
				tty_flip_buffer_push(port);
				msleep(4);
				pr_info("> %u\\n", port->buf.used);`),
			["0", "3", "0"],
		);
	});

	it("the helpers of a serial driver: registers, THRI, the ring, XON", () => {
		assert.deepEqual(
			lines(`kfifo_alloc(&port->xmit_fifo, 64, GFP_KERNEL);
				kfifo_in(&port->xmit_fifo, "abcdef", 6);
				uart_xmit_advance(&up.port, 4);
				pr_info("> %u %u\\n", kfifo_len(&port->xmit_fifo), up.port.icount.tx);
				pr_info("> %d %d %x\\n", serial8250_set_THRI(&up), serial8250_set_THRI(&up), serial_in(&up, UART_IER));
				pr_info("> %d %d %x\\n", serial8250_clear_THRI(&up), serial8250_clear_THRI(&up), serial_in(&up, UART_IER));
				pr_info("> %x\\n", serial_lsr_in(&up));
				up.port.x_char = 0x11;
				uart_xchar_out(&up.port, UART_TX);
				pr_info("> %x %u\\n", up.port.x_char, up.port.icount.tx);
				uart_write_wakeup(&up.port);
				kfifo_free(&port->xmit_fifo);`),
			["2 4", "1 0 2", "1 0 0", "60", "0 5", "room"],
		);
	});
});
