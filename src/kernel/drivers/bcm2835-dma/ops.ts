/** The driver's other channel ops. */

import { createPool, destroyPool } from "../../dma-mapping/coherent";
import { ENOMEM } from "../../dmaengine/constants";
import { callPlain, devErr, deviceName, kernelBytes } from "../../dmaengine/external";
import { dmaChan, dmaDevice, dmaSlaveConfig } from "../../dmaengine/structs";
import { vchanTerminateVdesc } from "../../dmaengine/virt-dma";
import { call, goto, type KernelFunction, plain, ret, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { collectAll, synchronize } from "../common/virt-dma-ops";
import { freeChain } from "./chain";
import { lock } from "./locking";
import { bcmChannel, descOf } from "./registers";
import { txStatus } from "./residue";
import { bcm2835Chan, bcm2835Desc, bcm2835DmaCb } from "./structs";

const BLOCK_ALIGN = 32;

function slaveConfig(k: Kernel, dchan: number, config: number): number {
	k.space.copy(bcm2835Chan.cfg.at(bcmChannel(dchan)), config, dmaSlaveConfig.$size);
	return 0;
}

/** A pool of control blocks and the channel's interrupt. A pool without an interrupt stays behind, as in Linux. */
function allocResources(k: Kernel, dchan: number): number {
	const chan = bcmChannel(dchan);
	const dev = dmaDevice.dev.get(k.space, dmaChan.device.get(k.space, dchan));
	const pool = createPool(k, deviceName(k, dev), dev, bcm2835DmaCb.$size, BLOCK_ALIGN, 0);
	bcm2835Chan.cb_pool.set(k.space, chan, pool);
	if (pool === 0) {
		devErr(k, dev, "unable to allocate descriptor pool\n");
		return -ENOMEM;
	}
	const irq = bcm2835Chan.irq_number.get(k.space, chan);
	const flags = bcm2835Chan.irq_flags.get(k.space, chan);
	return callPlain(k, "request_irq", irq, k.address("bcm2835_dma_callback"), flags, kernelBytes(k, "DMA IRQ"), chan);
}

export const bcm2835OpsFunctions: KernelFunction[] = [
	...plain({
		"enum dma_status bcm2835_dma_tx_status(struct dma_chan *chan, dma_cookie_t cookie, struct dma_tx_state *txstate)":
			txStatus,
		"int bcm2835_dma_slave_config(struct dma_chan *chan, struct dma_slave_config *cfg)": slaveConfig,
		"void bcm2835_dma_desc_free(struct virt_dma_desc *vd)": (k, vd) => freeChain(k, bcm2835Desc.vd.container(vd)),
		"int bcm2835_dma_alloc_chan_resources(struct dma_chan *chan)": allocResources,
	}),
	steps("void bcm2835_dma_free_chan_resources(struct dma_chan *chan)", {
		lists: step("Free the descriptors of all lists.", (_, f) =>
			call("vchan_free_chan_resources", [bcm2835Chan.vc.at(bcmChannel(f.args[0]))]),
		),
		irq: step("Give the interrupt back.", (k, f) => {
			const chan = bcmChannel(f.args[0]);
			return call("free_irq", [bcm2835Chan.irq_number.get(k.space, chan), chan]);
		}),
		pool: step("And the pool of control blocks.", (k, f) => {
			destroyPool(k, bcm2835Chan.cb_pool.get(k.space, bcmChannel(f.args[0])));
			return ret();
		}),
	}),
	steps("int bcm2835_dma_terminate_all(struct dma_chan *chan)", {
		active: step(
			"Under the lock: park the active transfer's descriptor and stop the channel. Its cookie is not completed.",
			(k, f) => {
				const chan = bcmChannel(f.args[0]);
				lock(k, f, chan);
				const desc = descOf(k, chan);
				if (desc === 0) return goto("collect");
				vchanTerminateVdesc(k, bcm2835Desc.vd.at(desc));
				bcm2835Chan.desc.set(k.space, chan, 0);
				return call("bcm2835_dma_abort", [chan]);
			},
		),
		...collectAll,
	}),
	steps("void bcm2835_dma_synchronize(struct dma_chan *chan)", synchronize),
];
