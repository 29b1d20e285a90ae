/** async_tx in the debugger: its functions have breakpoints and pages like the rest of the kernel. */
import assert from "node:assert/strict";
import { stop, where } from "./rig";
import { scenario } from "./scenario";

const TEXT = `
static int __init copy_init(void)
{
	struct page *from = alloc_page(GFP_KERNEL), *to = alloc_page(GFP_KERNEL);
	struct async_submit_ctl submit;

	memset(page_address(from), 7, 64);
	init_async_submit(&submit, ASYNC_TX_ACK, NULL, NULL, NULL, NULL);
	async_tx_issue_pending(async_memcpy(to, from, 0, 0, 64, &submit));
	return 0;
}
module_init(copy_init);
`;

describe("async_tx in the debugger", () => {
	it("stops in async_memcpy, shows its page, and steps into what it calls", () => {
		const { session } = scenario(TEXT);
		assert.deepEqual(session.setFunctionBreakpoints([{ name: "async_memcpy" }])[0]?.verified, true);
		session.continue();
		const reached = stop(session);
		assert.ok(reached.kind === "function" && reached.text === "async_memcpy");
		const { threadId } = reached;
		const names = () => session.frames(threadId).map(({ name }) => name);
		assert.deepEqual(names().slice(0, 2), ["async_memcpy", "copy_init"]);
		const page = session.loadedSources().find((one) => one.kind === "page" && one.name === "async_memcpy");
		assert.ok(page?.kind === "page");
		assert.match(session.page(page.reference) ?? "", /Find a channel that copies\./);
		session.step(threadId, "into");
		stop(session);
		assert.deepEqual(names().slice(0, 2), ["__async_tx_find_channel", "async_memcpy"]);
		session.setFunctionBreakpoints([{ name: "async_tx_submit" }]);
		session.continue();
		stop(session);
		assert.match(where(session, threadId), /^async_tx_submit:/);
	});
});
