import assert from "node:assert/strict";
import { Stm32Usart } from "../../src/hardware/stm32-usart";
import { Cr1, Cr3, Isr, Offset } from "../../src/hardware/stm32-usart-registers";
import { Machine } from "../../src/sim/machine";

const BASE = 0x40010000;
/** 10 bits at 64 MHz / 556, which is what is nearest to 115200 baud. */
const CHARACTER = (10 * 556 * 1e12) / 64e6;

function rig() {
	const machine = new Machine();
	const usart = new Stm32Usart(machine, { name: "usart", base: BASE, size: 0x400, interrupt: 5, clock: 64e6 });
	const levels: Record<string, boolean> = { rx: false, tx: false };
	const line = (name: string) => {
		const requestChanged = (_: number, active: boolean) => {
			levels[name] = active;
		};
		return machine.requests.connect(usart, { requestChanged }, 0);
	};
	usart.wireRequests(line("rx"), line("tx"));
	const read = (offset: number) => machine.bus.read(BASE + offset, 4);
	const write = (offset: number, value: number) => machine.bus.write(BASE + offset, 4, value);
	return { machine, usart, levels, read, write };
}

describe("STM32 USART", () => {
	it("sends at 115200 baud as the firmware leaves it", () => {
		const { machine, usart, read, write } = rig();
		assert.equal(read(Offset.BRR), 556);
		write(Offset.TDR, 0x41);
		write(Offset.TDR, 0x42);
		assert.equal(read(Offset.ISR) & (Isr.TXE | Isr.TC), 0);
		machine.advanceTo(CHARACTER);
		assert.equal(read(Offset.ISR) & (Isr.TXE | Isr.TC), Isr.TXE);
		assert.deepEqual([...usart.takeSent(9)], [0x41]);
		machine.advanceTo(2 * CHARACTER);
		assert.equal(read(Offset.ISR) & (Isr.TXE | Isr.TC), Isr.TXE | Isr.TC);
		assert.deepEqual([...usart.takeSent(9)], [0x42]);
	});

	it("asks for DMA only while CR3 says so", () => {
		const { machine, usart, levels, read, write } = rig();
		usart.receive(Uint8Array.of(7));
		machine.advanceTo(CHARACTER);
		assert.deepEqual(levels, { rx: false, tx: false });
		write(Offset.CR3, Cr3.DMAR | Cr3.DMAT);
		assert.deepEqual(levels, { rx: true, tx: true });
		assert.equal(read(Offset.RDR), 7);
		write(Offset.CR3, Cr3.DMAR);
		assert.deepEqual(levels, { rx: false, tx: false });
	});

	it("loses the byte that comes when the one before has not been read, and says ORE", () => {
		const { machine, usart, read, write } = rig();
		usart.receive(Uint8Array.of(1, 2));
		machine.advanceTo(2 * CHARACTER);
		assert.equal(read(Offset.ISR) & (Isr.ORE | Isr.RXNE), Isr.ORE | Isr.RXNE);
		assert.equal(read(Offset.RDR), 1);
		write(Offset.ICR, Isr.ORE);
		assert.equal(read(Offset.ISR) & (Isr.ORE | Isr.RXNE), 0);
	});

	it("with FIFOs 16 bytes wait each way", () => {
		const { machine, usart, read, write } = rig();
		write(Offset.CR1, Cr1.UE | Cr1.RE | Cr1.TE | Cr1.FIFOEN);
		usart.receive(Uint8Array.from({ length: 16 }, (_, i) => i));
		machine.advanceTo(16 * CHARACTER);
		assert.equal(read(Offset.ISR) & Isr.ORE, 0);
		for (let i = 0; i < 16; i++) assert.equal(read(Offset.RDR), i);
		for (let i = 0; i < 17; i++) write(Offset.TDR, i);
		assert.equal(read(Offset.ISR) & Isr.TXE, 0);
	});

	it("notices an idle line after one silent character", () => {
		const { machine, usart, read, write } = rig();
		write(Offset.CR1, Cr1.UE | Cr1.RE | Cr1.TE | Cr1.IDLEIE);
		machine.interrupts.unmask(5);
		usart.receive(Uint8Array.of(1, 2));
		machine.advanceTo(2.5 * CHARACTER);
		assert.equal(read(Offset.ISR) & Isr.IDLE, 0);
		machine.advanceTo(3 * CHARACTER);
		assert.equal(read(Offset.ISR) & Isr.IDLE, Isr.IDLE);
		assert.equal(machine.interrupts.pending(), 5);
		write(Offset.ICR, Isr.IDLE);
		assert.equal(machine.interrupts.pending(), -1);
	});
});
