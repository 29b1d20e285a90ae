/** What hovers say about completions, the entry points of modules, and the simulator's own functions. */
export const completionDocs: Readonly<Record<string, string>> = {
	completion: "Something that one context waits for and another one announces.",
	DECLARE_COMPLETION: "A static completion, ready for use.",
	DECLARE_COMPLETION_ONSTACK: "A completion as a local variable, ready for use.",
	init_completion: "Makes a completion ready for its first use.",
	reinit_completion: "Makes a completion ready for the next round. Only when nobody waits.",
	complete: "Lets one waiter go, or the next one that comes. Fit for every context, DMA callbacks among them.",
	complete_all: "Lets every waiter go, now and later, until `reinit_completion()`.",
	wait_for_completion: "Sleeps until `complete()`, for ever if need be.",
	wait_for_completion_timeout:
		"Sleeps until `complete()`, at most `timeout` jiffies. 0: the time is over; else the jiffies that were left, at least 1.",
	wait_for_completion_interruptible: "`wait_for_completion()` that a signal ends with `-ERESTARTSYS`.",
	wait_for_completion_killable: "`wait_for_completion()` that a fatal signal ends.",
	try_wait_for_completion: "Takes a completion when it is there, without sleeping.",
	completion_done: "Whether a waiter would go on at once. Takes nothing.",
};

export const moduleDocs: Readonly<Record<string, string>> = {
	module_init:
		"The function runs in process context after the board has booted, in file order. Non-zero is the module's failure.",
	module_exit: "The function runs when the module is unloaded: `rmmod` in the debug console, or `--unload`.",
	module_platform_driver:
		"Registers a platform driver at load and unregisters it at unload; its probe runs for each matching device.",
	module_param: "A variable that can be set when the module is loaded, and is under /sys/module/MODULE/parameters.",
	EXPORT_SYMBOL: "Lets other modules use this function or variable.",
	EXPORT_SYMBOL_GPL: "Lets other modules use this function or variable.",
	SIM_MODULE: "Loads another file as a module of its own before this file's `module_init`.",
	SIM_RULES: 'Switches sanitizer rules for this file, such as `SIM_RULES("-DS02,+DS17")`.',
};

export const simDocs: Readonly<Record<string, string>> = {
	sim_device: "The device of a devicetree label or path; NULL when there is none. DMAscope's own, not Linux.",
	sim_time_ns: "Virtual time since boot in nanoseconds. DMAscope's own, not Linux.",
	sim_dev_receive: "Bytes that reach a peripheral from outside, at its own line rate. DMAscope's own, not Linux.",
	sim_dev_sent:
		"Takes what a peripheral has sent out, oldest first; returns how many bytes. DMAscope's own, not Linux.",
	sim_fault_bus:
		"Later accesses to this range answer with a slave error: `SIM_FAULT_READ`, `SIM_FAULT_WRITE`, or both; 0 heals. DMAscope's own, not Linux.",
	sim_fault_alloc: "The nth allocation from now fails. DMAscope's own, not Linux.",
	sim_irq_hold: "Keeps a device's interrupt from the CPU until `sim_irq_release()`. DMAscope's own, not Linux.",
	sim_irq_release: "Lets a device's interrupt through again. DMAscope's own, not Linux.",
	sim_softirq_hold:
		"Keeps tasklets from running: opens the window between interrupt and callback. DMAscope's own, not Linux.",
	sim_softirq_release: "Lets tasklets run again. DMAscope's own, not Linux.",
	sim_findings: "How many findings of a sanitizer rule so far, or of all rules for NULL. DMAscope's own, not Linux.",
	sim_expect_finding:
		"One finding of this rule is the point of the test: it does not fail it, its absence does. DMAscope's own, not Linux.",
	sim_read_file: "Reads a file of /sys, /sys/kernel/debug or /proc. DMAscope's own, not Linux.",
	sim_write_file: "Writes a file of /sys, /sys/kernel/debug or /proc. DMAscope's own, not Linux.",
	sim_mark: "A named point in the trace and on the time line. DMAscope's own, not Linux.",
	sim_exit: "Ends the run with this status. DMAscope's own, not Linux.",
};
