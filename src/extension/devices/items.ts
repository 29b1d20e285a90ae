/** The rows of the DMA Devices tree, out of what the adapter tells. No VS Code here: what is shown, not how. */
import type {
	ClientMessage,
	ControllerMessage,
	DeviceMessage,
	DevicesMessage,
	DmaChannelMessage,
	NamedTextMessage,
	PlaceMessage,
	RegisterMessage,
	RouterMessage,
} from "../../messages/devices";

export interface DeviceItem {
	/** The same at each stop, so that what is unfolded stays so. */
	readonly id: string;
	readonly label: string;
	readonly description?: string;
	readonly tooltip?: string;
	/** Name of a product icon. */
	readonly icon?: string;
	/** Unfolded when it appears first. */
	readonly open?: boolean;
	readonly children?: () => readonly DeviceItem[] | Promise<readonly DeviceItem[]>;
	/** What "Copy Value" copies; the description otherwise. */
	readonly copies?: string;
	/** The channel to select in the call stack. */
	readonly channel?: string;
	readonly node?: PlaceMessage | null;
	readonly prepared?: PlaceMessage | null;
}

/** Asks for registers: of a channel, or with undefined those of no channel. */
export type AskRegisters = (device: string, channel?: number) => Promise<readonly RegisterMessage[]>;

export function deviceItems(devices: DevicesMessage, ask: AskRegisters): DeviceItem[] {
	return [
		...devices.controllers.map((controller) => controllerItem(controller, ask, devices.controllers.length === 1)),
		...devices.routers.map((router) => routerItem(router, ask)),
		...(devices.clients.length > 0
			? [
					{
						id: "clients",
						label: "Clients",
						description: String(devices.clients.length),
						icon: "plug",
						children: () => usedFirst(devices.clients).map((client) => clientItem(client, ask)),
					},
				]
			: []),
	];
}

/** More unused channels than this are one row. */
const MOST_UNUSED = 4;

function controllerItem(controller: ControllerMessage, ask: AskRegisters, alone: boolean): DeviceItem {
	const { name, dma, capabilities, channels } = controller;
	const unused = channels.filter(({ state }) => state === "unused");
	const folded = unused.length > MOST_UNUSED ? unused : [];
	const shown = channels.filter((channel) => !folded.includes(channel));
	const busy = channels.filter((channel) => channel.busy).length;
	const title = dma === "" ? name : `${dma}: ${name}`;
	const used = busy > 0 ? `${busy} of ${channels.length} channels busy` : `${channels.length} channels`;
	return {
		id: name,
		label: title,
		description: `${controller.driver || "no driver yet"}, ${used}`,
		tooltip: aboutDevice(controller),
		icon: "circuit-board",
		open: alone || unused.length < channels.length,
		node: controller.place,
		copies: name,
		children: () => [
			...shown.map((channel) => channelItem(controller, channel, ask)),
			...(folded.length > 0 ? [unusedItem(controller, folded, ask)] : []),
			...listItem(`${name}/capabilities`, "Capabilities", "checklist", capabilities),
			...registersItem(controller, ask),
		],
	};
}

function unusedItem(
	controller: ControllerMessage,
	channels: readonly DmaChannelMessage[],
	ask: AskRegisters,
): DeviceItem {
	return {
		id: `${controller.name}/unused`,
		label: "Unused channels",
		description: String(channels.length),
		icon: STATE_ICONS.unused,
		children: () => channels.map((channel) => channelItem(controller, channel, ask)),
	};
}

const STATE_ICONS: Readonly<Record<DmaChannelMessage["state"], string>> = {
	unused: "circle-outline",
	idle: "circle-filled",
	running: "play-circle",
	paused: "debug-pause",
	suspended: "debug-pause",
	error: "error",
};

function channelItem(controller: ControllerMessage, channel: DmaChannelMessage, ask: AskRegisters): DeviceItem {
	const { id, state, client, route, details, number, busy, prepared } = channel;
	const key = `${controller.name}/${id}`;
	const progress = details.find(({ name }) => name === "progress")?.value;
	return {
		id: key,
		label: id,
		description: [client ?? "", state, progress ?? ""].filter((text) => text !== "").join(", "),
		...(route !== "" && { tooltip: route }),
		icon: STATE_ICONS[state],
		copies: `${id}${client === null ? "" : ` (${client})`}: ${state}`,
		...(busy && { channel: id }),
		prepared,
		children: () => [
			row(key, "state", state),
			row(key, "client", client ?? "nobody"),
			...(route === "" ? [] : [row(key, "route", route, "arrow-right")]),
			...details.map(({ name, value }) => row(key, name, value)),
			...registersItem(controller, ask, number),
		],
	};
}

function routerItem(router: RouterMessage, ask: AskRegisters): DeviceItem {
	const taken = router.outputs.filter(({ input }) => input !== 0);
	const outputs = router.outputs.map(({ output, input, target, client }) => ({
		name: `output ${output}`,
		value: input === 0 ? `free → ${target}` : `request ${input}${client === "" ? "" : ` (${client})`} → ${target}`,
	}));
	return {
		id: router.name,
		label: router.name,
		description: `router, ${taken.length} of ${router.outputs.length} outputs taken`,
		tooltip: aboutDevice(router),
		icon: "git-merge",
		node: router.place,
		copies: router.name,
		children: () => [
			...outputs.map(({ name, value }) => row(router.name, name, value, "arrow-right")),
			...registersItem(router, ask),
		],
	};
}

function usedFirst(clients: readonly ClientMessage[]): ClientMessage[] {
	const used = (client: ClientMessage) => client.requests.some(({ channel }) => channel !== null);
	return [...clients.filter(used), ...clients.filter((client) => !used(client))];
}

function clientItem(client: ClientMessage, ask: AskRegisters): DeviceItem {
	const key = `clients/${client.name}`;
	const used = client.requests.filter(({ channel }) => channel !== null).map(({ channel }) => channel);
	return {
		id: key,
		label: client.labels[0] === undefined ? client.name : `${client.labels[0]}: ${client.name}`,
		description: used.length > 0 ? used.join(", ") : (client.driver ?? ""),
		tooltip: aboutDevice(client),
		icon: "chip",
		open: used.length > 0,
		node: client.place,
		copies: client.name,
		children: () => [
			...client.requests.map(({ name, route, channel }) => ({
				...row(key, name, route.join(" → "), channel === null ? "circle-outline" : "arrow-right"),
				...(channel !== null && { channel }),
			})),
			...registersItem(client, ask),
		],
	};
}

function registersItem(device: DeviceMessage, ask: AskRegisters, channel?: number): DeviceItem[] {
	if (!device.registers) return [];
	const id = `${device.name}/registers/${channel ?? ""}`;
	return [
		{
			id,
			label: "Registers",
			icon: "server-process",
			children: async () => (await ask(device.name, channel)).map((register) => registerItem(id, register)),
		},
	];
}

function registerItem(key: string, { name, address, value, fields }: RegisterMessage): DeviceItem {
	const id = `${key}/${name}`;
	return {
		id,
		label: name,
		description: value,
		tooltip: `${name} at ${address}`,
		copies: value,
		...(fields.length > 0 && {
			children: () =>
				fields.map((field) => ({
					...row(id, field.name, field.value),
					tooltip: `${name}.${field.name}, ${field.bits}`,
				})),
		}),
	};
}

function listItem(id: string, label: string, icon: string, rows: readonly NamedTextMessage[]): DeviceItem[] {
	if (rows.length === 0) return [];
	return [{ id, label, icon, children: () => rows.map(({ name, value }) => row(id, name, value)) }];
}

function row(key: string, name: string, value: string, icon?: string): DeviceItem {
	return {
		id: `${key}/${name}`,
		label: name,
		description: value,
		tooltip: value,
		copies: value,
		...(icon && { icon }),
	};
}

function aboutDevice({ name, labels, compatible, driver }: DeviceMessage): string {
	const lines = [name];
	if (labels.length > 0) lines.push(`label: ${labels.join(", ")}`);
	if (compatible !== "") lines.push(`compatible: ${compatible}`);
	lines.push(`driver: ${driver || "none"}`);
	return lines.join("\n");
}
