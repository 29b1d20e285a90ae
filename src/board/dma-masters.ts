/** The controllers behind a DMA request router. */

import { cell, cells, type DeviceTree, type DtNode } from "../devicetree/tree";

export interface DmaMaster {
	readonly node: DtNode;
	/** Outputs of the router that lead to it. */
	readonly requests: number;
}

/** Outputs of a controller that does not say how many it takes. */
const REQUESTS = 32;

/** What a router's `dma-masters` names, in order. */
export function dmaMasters(tree: DeviceTree, router: DtNode): DmaMaster[] {
	return (cells(router, "dma-masters") ?? []).flatMap((phandle) => {
		const node = tree.phandles.get(phandle);
		return node === undefined ? [] : [{ node, requests: cell(node, "dma-requests", REQUESTS) }];
	});
}
