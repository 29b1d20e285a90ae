import assert from "node:assert/strict";
import type { DebugProtocol } from "@vscode/debugprotocol";
import {
	commands,
	type DebugAdapterTracker,
	type DebugSession,
	DebugStackFrame,
	type Disposable,
	debug,
	Location,
	languages,
	SourceBreakpoint,
	workspace,
} from "vscode";
import { CHANNELS_REQUEST, type MachineState } from "../../src/messages/state";
import { cleanUp, fileOf, find, open, until } from "./support";

/** Everything the adapter sends, in order. */
function record(): { messages: DebugProtocol.ProtocolMessage[]; stop: Disposable } {
	const messages: DebugProtocol.ProtocolMessage[] = [];
	const tracker: DebugAdapterTracker = {
		onDidSendMessage: (message: DebugProtocol.ProtocolMessage) => void messages.push(message),
	};
	return {
		messages,
		stop: debug.registerDebugAdapterTrackerFactory("dmascope", { createDebugAdapterTracker: () => tracker }),
	};
}

function isEvent(message: DebugProtocol.ProtocolMessage): message is DebugProtocol.Event {
	return message.type === "event";
}

/** Text that went to the debug console in a category. */
function outputOf(messages: DebugProtocol.ProtocolMessage[], category: string): string {
	const bodies = messages
		.filter(isEvent)
		.filter(({ event }) => event === "output")
		.map(({ body }) => body as DebugProtocol.OutputEvent["body"]);
	return bodies
		.filter((body) => body.category === category)
		.map((body) => body.output)
		.join("");
}

/** Waits for a session whose editor selection is a stack frame, that is: stopped, with the call stack shown. */
async function stoppedFrame(): Promise<{ session: DebugSession; frame: DebugStackFrame }> {
	const frame = await until("a frame to be focused", () => {
		const item = debug.activeStackItem;
		return item instanceof DebugStackFrame && item;
	});
	return { session: frame.session, frame };
}

async function stackOf(session: DebugSession, threadId: number): Promise<DebugProtocol.StackFrame[]> {
	const { stackFrames }: DebugProtocol.StackTraceResponse["body"] = await session.customRequest("stackTrace", {
		threadId,
	});
	return stackFrames;
}

/** Whole sessions through the real adapter. @param built false leaves them pending: there is no adapter to test */
export function debuggingSuite(built: boolean): void {
	const suite = built ? describe : describe.skip;
	suite("debugging", () => {
		afterEach(cleanUp);

		it("F5 runs the UART sample to its end and shows what it sent", async () => {
			await open("uart-tx.dma");
			const { messages, stop } = record();
			await commands.executeCommand("workbench.action.debug.start");
			await until("the run to end", () =>
				messages.some((message) => isEvent(message) && message.event === "terminated"),
			);
			stop.dispose();
			assert.match(outputOf(messages, "stdout"), /^U{256}\n?$/);
		});

		it("stops at a breakpoint, shows stack and variables, goes on", async () => {
			const editor = await open("uart-tx.dma");
			const line = find(editor, "dma_async_issue_pending(tx)");
			debug.addBreakpoints([new SourceBreakpoint(new Location(fileOf("uart-tx.dma"), line))]);
			const { messages, stop } = record();
			await commands.executeCommand("workbench.action.debug.start");
			const { session, frame } = await stoppedFrame();
			const stack = await stackOf(session, frame.threadId);
			assert.equal(stack[0].name.replace(/\(.*$/, ""), "uart_tx_init");
			assert.equal(stack[0].line, line.line + 1);
			const { result } = await session.customRequest("evaluate", {
				expression: "ret",
				frameId: stack[0].id,
				context: "watch",
			});
			assert.equal(result, "0");
			const state: MachineState = await session.customRequest(CHANNELS_REQUEST);
			const channel = state.channels.find(({ client }) => client !== null);
			assert.ok(channel);
			assert.equal(channel.queues.submitted.length, 1);
			await session.customRequest("continue", { threadId: frame.threadId });
			await until("the run to end", () =>
				messages.some((message) => isEvent(message) && message.event === "terminated"),
			);
			stop.dispose();
		});

		it("shows every error of a wrong scenario in the Problems view", async () => {
			const file = fileOf("wrong.dma");
			await workspace.fs.writeFile(file, new TextEncoder().encode("int a = b;\n\nint f(void)\n{\n\treturn g;\n}\n"));
			await open("wrong.dma");
			// The error that VS Code shows when a launch fails is a dialog, which its test mode turns into an exception.
			await Promise.resolve(commands.executeCommand("workbench.action.debug.start")).catch(() => undefined);
			const problems = await until("two problems", () => {
				const all = languages.getDiagnostics(file);
				return all.length >= 2 && all;
			});
			assert.deepEqual(
				problems.map(({ range, source }) => [range.start.line, range.start.character, source]),
				[
					[0, 8, "dmascope"],
					[4, 8, "dmascope"],
				],
			);
			await workspace.fs.delete(file);
		});

		it("a click in the dashboard selects the channel's thread", async () => {
			const editor = await open("uart-tx.dma");
			const line = find(editor, "if (!wait_for_completion_timeout");
			debug.addBreakpoints([new SourceBreakpoint(new Location(fileOf("uart-tx.dma"), line))]);
			await commands.executeCommand("workbench.action.debug.start");
			const { session } = await stoppedFrame();
			const state: MachineState = await session.customRequest(CHANNELS_REQUEST);
			const channel = state.channels.find(({ client }) => client !== null);
			assert.ok(channel);
			const { threadId } = await session.customRequest("dmascope/focus", { channel: channel.id });
			assert.equal(threadId, channel.threadId);
			await until("the channel to be selected", () => debug.activeStackItem?.threadId === threadId);
		});
	});
}
