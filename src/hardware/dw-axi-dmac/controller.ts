/**
 * Synopsys DesignWare AXI DMAC, its register interface. Behaviour and cycle counts follow the reference's
 * section 1; what it leaves open are options of `DwAxiConfig`.
 */

import type { Machine } from "../../sim/machine";
import type { ChainItem, ChannelView, DmaController } from "../model";
import { NEXT_ITEM_CYCLES } from "./core";
import { DwAxiEngine } from "./engine";
import { readListItem } from "./list-item";
import { burstsOfBlock, isMemoryToMemory } from "./plan";
import { Channel, Common, Irq } from "./registers";
import { type ChannelState, type DwAxiConfig, Phase } from "./state";

const ABOVE_32 = 4294967296;
const COMPONENT_VERSION = 0x3130312a;
/** By TT_FC. */
const DIRECTIONS = [
	"mem-to-mem",
	"mem-to-dev",
	"dev-to-mem",
	"dev-to-dev",
	"dev-to-mem",
	"dev-to-dev",
	"mem-to-dev",
	"dev-to-dev",
];

export class DwAxiDmac extends DwAxiEngine implements DmaController {
	readonly kind = "dw-axi-dmac";

	constructor(machine: Machine, config: DwAxiConfig) {
		super(machine, config);
		machine.bus.attach(this);
		for (const bank of this.furtherBanks) machine.bus.attach(bank);
	}

	/** Bus interface: 1, 2 or 4 bytes; narrow writes keep the other bytes. */
	read(offset: number, size: number): number {
		const word = this.peek(offset - (offset % 4), 4);
		return size === 4 ? word : (word >>> ((offset % 4) * 8)) & (size === 1 ? 0xff : 0xffff);
	}

	write(offset: number, size: number, value: number): void {
		if (size === 4) {
			this.writeWord(offset, value >>> 0);
			return;
		}
		const shift = (offset % 4) * 8;
		const mask = (size === 1 ? 0xff : 0xffff) << shift;
		const at = offset - (offset % 4);
		this.writeWord(at, ((this.peek(at, 4) & ~mask) | ((value << shift) & mask)) >>> 0);
	}

	peek(offset: number, _size: number): number {
		return (offset < 0x100 ? this.peekCommon(offset) : this.peekChannel(offset)) >>> 0;
	}

	channelView(channel: number): ChannelView {
		const c = this.state.channels[channel]!;
		const fifoAt = this.fifo(channel) + c.fifoHead;
		return {
			channel,
			enabled: c.phase !== Phase.IDLE,
			state: this.stateName(c),
			direction: DIRECTIONS[c.cfgHigh & 7]!,
			descriptor: c.lli,
			nextDescriptor: c.llp,
			src: c.src,
			dst: c.dst,
			blockSrc: c.blockSrc,
			blockDst: c.blockDst,
			blockLength: c.blockBytes,
			blockDone: c.written,
			burstsDone: c.bursts,
			burstsTotal: burstsOfBlock(c, this.busBytes),
			blocksDone: c.blocks,
			priority: c.priority,
			srcHandshake: c.srcHandshake < 0 ? -1 : this.peripheral(c.srcHandshake),
			dstHandshake: c.dstHandshake < 0 ? -1 : this.peripheral(c.dstHandshake),
			fifo: this.machine.memory.u8.slice(fifoAt, fifoAt + c.fifoLevel),
			fifoDepth: this.fifoDepth,
		};
	}

	readChainItem(_channel: number, address: number): ChainItem | null {
		return readListItem(this.machine.memory, address);
	}

	private stateName(c: ChannelState): ChannelView["state"] {
		if (c.suspended) return "suspended";
		if (c.phase === Phase.IDLE) return "idle";
		if (c.phase === Phase.BEFORE_FETCH || c.phase === Phase.FETCH) return "fetching";
		if (c.phase === Phase.BLOCK_END) return "finishing";
		if (c.phase === Phase.HOLD) return "held";
		return isMemoryToMemory(c) || c.reading !== 0 || c.writing !== 0 ? "running" : "waiting";
	}

	// Registers.

	private peekCommon(offset: number): number {
		const { state } = this;
		const { channels } = state;
		switch (offset) {
			case Common.COMPVER:
				return COMPONENT_VERSION;
			case Common.CFG:
				return state.cfg;
			case Common.CHEN:
			case Common.CHEN + 4:
				return this.channelBits(
					offset === Common.CHEN ? 0 : 16,
					(c) => c.phase !== Phase.IDLE,
					(c) => c.suspend,
				);
			case Common.CHSUSP:
			case Common.CHSUSP + 4: {
				let bits = 0;
				if (channels.length <= 8) return 0;
				const first = offset === Common.CHSUSP ? 0 : 16;
				for (let n = first; n < Math.min(channels.length, first + 16); n++)
					if (channels[n]!.suspend) bits |= 1 << (n - first);
				return bits;
			}
			case Common.INTSTATUS:
			case Common.INTSTATUS + 4: {
				let bits = 0;
				const first = offset === Common.INTSTATUS ? 0 : 16;
				for (let n = first; n < Math.min(channels.length, first + 16); n++)
					if ((channels[n]!.status & channels[n]!.signalEnable) !== 0) bits |= 1 << (n - first);
				return bits;
			}
			case Common.CHABORT:
			case Common.CHABORT + 4:
				return 0;
			default:
				return state.words[offset >>> 2] ?? 0;
		}
	}

	private channelBits(
		first: number,
		enabled: (c: ChannelState) => boolean,
		suspended: (c: ChannelState) => boolean,
	): number {
		const { channels } = this.state;
		let bits = 0;
		if (first !== 0 && channels.length <= 16) return 0;
		for (let n = first; n < Math.min(channels.length, first + 16); n++) {
			if (enabled(channels[n]!)) bits |= 1 << (n - first);
			if (channels.length <= 8 && suspended(channels[n]!)) bits |= 1 << (16 + n);
		}
		return bits;
	}

	private peekChannel(offset: number): number {
		const c = this.state.channels[(offset >>> 8) - 1];
		if (c === undefined) return 0;
		switch (offset & 0xff) {
			case Channel.SAR:
				return c.src % ABOVE_32;
			case Channel.SAR + 4:
				return Math.floor(c.src / ABOVE_32);
			case Channel.DAR:
				return c.dst % ABOVE_32;
			case Channel.DAR + 4:
				return Math.floor(c.dst / ABOVE_32);
			case Channel.BLOCK_TS:
				return c.blockTs;
			case Channel.CTL:
				return c.ctlLow;
			case Channel.CTL + 4:
				return c.ctlHigh;
			case Channel.CFG:
				return c.cfgLow;
			case Channel.CFG + 4:
				return c.cfgHigh;
			case Channel.LLP:
				return c.llp % ABOVE_32;
			case Channel.LLP + 4:
				return Math.floor(c.llp / ABOVE_32);
			case Channel.STATUS:
				return Math.floor(c.written / c.srcWidth) & 0x3fffff;
			case Channel.STATUS + 4:
				return c.fifoLevel & 0x7fff;
			case Channel.INTSTATUS_ENA:
				return c.statusEnable;
			case Channel.INTSTATUS:
				return c.status;
			case Channel.INTSIGNAL_ENA:
				return c.signalEnable;
			case Channel.INTCLEAR:
				return 0;
			default:
				return this.state.words[offset >>> 2] ?? 0;
		}
	}

	private writeWord(offset: number, value: number): void {
		if (offset < 0x100) this.writeCommon(offset, value);
		else this.writeChannel(offset, value);
		this.updateLine();
		this.serve();
	}

	private writeCommon(offset: number, value: number): void {
		const { state } = this;
		const count = state.channels.length;
		switch (offset) {
			case Common.CFG:
				state.cfg = value & 3;
				if ((value & 1) === 0) for (let n = 0; n < count; n++) this.disable(n);
				return;
			case Common.CHEN: {
				const shift = count <= 8 ? 8 : 16;
				for (let n = 0; n < Math.min(count, shift); n++) {
					if ((value >>> (n + shift)) & 1) this.setEnable(n, ((value >>> n) & 1) !== 0);
					if (count <= 8 && (value >>> (n + 24)) & 1) this.setSuspend(n, ((value >>> (n + 16)) & 1) !== 0);
				}
				return;
			}
			case Common.CHEN + 4:
				for (let n = 0; n < Math.min(count, 16); n++) {
					if (count > 16 && n + 16 < count && (value >>> (n + 16)) & 1)
						this.setEnable(n + 16, ((value >>> n) & 1) !== 0);
					if (count <= 8 && (value >>> (n + 8)) & (value >>> n) & 1) this.abort(n);
				}
				return;
			case Common.CHSUSP:
			case Common.CHSUSP + 4: {
				if (count <= 8) return;
				const first = offset === Common.CHSUSP ? 0 : 16;
				for (let n = first; n < Math.min(count, first + 16); n++)
					if ((value >>> (n - first + 16)) & 1) this.setSuspend(n, ((value >>> (n - first)) & 1) !== 0);
				return;
			}
			case Common.CHABORT:
			case Common.CHABORT + 4: {
				if (count <= 8) return;
				const first = offset === Common.CHABORT ? 0 : 16;
				for (let n = first; n < Math.min(count, first + 16); n++)
					if ((value >>> (n - first + 16)) & (value >>> (n - first)) & 1) this.abort(n);
				return;
			}
			case Common.RESET:
				if (value & 1) this.reset();
				return;
			case Common.ID:
			case Common.COMPVER:
			case Common.INTSTATUS:
			case Common.INTSTATUS + 4:
			case Common.COMMON_INTSTATUS:
				return;
			default:
				state.words[offset >>> 2] = value;
		}
	}

	private writeChannel(offset: number, value: number): void {
		const n = (offset >>> 8) - 1;
		const c = this.state.channels[n];
		if (c === undefined) return;
		const register = offset & 0xff;
		if (c.phase !== Phase.IDLE && register < Channel.STATUS) {
			this.latch(c, Irq.SLVIF_WRONCHEN);
			return;
		}
		switch (register) {
			case Channel.SAR:
				c.src = c.src - (c.src % ABOVE_32) + value;
				return;
			case Channel.SAR + 4:
				c.src = value * ABOVE_32 + (c.src % ABOVE_32);
				return;
			case Channel.DAR:
				c.dst = c.dst - (c.dst % ABOVE_32) + value;
				return;
			case Channel.DAR + 4:
				c.dst = value * ABOVE_32 + (c.dst % ABOVE_32);
				return;
			case Channel.BLOCK_TS:
				c.blockTs = value & 0x3fffff;
				return;
			case Channel.CTL:
				c.ctlLow = value;
				return;
			case Channel.CTL + 4:
				c.ctlHigh = value;
				return;
			case Channel.CFG:
				c.cfgLow = value;
				return;
			case Channel.CFG + 4:
				c.cfgHigh = value;
				return;
			case Channel.LLP:
				c.llp = c.llp - (c.llp % ABOVE_32) + value;
				return;
			case Channel.LLP + 4:
				c.llp = value * ABOVE_32 + (c.llp % ABOVE_32);
				return;
			case Channel.STATUS:
			case Channel.STATUS + 4:
			case Channel.INTSTATUS:
				this.latch(c, Irq.SLVIF_WR2RO);
				return;
			case Channel.BLK_TFR_RESUMEREQ:
				if (value & 1 && c.phase === Phase.HOLD) this.scheduleFetch(c, n, NEXT_ITEM_CYCLES);
				return;
			case Channel.INTSTATUS_ENA:
				c.statusEnable = value;
				return;
			case Channel.INTSIGNAL_ENA:
				c.signalEnable = value;
				return;
			case Channel.INTCLEAR:
				c.status = (c.status & ~value) >>> 0;
				return;
			default:
				this.state.words[offset >>> 2] = value;
		}
	}
}
