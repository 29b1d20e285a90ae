/** The platform bus, and a platform device for every node of the board. */
import { type DtNode, dmaRanges, strings } from "../../devicetree/tree";
import type { Kernel } from "../kernel";
import { kzalloc } from "../mm/kmalloc";
import { enterDevice } from "./devices";
import { newText, setDevName } from "./names";
import { nodeAddress, nodeAt } from "./nodes";
import { newPlatformDevice, PDEV_DEV, PLATFORM_DEVID_NONE } from "./platform-device";
import { setResources } from "./platform-resource";
import { busDmaRegion, device, IORESOURCE_MEM } from "./structs";

/** platform_bus_type: a struct bus_type whose first member is its name. */
export function createPlatformBus(k: Kernel): void {
	const bus = kzalloc(k, 64);
	k.space.w64(bus, newText(k, "platform"));
	k.state.devices.platformBus = bus;
}

/** of_platform_populate: a platform device for every node of the board that has a `compatible`. */
export function populate(k: Kernel): void {
	k.devices.forEach((board, index) => {
		const pdev = newPlatformDevice(k, board.name, PLATFORM_DEVID_NONE);
		const dev = pdev + PDEV_DEV;
		const node = nodeAt(k, board.path);
		setDevName(k, dev, board.name);
		device.of_node.set(k.space, dev, nodeAddress(k, node));
		for (let up = node; up; up = up.parent ?? undefined) {
			if (up.properties.has("dma-coherent")) device.dma_coherent.set(k.space, dev, 1);
			if (up.properties.has("dma-noncoherent")) break;
		}
		if (node) configureDma(k, dev, node);
		const names = (node && strings(node, "reg-names")) ?? [];
		const list = board.reg.map((r, i) => ({
			start: r.base,
			end: r.base + r.size - 1,
			flags: IORESOURCE_MEM,
			name: names[i] ?? board.name,
		}));
		setResources(k, pdev, list);
		enterDevice(k, { address: dev, platform: pdev, board: index, node: board.path });
	});
}

/** of_dma_configure: what `dma-ranges` say of the bus, and the highest address that it has. Linux does so when it probes. */
function configureDma(k: Kernel, dev: number, node: DtNode): void {
	const ranges = dmaRanges(node);
	if (ranges === undefined || ranges.length === 0) return;
	const map = kzalloc(k, (ranges.length + 1) * busDmaRegion.$size);
	ranges.forEach(({ cpu, dma, size }, i) => {
		const region = map + i * busDmaRegion.$size;
		busDmaRegion.cpu_start.set(k.space, region, cpu);
		busDmaRegion.dma_start.set(k.space, region, dma);
		busDmaRegion.size.set(k.space, region, size);
	});
	device.dma_range_map.set(k.space, dev, map);
	device.bus_dma_limit.set(k.space, dev, Math.max(...ranges.map(({ dma, size }) => dma + size - 1)));
}
