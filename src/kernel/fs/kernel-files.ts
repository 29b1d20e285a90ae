/** The files that the kernel's core has. */

import { createDmatestFiles } from "../dmatest/module";
import { procInterrupts } from "../irq/irq";
import type { Kernel } from "../kernel";
import { isCallback, setParameter, showParameter } from "../module/params";
import { moduleHolders, moduleSize, moduleUsers } from "../module/references";
import { addFile, registerReader, registerWriter } from "./files";

registerReader("interrupts", procInterrupts);
registerReader("modules", (k) =>
	k.state.modules.modules
		.filter((m) => m.state === "live")
		.reverse()
		.map((m) => {
			const holders = moduleHolders(k, m);
			const by = holders.length > 0 ? `${holders.join(",")},` : "-";
			return `${m.name} ${moduleSize(k, m)} ${moduleUsers(k, m)} ${by} Live 0x0000000000000000\n`;
		})
		.join(""),
);
registerReader("uptime", (k) => `${(Math.floor(k.machine.time / 1e10) / 100).toFixed(2)} 0.00\n`);
registerReader("module_parameter", (k, param) =>
	isCallback(k, param) ? k.state.modules.shown : showParameter(k, param),
);
registerWriter("module_parameter", (k, arg, text) => {
	if (isCallback(k, arg)) {
		k.state.modules.given = text;
		return text.length;
	}
	const result = setParameter(k, arg, text.replace(/\n$/, ""));
	return result < 0 ? result : text.length;
});

// Devices whose probe waits for another driver, and why if the driver said so with dev_err_probe.
registerReader("devices_deferred", (k) =>
	k.state.devices.devices
		.filter(({ deferred }) => deferred)
		.map(({ name, address }) => `${name}\t${k.state.printk.deferReasons[address] ?? "\n"}`)
		.join(""),
);

export function createKernelFiles(k: Kernel): void {
	const devicesDeferred = "/sys/kernel/debug/devices_deferred";
	addFile(k, { path: devicesDeferred, mode: 0o444, read: "devices_deferred", write: "", arg: 0 });
	for (const name of ["interrupts", "modules", "uptime"])
		addFile(k, { path: `/proc/${name}`, mode: 0o444, read: name, write: "", arg: 0 });
	createDmatestFiles(k);
}
