/** struct device and its relatives, with 6.12's member names. */
import { kobject, listHead, mutex, spinlockMember, unsignedInt, unsignedLong } from "../base-structs";
import { array, as, bool, fn, ptr, s32, struct, u8, u16, u32, u64 } from "../struct";

const resourceSize = as(u64, "resource_size_t");

export const resource = struct("resource", {
	start: resourceSize,
	end: resourceSize,
	name: ptr("const char"),
	flags: unsignedLong,
	desc: unsignedLong,
	parent: ptr("struct resource"),
	sibling: ptr("struct resource"),
	child: ptr("struct resource"),
});
export const IORESOURCE_MEM = 0x200;
export const IORESOURCE_IRQ = 0x400;

export const ofDeviceId = struct("of_device_id", {
	name: array({ ...u8, c: "char %s" }, 32),
	type: array({ ...u8, c: "char %s" }, 32),
	compatible: array({ ...u8, c: "char %s" }, 128),
	data: ptr("const void"),
});
export const platformDeviceId = struct("platform_device_id", {
	name: array({ ...u8, c: "char %s" }, 24),
	driver_data: as(u64, "kernel_ulong_t"),
});

export const fwnodeHandle = struct("fwnode_handle", {
	secondary: ptr("struct fwnode_handle"),
	ops: ptr("void"),
	dev: ptr("struct device"),
});
export const ofProperty = struct("property", {
	name: ptr("char"),
	length: s32,
	value: ptr("void"),
	next: ptr("struct property"),
});
export const deviceNode = struct("device_node", {
	name: ptr("const char"),
	phandle: as(u32, "phandle"),
	full_name: ptr("const char"),
	fwnode: fwnodeHandle.$member,
	properties: ptr("struct property"),
	deadprops: ptr("struct property"),
	parent: ptr("struct device_node"),
	child: ptr("struct device_node"),
	sibling: ptr("struct device_node"),
	kobj: kobject.$member,
	_flags: unsignedLong,
	data: ptr("void"),
});

export const devPmInfo = struct("dev_pm_info", {
	power_state: s32,
	can_wakeup: bool,
	async_suspend: bool,
	usage_count: as(s32, "atomic_t"),
	child_count: as(s32, "atomic_t"),
	disable_depth: s32,
	runtime_status: s32,
	autosuspend_delay: s32,
	use_autosuspend: bool,
});

/** A piece of a device's bus; the last one of an array has size 0. */
export const busDmaRegion = struct("bus_dma_region", {
	cpu_start: as(u64, "phys_addr_t"),
	dma_start: as(u64, "dma_addr_t"),
	size: u64,
});

export const deviceDmaParameters = struct("device_dma_parameters", {
	max_segment_size: unsignedInt,
	min_align_mask: unsignedInt,
	segment_boundary_mask: unsignedLong,
});

export const device = struct("device", {
	kobj: kobject.$member,
	parent: ptr("struct device"),
	p: ptr("struct device_private"),
	init_name: ptr("const char"),
	type: ptr("const struct device_type"),
	bus: ptr("const struct bus_type"),
	driver: ptr("struct device_driver"),
	platform_data: ptr("void"),
	driver_data: ptr("void"),
	mutex: mutex.$member,
	power: devPmInfo.$member,
	pm_domain: ptr("void"),
	dma_mask: ptr("u64"),
	coherent_dma_mask: u64,
	bus_dma_limit: u64,
	dma_range_map: ptr("const struct bus_dma_region"),
	dma_parms: ptr("struct device_dma_parameters"),
	dma_pools: listHead.$member,
	dma_mem: ptr("void"),
	of_node: ptr("struct device_node"),
	fwnode: ptr("struct fwnode_handle"),
	numa_node: s32,
	devt: as(u32, "dev_t"),
	id: u32,
	devres_lock: spinlockMember,
	devres_head: listHead.$member,
	class: ptr("const struct class"),
	groups: ptr("const struct attribute_group *"),
	release: fn("void (*%s)(struct device *dev)"),
	iommu_group: ptr("struct iommu_group"),
	iommu: ptr("void"),
	offline_disabled: bool,
	offline: bool,
	of_node_reused: bool,
	dma_coherent: bool,
	dma_skip_sync: bool,
});

export const deviceDriver = struct("device_driver", {
	name: ptr("const char"),
	bus: ptr("const struct bus_type"),
	owner: ptr("struct module"),
	mod_name: ptr("const char"),
	suppress_bind_attrs: bool,
	probe_type: as(s32, "enum probe_type"),
	of_match_table: ptr("const struct of_device_id"),
	acpi_match_table: ptr("const struct acpi_device_id"),
	probe: fn("int (*%s)(struct device *dev)"),
	sync_state: fn("void (*%s)(struct device *dev)"),
	remove: fn("int (*%s)(struct device *dev)"),
	shutdown: fn("void (*%s)(struct device *dev)"),
	groups: ptr("const struct attribute_group *"),
	dev_groups: ptr("const struct attribute_group *"),
	pm: ptr("const struct dev_pm_ops"),
	p: ptr("void"),
});

export const platformDevice = struct("platform_device", {
	name: ptr("const char"),
	id: s32,
	id_auto: bool,
	dev: device.$member,
	platform_dma_mask: u64,
	dma_parms: deviceDmaParameters.$member,
	num_resources: u32,
	resource: ptr("struct resource"),
	id_entry: ptr("const struct platform_device_id"),
	driver_override: ptr("const char"),
	mfd_cell: ptr("void"),
});

export const platformDriver = struct("platform_driver", {
	probe: fn("int (*%s)(struct platform_device *pdev)"),
	remove: fn("union { void (*%s)(struct platform_device *pdev); void (*remove_new)(struct platform_device *pdev); }"),
	shutdown: fn("void (*%s)(struct platform_device *pdev)"),
	suspend: fn("int (*%s)(struct platform_device *pdev, pm_message_t state)"),
	resume: fn("int (*%s)(struct platform_device *pdev)"),
	driver: deviceDriver.$member,
	id_table: ptr("const struct platform_device_id"),
	prevent_deferred_probe: bool,
	driver_managed_dma: bool,
});

export const platformDeviceInfo = struct("platform_device_info", {
	parent: ptr("struct device"),
	fwnode: ptr("struct fwnode_handle"),
	of_node_reused: bool,
	name: ptr("const char"),
	id: s32,
	res: ptr("const struct resource"),
	num_res: unsignedInt,
	data: ptr("const void"),
	size_data: as(u64, "size_t"),
	dma_mask: u64,
	properties: ptr("const struct property_entry"),
});

export const propertyEntry = struct("property_entry", {
	name: ptr("const char"),
	length: as(u64, "size_t"),
	is_inline: bool,
	type: as(s32, "enum dev_prop_type"),
	value: ptr("const void"),
	inline_value: u64,
});

export const ofPhandleArgs = struct("of_phandle_args", {
	np: ptr("struct device_node"),
	args_count: s32,
	args: array(as(u32, "uint32_t"), 16),
});

export const attribute = struct("attribute", { name: ptr("const char"), mode: as(u16, "umode_t") });
export const deviceAttribute = struct("device_attribute", {
	attr: attribute.$member,
	show: fn("ssize_t (*%s)(struct device *dev, struct device_attribute *attr, char *buf)"),
	store: fn("ssize_t (*%s)(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)"),
});
export const attributeGroup = struct("attribute_group", {
	name: ptr("const char"),
	is_visible: fn("umode_t (*%s)(struct kobject *kobj, struct attribute *attr, int n)"),
	attrs: ptr("struct attribute *"),
});
/** struct class; dmaengine's own is only a name. */
export const deviceClass = struct("class", {
	name: ptr("const char"),
	class_groups: ptr("const struct attribute_group *"),
	dev_groups: ptr("const struct attribute_group *"),
	class_release: fn("void (*%s)(const struct class *class)"),
	dev_release: fn("void (*%s)(struct device *dev)"),
});
