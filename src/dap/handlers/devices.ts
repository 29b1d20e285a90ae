/** The requests of the DMA Devices tree: DMAscope's own. They look at a machine that stands still. */
import type { DevicesMessage, PlaceMessage, RegistersMessage } from "../../messages/devices";
import type { PlaceInfo } from "../../session/device-info";
import type { Adapter } from "../adapter";
import { toClientLine } from "../convert";
import type { HandlersOf } from "./handler";

export const deviceHandlers: HandlersOf<"dmascope/devices" | "dmascope/registers"> = {
	"dmascope/devices"(adapter): DevicesMessage {
		const { controllers, routers, clients } = adapter.requireStopped("dmascope/devices").devices();
		const at = <D extends { readonly place: PlaceInfo | null }>(device: D) => ({
			...device,
			place: place(adapter, device.place),
		});
		return {
			controllers: controllers.map((controller) => ({
				...at(controller),
				channels: controller.channels.map((channel) => ({
					...channel,
					prepared: place(adapter, channel.prepared),
				})),
			})),
			routers: routers.map(at),
			clients: clients.map(at),
		};
	},

	"dmascope/registers"(adapter, args): RegistersMessage {
		const session = adapter.requireStopped("dmascope/registers");
		return { registers: session.deviceRegisters(args.device, args.channel ?? null) };
	},
};

function place(adapter: Adapter, info: PlaceInfo | null): PlaceMessage | null {
	return info && { ...info, line: toClientLine(adapter.client, info.line) };
}
