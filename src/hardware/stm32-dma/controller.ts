/** STM32 DMA, its register interface (reference 2.2). */

import type { ChannelView, DmaController } from "../model";
import { Stm32DmaEngine } from "./engine";
import { fromMemory, isCopy, isEnabled } from "./moves";
import {
	Common,
	CR_ALWAYS_WRITABLE,
	CR_BITS,
	Cr,
	Fcr,
	FIFO_BYTES,
	FIRST_STREAM,
	FLAGS,
	fifoStatus,
	flagShift,
	priority,
	STREAM_LENGTH,
	STREAMS,
	Stream,
	way,
} from "./registers";
import type { StreamState } from "./state";

const DIRECTIONS = ["dev-to-mem", "mem-to-dev", "mem-to-mem", "mem-to-mem"];

export class Stm32Dma extends Stm32DmaEngine implements DmaController {
	readonly kind = "stm32-dma";

	protected writeWord(at: number, word: number): void {
		if (at < FIRST_STREAM) this.writeCommon(at, word);
		else {
			const n = Math.floor((at - FIRST_STREAM) / STREAM_LENGTH);
			const s = this.state.streams[n];
			if (s !== undefined) this.writeStream(s, n, (at - FIRST_STREAM) % STREAM_LENGTH, word);
		}
		this.serve();
	}

	peek(offset: number, _size: number): number {
		if (offset === Common.LISR || offset === Common.HISR) return this.flagWord(offset === Common.LISR ? 0 : 4);
		if (offset < FIRST_STREAM) return 0;
		const s = this.state.streams[Math.floor((offset - FIRST_STREAM) / STREAM_LENGTH)];
		if (s === undefined) return 0;
		switch ((offset - FIRST_STREAM) % STREAM_LENGTH) {
			case Stream.CR:
				return s.cr >>> 0;
			case Stream.NDTR:
				return s.ndtr;
			case Stream.PAR:
				return s.par;
			case Stream.M0AR:
				return s.m0ar;
			case Stream.M1AR:
				return s.m1ar;
			default:
				return s.fcr | (fifoStatus(s.fifoLevel) << 3);
		}
	}

	channelView(channel: number): ChannelView {
		const s = this.state.streams[channel]!;
		const out = fromMemory(s);
		const at = this.fifo(channel) + s.fifoHead;
		const handshake = isCopy(s) ? -1 : this.requestInput([channel, this.selected(s)]);
		return {
			channel,
			enabled: isEnabled(s),
			state: this.stateName(s, channel),
			direction: DIRECTIONS[way(s.cr)]!,
			descriptor: -1,
			nextDescriptor: 0,
			src: out ? s.memAddress : s.perAddress,
			dst: out ? s.perAddress : s.memAddress,
			blockSrc: out ? s.memBase : s.perBase,
			blockDst: out ? s.perBase : s.memBase,
			blockLength: s.length,
			blockDone: s.length - (out ? s.perLeft : s.memLeft),
			burstsDone: s.bursts,
			burstsTotal: this.burstsTotal(s),
			blocksDone: s.segments,
			priority: priority(s.cr),
			srcHandshake: out ? -1 : handshake,
			dstHandshake: out ? handshake : -1,
			fifo: this.machine.memory.u8.slice(at, at + s.fifoLevel),
			fifoDepth: FIFO_BYTES,
			...(s.cr & Cr.DBM && { doubleBuffer: { addresses: [s.m0ar, s.m1ar], live: s.cr & Cr.CT ? 1 : 0 } }),
		};
	}

	private stateName(s: StreamState, n: number): ChannelView["state"] {
		if (!isEnabled(s)) return "idle";
		if (s.disabling) return "finishing";
		return s.perBusy !== 0 || s.memBusy !== 0 || isCopy(s) || this.request(s, n) ? "running" : "waiting";
	}

	private flagWord(first: number): number {
		let word = 0;
		for (let n = first; n < first + 4; n++) word |= this.state.streams[n]!.flags << flagShift(n);
		return word >>> 0;
	}

	private writeCommon(offset: number, value: number): void {
		if (offset !== Common.LIFCR && offset !== Common.HIFCR) return;
		const first = offset === Common.LIFCR ? 0 : 4;
		for (let n = first; n < Math.min(first + 4, STREAMS); n++) {
			const s = this.state.streams[n]!;
			this.clear(s, n, (value >>> flagShift(n)) & FLAGS);
		}
	}

	private writeStream(s: StreamState, n: number, register: number, value: number): void {
		const enabled = isEnabled(s);
		switch (register) {
			case Stream.CR:
				this.writeCr(s, n, value & CR_BITS);
				return;
			case Stream.FCR: {
				const kept = enabled ? s.fcr & ~Fcr.FEIE : 0;
				s.fcr = enabled ? kept | (value & Fcr.FEIE) : value & (Fcr.FTH | Fcr.DMDIS | Fcr.FEIE);
				if (enabled && (value ^ s.fcr) & (Fcr.FTH | Fcr.DMDIS)) this.locked();
				this.updateLine(s, n);
				return;
			}
			case Stream.M0AR:
			case Stream.M1AR:
				this.writeMemoryAddress(s, n, register === Stream.M1AR, value);
				return;
			default:
				if (enabled) this.locked();
				else if (register === Stream.PAR) s.par = value;
				else {
					s.ndtr = value & 0xffff;
					s.reload = s.ndtr;
				}
		}
	}

	private writeCr(s: StreamState, n: number, value: number): void {
		if (!isEnabled(s)) {
			s.cr = value;
			if (value & Cr.EN) this.enable(s, n);
		} else {
			if ((value ^ s.cr) & ~CR_ALWAYS_WRITABLE & CR_BITS) this.locked();
			const writable = CR_ALWAYS_WRITABLE & ~Cr.EN;
			s.cr = (s.cr & ~writable) | (value & writable);
			if ((value & Cr.EN) === 0 && !s.disabling) this.disable(s, n);
		}
		this.updateLine(s, n);
	}

	/** In double buffer mode the address that is not in use may be written; writing the other one is a transfer error. */
	private writeMemoryAddress(s: StreamState, n: number, second: boolean, value: number): void {
		if (isEnabled(s)) {
			if ((s.cr & Cr.DBM) === 0) {
				this.locked();
				return;
			}
			if (((s.cr & Cr.CT) !== 0) === second) {
				this.fail(s, n);
				return;
			}
		}
		if (second) s.m1ar = value;
		else s.m0ar = value;
	}

	private locked(): void {
		this.warn("locked", "a register of an enabled stream was written: only EN and interrupt enables change");
	}
}
