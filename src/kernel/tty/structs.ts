/** The part of struct tty_port that the kernel itself uses: it stands first, as in Linux. */
import { workStruct } from "../base-structs";
import { fn, ptr, struct, u32 } from "../struct";

/** What has come in and was not yet handed to the line discipline. */
export const ttyBufhead = struct("tty_bufhead", {
	work: workStruct.$member,
	/** Bytes, and behind them as many flags. */
	data: ptr("u8"),
	used: u32,
	size: u32,
	/** How much of it has been pushed. */
	commit: u32,
});

export const ttyPortClientOperations = struct("tty_port_client_operations", {
	receive_buf: fn("size_t (*%s)(struct tty_port *port, const u8 *cp, const u8 *fp, size_t count)"),
	lookahead_buf: fn("void (*%s)(struct tty_port *port, const u8 *cp, const u8 *fp, size_t count)"),
	write_wakeup: fn("void (*%s)(struct tty_port *port)"),
});

/** The beginning of struct tty_port. */
export const ttyPortHead = struct("__tty_port_head", {
	buf: ttyBufhead.$member,
	tty: ptr("struct tty_struct"),
	itty: ptr("struct tty_struct"),
	ops: ptr("const struct tty_port_operations"),
	client_ops: ptr("const struct tty_port_client_operations"),
});
