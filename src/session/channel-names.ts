/** Names of hardware channels. */
import { channelOfHardware } from "../kernel/dmaengine/inspect";
import type { Kernel } from "../kernel/kernel";
import { controllerNumber, controllersOf } from "./channels";

/** What the channels are called: asked for with each burst, so kept until a channel comes, goes or changes hands. */
export class ChannelNames {
	private names = new Map<number, string>();
	private seen = -1;

	constructor(private readonly k: Kernel) {}

	/** Of a channel of the controller with component index `controller`: Linux's name, or the one that it will have. */
	of(controller: number, channel: number): string {
		const { changes } = this.k.state.dma;
		if (changes !== this.seen) {
			this.names.clear();
			this.seen = changes;
		}
		const key = controller * 1024 + channel;
		let name = this.names.get(key);
		if (name === undefined) {
			name = this.find(controller, channel);
			this.names.set(key, name);
		}
		return name;
	}

	/** After a restore: what was seen belongs to another time. */
	forget(): void {
		this.seen = -1;
	}

	private find(component: number, channel: number): string {
		const { devices } = this.k;
		const known = channelOfHardware(
			this.k,
			devices.findIndex(({ model }) => model?.index === component),
			channel,
		);
		if (known !== null) return known;
		const controllers = controllersOf(devices);
		const index = controllers.findIndex(({ controller }) => controller.index === component);
		const found = controllers[Math.max(0, index)];
		return `dma${found ? controllerNumber(found.device, Math.max(0, index)) : 0}chan${channel}`;
	}
}
