/**
 * linux/cleanup.h, and the guards of mutex.h, spinlock.h, irqflags.h, preempt.h and rwsem.h. Written in C, behind the
 * prototypes of the functions that it calls.
 */

/** A guard whose object is the lock's pointer itself. */
const guard = (name: string, type: string, lock: string, unlock: string): string =>
	`DEFINE_GUARD(${name}, ${type}, ${lock}, ${unlock})\n`;

/** A guard whose object holds the lock's pointer, and perhaps the flags. */
const lockGuard = (name: string, type: string, lock: string, unlock: string, members = ""): string =>
	`DEFINE_LOCK_GUARD_1(${name}, ${type}, ${lock}, ${unlock}, ${members})\n`;

const spinGuards = (prefix: string, name: string, type: string): string =>
	lockGuard(name, type, `${prefix}_lock(_T->lock)`, `${prefix}_unlock(_T->lock)`) +
	lockGuard(`${name}_irq`, type, `${prefix}_lock_irq(_T->lock)`, `${prefix}_unlock_irq(_T->lock)`) +
	lockGuard(
		`${name}_irqsave`,
		type,
		`${prefix}_lock_irqsave(_T->lock, _T->flags)`,
		`${prefix}_unlock_irqrestore(_T->lock, _T->flags)`,
		"unsigned long flags;",
	);

export const cleanupHeader: string = `
#define DEFINE_FREE(_name, _type, _free) static inline void __free_##_name(void *p) { _type _T = *(_type *)p; _free; }
#define __free(_name) __cleanup(__free_##_name)
#define no_free_ptr(p) ({ typeof(p) __nfp = (p); (p) = NULL; __nfp; })
#define return_ptr(p) return no_free_ptr(p)
#define retain_and_null_ptr(p) ((void)no_free_ptr(p))
#define DEFINE_CLASS(_name, _type, _exit, _init, _init_args...) \\
	typedef _type class_##_name##_t; \\
	static inline void class_##_name##_destructor(_type *p) { _type _T = *p; _exit; } \\
	static inline _type class_##_name##_constructor(_init_args) { _type t = _init; return t; }
#define CLASS(_name, var) class_##_name##_t var __cleanup(class_##_name##_destructor) = class_##_name##_constructor
#define DEFINE_GUARD(_name, _type, _lock, _unlock) \\
	DEFINE_CLASS(_name, _type, if (_T) { _unlock; }, ({ _lock; _T; }), _type _T); \\
	static inline void *class_##_name##_lock_ptr(class_##_name##_t *_T) { return (void *)*_T; }
#define DEFINE_GUARD_COND(_name, _ext, _condlock) \\
	typedef class_##_name##_t class_##_name##_ext##_t; \\
	static inline void class_##_name##_ext##_destructor(class_##_name##_t *p) { class_##_name##_destructor(p); } \\
	static inline class_##_name##_t class_##_name##_ext##_constructor(class_##_name##_t _T) \\
	{ class_##_name##_t t = ({ if (_T && !(_condlock)) _T = NULL; _T; }); return t; } \\
	static inline void *class_##_name##_ext##_lock_ptr(class_##_name##_t *_T) { return class_##_name##_lock_ptr(_T); }
#define __DEFINE_UNLOCK_GUARD(_name, _type, _unlock, ...) \\
	typedef struct { _type *lock; __VA_ARGS__ } class_##_name##_t; \\
	static inline void class_##_name##_destructor(class_##_name##_t *_T) { if (_T->lock) { _unlock; } } \\
	static inline void *class_##_name##_lock_ptr(class_##_name##_t *_T) { return _T->lock; }
#define DEFINE_LOCK_GUARD_1(_name, _type, _lock, _unlock, ...) \\
	__DEFINE_UNLOCK_GUARD(_name, _type, _unlock, __VA_ARGS__) \\
	static inline class_##_name##_t class_##_name##_constructor(_type *l) \\
	{ class_##_name##_t _t = { .lock = l }, *_T = &_t; _lock; return _t; }
#define DEFINE_LOCK_GUARD_0(_name, _lock, _unlock, ...) \\
	__DEFINE_UNLOCK_GUARD(_name, void, _unlock, __VA_ARGS__) \\
	static inline class_##_name##_t class_##_name##_constructor(void) \\
	{ class_##_name##_t _t = { .lock = (void *)1 }, *_T = &_t; (void)_T; _lock; return _t; }
#define guard(_name) CLASS(_name, __dmascope_paste(__guard_, __COUNTER__))
#define scoped_guard(_name, args...) \\
	for (CLASS(_name, scope)(args), *__done = NULL; !__done && class_##_name##_lock_ptr(&scope); __done = (void *)1)
#define scoped_class(_name, var, args...) \\
	for (class_##_name##_t var __cleanup(class_##_name##_destructor) = class_##_name##_constructor(args), *__done = NULL; \\
	     !__done; __done = (void *)1)
#define scoped_cond_guard(_name, _fail, args...) \\
	for (CLASS(_name, scope)(args), *__done = NULL; !__done; __done = (void *)1) \\
		if (!class_##_name##_lock_ptr(&scope)) _fail; else
`;

/** To stand behind the prototypes. */
export const guardDefinitions: string = [
	"DEFINE_FREE(kfree, void *, if (!IS_ERR_OR_NULL(_T)) kfree(_T))\n",
	"DEFINE_FREE(kvfree, void *, if (!IS_ERR_OR_NULL(_T)) kvfree(_T))\n",
	guard("mutex", "struct mutex *", "mutex_lock(_T)", "mutex_unlock(_T)"),
	"DEFINE_GUARD_COND(mutex, _try, mutex_trylock(_T))\n",
	"DEFINE_GUARD_COND(mutex, _intr, mutex_lock_interruptible(_T) == 0)\n",
	guard("rwsem_read", "struct rw_semaphore *", "down_read(_T)", "up_read(_T)"),
	guard("rwsem_write", "struct rw_semaphore *", "down_write(_T)", "up_write(_T)"),
	spinGuards("spin", "spinlock", "spinlock_t"),
	lockGuard("spinlock_bh", "spinlock_t", "spin_lock_bh(_T->lock)", "spin_unlock_bh(_T->lock)"),
	spinGuards("raw_spin", "raw_spinlock", "raw_spinlock_t"),
	spinGuards("read", "read_lock", "rwlock_t"),
	spinGuards("write", "write_lock", "rwlock_t"),
	"DEFINE_LOCK_GUARD_0(irq, local_irq_disable(), local_irq_enable())\n",
	"DEFINE_LOCK_GUARD_0(irqsave, local_irq_save(_T->flags), local_irq_restore(_T->flags), unsigned long flags;)\n",
	"DEFINE_LOCK_GUARD_0(preempt, preempt_disable(), preempt_enable())\n",
	"DEFINE_LOCK_GUARD_0(rcu, rcu_read_lock(), rcu_read_unlock())\n",
].join("");
