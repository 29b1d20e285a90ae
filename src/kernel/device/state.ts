/** What the driver core knows beside the public structs. */

/** Something to undo when a driver is unbound: a call of a kernel function by name, or of any function by address. */
export interface Devres {
	readonly call: string | number;
	readonly args: readonly number[];
	/** Name of what it releases ("devm_kzalloc"), for listings. */
	readonly what: string;
}

export interface DeviceRecord {
	/** Address of its struct device. */
	readonly address: number;
	name: string;
	/** Address of its struct platform_device, 0 for others. */
	readonly platform: number;
	/** Index in the board's devices, -1 for one that a driver made. */
	readonly board: number;
	/** Path of its devicetree node, "" without. */
	readonly node: string;
	/** Address of the struct device_driver that it is bound to, or being bound to; 0 none. */
	driver: number;
	/** Its probe asked to be tried again later. */
	deferred: boolean;
	/** References held by get_device, beside the core's own. */
	references: number;
	registered: boolean;
	devres: Devres[];
}

export interface DriverRecord {
	/** Address of its struct device_driver. */
	readonly address: number;
	/** Address of its struct platform_driver. */
	readonly platform: number;
	readonly name: string;
	readonly module: string;
}

export interface ClockRecord {
	/** Address of the struct clk that drivers hold. */
	readonly handle: number;
	/** Path of the provider's node and the index of its output. */
	readonly node: string;
	readonly index: number;
	rate: number;
	prepared: number;
	enabled: number;
}

export interface DevicesState {
	/** In the order of registration. */
	devices: DeviceRecord[];
	drivers: DriverRecord[];
	/** Address of the struct device_node by path. */
	nodes: Record<string, number>;
	/** Path by address of the struct device_node. */
	paths: Record<number, string>;
	clocks: ClockRecord[];
	/** Software properties (struct property_entry arrays) by device. */
	properties: Record<number, number>;
	/** Reset lines: handle and whether asserted. */
	/** Reset lines that somebody has got; `members` are the handles of an array's lines. */
	resets: { handle: number; node: string; index: number; asserted: boolean; members: number[] }[];
	/** platform_device_register with PLATFORM_DEVID_AUTO: the next number. */
	nextAutoId: number;
	/** A probe has succeeded since deferred ones were tried: try them again. */
	retryDeferred: boolean;
	/** Address of platform_bus_type and platform_bus. */
	platformBus: number;
}

export const createDevicesState = (): DevicesState => ({
	devices: [],
	drivers: [],
	nodes: {},
	paths: {},
	clocks: [],
	properties: {},
	resets: [],
	nextAutoId: 0,
	retryDeferred: false,
	platformBus: 0,
});
