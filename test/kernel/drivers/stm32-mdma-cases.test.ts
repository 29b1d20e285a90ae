import assert from "node:assert/strict";
import { DmaStatus } from "../../../src/kernel/dmaengine/constants";
import { Client } from "../dmaengine/client";
import type { Rig } from "../dmaengine/rig";
import { ccrOf, channelState, LINE, mdmaRegister, mdmaXlate, nodesOf, watchFlags } from "./mdma";
import { read, stm32, write } from "./stm32";
import text from "./stm32-mdma-cases.json";
import { casesOf, configureAs, DEV_TO_MEM, MEM_TO_DEV, pattern, Requester } from "./support";

interface Operation {
	readonly config?: Readonly<Record<string, string | number>>;
	readonly sg?: readonly (readonly [string, number])[];
	readonly src?: string;
	readonly dst?: string;
	readonly len?: number;
	readonly state?: { readonly nodes: readonly number[]; readonly CLAR: string; readonly CBNDTR: number };
}
interface Case {
	readonly id: string;
	readonly provider: { readonly hwdescPool: string; readonly cells?: readonly (string | number)[] };
	readonly ops: readonly Operation[];
	readonly expect: {
		readonly CCR?: string;
		readonly CCRstart?: readonly string[];
		readonly nodes?: readonly Readonly<Record<string, string>>[];
		readonly bufferTransfers?: number;
		readonly irq?: readonly (string | { readonly flags: string })[];
		readonly callbacks?: number;
		readonly residue?: number;
		readonly tlen?: number;
		readonly requestsNeeded?: number;
		readonly memWidth?: number;
		readonly memBurst?: number;
		readonly log?: string;
		readonly pollUs?: number;
		readonly CISR?: string;
	};
}
const cases = casesOf<Case>(text);

const EBUSY = 16;
const FLAGS: Readonly<Record<string, number>> = { TEIF: 1, CTCIF: 2, BRTIF: 4, BTIF: 8, TCIF: 16 };
const flagsOf = (names: string): number => names.split("|").reduce((all, name) => all | FLAGS[name.trim()], 0);

/** RAM that begins lower than the board's: the kernel's own memory is not where the cases copy to. */
const LOWER_RAM = "/ { memory@c0000000 { reg = <0xb0000000 0x30000000>; }; };";
const machine = (dts = ""): Rig => stm32({ dts: LOWER_RAM + dts });

/** The client of a case, with its nodes where the case wants them. */
function clientFor(rig: Rig, { provider }: Case): Client {
	const chan = provider.cells ? mdmaXlate(rig, provider.cells.map(Number)) : rig.channel();
	rig.k.state.dmaMemory.nextPoolPage = Number(provider.hwdescPool);
	const client = new Client(rig, chan);
	assert.notEqual(chan, 0);
	return client;
}

/** Compares the transfer's CCR and those words of each node that the case names. */
function checkNodes(rig: Rig, tx: number, { expect }: Case): void {
	const nodes = nodesOf(rig, tx);
	assert.equal(nodes.length, expect.nodes!.length);
	expect.nodes!.forEach((wanted, i) => {
		assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((name) => [name, nodes[i][name]])), wanted);
	});
	assert.equal(ccrOf(rig, tx), expect.CCR);
}

const copyOf = (client: Client, { src, dst, len }: Operation): number => client.memcpy(Number(dst), Number(src), len!);
const listOf = ({ sg }: Operation) => sg!.map(([at, length]) => [Number(at), length] as const);

describe("stm32-mdma driver and model (controller-cases.json)", () => {
	it("mdma-01-memcpy-10000", () => {
		const one = cases["mdma-01-memcpy-10000"];
		const rig = machine();
		const client = clientFor(rig, one);
		const { src, dst, len } = one.ops[0];
		const bytes = pattern(len!);
		rig.k.machine.memory.writeBytes(Number(src), bytes);
		const tx = copyOf(client, one.ops[0]);
		checkNodes(rig, tx, one);
		const seen = watchFlags(rig, 0);
		let transfers = 0;
		rig.k.machine.observers.add({ burst: () => void transfers++ });
		client.callback(tx);
		client.submit(tx);
		rig.writes.length = 0;
		client.issue();
		assert.deepEqual(
			rig.writes.filter(([at]) => at === mdmaRegister(0, "CCR")).map(([, value]) => value),
			one.expect.CCRstart!.map(Number),
		);
		rig.run();
		assert.equal(transfers, one.expect.bufferTransfers);
		assert.deepEqual(seen, [flagsOf((one.expect.irq![0] as string).split(" ")[0])]);
		assert.equal(rig.k.state.irqs[LINE].count, 1);
		assert.equal(rig.callbacks.length, 1);
		assert.deepEqual(rig.k.machine.memory.readBytes(Number(dst), len!), bytes);
	});

	it("mdma-03-memcpy-200000", () => {
		const one = cases["mdma-03-memcpy-200000"];
		const rig = machine();
		const client = clientFor(rig, one);
		const { src, dst, len } = one.ops[0];
		const bytes = pattern(len!);
		rig.k.machine.memory.writeBytes(Number(src), bytes);
		const tx = copyOf(client, one.ops[0]);
		checkNodes(rig, tx, one);
		const seen = watchFlags(rig, 0);
		client.callback(tx);
		client.submit(tx);
		client.issue();
		rig.run();
		const wanted = one.expect.irq! as readonly { readonly flags: string }[];
		assert.deepEqual(
			seen,
			wanted.map(({ flags }) => flagsOf(flags)),
		);
		assert.equal(rig.callbacks.length, one.expect.callbacks);
		assert.deepEqual(rig.k.machine.memory.readBytes(Number(dst), len!), bytes);
	});

	it("mdma-04-residue-linked-list", () => {
		const one = cases["mdma-04-residue-linked-list"];
		const { nodes, CLAR, CBNDTR } = one.ops[0].state!;
		const rig = machine();
		const client = clientFor(rig, one);
		const tx = client.memcpy(
			0xc0100000,
			0xc0000000,
			nodes.reduce((sum, bytes) => sum + bytes, 0),
		);
		assert.deepEqual(
			nodesOf(rig, tx).map((entry) => Number(entry.CBNDTR)),
			nodes,
		);
		const cookie = client.submit(tx);
		client.issue();
		rig.run(1_000_000);
		// The registers can be written while the channel is off.
		assert.equal(rig.call("dmaengine_pause", client.chan), 0);
		write(rig, mdmaRegister(0, "CLAR"), Number(CLAR));
		write(rig, mdmaRegister(0, "CBNDTR"), CBNDTR);
		assert.equal(channelState(rig, client.chan).burst, 0);
		assert.deepEqual(client.status(cookie), { status: DmaStatus.IN_PROGRESS, residue: one.expect.residue });
	});

	for (const id of ["mdma-06-qspi-rx", "mdma-07-hash-in"])
		it(id, () => {
			const one = cases[id];
			const rig = machine();
			const client = clientFor(rig, one);
			configureAs(client, one.ops[0].config);
			const tx = client.slaveSg(
				listOf(one.ops[1]),
				one.ops[0].config!.direction === "MEM_TO_DEV" ? MEM_TO_DEV : DEV_TO_MEM,
			);
			checkNodes(rig, tx, one);
			assert.equal(((Number(nodesOf(rig, tx)[0].CTCR) >>> 18) & 0x7f) + 1, one.expect.tlen);
			if (one.expect.memWidth !== undefined) {
				const { width, burst } = channelState(rig, client.chan);
				assert.deepEqual([width, burst], [one.expect.memWidth, one.expect.memBurst]);
			}
			client.callback(tx);
			const cookie = client.submit(tx);
			client.issue();
			const source = new Requester(rig, "mdma1", Number(one.provider.cells![0]));
			const needed = one.expect.requestsNeeded!;
			source.ask(needed - 1);
			rig.run(1_000_000_000);
			assert.equal(source.left, 0);
			assert.equal(client.status(cookie).status, DmaStatus.IN_PROGRESS);
			source.ask(1);
			rig.run(1_000_000_000);
			assert.equal(client.status(cookie).status, DmaStatus.COMPLETE);
			assert.equal(rig.callbacks.length, 1);
		});

	it("mdma-09-block-too-long", () => {
		const one = cases["mdma-09-block-too-long"];
		const rig = machine();
		const client = clientFor(rig, one);
		assert.equal(client.slaveSg(listOf(one.ops[0]), MEM_TO_DEV), 0);
		assert.ok(rig.log().includes(`dma dma0chan0: ${one.expect.log}`));
	});

	it("mdma-11-second-request-during-cyclic", () => {
		const one = cases["mdma-11-second-request-during-cyclic"];
		const rig = machine();
		const client = new Client(rig, mdmaXlate(rig, [22, 2, 0x10100008, 0, 0]));
		client.configure({ direction: DEV_TO_MEM, src_addr: 0x58003020, src_addr_width: 1 });
		client.submit(client.cyclic(0xc0200000, 4096, 1024, DEV_TO_MEM));
		client.issue();
		const refused = [
			() => copyOf(client, one.ops[1]),
			() => client.slaveSg([[0xc0200000, 64]], DEV_TO_MEM),
			() => client.cyclic(0xc0200000, 4096, 1024, DEV_TO_MEM),
		];
		for (const prep of refused) {
			assert.equal(prep(), 0);
			assert.equal(rig.log().at(-1), `dma dma0chan0: ${one.expect.log}`);
		}
		assert.equal(rig.call("dmaengine_terminate_sync", client.chan), 0);
		assert.notEqual(copyOf(client, one.ops[1]), 0);
	});

	it("mdma-12-pause-timeout", () => {
		const one = cases["mdma-12-pause-timeout"];
		// A buffer transfer that takes 5 ms: CTCIF does not come in time.
		const rig = machine("&sram { sim,read-latency-ns = <5000000>; };");
		const client = clientFor(rig, one);
		const cookie = client.submit(client.memcpy(0xc0100000, 0x10000000, 1024));
		client.issue();
		rig.run(1_000_000);
		const begin = rig.k.machine.time;
		assert.equal(rig.call("dmaengine_pause", client.chan), -EBUSY);
		const us = (rig.k.machine.time - begin) / 1e6;
		assert.ok(us >= one.expect.pollUs! && us < one.expect.pollUs! * 1.1, `${us} µs`);
		assert.equal(rig.log().at(-1), "dma dma0chan0: stm32_mdma_disable_chan: timeout!");
		assert.equal(client.status(cookie).status, DmaStatus.IN_PROGRESS);
	});

	it("mdma-13-transfer-error", () => {
		const one = cases["mdma-13-transfer-error"];
		const rig = machine();
		const client = clientFor(rig, one);
		const tx = copyOf(client, one.ops[0]);
		const seen = watchFlags(rig, 0);
		client.callback(tx);
		const cookie = client.submit(tx);
		rig.k.machine.bus.fault(Number(one.ops[0].src), 64, true, false);
		client.issue();
		rig.run();
		assert.deepEqual(seen, [flagsOf(one.expect.CISR!)]);
		assert.ok(rig.log().includes("dma dma0chan0: Transfer Err: stat=0x00000000"));
		assert.equal(rig.callbacks.length, one.expect.callbacks);
		assert.equal(client.status(cookie).status, DmaStatus.IN_PROGRESS);
		assert.equal(channelState(rig, client.chan).busy, true);
		assert.equal(read(rig, mdmaRegister(0, "CCR")) & 1, 0);
	});
});
