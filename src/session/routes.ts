/** Which request line leads through which router to which channel: wiring of the devicetree, routers as they stand. */
import { dmaMasters } from "../board/dma-masters";
import { type DtNode, phandleList, strings } from "../devicetree/tree";
import type { RequestRouter, RequestTarget } from "../hardware/model";
import type { BoardDevice } from "../kernel/board-device";
import type { Kernel } from "../kernel/kernel";
import type { ChannelEntry } from "./channels";
import type { RequestInfo } from "./device-info";

/** An entry of a peripheral's `dmas`. */
interface Line {
	readonly client: BoardDevice;
	readonly name: string;
	readonly provider: BoardDevice;
	readonly cells: readonly number[];
}

/** An output of a router and the stream behind it. */
export interface Output {
	readonly output: number;
	/** Request input, 0: none. */
	readonly input: number;
	readonly controller: BoardDevice;
	readonly channel: number;
}

export class Routes {
	private readonly lines: readonly Line[];

	constructor(
		private readonly k: Kernel,
		private readonly channels: readonly ChannelEntry[],
	) {
		this.lines = k.devices.flatMap((device) => linesOf(k, device));
	}

	/** The devices that have request lines. */
	get clients(): readonly BoardDevice[] {
		return [...new Set(this.lines.map(({ client }) => client))];
	}

	requestsOf(client: BoardDevice): RequestInfo[] {
		return this.lines
			.filter((line) => line.client === client)
			.map((line) => {
				const holder = this.channels.find(({ info }) => info?.client === `${client.name}:${line.name}`);
				return { name: line.name, route: this.steps(line, holder), channel: holder?.name ?? null };
			});
	}

	/** The whole way of the request that a channel serves: "40010000.serial rx → request 63 → …"; "" for none. */
	ofChannel(entry: ChannelEntry): string {
		const line = this.lines.find(({ client, name }) => entry.info?.client === `${client.name}:${name}`);
		return line ? [`${line.client.name} ${line.name}`, ...this.steps(line, entry)].join(" → ") : "";
	}

	/** Whose request a router's input is: "40010000.serial:rx"; "" for nobody's. */
	atInput(router: BoardDevice, input: number): string {
		const line = this.lines.find(({ provider, cells }) => provider === router && cells[0] === input);
		return line ? `${line.client.name}:${line.name}` : "";
	}

	outputsOf(device: BoardDevice): Output[] {
		const router = routerOf(device);
		if (!router || !this.k.tree) return [];
		const ends = dmaMasters(this.k.tree, device.node).flatMap(({ node, requests }) =>
			Array.from({ length: requests }, (_, channel) => ({ controller: this.deviceOf(node), channel })),
		);
		return ends.slice(0, router.outputCount).flatMap(({ controller, channel }, output) => {
			return controller ? [{ output, input: router.inputOf(output), controller, channel }] : [];
		});
	}

	/** "48000000.dma-controller channel 3 (dma1chan3)" */
	endOf({ controller, channel }: Output): string {
		const entry = this.channels.find(
			({ controllerName, hardware }) => controllerName === controller.name && hardware?.channel === channel,
		);
		return `${controller.name} channel ${channel}${entry ? ` (${entry.name})` : ""}`;
	}

	private steps({ provider, cells }: Line, holder: ChannelEntry | undefined): string[] {
		const end = holder?.name ?? "no channel yet";
		const router = routerOf(provider);
		if (!router) return [requestText(provider, cells), provider.name, end];
		const taken = this.outputsOf(provider).filter(
			({ input, controller, channel }) =>
				input === cells[0] &&
				(!holder || (controller.name === holder.controllerName && channel === holder.hardware?.channel)),
		);
		const [output] = taken;
		const request = requestText(provider, cells);
		return output
			? [request, `${provider.name} output ${output.output}`, this.endOf(output)]
			: [request, provider.name, end];
	}

	private deviceOf(node: DtNode): BoardDevice | undefined {
		return this.k.devices.find((device) => device.node === node);
	}
}

/** What a device is as a router; null when it is none. */
export function routerOf(device: BoardDevice): RequestRouter | null {
	const { model } = device;
	return model && "inputOf" in model ? (model as unknown as RequestRouter) : null;
}

function requestText(provider: BoardDevice, cells: readonly number[]): string {
	const target = provider.model as Partial<RequestTarget> | null;
	return target?.requestName?.(cells) ?? `request ${cells[0] ?? 0}`;
}

function linesOf(k: Kernel, client: BoardDevice): Line[] {
	if (!k.tree || !client.node.properties.has("dmas")) return [];
	const names = strings(client.node, "dma-names") ?? [];
	return (phandleList(k.tree, client.node, "dmas", "#dma-cells") ?? []).flatMap((entry, index) => {
		const provider = entry && k.devices.find((device) => device.node === entry.node);
		return provider ? [{ client, name: names[index] ?? String(index), provider, cells: entry.args }] : [];
	});
}
