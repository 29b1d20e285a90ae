/** linux/kfifo.h: queues whose size is a power of two. Records of variable length are not there. */
import { type KernelFunction, plain } from "../functions";
import { checkSource, checkWrite } from "../kasan/check";
import type { Kernel } from "../kernel";
import { kfree, kmallocArray } from "../mm/kmalloc";
import { as, ptr, struct, u32 } from "../struct";

const unsigned = as(u32, "unsigned int");

export const kfifo = struct("__kfifo", {
	in: unsigned,
	out: unsigned,
	mask: unsigned,
	esize: unsigned,
	data: ptr("void"),
});

const EINVAL = 22;
const ENOMEM = 12;

function used(k: Kernel, fifo: number): number {
	return (kfifo.in.get(k.space, fifo) - kfifo.out.get(k.space, fifo)) >>> 0;
}

function free(k: Kernel, fifo: number): number {
	return kfifo.mask.get(k.space, fifo) + 1 - used(k, fifo);
}

/** Copies `count` elements between a flat buffer and the ring at position `position`. */
function copyRing(k: Kernel, fifo: number, buffer: number, count: number, position: number, intoRing: boolean): void {
	const { space } = k;
	const size = kfifo.esize.get(space, fifo);
	const data = kfifo.data.get(space, fifo);
	const capacity = kfifo.mask.get(space, fifo) + 1;
	const at = position % capacity;
	const first = Math.min(count, capacity - at);
	const move = (ring: number, flat: number, elements: number): void => {
		if (intoRing) checkSource(k, flat, elements * size);
		else checkWrite(k, flat, elements * size);
		if (intoRing) space.copy(ring, flat, elements * size);
		else space.copy(flat, ring, elements * size);
	};
	move(data + at * size, buffer, first);
	move(data, buffer + first * size, count - first);
}

function put(k: Kernel, fifo: number, buffer: number, length: number): number {
	const count = Math.min(length, free(k, fifo));
	const at = kfifo.in.get(k.space, fifo);
	copyRing(k, fifo, buffer, count, at, true);
	kfifo.in.set(k.space, fifo, at + count);
	return count;
}

function peek(k: Kernel, fifo: number, buffer: number, length: number): number {
	const count = Math.min(length, used(k, fifo));
	copyRing(k, fifo, buffer, count, kfifo.out.get(k.space, fifo), false);
	return count;
}

function take(k: Kernel, fifo: number, buffer: number, length: number): number {
	const count = peek(k, fifo, buffer, length);
	kfifo.out.set(k.space, fifo, kfifo.out.get(k.space, fifo) + count);
	return count;
}

function setUp(k: Kernel, fifo: number, data: number, size: number, esize: number): number {
	kfifo.in.set(k.space, fifo, 0);
	kfifo.out.set(k.space, fifo, 0);
	kfifo.esize.set(k.space, fifo, esize);
	kfifo.data.set(k.space, fifo, size < 2 ? 0 : data);
	kfifo.mask.set(k.space, fifo, size < 2 || data === 0 ? 0 : size - 1);
	return size < 2 ? -EINVAL : data === 0 ? -ENOMEM : 0;
}

const powerUp = (n: number): number => (n < 1 ? 0 : 2 ** Math.ceil(Math.log2(n)));
const powerDown = (n: number): number => (n < 1 ? 0 : 2 ** Math.floor(Math.log2(n)));

export const kfifoFunctions: KernelFunction[] = plain({
	"unsigned int __kfifo_in(struct __kfifo *fifo, const void *buf, unsigned int len)": (k, f, buffer, n) =>
		put(k, f!, buffer!, n!),
	"unsigned int __kfifo_out(struct __kfifo *fifo, void *buf, unsigned int len)": (k, f, buffer, n) =>
		take(k, f!, buffer!, n!),
	"unsigned int __kfifo_out_peek(struct __kfifo *fifo, void *buf, unsigned int len)": (k, f, buffer, n) =>
		peek(k, f!, buffer!, n!),
	"unsigned int __kfifo_len(const struct __kfifo *fifo)": (k, f) => used(k, f!),
	"unsigned int __kfifo_avail(const struct __kfifo *fifo)": (k, f) => free(k, f!),
	"unsigned int __kfifo_linear(const struct __kfifo *fifo, unsigned int *offset)": (k, f, offset) => {
		const capacity = kfifo.mask.get(k.space, f!) + 1;
		const at = kfifo.out.get(k.space, f!) % capacity;
		if (offset !== 0) k.space.w32(offset!, at);
		return Math.min(used(k, f!), capacity - at);
	},
	"int __kfifo_alloc(struct __kfifo *fifo, unsigned int size, size_t esize, gfp_t gfp_mask)": (
		k,
		f,
		size,
		esize,
		gfp,
	) => {
		const rounded = powerUp(size!);
		return setUp(k, f!, rounded < 2 ? 0 : kmallocArray(k, rounded, esize!, gfp!), rounded, esize!);
	},
	"int __kfifo_init(struct __kfifo *fifo, void *buffer, unsigned int size, size_t esize)": (
		k,
		f,
		buffer,
		size,
		esize,
	) => setUp(k, f!, buffer!, powerDown(Math.floor(size! / esize!)), esize!),
	"void __kfifo_free(struct __kfifo *fifo)": (k, f) => {
		kfree(k, kfifo.data.get(k.space, f!));
		setUp(k, f!, 0, 0, 0);
	},
});

export const kfifoHeader = `
${kfifo.$c}
#define __KFIFO_UNION(datatype, ptrtype) \\
	union { \\
		struct __kfifo kfifo; \\
		datatype *type; \\
		const datatype *const_type; \\
		char (*rectype)[0]; \\
		ptrtype *ptr; \\
		ptrtype const *ptr_const; \\
	}
struct kfifo { __KFIFO_UNION(unsigned char, void); unsigned char buf[0]; };
#define STRUCT_KFIFO(type, size) struct { __KFIFO_UNION(type, type); type buf[size]; }
#define STRUCT_KFIFO_PTR(type) struct { __KFIFO_UNION(type, type); type buf[0]; }
#define DECLARE_KFIFO(fifo, type, size) STRUCT_KFIFO(type, size) fifo
#define DECLARE_KFIFO_PTR(fifo, type) STRUCT_KFIFO_PTR(type) fifo
#define DEFINE_KFIFO(fifo, type, size) \\
	DECLARE_KFIFO(fifo, type, size) = { .kfifo = { .in = 0, .out = 0, .mask = (size) - 1, .esize = sizeof(type), .data = (fifo).buf } }
#define INIT_KFIFO(fifo) \\
	((void)((fifo).kfifo.in = 0, (fifo).kfifo.out = 0, (fifo).kfifo.esize = sizeof(*(fifo).type), \\
		(fifo).kfifo.mask = sizeof((fifo).buf) ? ARRAY_SIZE((fifo).buf) - 1 : 0, \\
		(fifo).kfifo.data = sizeof((fifo).buf) ? (void *)(fifo).buf : NULL))
#define kfifo_initialized(fifo) ((fifo)->kfifo.mask)
#define kfifo_esize(fifo) ((fifo)->kfifo.esize)
#define kfifo_recsize(fifo) 0
#define kfifo_size(fifo) ((fifo)->kfifo.mask + 1)
#define kfifo_reset(fifo) ((void)((fifo)->kfifo.in = (fifo)->kfifo.out = 0))
#define kfifo_reset_out(fifo) ((void)((fifo)->kfifo.out = (fifo)->kfifo.in))
#define kfifo_len(fifo) ((fifo)->kfifo.in - (fifo)->kfifo.out)
#define kfifo_is_empty(fifo) ((fifo)->kfifo.in == (fifo)->kfifo.out)
#define kfifo_is_full(fifo) (kfifo_len(fifo) > (fifo)->kfifo.mask)
#define kfifo_avail(fifo) (kfifo_size(fifo) - kfifo_len(fifo))
#define kfifo_skip(fifo) ((void)((fifo)->kfifo.out++))
#define kfifo_skip_count(fifo, count) ((void)((fifo)->kfifo.out += (count)))
#define kfifo_put(fifo, val) \\
	({ typeof(*(fifo)->type) __kfv = (val); (int)__kfifo_in(&(fifo)->kfifo, &__kfv, 1); })
#define kfifo_get(fifo, val) \\
	({ typeof((fifo)->type) __kfv = (val); (int)__kfifo_out(&(fifo)->kfifo, __kfv, 1); })
#define kfifo_peek(fifo, val) \\
	({ typeof((fifo)->type) __kfv = (val); (int)__kfifo_out_peek(&(fifo)->kfifo, __kfv, 1); })
#define kfifo_in(fifo, buf, n) \\
	({ typeof((fifo)->ptr_const) __kfb = (buf); __kfifo_in(&(fifo)->kfifo, __kfb, (n)); })
#define kfifo_out(fifo, buf, n) \\
	({ typeof((fifo)->ptr) __kfb = (buf); __kfifo_out(&(fifo)->kfifo, __kfb, (n)); })
#define kfifo_out_peek(fifo, buf, n) \\
	({ typeof((fifo)->ptr) __kfb = (buf); __kfifo_out_peek(&(fifo)->kfifo, __kfb, (n)); })
#define kfifo_out_linear(fifo, tail, n) ({ (void)(tail); min_t(unsigned int, (n), __kfifo_linear(&(fifo)->kfifo, (tail))); })
#define kfifo_in_spinlocked(fifo, buf, n, lock) \\
	({ unsigned long __kff; unsigned int __kfr; spin_lock_irqsave(lock, __kff); \\
	   __kfr = kfifo_in(fifo, buf, n); spin_unlock_irqrestore(lock, __kff); __kfr; })
#define kfifo_out_spinlocked(fifo, buf, n, lock) \\
	({ unsigned long __kff; unsigned int __kfr; spin_lock_irqsave(lock, __kff); \\
	   __kfr = kfifo_out(fifo, buf, n); spin_unlock_irqrestore(lock, __kff); __kfr; })
#define kfifo_in_locked kfifo_in_spinlocked
#define kfifo_out_locked kfifo_out_spinlocked
#define kfifo_alloc(fifo, size, gfp) __kfifo_alloc(&(fifo)->kfifo, (size), sizeof(*(fifo)->type), (gfp))
#define kfifo_init(fifo, buffer, size) __kfifo_init(&(fifo)->kfifo, (buffer), (size), sizeof(*(fifo)->type))
#define kfifo_free(fifo) __kfifo_free(&(fifo)->kfifo)
`;
