/** The stacks of threads and channels as a front end sees them, with numbers for their frames. */

import type { Kernel } from "../kernel/kernel";
import { type FrameInfo, SessionError, type SourceRef } from "./api";
import { type BeatCursor, channelFrames } from "./channel-frames";
import { type ChannelEntry, listChannels } from "./channels";
import type { CodeMap } from "./code-map";
import { type FrameKey, type FrameSource, type StackFrame, threadFrames } from "./frames";
import { Pages } from "./loaded-sources";
import { frameFunction, framePc } from "./position";
import { kernelThreadOf } from "./threads";

/** Frames a stack shows at most. */
const MOST_FRAMES = 1000;

/** A frame that the front end has a number for, and what it looked like then. */
interface KnownFrame {
	readonly key: FrameKey;
	readonly identity: string;
}

export class Stacks {
	private known: KnownFrame[] = [];
	private readonly pages: Pages;

	constructor(
		private readonly k: Kernel,
		private readonly code: CodeMap,
	) {
		this.pages = new Pages(k);
	}

	/** The frames of a thread or channel, innermost first. Throws SessionError. */
	frames(threadId: number, cursor: BeatCursor | null): FrameInfo[] {
		const thread = kernelThreadOf(this.k, threadId);
		const entry = thread ? null : this.channelOf(threadId);
		if (!thread && !entry) throw new SessionError("There is no such thread.");
		const frames = thread
			? threadFrames(this.k, thread, this.code)
			: channelFrames(entry as ChannelEntry, this.code, cursor);
		return frames.slice(0, MOST_FRAMES).map((frame) => this.frameInfo(frame));
	}

	/** The channel that a front end knows as this thread. */
	channelOf(threadId: number): ChannelEntry | null {
		return listChannels(this.k).find((entry) => entry.threadId === threadId) ?? null;
	}

	/** The frame of a number; without one, the innermost of the thread that has the CPU. Throws SessionError. */
	key(id: number | null): FrameKey {
		if (id === null) return this.current();
		const known = this.known[id - 1];
		if (!known || this.identityOf(known.key) !== known.identity)
			throw new SessionError("This frame is from an earlier stop and no longer exists.");
		return known.key;
	}

	current(): FrameKey {
		const { current } = this.k;
		return { kind: "kernel", thread: current.id, index: current.stack.depth - 1 };
	}

	/** The machine runs on: numbers end here. */
	forget(): void {
		this.known = [];
	}

	/** Text of a page that frames name. Throws SessionError. */
	page(reference: number): string {
		const text = this.pages.text(reference);
		if (text === null) throw new SessionError("There is no such page.");
		return text;
	}

	shownPages(): SourceRef[] {
		return this.pages.all.map(({ reference, name }): SourceRef => ({ kind: "page", reference, name }));
	}

	private frameInfo({ key, name, source, presentation, instruction }: StackFrame): FrameInfo {
		const id = this.known.push({ key, identity: this.identityOf(key) });
		const line = source.kind === "none" ? 0 : source.line;
		const column = source.kind === "none" ? 0 : source.column;
		const item = key.kind === "channel" ? instruction : 0;
		return { id, name, source: this.sourceRef(source), line, column, hint: presentation, item };
	}

	private sourceRef(source: FrameSource): FrameInfo["source"] {
		if (source.kind === "none") return null;
		if (source.kind === "file") return { kind: "file", path: source.path };
		return { kind: "page", reference: this.pages.reference(source.page), name: source.page };
	}

	/** What tells a frame from another one at its place. */
	private identityOf(key: FrameKey): string {
		if (key.kind === "channel") return key.channel;
		const stack = this.k.state.threads[key.thread]?.stack;
		if (!stack || key.index >= stack.depth) return "";
		return `${frameFunction(stack, key.index)} ${framePc(stack, key.index)}`;
	}
}
