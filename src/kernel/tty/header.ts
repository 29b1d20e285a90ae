/**
 * linux/tty.h, linux/serial_core.h, linux/serial_8250.h and the 8250 driver's own header, as far as its DMA client uses
 * them: a port, its ring of bytes to send, and the registers of its UART. There is no line discipline and no terminal:
 * what a port has received goes to its `client_ops->receive_buf`.
 */
import { ttyBufhead, ttyPortClientOperations } from "./structs";

/** Behind the headers of kfifo, work and dmaengine. */
export const serialCoreHeader = `
struct tty_struct;
struct tty_port;
struct tty_port_operations;
struct uart_port;
struct uart_8250_port;
enum { TTY_NORMAL, TTY_BREAK, TTY_FRAME, TTY_PARITY, TTY_OVERRUN };
#define WAKEUP_CHARS 256
#define UART_XMIT_SIZE PAGE_SIZE
${ttyBufhead.$c}
${ttyPortClientOperations.$c}
struct tty_port {
	struct tty_bufhead buf;
	struct tty_struct *tty;
	struct tty_struct *itty;
	const struct tty_port_operations *ops;
	const struct tty_port_client_operations *client_ops;
	spinlock_t lock;
	int blocked_open;
	int count;
	unsigned char *xmit_buf;
	DECLARE_KFIFO_PTR(xmit_fifo, u8);
	void *client_data;
};
struct uart_icount { __u32 cts, dsr, rng, dcd, rx, tx, frame, overrun, parity, brk, buf_overrun; };
struct uart_state { struct tty_port port; struct uart_port *uart_port; };
struct uart_port {
	spinlock_t lock;
	unsigned long iobase;
	unsigned char __iomem *membase;
	unsigned int (*serial_in)(struct uart_port *, int);
	void (*serial_out)(struct uart_port *, int, int);
	int (*handle_irq)(struct uart_port *);
	unsigned int irq;
	unsigned long irqflags;
	unsigned int uartclk;
	unsigned int fifosize;
	unsigned char x_char;
	unsigned char regshift;
	unsigned int read_status_mask;
	unsigned int ignore_status_mask;
	struct uart_state *state;
	struct uart_icount icount;
	unsigned int flags;
	unsigned int type;
	unsigned int line;
	bool hw_stopped;
	resource_size_t mapbase;
	resource_size_t mapsize;
	struct device *dev;
	void *private_data;
};
struct uart_8250_dma {
	int (*tx_dma)(struct uart_8250_port *p);
	int (*rx_dma)(struct uart_8250_port *p);
	void (*prepare_tx_dma)(struct uart_8250_port *p);
	void (*prepare_rx_dma)(struct uart_8250_port *p);
	dma_filter_fn fn;
	void *rx_param;
	void *tx_param;
	struct dma_slave_config rxconf;
	struct dma_slave_config txconf;
	struct dma_chan *rxchan;
	struct dma_chan *txchan;
	phys_addr_t rx_dma_addr;
	phys_addr_t tx_dma_addr;
	dma_addr_t rx_addr;
	dma_addr_t tx_addr;
	dma_cookie_t rx_cookie;
	dma_cookie_t tx_cookie;
	void *rx_buf;
	size_t rx_size;
	size_t tx_size;
	unsigned char tx_running;
	unsigned char tx_err;
	unsigned char rx_running;
};
struct uart_8250_port {
	struct uart_port port;
	u32 capabilities;
	unsigned short bugs;
	unsigned int tx_loadsz;
	unsigned char acr;
	unsigned char fcr;
	unsigned char ier;
	unsigned char lcr;
	unsigned char mcr;
	u16 lsr_saved_flags;
	u16 lsr_save_mask;
	struct uart_8250_dma *dma;
};
int serial8250_tx_dma(struct uart_8250_port *p);
void serial8250_tx_dma_flush(struct uart_8250_port *p);
int serial8250_rx_dma(struct uart_8250_port *p);
void serial8250_rx_dma_flush(struct uart_8250_port *p);
int serial8250_request_dma(struct uart_8250_port *p);
void serial8250_release_dma(struct uart_8250_port *p);
#define up_to_u8250p(up) container_of(up, struct uart_8250_port, port)
`;

/** Behind the prototypes of the kernel's functions. */
export const serialCoreText = `
static inline void tty_port_init(struct tty_port *port)
{
	memset(port, 0, sizeof(*port));
	INIT_WORK(&port->buf.work, flush_to_ldisc);
	spin_lock_init(&port->lock);
}
static inline void tty_port_destroy(struct tty_port *port)
{
	cancel_work_sync(&port->buf.work);
	tty_buffer_free_all(port);
}
static inline int tty_insert_flip_char(struct tty_port *port, u8 ch, u8 flag)
{
	return tty_insert_flip_string_fixed_flag(port, &ch, flag, 1);
}
static inline void tty_port_tty_wakeup(struct tty_port *port)
{
	if (port->client_ops && port->client_ops->write_wakeup)
		port->client_ops->write_wakeup(port);
}
#define uart_port_lock(up) spin_lock(&(up)->lock)
#define uart_port_unlock(up) spin_unlock(&(up)->lock)
#define uart_port_lock_irq(up) spin_lock_irq(&(up)->lock)
#define uart_port_unlock_irq(up) spin_unlock_irq(&(up)->lock)
#define uart_port_lock_irqsave(up, flags) spin_lock_irqsave(&(up)->lock, *(flags))
#define uart_port_unlock_irqrestore(up, flags) spin_unlock_irqrestore(&(up)->lock, flags)
static inline unsigned int serial_port_in(struct uart_port *up, int offset)
{
	return up->serial_in ? up->serial_in(up, offset) : readb(up->membase + (offset << up->regshift));
}
static inline void serial_port_out(struct uart_port *up, int offset, int value)
{
	if (up->serial_out)
		up->serial_out(up, offset, value);
	else
		writeb(value, up->membase + (offset << up->regshift));
}
static inline int serial_in(struct uart_8250_port *up, int offset)
{
	return serial_port_in(&up->port, offset);
}
static inline void serial_out(struct uart_8250_port *up, int offset, int value)
{
	serial_port_out(&up->port, offset, value);
}
static inline u16 serial_lsr_in(struct uart_8250_port *up)
{
	u16 lsr = up->lsr_saved_flags | serial_in(up, UART_LSR);

	up->lsr_saved_flags = lsr & up->lsr_save_mask;
	return lsr;
}
static inline bool serial8250_set_THRI(struct uart_8250_port *up)
{
	if (up->ier & UART_IER_THRI)
		return false;
	up->ier |= UART_IER_THRI;
	serial_out(up, UART_IER, up->ier);
	return true;
}
static inline bool serial8250_clear_THRI(struct uart_8250_port *up)
{
	if (!(up->ier & UART_IER_THRI))
		return false;
	up->ier &= ~UART_IER_THRI;
	serial_out(up, UART_IER, up->ier);
	return true;
}
static inline void serial8250_do_prepare_tx_dma(struct uart_8250_port *p)
{
	if (p->dma->prepare_tx_dma)
		p->dma->prepare_tx_dma(p);
}
static inline void serial8250_do_prepare_rx_dma(struct uart_8250_port *p)
{
	if (p->dma->prepare_rx_dma)
		p->dma->prepare_rx_dma(p);
}
static inline bool uart_tx_stopped(struct uart_port *up)
{
	return up->hw_stopped;
}
static inline void uart_xmit_advance(struct uart_port *up, unsigned int chars)
{
	kfifo_skip_count(&up->state->port.xmit_fifo, chars);
	up->icount.tx += chars;
}
static inline void uart_write_wakeup(struct uart_port *up)
{
	tty_port_tty_wakeup(&up->state->port);
}
static inline void uart_xchar_out(struct uart_port *up, int offset)
{
	serial_port_out(up, offset, up->x_char);
	up->icount.tx++;
	up->x_char = 0;
}
`;
