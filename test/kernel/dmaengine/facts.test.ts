import assert from "node:assert/strict";
import * as fc from "fast-check";
import { hasCap, setCap } from "../../../src/kernel/dmaengine/caps";
import { icg, isAligned } from "../../../src/kernel/dmaengine/client-plain";
import { Cap, DmaStatus } from "../../../src/kernel/dmaengine/constants";
import { cookieAssign, cookieInit, cookieState, cookieStatus } from "../../../src/kernel/dmaengine/cookies";
import { callPlain } from "../../../src/kernel/dmaengine/external";
import { inspectChannel } from "../../../src/kernel/dmaengine/inspect";
import {
	dmaAsyncTxDescriptor,
	dmaChan,
	dmaDevice,
	dmaSlaveCaps,
	dmaTxState,
} from "../../../src/kernel/dmaengine/structs";
import { vchanFindDesc, vchanIssuePending, virtChannel } from "../../../src/kernel/dmaengine/virt-dma";
import { Client, DEVICE_WORD } from "./client";
import { Rig } from "./rig";

const { COMPLETE, IN_PROGRESS } = DmaStatus;
const SRC = 0x81000000;
const DST = 0x82000000;
const DMA_CTRL_REUSE = 0x40;
const ENOSYS = -38;
const EINVAL = -22;
const EPERM = -1;
const ENXIO = -6;
const ENOTSUPP = -524;

function idle(): { rig: Rig; client: Client; device: number } {
	const rig = new Rig();
	const client = new Client(rig, rig.channel());
	return { rig, client, device: dmaChan.device.get(rig.k.space, client.chan) };
}

/** Marks a descriptor reusable without asking whether the driver can. */
const makeReusable = (rig: Rig, tx: number): void => dmaAsyncTxDescriptor.flags.set(rig.k.space, tx, DMA_CTRL_REUSE);

describe("conformance facts of the core (core-semantics chapter 9)", () => {
	it("facts 1, 2, 3: cookies begin at 1, the first is 2, after 2147483647 comes 1", () => {
		const { rig, client } = idle();
		const { k } = rig;
		cookieInit(k, client.chan);
		assert.equal(dmaChan.cookie.get(k.space, client.chan), 1);
		assert.equal(dmaChan.completed_cookie.get(k.space, client.chan), 1);
		const tx = client.memcpy(DST, SRC, 64);
		assert.deepEqual([cookieAssign(k, tx), cookieAssign(k, tx), cookieAssign(k, tx)], [2, 3, 4]);
		dmaChan.cookie.set(k.space, client.chan, 0x7ffffffe);
		assert.deepEqual([cookieAssign(k, tx), cookieAssign(k, tx)], [0x7fffffff, 1]);
	});

	it("facts 4, 5: cookies are per channel; completion clears the descriptor's own", () => {
		const { rig, client } = idle();
		const other = new Client(rig, rig.channel());
		const tx = client.memcpy(DST, SRC, 64);
		assert.equal(client.submit(tx), 2);
		assert.equal(other.submit(other.memcpy(DST, SRC, 64)), 2);
		callPlain(rig.k, "dma_cookie_complete", tx);
		assert.equal(dmaAsyncTxDescriptor.cookie.get(rig.k.space, tx), 0);
		assert.equal(dmaChan.completed_cookie.get(rig.k.space, client.chan), 2);
	});

	it("fact 6: completing a descriptor without cookie is a BUG", () => {
		const { rig, client } = idle();
		rig.call("dma_cookie_complete", client.memcpy(DST, SRC, 64));
		assert.match(rig.oopses[0], /kernel BUG at drivers\/dma\/dmaengine.h/);
	});

	it("facts 7, 8, 9: what cookies read as (test vectors of chapter 12)", () => {
		const states = (last: number, used: number, cookies: number[]) =>
			cookies.map((cookie) => (cookieState(cookie, last, used) === COMPLETE ? "C" : "P")).join("");
		assert.equal(states(5, 9, [5, 6, 9, 10, 0, -12]), "CPPCCC");
		assert.equal(states(0x7ffffffe, 3, [0x7ffffffe, 0x7fffffff, 2, 3, 4]), "CPPPC");
	});

	it("a cookie that was given out last is in progress until it or a later one completes", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 1 << 30 }), fc.integer({ min: 0, max: 1000 }), (last, ahead) => {
				const used = last + ahead;
				for (let cookie = last + 1; cookie <= used; cookie += 97)
					assert.equal(cookieState(cookie, last, used), IN_PROGRESS);
				assert.equal(cookieState(used, used, used), COMPLETE);
			}),
		);
	});

	it("facts 10, 11: dma_cookie_status clears residue and in_flight_bytes; NULL state is legal", () => {
		const { rig, client } = idle();
		const state = rig.memory(dmaTxState.$size);
		rig.k.space.fill(state, dmaTxState.$size, 0xff);
		assert.equal(cookieStatus(rig.k, client.chan, 2, state), COMPLETE);
		assert.equal(dmaTxState.residue.get(rig.k.space, state), 0);
		assert.equal(dmaTxState.in_flight_bytes.get(rig.k.space, state), 0);
		assert.equal(rig.call("dmaengine_tx_status", client.chan, 2, 0), COMPLETE);
	});

	it("fact 12: an aborted cookie stays in progress until a later one completes", () => {
		const { rig, client } = idle();
		const first = client.submit(client.memcpy(DST, SRC, 1 << 20));
		client.issue();
		rig.call("dmaengine_terminate_async", client.chan);
		assert.deepEqual(client.status(first), { status: IN_PROGRESS, residue: 0 });
		client.submit(client.memcpy(DST, SRC, 64));
		client.issue();
		rig.run();
		assert.equal(client.status(first).status, COMPLETE);
	});

	it("fact 14: a cyclic cookie stays in progress until terminated", () => {
		const { rig, client } = idle();
		client.configure({ direction: 1, dst_addr: DEVICE_WORD, dst_addr_width: 4 });
		const cookie = client.submit(client.cyclic(SRC, 4096, 1024, 1));
		client.issue();
		rig.run(20_000_000_000);
		assert.equal(client.status(cookie).status, IN_PROGRESS);
	});

	it("fact 15: dma_sync_wait issues and gives DMA_ERROR after 5000 ms", () => {
		const { rig, client } = idle();
		const done = client.submit(client.memcpy(DST, SRC, 64));
		assert.equal(rig.call("dma_sync_wait", client.chan, done), COMPLETE);
		const hung = client.submit(client.memcpy(DST, SRC, 64));
		rig.k.machine.interrupts.mask(27);
		const begin = rig.k.machine.time;
		assert.equal(rig.call("dma_sync_wait", client.chan, hung), DmaStatus.ERROR);
		assert.ok(rig.k.machine.time - begin >= 5e12 - 4e9);
		assert.ok(rig.log().some((line) => line.endsWith("dma_sync_wait: timeout!")));
	}).timeout(60_000);

	it("fact 16: dma_wait_for_async_tx(NULL) is complete", () => {
		assert.equal(idle().rig.call("dma_wait_for_async_tx", 0), COMPLETE);
	});

	it("facts 17, 18, 19: submit does not issue; issue on an empty channel does nothing; find looks in issued only", () => {
		const { rig, client } = idle();
		const vc = virtChannel(client.chan);
		assert.equal(vchanIssuePending(rig.k, vc), false);
		const cookie = client.submit(client.memcpy(DST, SRC, 64));
		assert.equal(vchanFindDesc(rig.k, vc, cookie), 0);
		assert.equal(inspectChannel(rig.k, client.chan).queues.issued.length, 0);
		assert.equal(vchanIssuePending(rig.k, vc), true);
		assert.notEqual(vchanFindDesc(rig.k, vc, cookie), 0);
	});

	it("fact 24: only callback_result runs when both are set, with {NOERROR, 0}", () => {
		const { rig, client } = idle();
		const tx = client.memcpy(DST, SRC, 64);
		client.callback(tx, 1);
		client.callbackResult(tx, 2);
		client.submit(tx);
		client.issue();
		rig.run();
		assert.deepEqual(
			rig.callbacks.map(({ param, result }) => ({ param, result })),
			[{ param: 2, result: { result: 0, residue: 0 } }],
		);
	});

	it("facts 25, 26: freed after the callback; a reusable one is parked at the head of allocated", () => {
		const { rig, client } = idle();
		const waiting = client.memcpy(DST, SRC, 64);
		const tx = client.memcpy(DST, SRC, 64);
		makeReusable(rig, tx);
		assert.equal(client.submit(tx), 2);
		client.issue();
		rig.run();
		const allocated = () => inspectChannel(rig.k, client.chan).queues.allocated.map((d) => d.tx);
		assert.deepEqual(allocated(), [tx, waiting]);
		assert.equal(client.submit(tx), 3);
		dmaAsyncTxDescriptor.flags.set(rig.k.space, tx, 0);
		client.issue();
		rig.run();
		assert.deepEqual(allocated(), [waiting]);
	});

	it("facts 27, 30: terminate frees what is only prepared and keeps reusable ones; release frees them", () => {
		const { rig, client } = idle();
		client.memcpy(DST, SRC, 64);
		const tx = client.memcpy(DST, SRC, 64);
		makeReusable(rig, tx);
		rig.call("dmaengine_terminate_async", client.chan);
		assert.deepEqual(
			inspectChannel(rig.k, client.chan).queues.allocated.map((d) => d.tx),
			[tx],
		);
		rig.call("dma_release_channel", client.chan);
		assert.deepEqual(inspectChannel(rig.k, client.chan).queues.allocated, []);
		assert.equal(
			rig.log().some((line) => line.includes("busy")),
			false,
		);
	});

	it("fact 31: a callback runs without DMA_PREP_INTERRUPT", () => {
		const { rig, client } = idle();
		const tx = client.memcpy(DST, SRC, 64, 0);
		client.callback(tx, 5);
		client.submit(tx);
		client.issue();
		rig.run();
		assert.deepEqual(
			rig.callbacks.map((c) => c.param),
			[5],
		);
	});

	it("facts 33, 34: what a missing op gives", () => {
		const { rig, client, device } = idle();
		for (const op of [
			"device_config",
			"device_pause",
			"device_resume",
			"device_terminate_all",
			"device_synchronize",
			"device_prep_dma_memcpy",
			"device_prep_slave_sg",
			"device_prep_dma_cyclic",
		] as const)
			dmaDevice[op].set(rig.k.space, device, 0);
		assert.equal(client.configure({}), ENOSYS);
		assert.equal(rig.call("dmaengine_pause", client.chan), ENOSYS);
		assert.equal(rig.call("dmaengine_resume", client.chan), ENOSYS);
		assert.equal(rig.call("dmaengine_terminate_all", client.chan), ENOSYS);
		assert.equal(rig.call("dmaengine_terminate_async", client.chan), EINVAL);
		assert.equal(rig.call("dmaengine_terminate_sync", client.chan), EINVAL);
		rig.call("dmaengine_synchronize", client.chan);
		assert.equal(client.memcpy(DST, SRC, 64), 0);
		assert.equal(client.slaveSg([[SRC, 64]], 1), 0);
		assert.equal(client.cyclic(SRC, 4096, 1024, 1), 0);
		assert.equal(rig.call("dmaengine_prep_slave_single", client.chan, SRC, 64, 1, 0), 0);
	});

	it("fact 35: interleaved with PREP_REPEAT needs DMA_REPEAT", () => {
		const { rig, client, device } = idle();
		dmaDevice.device_prep_interleaved_dma.set(rig.k.space, device, rig.k.address("to_virt_chan"));
		assert.equal(rig.call("dmaengine_prep_interleaved_dma", client.chan, 0, 0x100), 0);
		setCap(rig.k, device, Cap.REPEAT);
		assert.notEqual(rig.call("dmaengine_prep_interleaved_dma", client.chan, 0, 0x100), 0);
	});

	it("facts 36, 37: reuse needs the capability, desc_free needs the flag", () => {
		const { rig, client, device } = idle();
		const tx = client.memcpy(DST, SRC, 64);
		assert.equal(rig.call("dmaengine_desc_set_reuse", tx), EPERM);
		assert.equal(rig.call("dmaengine_desc_free", tx), EPERM);
		dmaDevice.descriptor_reuse.set(rig.k.space, device, 1);
		assert.equal(rig.call("dmaengine_desc_set_reuse", tx), 0);
		dmaDevice.directions.set(rig.k.space, device, 0);
		assert.equal(rig.call("dmaengine_desc_set_reuse", tx), ENXIO);
		assert.equal(rig.call("dmaengine_desc_free", tx), 0);
		assert.deepEqual(inspectChannel(rig.k, client.chan).queues.allocated, []);
	});

	it("facts 38, 39: slave caps", () => {
		const { rig, client, device } = idle();
		const caps = rig.memory(dmaSlaveCaps.$size);
		assert.equal(rig.call("dma_get_slave_caps", 0, caps), EINVAL);
		assert.equal(rig.call("dma_get_slave_caps", client.chan, caps), 0);
		// controllers.md: widths are ORed byte counts, 0x7f.
		assert.equal(dmaSlaveCaps.src_addr_widths.get(rig.k.space, caps), 0x7f);
		assert.equal(dmaSlaveCaps.directions.get(rig.k.space, caps), 7);
		assert.equal(dmaSlaveCaps.max_burst.get(rig.k.space, caps), 16);
		assert.equal(dmaSlaveCaps.cmd_pause.get(rig.k.space, caps), 1);
		dmaDevice.device_pause.set(rig.k.space, device, 0);
		rig.call("dma_get_slave_caps", client.chan, caps);
		assert.equal(dmaSlaveCaps.cmd_pause.get(rig.k.space, caps), 0);
		rig.k.space.w32(dmaDevice.cap_mask.at(device), 1);
		assert.equal(rig.call("dma_get_slave_caps", client.chan, caps), ENXIO);
	});

	it("facts 40, 41: metadata modes", () => {
		const { rig, client, device } = idle();
		const tx = client.memcpy(DST, SRC, 64);
		assert.equal(rig.call("dmaengine_desc_attach_metadata", 0, 0, 0), EINVAL);
		assert.equal(rig.call("dmaengine_desc_attach_metadata", tx, 0, 0), ENOTSUPP);
		dmaDevice.desc_metadata_modes.set(rig.k.space, device, 3);
		assert.equal(rig.call("dmaengine_desc_attach_metadata", tx, 0, 0), ENOTSUPP);
		assert.equal(rig.call("dmaengine_desc_get_metadata_ptr", tx, 0, 0), EINVAL);
	});

	it("facts 42, 43, 44: arithmetic helpers", () => {
		const { rig, device } = idle();
		const { k } = rig;
		assert.deepEqual(
			[0, -12, 7].map((c) => callPlain(k, "dma_submit_error", c)),
			[0, -12, 0],
		);
		assert.deepEqual([icg(1, 0, 8, 4), icg(1, 1, 8, 0), icg(0, 1, 8, 4)], [4, 8, 0]);
		callPlain(k, "dma_set_maxpq", device, 8, 0);
		assert.deepEqual(
			[0, 0x10, 0x14].map((flags) => callPlain(k, "dma_maxpq", device, flags)),
			[8, 5, 7],
		);
		assert.equal(isAligned(3, 8, 16, 24), true);
		assert.equal(isAligned(3, 8, 16, 20), false);
	});

	it("facts 47, 48, 49, 58: names, DMA_PRIVATE, public use, release", () => {
		const { rig, client, device } = idle();
		const { k } = rig;
		assert.equal(inspectChannel(k, client.chan).name, "dma0chan0");
		assert.equal(hasCap(k, device, Cap.PRIVATE), true);
		assert.equal(dmaDevice.privatecnt.get(k.space, device), 1);
		dmaChan.client_count.set(k.space, client.chan, 2);
		rig.call("dma_release_channel", client.chan);
		assert.ok(rig.log().some((line) => line.includes("chan reference count 2 != 1")));
		dmaChan.client_count.set(k.space, client.chan, 0);
		assert.equal(hasCap(k, device, Cap.PRIVATE), false);
		rig.call("dmaengine_get");
		assert.equal(rig.channel(), 0);
		assert.equal(rig.call("dma_find_channel", Cap.MEMCPY), client.chan);
		rig.call("dmaengine_put");
		assert.equal(rig.channel(), client.chan);
	});

	it("fact 63: dma_find_channel is NULL until somebody called dmaengine_get", () => {
		assert.equal(idle().rig.call("dma_find_channel", Cap.MEMCPY), 0);
	});
});
