/** What linux/device.h, platform_device.h, of.h and their relatives declare. */
import { kobject } from "../base-structs";
import {
	attribute,
	attributeGroup,
	busDmaRegion,
	device,
	deviceAttribute,
	deviceClass,
	deviceDmaParameters,
	deviceDriver,
	deviceNode,
	devPmInfo,
	fwnodeHandle,
	ofDeviceId,
	ofPhandleArgs,
	ofProperty,
	platformDevice,
	platformDeviceId,
	platformDeviceInfo,
	platformDriver,
	propertyEntry,
	resource,
} from "./structs";

const structs = [
	kobject,
	resource,
	ofDeviceId,
	platformDeviceId,
	fwnodeHandle,
	ofProperty,
	deviceNode,
	devPmInfo,
	busDmaRegion,
	deviceDmaParameters,
	device,
	deviceDriver,
	platformDevice,
	platformDriver,
	propertyEntry,
	platformDeviceInfo,
	ofPhandleArgs,
	attribute,
	deviceAttribute,
	attributeGroup,
	deviceClass,
];

export const deviceHeader: string = `
typedef u32 phandle;
typedef struct { int event; } pm_message_t;
struct module;
struct device_private;
struct device_type { const char *name; };
struct bus_type { const char *name; };
struct attribute;
struct attribute_group;
struct acpi_device_id;
struct iommu_group;
struct clk;
struct reset_control;
struct dev_pm_ops {
	int (*prepare)(struct device *dev);
	void (*complete)(struct device *dev);
	int (*suspend)(struct device *dev);
	int (*resume)(struct device *dev);
	int (*freeze)(struct device *dev);
	int (*thaw)(struct device *dev);
	int (*poweroff)(struct device *dev);
	int (*restore)(struct device *dev);
	int (*suspend_late)(struct device *dev);
	int (*resume_early)(struct device *dev);
	int (*suspend_noirq)(struct device *dev);
	int (*resume_noirq)(struct device *dev);
	int (*runtime_suspend)(struct device *dev);
	int (*runtime_resume)(struct device *dev);
	int (*runtime_idle)(struct device *dev);
};
enum probe_type { PROBE_DEFAULT_STRATEGY, PROBE_PREFER_ASYNCHRONOUS, PROBE_FORCE_SYNCHRONOUS };
enum dev_prop_type { DEV_PROP_U8, DEV_PROP_U16, DEV_PROP_U32, DEV_PROP_U64, DEV_PROP_STRING, DEV_PROP_REF };
#define MAX_PHANDLE_ARGS 16
#define PLATFORM_DEVID_NONE (-1)
#define PLATFORM_DEVID_AUTO (-2)
#define IORESOURCE_IO 0x00000100
#define IORESOURCE_MEM 0x00000200
#define IORESOURCE_IRQ 0x00000400
#define IORESOURCE_DMA 0x00000800
${structs.map((s) => s.$c).join("\n")}
typedef struct of_phandle_args of_phandle_args_t;
#define DEFINE_RES_NAMED(_start, _size, _name, _flags) { .start = (_start), .end = (_start) + (_size) - 1, .name = (_name), .flags = (_flags) }
#define DEFINE_RES_MEM(_start, _size) DEFINE_RES_NAMED((_start), (_size), NULL, IORESOURCE_MEM)
#define DEFINE_RES_MEM_NAMED(_start, _size, _name) DEFINE_RES_NAMED((_start), (_size), (_name), IORESOURCE_MEM)
#define DEFINE_RES_IRQ(_irq) DEFINE_RES_NAMED((_irq), 1, NULL, IORESOURCE_IRQ)
#define DEFINE_RES_IRQ_NAMED(_irq, _name) DEFINE_RES_NAMED((_irq), 1, (_name), IORESOURCE_IRQ)
#define resource_size(res) ((res)->end - (res)->start + 1)
#define resource_type(res) ((res)->flags & 0x1f00)
#define to_platform_device(x) container_of((x), struct platform_device, dev)
#define to_platform_driver(drv) container_of((drv), struct platform_driver, driver)
#define of_fwnode_handle(node) (&(node)->fwnode)
#define to_of_node(f) ((f) ? container_of((f), struct device_node, fwnode) : NULL)
#define of_match_ptr(_ptr) (_ptr)
#define platform_driver_register(drv) __platform_driver_register((drv), THIS_MODULE)
#define platform_driver_probe(drv, probe) __platform_driver_probe((drv), (probe), THIS_MODULE)
#define module_driver(__driver, __register, __unregister, ...) \\
	static int __driver##_init(void) { return __register(&(__driver), ##__VA_ARGS__); } \\
	module_init(__driver##_init); \\
	static void __driver##_exit(void) { __unregister(&(__driver), ##__VA_ARGS__); } \\
	module_exit(__driver##_exit)
#define module_platform_driver(__platform_driver) module_driver(__platform_driver, platform_driver_register, platform_driver_unregister)
#define builtin_platform_driver(__platform_driver) \\
	static int __platform_driver##_init(void) { return platform_driver_register(&(__platform_driver)); } \\
	module_init(__platform_driver##_init)
#define module_platform_driver_probe(__platform_driver, __probe) \\
	static int __platform_driver##_init(void) { return platform_driver_probe(&(__platform_driver), __probe); } \\
	module_init(__platform_driver##_init); \\
	static void __platform_driver##_exit(void) { platform_driver_unregister(&(__platform_driver)); } \\
	module_exit(__platform_driver##_exit)
#define devm_add_action(dev, action, data) __devm_add_action((dev), (action), (data), #action)
#define devm_add_action_or_reset(dev, action, data) devm_add_action((dev), (action), (data))
#define MODULE_DEVICE_TABLE(type, name) extern int __dmascope_nothing
#define for_each_child_of_node(parent, child) \\
	for (child = of_get_next_child((parent), NULL); child != NULL; child = of_get_next_child((parent), child))
#define for_each_available_child_of_node(parent, child) \\
	for (child = of_get_next_available_child((parent), NULL); child != NULL; child = of_get_next_available_child((parent), child))
#define for_each_child_of_node_scoped(parent, child) \\
	for (struct device_node *child = of_get_next_child((parent), NULL); child != NULL; child = of_get_next_child((parent), child))
#define for_each_available_child_of_node_scoped(parent, child) \\
	for (struct device_node *child = of_get_next_available_child((parent), NULL); child != NULL; child = of_get_next_available_child((parent), child))
#define for_each_compatible_node(dn, type, compatible) \\
	for (dn = of_find_compatible_node(NULL, (type), (compatible)); dn; dn = of_find_compatible_node(dn, (type), (compatible)))
#define PROPERTY_ENTRY_U32(_name_, _val_) { .name = (_name_), .length = sizeof(u32), .is_inline = true, .type = DEV_PROP_U32, .inline_value = (u32)(_val_) }
#define PROPERTY_ENTRY_U64(_name_, _val_) { .name = (_name_), .length = sizeof(u64), .is_inline = true, .type = DEV_PROP_U64, .inline_value = (u64)(_val_) }
#define PROPERTY_ENTRY_BOOL(_name_) { .name = (_name_), .is_inline = true }
#define PROPERTY_ENTRY_U32_ARRAY(_name_, _val_) { .name = (_name_), .length = sizeof(_val_), .type = DEV_PROP_U32, .value = (_val_) }
#define __ATTR(_name, _mode, _show, _store) { .attr = { .name = #_name, .mode = (_mode) }, .show = (_show), .store = (_store) }
#define __ATTR_RO_MODE(_name, _mode) { .attr = { .name = #_name, .mode = (_mode) }, .show = _name##_show }
#define __ATTR_RW_MODE(_name, _mode) { .attr = { .name = #_name, .mode = (_mode) }, .show = _name##_show, .store = _name##_store }
#define __ATTR_RO(_name) __ATTR_RO_MODE(_name, 0444)
#define __ATTR_RW(_name) __ATTR_RW_MODE(_name, 0644)
#define __ATTR_WO(_name) { .attr = { .name = #_name, .mode = 0200 }, .store = _name##_store }
#define __ATTR_NULL { .attr = { .name = NULL } }
#define DEVICE_ATTR(_name, _mode, _show, _store) struct device_attribute dev_attr_##_name = __ATTR(_name, _mode, _show, _store)
#define DEVICE_ATTR_RO(_name) struct device_attribute dev_attr_##_name = __ATTR_RO(_name)
#define DEVICE_ATTR_RW(_name) struct device_attribute dev_attr_##_name = __ATTR_RW(_name)
#define DEVICE_ATTR_WO(_name) struct device_attribute dev_attr_##_name = __ATTR_WO(_name)
#define DEVICE_ATTR_ADMIN_RO(_name) struct device_attribute dev_attr_##_name = __ATTR_RO_MODE(_name, 0400)
#define DEVICE_ATTR_ADMIN_RW(_name) struct device_attribute dev_attr_##_name = __ATTR_RW_MODE(_name, 0600)
#define __ATTRIBUTE_GROUPS(_name) static const struct attribute_group *_name##_groups[] = { &_name##_group, NULL }
#define ATTRIBUTE_GROUPS(_name) \\
	static const struct attribute_group _name##_group = { .attrs = _name##_attrs }; \\
	__ATTRIBUTE_GROUPS(_name)
#define kobj_to_dev(__kobj) container_of((__kobj), struct device, kobj)
#define dev_to_node(dev) ((dev)->numa_node)
#define has_acpi_companion(dev) ((void)(dev), false)
#define acpi_dma_request_slave_chan_by_name(dev, name) ((void)(dev), (void)(name), (struct dma_chan *)ERR_PTR(-ENODEV))
#define set_dev_node(dev, node) ((void)((dev)->numa_node = (node)))
#define SET_SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn) .suspend = suspend_fn, .resume = resume_fn,
#define SET_RUNTIME_PM_OPS(suspend_fn, resume_fn, idle_fn) .runtime_suspend = suspend_fn, .runtime_resume = resume_fn, .runtime_idle = idle_fn,
#define SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn) .suspend = suspend_fn, .resume = resume_fn,
#define RUNTIME_PM_OPS(suspend_fn, resume_fn, idle_fn) .runtime_suspend = suspend_fn, .runtime_resume = resume_fn, .runtime_idle = idle_fn,
#define SET_LATE_SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn) .suspend_late = suspend_fn, .resume_early = resume_fn,
#define SET_NOIRQ_SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn) .suspend_noirq = suspend_fn, .resume_noirq = resume_fn,
#define LATE_SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn) SET_LATE_SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn)
#define NOIRQ_SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn) SET_NOIRQ_SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn)
#define SIMPLE_DEV_PM_OPS(name, suspend_fn, resume_fn) const struct dev_pm_ops name = { SET_SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn) }
#define DEFINE_SIMPLE_DEV_PM_OPS(name, suspend_fn, resume_fn) SIMPLE_DEV_PM_OPS(name, suspend_fn, resume_fn)
#define DEFINE_RUNTIME_DEV_PM_OPS(name, suspend_fn, resume_fn, idle_fn) const struct dev_pm_ops name = { SET_RUNTIME_PM_OPS(suspend_fn, resume_fn, idle_fn) }
#define pm_ptr(_ptr) (_ptr)
#define pm_sleep_ptr(_ptr) (_ptr)
`;
