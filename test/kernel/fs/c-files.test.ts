/** Files of C code: what the kernel says of misuse, and what a file means when its maker has gone. */
import assert from "node:assert/strict";
import { bootAndRun } from "../harness";
import { checkMarks, moduleText } from "../kasan/rig";

const FILE = `static int one_show(struct seq_file *s, void *v) { seq_puts(s, "one"); return 0; } DEFINE_SHOW_ATTRIBUTE(one);
static ssize_t level_show(struct device *dev, struct device_attribute *attr, char *buf) { return 5000; }
static DEVICE_ATTR_RO(level); static DEVICE_ATTR(both, 0644, NULL, NULL);
`;

/** The log of a module whose init is `body`; without the timestamps' level digit. */
function logOf(body: string): string[] {
	const { log } = bootAndRun({ "t.c": `${FILE} static int f(void) { ${body} return 0; } module_init(f);` });
	return log().map((line) => line.slice(2));
}
const count = (lines: readonly string[], text: string): number => lines.filter((line) => line === text).length;

describe("files of C code", () => {
	it("debugfs names the file or the directory that is there already", () => {
		const lines = logOf(`struct dentry *d = debugfs_create_dir("mine", NULL);
			debugfs_create_dir("mine", NULL);
			debugfs_create_file("f", 0444, d, NULL, &one_fops);
			debugfs_create_file("f", 0444, d, NULL, &one_fops);
			debugfs_create_file("f", 0444, ERR_PTR(-ENODEV), NULL, &one_fops);`);
		assert.equal(count(lines, "debugfs: Directory 'mine' with parent '/' already present!"), 1);
		assert.equal(count(lines, "debugfs: File 'f' in directory 'mine' already present!"), 1);
		assert.equal(lines.filter((line) => line.startsWith("debugfs:")).length, 2);
	});
	it("a dentry that is removed twice was freed by the first", () => {
		checkMarks(
			moduleText(`	struct dentry *d = debugfs_create_dir("mine", NULL);
	struct dentry *f = debugfs_create_dir("below", d);
	debugfs_remove(d);
	debugfs_remove(f); //! slab-use-after-free
	pr_info("%lu\\n", IS_ERR(debugfs_create_dir("below", d))); //! slab-use-after-free`),
		);
	});
	it("sysfs names a duplicate by its path and shows the stack", () => {
		const lines = logOf(`struct platform_device *p = platform_device_register_simple("box", -1, NULL, 0);
			device_create_file(&p->dev, &dev_attr_level); device_create_file(&p->dev, &dev_attr_level);`);
		const at = lines.indexOf("sysfs: cannot create duplicate filename '/devices/platform/box/level'");
		assert.ok(at >= 0, lines.join("\n"));
		assert.match(lines.slice(at + 1).join("\n"), /Call trace/i);
	});
	it("permissions without show and store are warned of, one by one", () => {
		const lines = logOf(`struct platform_device *p = platform_device_register_simple("box", -1, NULL, 0);
			device_create_file(&p->dev, &dev_attr_both);`);
		assert.equal(count(lines, "Attribute both: write permission without 'store'"), 1);
		assert.equal(count(lines, "Attribute both: read permission without 'show'"), 1);
	});
	it("a show that returns more than a page is told of; a page less a byte is read", () => {
		const lines = logOf(`struct platform_device *p = platform_device_register_simple("box", -1, NULL, 0);
			char *b = kmalloc(8192, GFP_KERNEL);
			device_create_file(&p->dev, &dev_attr_level);
			pr_info("%zd\\n", sim_read_file("/sys/devices/platform/box/level", b, 8192));`);
		assert.equal(count(lines, "dev_attr_show: level_show returned bad count"), 1);
		assert.equal(count(lines, "fill_read_buffer: dev_attr_show returned bad count"), 1);
		assert.ok(lines.includes("4095"), lines.join("\n"));
	});
	it("sysfs_emit refuses what is no page", () => {
		const lines = logOf(
			`char small[8]; pr_info("%d\\n", sysfs_emit(NULL, "x")); pr_info("%d\\n", sysfs_emit(small + 1, "x"));`,
		);
		assert.equal(count(lines, "invalid sysfs_emit: buf:(null)"), 1);
		assert.equal(lines.filter((line) => line.startsWith("invalid sysfs_emit: buf:")).length, 2);
		assert.equal(count(lines, "0"), 2);
	});
	it("a device that is not added has no directory", () => {
		const lines = logOf(`static struct device d; device_initialize(&d);
			pr_info("%d\\n", device_create_file(&d, &dev_attr_level));`);
		assert.ok(lines.includes("-22"), lines.join("\n"));
		assert.ok(lines.some((line) => /^WARNING: .* fs\/sysfs\/file\.c:368 sysfs_create_file_ns/.test(line)));
	});
	it("a controller's own directory is the parent that its driver asks for", () => {
		const lines = logOf(`char b[16]; dma_cap_mask_t m; struct dma_chan *c; struct dentry *d;
			dma_cap_zero(m); dma_cap_set(DMA_MEMCPY, m); c = dma_request_chan_by_mask(&m);
			d = dmaengine_get_debugfs_root(c->device);
			debugfs_create_file("one", 0444, d, NULL, &one_fops);
			pr_info("%s %zd\\n", d->d_name.name, sim_read_file("/sys/kernel/debug/dmaengine/80000.dma-controller/one", b, 16));
			pr_info("%d\\n", d == dmaengine_get_debugfs_root(c->device));`);
		assert.ok(lines.includes("80000.dma-controller 3"), lines.join("\n"));
		assert.ok(lines.includes("1"));
	});
});
