/** Starting a channel on the head of its issued list. */
import { Direction } from "../../dmaengine/constants";
import { devErr } from "../../dmaengine/external";
import { channelDevice, channelName } from "../../dmaengine/names";
import { dmaSlaveConfig, virtDmaChan } from "../../dmaengine/structs";
import { vchanIssuePending, vchanNextDesc } from "../../dmaengine/virt-dma";
import { call, type KernelFunction, next, ret, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { hasApb, setByteHalfword } from "./apb";
import { hwDescOf } from "./descriptors";
import { lock, unlock } from "./locking";
import {
	axiChannel,
	CH_CFG_H,
	CH_CFG_L,
	CH_INTSIGNAL_ENA,
	CH_INTSTATUS_ENA,
	CH_LLP,
	type Channel,
	changeConfig,
	channelAt,
	DMAC_EN,
	enableChannel,
	IRQ_ALL_ERR,
	IRQ_DMA_TRF,
	IRQ_SUSPENDED,
	isEnabled,
	writeChannel,
} from "./registers";
import { axiDmaChan, axiDmaDesc, axiDmaHwDesc, dwAxiDmaHcfg } from "./structs";

/** Both sides take their blocks from the linked list. */
const LINKED_LIST = 3 | (3 << 2);
const TT_MEM_TO_PER_DMAC = 1;
const TT_PER_TO_MEM_DMAC = 2;
const TT_PER_TO_MEM_SRC = 4;
const TT_MEM_TO_PER_DST = 6;

export const dchanOf = (chan: number): number => virtDmaChan.chan.at(axiDmaChan.vc.at(chan));

export function complain(k: Kernel, chan: number, text: string): void {
	devErr(k, channelDevice(k, dchanOf(chan)), text);
}

/** CFG_L and CFG_H of a channel for its direction, in the layout that the controller has; tells the glue of a write. */
function configWords(k: Kernel, chan: Channel): readonly [number, number] {
	const config = axiDmaChan.config.at(chan.address);
	const foreign = dmaSlaveConfig.device_fc.get(k.space, config) !== 0;
	// Behind the glue every channel has an input of its own.
	const handshake = hasApb(k, chan.chip) ? chan.id : axiDmaChan.hw_handshake_num.get(k.space, chan.address);
	const priority = k.space.r32(dwAxiDmaHcfg.priority.at(chan.hdata) + 4 * chan.id);
	const direction = axiDmaChan.direction.get(k.space, chan.address);
	let flow = 0;
	let source = 0;
	let destination = 0;
	if (direction === Direction.MEM_TO_DEV) {
		setByteHalfword(k, chan, true);
		flow = foreign ? TT_MEM_TO_PER_DST : TT_MEM_TO_PER_DMAC;
		destination = handshake;
	} else if (direction === Direction.DEV_TO_MEM) {
		flow = foreign ? TT_PER_TO_MEM_SRC : TT_PER_TO_MEM_DMAC;
		source = handshake;
	}
	const narrow = dwAxiDmaHcfg.reg_map_8_channels.get(k.space, chan.hdata) !== 0;
	if (narrow && !dwAxiDmaHcfg.use_cfg2.get(k.space, chan.hdata))
		return [LINKED_LIST, flow | (source << 7) | (destination << 12) | (priority << 17)];
	return [LINKED_LIST | (source << 4) | (destination << 11), flow | (priority << 20)];
}

export const startFunctions: KernelFunction[] = [
	steps("void axi_chan_block_xfer_start(struct axi_dma_chan *chan, struct axi_dma_desc *first)", {
		idle: step("A channel that still runs is left alone; nothing is queued twice.", (k, f) => {
			const chan = channelAt(k, f.args[0]);
			if (!isEnabled(k, chan)) return next;
			complain(k, f.args[0], `${channelName(k, dchanOf(f.args[0]))} is non-idle!\n`);
			return ret();
		}),
		power: step("DMAC_CFG: switch the controller on.", (k, f) => {
			changeConfig(k, channelAt(k, f.args[0]).chip, DMAC_EN, 0);
			return next;
		}),
		config: step("CFG_L and CFG_H: linked lists on both sides, direction, handshake and priority.", (k, f) => {
			const chan = channelAt(k, f.args[0]);
			const [low, high] = configWords(k, chan);
			writeChannel(k, chan, CH_CFG_L, low);
			writeChannel(k, chan, CH_CFG_H, high);
			return next;
		}),
		list: step("LLP: the address of the first LLI. The hardware loads everything else from there.", (k, f) => {
			const chan = channelAt(k, f.args[0]);
			const first = axiDmaHwDesc.llp.get(k.space, hwDescOf(k, f.args[1], 0));
			writeChannel(k, chan, CH_LLP, first % 4294967296);
			writeChannel(k, chan, CH_LLP + 4, Math.floor(first / 4294967296));
			return next;
		}),
		interrupts: step("Interrupts: end of the transfer and every error; suspension only as a status.", (k, f) => {
			const chan = channelAt(k, f.args[0]);
			writeChannel(k, chan, CH_INTSIGNAL_ENA, IRQ_DMA_TRF | IRQ_ALL_ERR);
			writeChannel(k, chan, CH_INTSTATUS_ENA, IRQ_DMA_TRF | IRQ_ALL_ERR | IRQ_SUSPENDED);
			return next;
		}),
		enable: step("DMAC_CHEN: enable the channel. It fetches its first LLI now.", (k, f) => {
			enableChannel(k, channelAt(k, f.args[0]));
			return ret();
		}),
	}),
	steps("void axi_chan_start_first_queued(struct axi_dma_chan *chan)", {
		start: step("Start the first issued descriptor, if there is one. It stays on the list while it runs.", (k, f) => {
			const vd = vchanNextDesc(k, axiDmaChan.vc.at(f.args[0]));
			return vd === 0 ? ret() : call("axi_chan_block_xfer_start", [f.args[0], axiDmaDesc.vd.container(vd)]);
		}),
		done: step("The channel runs.", () => ret()),
	}),
	steps("void dma_chan_issue_pending(struct dma_chan *dchan)", {
		issue: step("Under the lock: everything submitted is issued now. Start the head of the issued list.", (k, f) => {
			const chan = axiChannel(f.args[0]);
			lock(k, f, chan);
			if (vchanIssuePending(k, axiDmaChan.vc.at(chan))) return call("axi_chan_start_first_queued", [chan]);
			return next;
		}),
		done: step("Release the lock.", (k, f) => {
			unlock(k, f, axiChannel(f.args[0]));
			return ret();
		}),
	}),
];
