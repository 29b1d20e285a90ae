/**
 * Synopsys DesignWare AXI DMAC: linked-list items, blocks and bursts. Behaviour and cycle counts follow the reference's
 * section 1; what it leaves open are options of `DwAxiConfig`.
 */

import { WRITE_RESPONSE_CYCLES } from "../../sim/bus";
import { ObserverBit, Response } from "../../sim/observers";
import { unmodelledText } from "../unmodelled";
import { DwAxiCore, Kind, NEXT_ITEM_CYCLES } from "./core";
import { ITEM_SIZE } from "./list-item";
import { beginDestination, beginSource, decodeBlock, readLength, writeLength } from "./plan";
import { CTL_FIELDS, CtlHigh, CtlLow, Irq, UNMODELLED_CTL_HIGH } from "./registers";
import { type ChannelState, Phase } from "./state";

const BLOCK_END_CYCLES = 6;
const ABOVE_32 = 4294967296;

/** Everything but the register interface. */
export abstract class DwAxiEngine extends DwAxiCore {
	onEvent(kind: number, arg: number): void {
		const channel = arg % 32;
		const rest = (arg - channel) / 32;
		const side = rest % 4;
		const { state } = this;
		const c = state.channels[channel]!;
		const stale = c.generation !== (rest - side) / 4;
		if (kind === Kind.READ || kind === Kind.WRITTEN) state.busy[side] = -1;
		if (!stale) {
			if (kind === Kind.READ) this.completeRead(c, channel);
			else if (kind === Kind.WRITTEN) this.completeWrite(c, channel);
			else if (kind === Kind.FETCH) this.fetch(c, channel);
			else if (kind === Kind.FETCHED) this.fetched(c, channel);
			else this.blockEnd(c, channel);
		}
		this.serve();
	}

	// Linked-list items and blocks.

	protected fetch(c: ChannelState, n: number): void {
		if (c.disabling || c.suspend) {
			c.fetchHeld = true;
			this.settle(c, n);
			return;
		}
		const { machine } = this;
		if (!c.started) {
			c.started = true;
			if (machine.observers.mask & ObserverBit.START) machine.observers.start(this.index, n);
		}
		const source = c.cfgLow & 3;
		const destination = (c.cfgLow >>> 2) & 3;
		if (source === 2 || destination === 2) {
			this.finish(c, n, Irq.SLVIF_MULTIBLKTYPE);
			return;
		}
		if (source !== 3 && destination !== 3) {
			this.beginBlock(c, n, -1);
			return;
		}
		c.phase = Phase.FETCH;
		const address = c.llp - (c.llp % ITEM_SIZE);
		const beats = Math.ceil(ITEM_SIZE / this.busBytes);
		this.schedule(c, n, Kind.FETCHED, 0, machine.bus.readLatency(address, this.cyclePs) + beats * this.cyclePs);
	}

	protected fetched(c: ChannelState, n: number): void {
		const { machine } = this;
		c.phase = Phase.BEFORE_FETCH;
		if (c.disabling) {
			this.settle(c, n);
			return;
		}
		const address = c.llp - (c.llp % ITEM_SIZE);
		const response = machine.bus.burstRead(address, ITEM_SIZE, 4, false, this.itemPool);
		if (response !== Response.OKAY) {
			this.finish(c, n, response === Response.DECERR ? Irq.LLI_RD_DEC_ERR : Irq.LLI_RD_SLV_ERR);
			return;
		}
		const word = (offset: number) => machine.memory.u32[(this.itemPool + offset) >>> 2]!;
		if ((word(0x24) & CtlHigh.VALID) === 0) {
			c.phase = Phase.HOLD;
			this.latch(c, Irq.SHADOWREG_OR_LLI_INVALID);
			this.settle(c, n);
			return;
		}
		if ((c.cfgLow & 3) === 3) c.src = word(4) * ABOVE_32 + word(0);
		else if ((c.cfgLow & 3) === 1 && c.lli >= 0) c.src = c.blockSrc;
		if (((c.cfgLow >>> 2) & 3) === 3) c.dst = word(12) * ABOVE_32 + word(8);
		else if (((c.cfgLow >>> 2) & 3) === 1 && c.lli >= 0) c.dst = c.blockDst;
		c.blockTs = word(0x10) & 0x3fffff;
		c.ctlLow = word(0x20);
		c.ctlHigh = word(0x24);
		if ((c.ctlHigh & UNMODELLED_CTL_HIGH) !== 0 || (c.ctlLow & CtlLow.LAST_WRITE_EN) !== 0) this.tellUnmodelled(c, n);
		if (this.advancesOnFetch) c.llp = word(0x1c) * ABOVE_32 + word(0x18);
		this.beginBlock(c, n, address);
		this.settle(c, n);
	}

	/** Bits of an item's control words that the model leaves alone. Registers are watched elsewhere (unmodelled.ts). */
	private tellUnmodelled(c: ChannelState, n: number): void {
		for (const { name, lsb, unmodelled } of CTL_FIELDS) {
			const word = lsb < 32 ? c.ctlLow : c.ctlHigh;
			if (unmodelled === undefined || ((word >>> (lsb % 32)) & 1) === 0 || this.state.warned[name]) continue;
			this.state.warned[name] = true;
			const { observers } = this.machine;
			const text = unmodelledText(`${name} in an item of channel ${n}`, unmodelled);
			if (observers.mask & ObserverBit.WARNING) observers.warning(this.index, name, text);
		}
	}

	protected beginBlock(c: ChannelState, n: number, item: number): void {
		const { observers } = this.machine;
		c.phase = Phase.RUN;
		c.lli = item;
		decodeBlock(c, this.layoutB, this.masters, this.maxBeats);
		if (observers.mask & ObserverBit.CHUNK) observers.chunk(this.index, n, item, c.src, c.dst, c.blockBytes);
	}

	protected blockEnd(c: ChannelState, n: number): void {
		const { memory, bus } = this.machine;
		c.ctlHigh = (c.ctlHigh & ~CtlHigh.VALID) >>> 0;
		c.blocks++;
		if (c.lli >= 0) {
			if (!this.advancesOnFetch) c.llp = memory.read32(c.lli + 0x1c) * ABOVE_32 + memory.read32(c.lli + 0x18);
			if (this.clearsValid) {
				if (memory.writable[this.itemPool >>> 12] === 0) memory.touch(this.itemPool >>> 12);
				memory.u32[this.itemPool >>> 2] = c.ctlHigh;
				let response = bus.burstWrite(c.lli + 0x24, 4, 4, false, this.itemPool);
				memory.u32[this.itemPool >>> 2] = Math.floor(c.written / c.srcWidth);
				if (response === Response.OKAY) response = bus.burstWrite(c.lli + 0x30, 4, 4, false, this.itemPool);
				if (response !== Response.OKAY) {
					this.finish(c, n, response === Response.DECERR ? Irq.LLI_WR_DEC_ERR : Irq.LLI_WR_SLV_ERR);
					return;
				}
			}
		}
		this.latch(c, Irq.BLOCK_TFR_DONE);
		const single = (c.cfgLow & 15) === 0;
		if (single || (c.ctlHigh & CtlHigh.LAST) !== 0) this.finish(c, n, Irq.DMA_TFR_DONE);
		else {
			c.phase = Phase.BEFORE_FETCH;
			if (c.disabling) this.finish(c, n, Irq.DISABLED);
			else {
				if ((c.cfgLow & 15) === 1 || (c.cfgLow & 15) === 5) c.src = c.blockSrc;
				if ((c.cfgLow & 15) === 4 || (c.cfgLow & 15) === 5) c.dst = c.blockDst;
				this.scheduleFetch(c, n, NEXT_ITEM_CYCLES);
				if (c.suspend) this.settle(c, n);
			}
		}
	}

	// Bursts.

	protected request(handshake: number): boolean {
		if (handshake < 0) return false;
		const line = this.lines[this.peripheral(handshake)];
		return line !== undefined && this.machine.requests.active(line);
	}

	/** Starts what can be started; a lone channel's bursts run on here as long as nothing else is due. */
	protected serve(): void {
		const { state } = this;
		if (state.active === 0) return;
		if (state.active > 1) {
			for (let side = 0; side < 2 * this.masters; side++) if (state.busy[side] === -1) this.arbitrate(side);
			return;
		}
		let n = 0;
		while (state.channels[n]!.phase === Phase.IDLE) n++;
		const c = state.channels[n]!;
		const { machine, busBytes, fifoDepth } = this;
		while (c.phase === Phase.RUN) {
			const canRead = state.busy[c.readSide] === -1;
			const canWrite = state.busy[c.writeSide] === -1;
			const read = canRead ? readLength(c, this.request(c.srcHandshake), busBytes, fifoDepth) : 0;
			const write = canWrite ? writeLength(c, this.request(c.dstHandshake), busBytes) : 0;
			if (read !== 0 && write !== 0) {
				this.startRead(c, n, read);
				this.startWrite(c, n, write);
				return;
			}
			if (read !== 0) {
				const ps = this.readTime(c, read);
				if (!machine.continueAt(machine.time + ps)) {
					this.startRead(c, n, read, ps);
					return;
				}
				beginSource(c);
				c.servedRead = ++state.served;
				c.reading = read;
				this.completeRead(c, n);
			} else if (write !== 0) {
				const ps = this.writeTime(c, write);
				if (!machine.continueAt(machine.time + ps)) {
					this.startWrite(c, n, write, ps);
					return;
				}
				beginDestination(c);
				c.servedWrite = ++state.served;
				c.writing = write;
				this.completeWrite(c, n);
			} else return;
		}
	}

	/** Highest priority wins; among equals the one that was served longest ago. */
	protected arbitrate(side: number): void {
		const { state } = this;
		const reads = side % 2 === 0;
		let winner = -1;
		let length = 0;
		for (let n = 0; n < state.channels.length; n++) {
			const c = state.channels[n]!;
			if (c.phase !== Phase.RUN || (reads ? c.readSide : c.writeSide) !== side) continue;
			if (winner >= 0) {
				const best = state.channels[winner]!;
				if (c.priority < best.priority) continue;
				if (
					c.priority === best.priority &&
					(reads ? c.servedRead >= best.servedRead : c.servedWrite >= best.servedWrite)
				)
					continue;
			}
			const bytes = reads
				? readLength(c, this.request(c.srcHandshake), this.busBytes, this.fifoDepth)
				: writeLength(c, this.request(c.dstHandshake), this.busBytes);
			if (bytes === 0) continue;
			winner = n;
			length = bytes;
		}
		if (winner < 0) return;
		if (reads) this.startRead(state.channels[winner]!, winner, length);
		else this.startWrite(state.channels[winner]!, winner, length);
	}

	protected startRead(c: ChannelState, n: number, length: number, ps = this.readTime(c, length)): void {
		beginSource(c);
		c.reading = length;
		c.servedRead = ++this.state.served;
		this.state.busy[c.readSide] = n;
		this.schedule(c, n, Kind.READ, c.readSide, ps);
	}

	protected startWrite(c: ChannelState, n: number, length: number, ps = this.writeTime(c, length)): void {
		beginDestination(c);
		c.writing = length;
		c.servedWrite = ++this.state.served;
		this.state.busy[c.writeSide] = n;
		this.schedule(c, n, Kind.WRITTEN, c.writeSide, ps);
	}

	protected beats(c: ChannelState, length: number, width: number): number {
		const copy = c.srcHandshake < 0 && c.dstHandshake < 0 && !c.srcFixed && !c.dstFixed;
		return Math.ceil(length / (copy ? this.busBytes : width));
	}

	/** Takes the source's turn for a burst: ps until its last beat, other masters' bursts before it included. */
	protected readTime(c: ChannelState, length: number): number {
		const { bus, time } = this.machine;
		const ps = bus.readLatency(c.src, this.cyclePs) + this.beats(c, length, c.srcWidth) * this.cyclePs;
		return bus.claim(c.src, false, ps, time);
	}

	/** Takes the destination's turn for a burst: ps until its response. */
	protected writeTime(c: ChannelState, length: number): number {
		const { bus, time } = this.machine;
		return bus.claim(c.dst, true, (this.beats(c, length, c.dstWidth) + WRITE_RESPONSE_CYCLES) * this.cyclePs, time);
	}

	protected completeRead(c: ChannelState, n: number): void {
		const { machine, fifoDepth } = this;
		const length = c.reading;
		const pool = this.fifo(n);
		c.reading = 0;
		if (c.fifoLevel === 0) c.fifoHead = 0;
		else if (c.fifoHead + c.fifoLevel + length > 2 * fifoDepth) {
			machine.memory.touch(pool >>> 12);
			machine.memory.u8.copyWithin(pool, pool + c.fifoHead, pool + c.fifoHead + c.fifoLevel);
			c.fifoHead = 0;
		}
		const at = pool + c.fifoHead + c.fifoLevel;
		this.moving = true;
		const response = machine.bus.burstRead(c.src, length, c.srcWidth, c.srcFixed, at);
		this.moving = false;
		if (response !== Response.OKAY) {
			this.report(c, n, c.read, length, response);
			this.finish(c, n, response === Response.DECERR ? Irq.SRC_DEC_ERR : Irq.SRC_SLV_ERR);
			return;
		}
		c.fifoLevel += length;
		c.read += length;
		if (machine.observers.mask & ObserverBit.LEVEL) machine.observers.level(this.index, n, c.fifoLevel, fifoDepth);
		if (!c.srcFixed) c.src += length;
		if (c.srcHandshake >= 0) {
			c.srcItems -= length / c.srcWidth;
			if (c.srcItems === 0) this.acknowledge(c, c.srcHandshake, Irq.SRC_TRANSCOMP);
		}
		if (c.suspend || c.disabling) this.settle(c, n);
	}

	protected completeWrite(c: ChannelState, n: number): void {
		const { machine } = this;
		const length = c.writing;
		const at = this.fifo(n) + c.fifoHead;
		c.writing = 0;
		this.moving = true;
		const response = machine.bus.burstWrite(c.dst, length, c.dstWidth, c.dstFixed, at);
		this.moving = false;
		if (machine.observers.mask & ObserverBit.BURST) this.report(c, n, c.written, length, response);
		if (response !== Response.OKAY) {
			this.finish(c, n, response === Response.DECERR ? Irq.DST_DEC_ERR : Irq.DST_SLV_ERR);
			return;
		}
		c.fifoHead += length;
		c.fifoLevel -= length;
		c.written += length;
		if (machine.observers.mask & ObserverBit.LEVEL) machine.observers.level(this.index, n, c.fifoLevel, this.fifoDepth);
		c.bursts++;
		if (!c.dstFixed) c.dst += length;
		if (c.dstHandshake >= 0) {
			c.dstItems -= Math.ceil(length / c.dstWidth);
			if (c.dstItems === 0) this.acknowledge(c, c.dstHandshake, Irq.DST_TRANSCOMP);
		}
		if (c.written === c.blockBytes) {
			c.phase = Phase.BLOCK_END;
			this.schedule(c, n, Kind.BLOCK_END, 0, BLOCK_END_CYCLES * this.cyclePs);
		} else if (c.suspend || c.disabling) this.settle(c, n);
	}

	protected acknowledge(c: ChannelState, handshake: number, bit: Irq): void {
		if (c.statusEnable & bit) this.latch(c, bit);
		const line = this.lines[this.peripheral(handshake)];
		if (line !== undefined) this.machine.requests.acknowledge(line);
	}

	/** One report for each burst: beats are bus words of a copy, items of the peripheral otherwise. */
	protected report(c: ChannelState, n: number, offset: number, length: number, response: Response): void {
		const { observers } = this.machine;
		if ((observers.mask & ObserverBit.BURST) === 0) return;
		const src = c.srcFixed ? c.blockSrc : c.blockSrc + offset;
		const dst = c.dstFixed ? c.blockDst : c.blockDst + offset;
		const beats = this.beats(c, length, c.dstHandshake >= 0 ? c.dstWidth : c.srcWidth);
		observers.burst(this.index, n, src, dst, length, beats, response);
	}
}
