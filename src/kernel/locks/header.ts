/** What spinlock.h, mutex.h, semaphore.h, rwsem.h, irqflags.h and preempt.h declare. */
import { mutex, rawSpinlock, rwlock, rwSemaphore, semaphore, spinlock } from "../base-structs";

export const lockTypesHeader: string = `
struct lock_class_key { unsigned long subkeys[1]; };
typedef struct raw_spinlock raw_spinlock_t;
${rawSpinlock.$c}
${spinlock.$c}
typedef struct spinlock spinlock_t;
${rwlock.$c}
typedef struct rwlock rwlock_t;
${mutex.$c}
${semaphore.$c}
${rwSemaphore.$c}
`;

export const lockHeader: string = `
#define __SPIN_LOCK_UNLOCKED(lockname) { { 0 } }
#define __RAW_SPIN_LOCK_UNLOCKED(lockname) { 0 }
#define DEFINE_SPINLOCK(x) spinlock_t x = { { 0 } }
#define DEFINE_RAW_SPINLOCK(x) raw_spinlock_t x = { 0 }
#define DEFINE_RWLOCK(x) rwlock_t x = { 0 }
#define spin_lock_init(lock) do { static struct lock_class_key __key; __spin_lock_init((lock), #lock, &__key); } while (0)
#define raw_spin_lock_init(lock) do { static struct lock_class_key __key; __spin_lock_init((spinlock_t *)(lock), #lock, &__key); } while (0)
#define rwlock_init(lock) do { static struct lock_class_key __key; __rwlock_init((lock), #lock, &__key); } while (0)
#define spin_lock_irqsave(lock, flags) do { (flags) = _raw_spin_lock_irqsave(lock); } while (0)
#define spin_lock_irqsave_nested(lock, flags, subclass) do { local_irq_save(flags); spin_lock_nested((lock), (subclass)); } while (0)
#define spin_trylock_irqsave(lock, flags) __spin_trylock_irqsave((lock), &(flags))
#define raw_spin_lock(lock) spin_lock((spinlock_t *)(lock))
#define raw_spin_unlock(lock) spin_unlock((spinlock_t *)(lock))
#define raw_spin_lock_irq(lock) spin_lock_irq((spinlock_t *)(lock))
#define raw_spin_unlock_irq(lock) spin_unlock_irq((spinlock_t *)(lock))
#define raw_spin_lock_irqsave(lock, flags) spin_lock_irqsave((spinlock_t *)(lock), (flags))
#define raw_spin_unlock_irqrestore(lock, flags) spin_unlock_irqrestore((spinlock_t *)(lock), (flags))
#define read_lock_irqsave(lock, flags) do { (flags) = __read_lock_irqsave(lock); } while (0)
#define write_lock_irqsave(lock, flags) do { (flags) = __write_lock_irqsave(lock); } while (0)
#define read_lock_irq(lock) do { local_irq_disable(); read_lock(lock); } while (0)
#define read_unlock_irq(lock) do { read_unlock(lock); local_irq_enable(); } while (0)
#define read_lock_bh(lock) do { local_bh_disable(); read_lock(lock); } while (0)
#define read_unlock_bh(lock) do { read_unlock(lock); local_bh_enable(); } while (0)
#define write_lock_irq(lock) do { local_irq_disable(); write_lock(lock); } while (0)
#define write_unlock_irq(lock) do { write_unlock(lock); local_irq_enable(); } while (0)
#define write_lock_bh(lock) do { local_bh_disable(); write_lock(lock); } while (0)
#define write_unlock_bh(lock) do { write_unlock(lock); local_bh_enable(); } while (0)
#define lockdep_assert_held(lock) do { WARN_ON(lockdep_enabled() && !lockdep_is_held(lock)); } while (0)
#define lockdep_assert_not_held(lock) do { WARN_ON(lockdep_enabled() && lockdep_is_held(lock)); } while (0)
#define lockdep_assert_held_once(lock) do { WARN_ON_ONCE(lockdep_enabled() && !lockdep_is_held(lock)); } while (0)
#define lockdep_assert(cond) do { WARN_ON(lockdep_enabled() && !(cond)); } while (0)
#define lockdep_assert_irqs_disabled() do { WARN_ON_ONCE(lockdep_enabled() && !irqs_disabled()); } while (0)
#define lockdep_assert_irqs_enabled() do { WARN_ON_ONCE(lockdep_enabled() && irqs_disabled()); } while (0)
#define lockdep_set_class(lock, key) __lockdep_set_class((spinlock_t *)(lock), (key), #key)
#define lockdep_register_key(key) do { (void)(key); } while (0)
#define lockdep_unregister_key(key) do { (void)(key); } while (0)
#define local_irq_save(flags) do { (flags) = arch_local_irq_save(); } while (0)
#define local_save_flags(flags) do { (flags) = arch_local_save_flags(); } while (0)
#define in_irq() in_hardirq()
#define in_nmi() (0)
#define get_cpu() (preempt_disable(), 0)
#define put_cpu() preempt_enable()
#define raw_smp_processor_id() 0
#define rcu_read_lock() do { } while (0)
#define rcu_read_unlock() do { } while (0)
#define rcu_dereference(p) READ_ONCE(p)
#define rcu_dereference_protected(p, c) (p)
#define rcu_assign_pointer(p, v) smp_store_release(&(p), (v))
#define RCU_INIT_POINTER(p, v) WRITE_ONCE((p), (v))
#define synchronize_rcu() might_sleep()
#define kfree_rcu(ptr, ...) kfree(ptr)
#define might_sleep() might_sleep_at(__FILE__, __LINE__)
#define might_sleep_if(cond) do { if (cond) might_sleep(); } while (0)
#define cant_sleep() do { } while (0)
#define DEFINE_MUTEX(mutexname) struct mutex mutexname = { 0 }
#define __MUTEX_INITIALIZER(lockname) { 0 }
#define mutex_init(mutex) do { static struct lock_class_key __key; __mutex_init((mutex), #mutex, &__key); } while (0)
#define DEFINE_SEMAPHORE(_name, _n) struct semaphore _name = { .count = (_n) }
#define DECLARE_RWSEM(name) struct rw_semaphore name = { 0 }
#define init_rwsem(sem) do { static struct lock_class_key __key; __init_rwsem((sem), #sem, &__key); } while (0)
`;
