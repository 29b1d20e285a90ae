/** What hovers say about files of debugfs and sysfs. */
export const fileDocs: Readonly<Record<string, string>> = {
	debugfs_create_dir:
		"A directory below /sys/kernel/debug, or below `parent`. `ERR_PTR(-EEXIST)` when the name is there already; a parent that is an error is handed on.",
	debugfs_create_file:
		"A file of debugfs with these operations; its `data` is the inode's `i_private`. Errors as `debugfs_create_dir()`.",
	debugfs_create_u32: "A file that is this variable: decimal to read, any base to write, as far as `mode` allows.",
	debugfs_create_x32: "A file that is this variable: hexadecimal to read, any base to write, as far as `mode` allows.",
	debugfs_create_bool: "A file that is this variable: `Y` or `N`.",
	debugfs_create_str: "A file that is the text behind this pointer; what is written takes its place.",
	debugfs_remove: "Removes a file, or a directory with everything in it. NULL and errors are nothing to remove.",
	debugfs_lookup: "What is in a directory of debugfs under this name; NULL when there is nothing.",
	dmaengine_get_debugfs_root: "The controller's own directory, /sys/kernel/debug/dmaengine/DEVICE.",
	DEFINE_SHOW_ATTRIBUTE:
		"`NAME_fops`, for a file that `NAME_show()` prints as a whole. `s->private` is the data of `debugfs_create_file()`.",
	DEFINE_SEQ_ATTRIBUTE: "`NAME_fops`, for a file that `NAME_sops` prints record by record.",
	single_open: "Opens a file that one show function prints, again with twice the room when it did not fit.",
	seq_open: "Opens a file that is printed record by record: start, show, next, …, stop.",
	seq_read: "The read operation of a file that `seq_open()` or `single_open()` has opened.",
	seq_printf: "Prints to a file that is being shown.",
	simple_open: "An open operation: the inode's `i_private` becomes the file's `private_data`.",
	simple_read_from_buffer: "What is left of a buffer from `*ppos` on, at most `count` bytes; moves `*ppos`.",
	simple_write_to_buffer: "Puts what was written into a buffer at `*ppos`, as far as there is room; moves `*ppos`.",
	DEVICE_ATTR_RO: "`dev_attr_NAME`, mode 0444, with `NAME_show()`.",
	DEVICE_ATTR_RW: "`dev_attr_NAME`, mode 0644, with `NAME_show()` and `NAME_store()`.",
	DEVICE_ATTR_WO: "`dev_attr_NAME`, mode 0200, with `NAME_store()`.",
	ATTRIBUTE_GROUPS: "`NAME_group` and `NAME_groups` with the attributes in `NAME_attrs`.",
	device_create_file:
		"The attribute's file in the device's directory of sysfs. `-EEXIST`, with a warning, when it is there.",
	device_remove_file: "Removes the attribute's file from the device's directory of sysfs.",
	sysfs_create_group:
		"Files for all attributes of a group, in a folder when it has a name; `is_visible` decides each one's permissions. All or none.",
	devm_device_add_group: "`sysfs_create_group()` that ends with the device's driver.",
	sysfs_emit: "Prints into the page that a show function has got; returns the bytes. Any other buffer is a WARN.",
	sysfs_emit_at: "`sysfs_emit()` from this byte of the page on.",
	sysfs_create_link: "A link in one object's directory that leads to the other's.",
	class_register: "Makes /sys/class/NAME; devices of the class get its `dev_groups`.",
};
