/** What linux/fs.h declares of files, as far as files of debugfs need it. */
import { as, fn, ptr, s64, struct, u16, u32, u64 } from "../struct";

const qstr = struct("qstr", { hash_len: u64, name: ptr("const unsigned char") });
export const inode = struct("inode", {
	i_mode: as(u16, "umode_t"),
	i_fop: ptr("const struct file_operations"),
	i_private: ptr("void"),
});
export const dentry = struct("dentry", {
	d_parent: ptr("struct dentry"),
	d_name: qstr.$member,
	d_inode: ptr("struct inode"),
	d_fsdata: ptr("void"),
});
/** Address of the text behind `d_name.name` in the dentry at `base`. */
export const dentryName = (base: number): number => dentry.d_name.at(base) + qstr.name.offset;

export const file = struct("file", {
	f_mode: as(u32, "fmode_t"),
	f_flags: as(u32, "unsigned int"),
	f_op: ptr("const struct file_operations"),
	f_inode: ptr("struct inode"),
	private_data: ptr("void"),
	f_pos: as(s64, "loff_t"),
});
export const fileOperations = struct("file_operations", {
	owner: ptr("struct module"),
	llseek: fn("loff_t (*%s)(struct file *file, loff_t offset, int whence)"),
	read: fn("ssize_t (*%s)(struct file *file, char __user *buf, size_t count, loff_t *ppos)"),
	write: fn("ssize_t (*%s)(struct file *file, const char __user *buf, size_t count, loff_t *ppos)"),
	unlocked_ioctl: fn("long (*%s)(struct file *file, unsigned int cmd, unsigned long arg)"),
	open: fn("int (*%s)(struct inode *inode, struct file *file)"),
	flush: fn("int (*%s)(struct file *file, void *id)"),
	release: fn("int (*%s)(struct inode *inode, struct file *file)"),
});
export const seqOperations = struct("seq_operations", {
	start: fn("void *(*%s)(struct seq_file *m, loff_t *pos)"),
	stop: fn("void (*%s)(struct seq_file *m, void *v)"),
	next: fn("void *(*%s)(struct seq_file *m, void *v, loff_t *pos)"),
	show: fn("int (*%s)(struct seq_file *m, void *v)"),
});

/** linux/fs.h, debugfs.h and the macros of seq_file.h; struct seq_file stands with dmaengine's structs. */
export const filesHeader: string = `
typedef unsigned int fmode_t;
struct seq_file;
${[qstr, inode, dentry, file, fileOperations, seqOperations].map((s) => s.$c).join("\n")}
#define SEQ_START_TOKEN ((void *)1)
#define SEQ_SKIP 1
#define debugfs_remove_recursive(dentry) debugfs_remove(dentry)
#define file_inode(f) ((f)->f_inode)
#define d_inode(dentry) ((dentry)->d_inode)
#define DEFINE_SHOW_ATTRIBUTE(__name) \\
	static int __name##_open(struct inode *inode, struct file *file) { return single_open(file, __name##_show, inode->i_private); } \\
	static const struct file_operations __name##_fops = { .owner = THIS_MODULE, .open = __name##_open, .read = seq_read, .llseek = seq_lseek, .release = single_release }
#define DEFINE_SHOW_STORE_ATTRIBUTE(__name) \\
	static int __name##_open(struct inode *inode, struct file *file) { return single_open(file, __name##_show, inode->i_private); } \\
	static const struct file_operations __name##_fops = { .owner = THIS_MODULE, .open = __name##_open, .read = seq_read, .write = __name##_write, .llseek = seq_lseek, .release = single_release }
#define DEFINE_SEQ_ATTRIBUTE(__name) \\
	static int __name##_open(struct inode *inode, struct file *file) { \\
		int ret = seq_open(file, &__name##_sops); \\
		if (!ret && inode->i_private) ((struct seq_file *)file->private_data)->private = inode->i_private; \\
		return ret; \\
	} \\
	static const struct file_operations __name##_fops = { .owner = THIS_MODULE, .open = __name##_open, .read = seq_read, .llseek = seq_lseek, .release = seq_release }
`;
