/** linux/list.h, llist.h: the macros; the functions are in lib/list.ts. */
export const listHeader = `
#define LIST_POISON1 ((void *)0xdead000000000100UL)
#define LIST_POISON2 ((void *)0xdead000000000122UL)
#define LIST_HEAD_INIT(name) { &(name), &(name) }
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)
#define list_entry(ptr, type, member) container_of(ptr, type, member)
#define list_first_entry(head, type, member) list_entry((head)->next, type, member)
#define list_last_entry(head, type, member) list_entry((head)->prev, type, member)
#define list_first_entry_or_null(head, type, member) \\
	({ struct list_head *__lfh = (head); struct list_head *__lfn = __lfh->next; \\
	   __lfn != __lfh ? list_entry(__lfn, type, member) : NULL; })
#define list_last_entry_or_null(head, type, member) \\
	({ struct list_head *__llh = (head); struct list_head *__lln = __llh->prev; \\
	   __lln != __llh ? list_entry(__lln, type, member) : NULL; })
#define list_next_entry(pos, member) list_entry((pos)->member.next, typeof(*(pos)), member)
#define list_prev_entry(pos, member) list_entry((pos)->member.prev, typeof(*(pos)), member)
#define list_next_entry_circular(pos, head, member) \\
	(list_is_last(&(pos)->member, head) ? list_first_entry(head, typeof(*(pos)), member) : list_next_entry(pos, member))
#define list_prev_entry_circular(pos, head, member) \\
	(list_is_first(&(pos)->member, head) ? list_last_entry(head, typeof(*(pos)), member) : list_prev_entry(pos, member))
#define list_entry_is_head(pos, head, member) (&(pos)->member == (head))
#define list_for_each(pos, head) for (pos = (head)->next; pos != (head); pos = pos->next)
#define list_for_each_continue(pos, head) for (pos = pos->next; pos != (head); pos = pos->next)
#define list_for_each_prev(pos, head) for (pos = (head)->prev; pos != (head); pos = pos->prev)
#define list_for_each_safe(pos, n, head) \\
	for (pos = (head)->next, n = pos->next; pos != (head); pos = n, n = pos->next)
#define list_for_each_prev_safe(pos, n, head) \\
	for (pos = (head)->prev, n = pos->prev; pos != (head); pos = n, n = pos->prev)
#define list_for_each_entry(pos, head, member) \\
	for (pos = list_first_entry(head, typeof(*pos), member); !list_entry_is_head(pos, head, member); \\
	     pos = list_next_entry(pos, member))
#define list_for_each_entry_reverse(pos, head, member) \\
	for (pos = list_last_entry(head, typeof(*pos), member); !list_entry_is_head(pos, head, member); \\
	     pos = list_prev_entry(pos, member))
#define list_prepare_entry(pos, head, member) ((pos) ? (pos) : list_entry(head, typeof(*pos), member))
#define list_for_each_entry_continue(pos, head, member) \\
	for (pos = list_next_entry(pos, member); !list_entry_is_head(pos, head, member); pos = list_next_entry(pos, member))
#define list_for_each_entry_continue_reverse(pos, head, member) \\
	for (pos = list_prev_entry(pos, member); !list_entry_is_head(pos, head, member); pos = list_prev_entry(pos, member))
#define list_for_each_entry_from(pos, head, member) \\
	for (; !list_entry_is_head(pos, head, member); pos = list_next_entry(pos, member))
#define list_for_each_entry_from_reverse(pos, head, member) \\
	for (; !list_entry_is_head(pos, head, member); pos = list_prev_entry(pos, member))
#define list_for_each_entry_safe(pos, n, head, member) \\
	for (pos = list_first_entry(head, typeof(*pos), member), n = list_next_entry(pos, member); \\
	     !list_entry_is_head(pos, head, member); pos = n, n = list_next_entry(n, member))
#define list_for_each_entry_safe_continue(pos, n, head, member) \\
	for (pos = list_next_entry(pos, member), n = list_next_entry(pos, member); \\
	     !list_entry_is_head(pos, head, member); pos = n, n = list_next_entry(n, member))
#define list_for_each_entry_safe_from(pos, n, head, member) \\
	for (n = list_next_entry(pos, member); !list_entry_is_head(pos, head, member); \\
	     pos = n, n = list_next_entry(n, member))
#define list_for_each_entry_safe_reverse(pos, n, head, member) \\
	for (pos = list_last_entry(head, typeof(*pos), member), n = list_prev_entry(pos, member); \\
	     !list_entry_is_head(pos, head, member); pos = n, n = list_prev_entry(n, member))
#define list_safe_reset_next(pos, n, member) (n = list_next_entry(pos, member))
#define list_entry_rcu(ptr, type, member) container_of(ptr, type, member)
#define list_for_each_entry_rcu(pos, head, member, ...) list_for_each_entry(pos, head, member)
#define list_first_or_null_rcu(head, type, member) list_first_entry_or_null(head, type, member)

#define HLIST_HEAD_INIT { .first = NULL }
#define HLIST_HEAD(name) struct hlist_head name = { .first = NULL }
#define INIT_HLIST_HEAD(head) ((head)->first = NULL)
#define hlist_entry(ptr, type, member) container_of(ptr, type, member)
#define hlist_entry_safe(ptr, type, member) \\
	({ typeof(ptr) __hes = (ptr); __hes ? hlist_entry(__hes, type, member) : NULL; })
#define hlist_for_each(pos, head) for (pos = (head)->first; pos; pos = pos->next)
#define hlist_for_each_safe(pos, n, head) for (pos = (head)->first; pos && ({ n = pos->next; 1; }); pos = n)
#define hlist_for_each_entry(pos, head, member) \\
	for (pos = hlist_entry_safe((head)->first, typeof(*(pos)), member); pos; \\
	     pos = hlist_entry_safe((pos)->member.next, typeof(*(pos)), member))
#define hlist_for_each_entry_safe(pos, n, head, member) \\
	for (pos = hlist_entry_safe((head)->first, typeof(*(pos)), member); pos && ({ n = pos->member.next; 1; }); \\
	     pos = hlist_entry_safe(n, typeof(*(pos)), member))

#define LLIST_HEAD_INIT(name) { NULL }
#define LLIST_HEAD(name) struct llist_head name = LLIST_HEAD_INIT(name)
#define init_llist_head(list) ((list)->first = NULL)
#define llist_entry(ptr, type, member) container_of(ptr, type, member)
#define llist_empty(head) (READ_ONCE((head)->first) == NULL)
#define llist_for_each(pos, node) for (pos = (node); pos; pos = pos->next)
#define llist_for_each_safe(pos, n, node) for (pos = (node); pos && (n = pos->next, true); pos = n)
#define member_address_is_nonnull(ptr, member) ((unsigned long)(ptr) + offsetof(typeof(*(ptr)), member) != 0)
#define llist_for_each_entry(pos, node, member) \\
	for (pos = llist_entry((node), typeof(*pos), member); member_address_is_nonnull(pos, member); \\
	     pos = llist_entry((pos)->member.next, typeof(*pos), member))
#define llist_for_each_entry_safe(pos, n, node, member) \\
	for (pos = llist_entry((node), typeof(*pos), member); \\
	     member_address_is_nonnull(pos, member) && (n = llist_entry(pos->member.next, typeof(*n), member), true); pos = n)
`;
