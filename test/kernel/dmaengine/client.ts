/** A client of one channel, as a test writes it. */
import { scatterlist, sgInitTable } from "../../../src/kernel/dma-mapping/scatterlist";
import { dmaAsyncTxDescriptor, dmaSlaveConfig, dmaTxState } from "../../../src/kernel/dmaengine/structs";
import type { Rig } from "./rig";

/** The FIFO's data register on the generic board. */
export const DEVICE_WORD = 0x10001000;

export class Client {
	private readonly state: number;

	constructor(
		readonly rig: Rig,
		readonly chan: number,
	) {
		this.state = rig.memory(dmaTxState.$size);
	}

	configure(
		values: Partial<
			Record<
				"direction" | "src_addr" | "dst_addr" | "src_addr_width" | "dst_addr_width" | "src_maxburst" | "dst_maxburst",
				number
			>
		>,
	): number {
		const at = this.rig.memory(dmaSlaveConfig.$size);
		for (const [name, value] of Object.entries(values) as ["direction", number][])
			dmaSlaveConfig[name].set(this.rig.k.space, at, value);
		return this.rig.call("dmaengine_slave_config", this.chan, at);
	}

	memcpy(dst: number, src: number, len: number, flags = 0): number {
		return this.rig.call("dmaengine_prep_dma_memcpy", this.chan, dst, src, len, flags);
	}

	cyclic(buffer: number, len: number, period: number, direction: number): number {
		return this.rig.call("dmaengine_prep_dma_cyclic", this.chan, buffer, len, period, direction, 0);
	}

	slaveSg(entries: readonly (readonly [number, number])[], direction: number): number {
		const { rig } = this;
		const sg = rig.memory(scatterlist.$size * entries.length);
		sgInitTable(rig.k.space, sg, entries.length);
		entries.forEach(([address, length], i) => {
			scatterlist.dma_address.set(rig.k.space, sg + i * scatterlist.$size, address);
			scatterlist.dma_length.set(rig.k.space, sg + i * scatterlist.$size, length);
		});
		return rig.call("dmaengine_prep_slave_sg", this.chan, sg, entries.length, direction, 0);
	}

	callback(tx: number, param = 0): void {
		dmaAsyncTxDescriptor.callback.set(this.rig.k.space, tx, this.rig.k.address("test_callback"));
		dmaAsyncTxDescriptor.callback_param.set(this.rig.k.space, tx, param);
	}

	callbackResult(tx: number, param = 0): void {
		dmaAsyncTxDescriptor.callback_result.set(this.rig.k.space, tx, this.rig.k.address("test_callback_result"));
		dmaAsyncTxDescriptor.callback_param.set(this.rig.k.space, tx, param);
	}

	submit(tx: number): number {
		return this.rig.call("dmaengine_submit", tx);
	}

	issue(): void {
		this.rig.call("dma_async_issue_pending", this.chan);
	}

	status(cookie: number): { status: number; residue: number } {
		const status = this.rig.call("dmaengine_tx_status", this.chan, cookie, this.state);
		return { status, residue: dmaTxState.residue.get(this.rig.k.space, this.state) };
	}
}
