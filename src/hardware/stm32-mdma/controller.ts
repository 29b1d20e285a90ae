/** STM32 MDMA, its register interface (reference 4.2). */

import type { ChainItem, ChannelView, DmaController } from "../model";
import { Stm32MdmaEngine } from "./engine";
import { readNode } from "./node";
import {
	bufferBytes,
	CCR_ALWAYS_WRITABLE,
	CCR_BITS,
	Ccr,
	CHANNEL_LENGTH,
	Channel,
	CRQA,
	CTBR_BITS,
	Ctcr,
	FIFO_BYTES,
	FIRST_CHANNEL,
	FLAGS,
	GISR0,
	priority,
	TSEL,
} from "./registers";
import { type ChannelState, Phase } from "./state";

export class Stm32Mdma extends Stm32MdmaEngine implements DmaController {
	readonly kind = "stm32-mdma";

	protected writeWord(at: number, word: number): void {
		const n = Math.floor((at - FIRST_CHANNEL) / CHANNEL_LENGTH);
		const c = at < FIRST_CHANNEL ? undefined : this.state.channels[n];
		if (c !== undefined) this.writeChannel(c, n, (at - FIRST_CHANNEL) % CHANNEL_LENGTH, word);
		this.serve(false);
	}

	peek(offset: number, _size: number): number {
		const { channels } = this.state;
		if (offset === GISR0) {
			let bits = 0;
			for (let n = 0; n < channels.length; n++) if (this.wantsInterrupt(channels[n]!)) bits |= 1 << n;
			return bits >>> 0;
		}
		const c = offset < FIRST_CHANNEL ? undefined : channels[Math.floor((offset - FIRST_CHANNEL) / CHANNEL_LENGTH)];
		return c === undefined ? 0 : peekChannel(c, (offset - FIRST_CHANNEL) % CHANNEL_LENGTH) >>> 0;
	}

	channelView(channel: number): ChannelView {
		const c = this.state.channels[channel]!;
		const direction = directionOf(c);
		const handshake = c.ctcr & Ctcr.SWRM ? -1 : c.ctbr & TSEL;
		const buffered = c.phase === Phase.WRITING ? c.length : 0;
		return {
			channel,
			enabled: c.phase !== Phase.IDLE,
			state: this.stateName(c),
			direction,
			descriptor: c.node,
			nextDescriptor: c.clar - (c.clar % 8),
			src: c.csar,
			dst: c.cdar,
			blockSrc: c.blockSrc,
			blockDst: c.blockDst,
			blockLength: c.blockBytes,
			blockDone: Math.max(0, c.blockBytes - c.bndt),
			burstsDone: c.bursts,
			burstsTotal: Math.ceil(c.blockBytes / Math.max(1, bufferBytes(c.ctcr))),
			blocksDone: c.blocks,
			priority: priority(c.ccr),
			srcHandshake: direction === "mem-to-dev" ? -1 : handshake,
			dstHandshake: direction === "mem-to-dev" ? handshake : -1,
			fifo: this.machine.memory.u8.slice(this.pool, this.pool + buffered),
			fifoDepth: FIFO_BYTES,
		};
	}

	readChainItem(_channel: number, address: number): ChainItem | null {
		return readNode(this.machine.memory, address);
	}

	private stateName(c: ChannelState): ChannelView["state"] {
		if (c.phase === Phase.IDLE) return "idle";
		if (c.disabling) return "finishing";
		if (c.phase === Phase.LOADING) return "fetching";
		return c.phase === Phase.READY && !c.requested ? "waiting" : "running";
	}

	private writeChannel(c: ChannelState, n: number, register: number, value: number): void {
		if (register === Channel.CCR) {
			this.writeControl(c, n, value);
			return;
		}
		if (register === Channel.CIFCR) {
			c.flags &= ~(value & FLAGS);
			this.updateLine();
			return;
		}
		if (register < Channel.CTCR) return;
		if (c.phase !== Phase.IDLE) {
			if (peekChannel(c, register) >>> 0 !== value) this.locked();
			return;
		}
		switch (register) {
			case Channel.CTCR:
				c.ctcr = value;
				return;
			case Channel.CBNDTR:
				this.setBlock(c, value);
				return;
			case Channel.CSAR:
				c.csar = value;
				return;
			case Channel.CDAR:
				c.cdar = value;
				return;
			case Channel.CBRUR:
				c.cbrur = value;
				return;
			case Channel.CLAR:
				c.clar = value - (value % 8);
				return;
			case Channel.CTBR:
				c.ctbr = value & CTBR_BITS;
				return;
			case Channel.CMAR:
				c.cmar = value;
				return;
			case Channel.CMDR:
				c.cmdr = value;
				return;
			default:
				return;
		}
	}

	private writeControl(c: ChannelState, n: number, value: number): void {
		const idle = c.phase === Phase.IDLE;
		const writable = idle ? CCR_BITS & ~Ccr.EN : CCR_ALWAYS_WRITABLE & ~Ccr.EN;
		if (!idle && (value ^ c.ccr) & CCR_BITS & ~CCR_ALWAYS_WRITABLE) this.locked();
		c.ccr = (c.ccr & ~writable) | (value & writable);
		if (value & Ccr.EN) {
			if (idle) {
				c.ccr |= Ccr.EN;
				this.enable(c, n);
			}
		} else if (c.ccr & Ccr.EN) {
			c.ccr &= ~Ccr.EN;
			this.disable(c, n);
		}
		if (value & Ccr.SWRQ && c.ccr & Ccr.EN && c.ctcr & Ctcr.SWRM) c.requested = true;
		this.updateLine();
	}

	private locked(): void {
		this.warn("locked", "a register of an enabled channel was written: only EN and interrupt enables change");
	}
}

function peekChannel(c: ChannelState, register: number): number {
	switch (register) {
		case Channel.CISR:
			return c.flags | (c.requested ? CRQA : 0);
		case Channel.CESR:
			return c.cesr;
		case Channel.CCR:
			return c.ccr;
		case Channel.CTCR:
			return c.ctcr;
		case Channel.CBNDTR:
			return c.bndt | c.signs | (c.brc << 20);
		case Channel.CSAR:
			return c.csar;
		case Channel.CDAR:
			return c.cdar;
		case Channel.CBRUR:
			return c.cbrur;
		case Channel.CLAR:
			return c.clar;
		case Channel.CTBR:
			return c.ctbr;
		case Channel.CMAR:
			return c.cmar;
		case Channel.CMDR:
			return c.cmdr;
		default:
			return 0;
	}
}

/** A hardware request with a fixed address on one side is a peripheral's. */
function directionOf(c: ChannelState): string {
	if (c.ctcr & Ctcr.SWRM) return "mem-to-mem";
	if ((c.ctcr & 3) === 0) return "dev-to-mem";
	return ((c.ctcr >>> 2) & 3) === 0 ? "mem-to-dev" : "mem-to-mem";
}
