/** BCM2835 DMA, its register interface. */

import type { ChainItem, ChannelView, DmaController } from "../model";
import { physicalOf } from "./addresses";
import { controlBlock } from "./chain";
import { Bcm2835DmaEngine } from "./engine";
import { burstsTotal, destinationGate, isActive, sourceGate, transferLength } from "./moves";
import {
	CHANNEL_SHIFT,
	CHANNELS,
	Channel,
	CONTROL_BLOCK_BYTES,
	CS_KEPT,
	Cs,
	DEBUG_ERRORS,
	Debug,
	ENABLE_ALL,
	Global,
	permap,
	priorityOf,
} from "./registers";
import { type ChannelState, Phase } from "./state";

export class Bcm2835Dma extends Bcm2835DmaEngine implements DmaController {
	readonly kind = "bcm2835-dma";

	protected writeWord(at: number, word: number): void {
		if (at === Global.ENABLE) this.writeEnable(word);
		else this.writeChannel(at >>> CHANNEL_SHIFT, at & 0xff, word);
	}

	peek(offset: number, _size: number): number {
		const { channels, enable } = this.state;
		if (offset === Global.ENABLE) return enable;
		if (offset === Global.INT_STATUS) return channels.reduce((bits, c, n) => bits | (c.cs & Cs.INT ? 1 << n : 0), 0);
		const n = offset >>> CHANNEL_SHIFT;
		const c = channels[n];
		if (c === undefined) return 0;
		switch (offset & 0xff) {
			case Channel.CS:
				return this.controlAndStatus(c, n);
			case Channel.CONBLK_AD:
				return c.conblkAd;
			case Channel.TI:
				return c.ti;
			case Channel.SOURCE_AD:
				return c.sourceAd;
			case Channel.DEST_AD:
				return c.destAd;
			case Channel.TXFR_LEN:
				return transferLength(c);
			case Channel.STRIDE:
				return c.stride;
			case Channel.NEXTCONBK:
				return c.nextconbk;
			case Channel.DEBUG: {
				const outstanding = this.isOutstanding(c) ? 1 << 4 : 0;
				return c.debug | outstanding | (n << 8) | (c.phase << 16) | (this.isLite(n) ? Debug.LITE : 0);
			}
			default:
				return 0;
		}
	}

	channelView(channel: number): ChannelView {
		const c = this.state.channels[channel]!;
		const at = this.data(channel);
		const srcHandshake = sourceGate(c.ti) || -1;
		const dstHandshake = destinationGate(c.ti) || -1;
		return {
			channel,
			enabled: c.phase !== Phase.IDLE,
			state: this.stateName(c, channel),
			direction: `${srcHandshake < 0 ? "mem" : "dev"}-to-${dstHandshake < 0 ? "mem" : "dev"}`,
			descriptor: c.phase === Phase.IDLE ? -1 : c.block,
			nextDescriptor: c.phase === Phase.LOAD ? c.conblkAd : c.nextconbk,
			src: c.sourceAd,
			dst: c.destAd,
			blockSrc: c.blockSrc,
			blockDst: c.blockDst,
			blockLength: c.blockLength,
			blockDone: c.done,
			burstsDone: c.bursts,
			burstsTotal: burstsTotal(c, this.capacity(channel)),
			blocksDone: c.blocks,
			priority: priorityOf(c.cs),
			srcHandshake,
			dstHandshake,
			fifo: this.machine.memory.u8.slice(at, at + c.held),
			fifoDepth: this.capacity(channel),
		};
	}

	readChainItem(_channel: number, address: number): ChainItem | null {
		return controlBlock(this.machine, this.windows, address);
	}

	/** Address on the system bus behind one of the controller's, -1 where nothing answers. */
	physical(address: number): number {
		return physicalOf(this.windows, address);
	}

	private stateName(c: ChannelState, n: number): ChannelView["state"] {
		switch (c.phase) {
			case Phase.IDLE:
				return "idle";
			case Phase.FAILED:
				return "held";
			case Phase.RESPONSE:
				return "finishing";
			case Phase.LOAD:
				return c.busy !== 0 ? "fetching" : "suspended";
			case Phase.READ:
			case Phase.WRITE:
				if (!isActive(c) || !this.isEnabled(n)) return "suspended";
				return this.isStopped(c) ? "waiting" : "running";
			default:
				return c.phase satisfies never;
		}
	}

	/** A request that is not there keeps the channel from its next access. */
	private isStopped(c: ChannelState): boolean {
		if (c.busy !== 0) return false;
		if (c.phase === Phase.READ) return !this.ready(sourceGate(c.ti));
		return c.phase === Phase.WRITE && !this.ready(destinationGate(c.ti));
	}

	private controlAndStatus(c: ChannelState, n: number): number {
		let cs = c.cs;
		if (permap(c.ti) !== 0 && this.ready(permap(c.ti))) cs |= Cs.DREQ;
		if (c.phase === Phase.IDLE || !isActive(c) || !this.isEnabled(n)) cs |= Cs.PAUSED;
		if (this.isStopped(c)) cs |= Cs.DREQ_STOPS_DMA;
		const waits = c.phase === Phase.RESPONSE || (c.phase !== Phase.IDLE && !isActive(c));
		if (waits && this.isOutstanding(c)) cs |= Cs.WAITING_WRITES;
		if (c.debug & DEBUG_ERRORS) cs |= Cs.ERROR;
		return cs >>> 0;
	}

	private writeChannel(n: number, register: number, value: number): void {
		const c = this.state.channels[n];
		if (c === undefined) return;
		switch (register) {
			case Channel.CS:
				this.writeCs(c, n, value);
				return;
			case Channel.CONBLK_AD:
				c.conblkAd = this.blockAddress(value);
				this.kick(c, n);
				return;
			case Channel.NEXTCONBK:
				c.nextconbk = this.blockAddress(value);
				return;
			case Channel.DEBUG:
				c.debug &= ~(value & DEBUG_ERRORS);
				return;
			default:
				this.warn("read-only", "a register that only control blocks load was written: nothing changes");
		}
	}

	private writeCs(c: ChannelState, n: number, value: number): void {
		if (value & Cs.RESET) {
			this.reset(c, n);
			return;
		}
		const flags = c.cs & (Cs.END | Cs.INT) & ~value;
		c.cs = flags | (value & (CS_KEPT | Cs.ACTIVE));
		this.updateLine(c, n);
		if (value & Cs.ABORT) this.abort(c, n);
		this.kick(c, n);
	}

	private writeEnable(value: number): void {
		this.state.enable = value & ENABLE_ALL;
		for (let n = 0; n < CHANNELS; n++) this.kick(this.state.channels[n]!, n);
	}

	/** Control blocks begin at multiples of their size: the bits below do not exist. */
	private blockAddress(value: number): number {
		const rest = value % CONTROL_BLOCK_BYTES;
		if (rest !== 0) this.warn("alignment", "a control block's address is not a multiple of 32: it is rounded down");
		return value - rest;
	}
}
