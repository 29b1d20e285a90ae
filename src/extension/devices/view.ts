import {
	commands,
	type DebugSession,
	Disposable,
	debug,
	EventEmitter,
	env,
	l10n,
	Range,
	ThemeIcon,
	type TreeDataProvider,
	TreeItem,
	TreeItemCollapsibleState,
	type TreeView,
	Uri,
	window,
} from "vscode";
import {
	DEVICES_REQUEST,
	type DevicesMessage,
	type PlaceMessage,
	REGISTERS_REQUEST,
	type RegistersArguments,
	type RegistersMessage,
} from "../../messages/devices";
import { PAGE_SCHEME } from "../../messages/language";
import { FOCUS_REQUEST, type FocusArguments, STATE_EVENT } from "../../messages/state";
import { DEBUG_TYPE } from "../launch";
import { uriOf } from "../problems";
import { Changes } from "./changes";
import { type DeviceItem, deviceItems } from "./items";

/** The view "DMA Devices": asks the session's adapter at each stop, and shows that stop until the next one. */
export class DevicesView implements TreeDataProvider<DeviceItem> {
	private readonly changed = new EventEmitter<undefined>();
	readonly onDidChangeTreeData = this.changed.event;
	/** As of the last stop. */
	private items: readonly DeviceItem[] = [];
	private readonly changes = new Changes();
	/** Of the machine, when it was told of last. */
	private time: unknown;
	private view: TreeView<DeviceItem> | undefined;
	/** The session whose devices are shown. */
	private shown: DebugSession | undefined;

	subscribe(): Disposable {
		this.view = window.createTreeView("dmascope.devices", { treeDataProvider: this, showCollapseAll: true });
		const command = (name: string, run: (item: DeviceItem) => unknown): Disposable =>
			commands.registerCommand(`dmascope.devices.${name}`, run);
		return Disposable.from(
			this.view,
			this.changed,
			debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
				if (session.type === DEBUG_TYPE && event === STATE_EVENT) this.hear(session, body);
			}),
			debug.onDidChangeActiveDebugSession(() => void this.refresh()),
			debug.onDidTerminateDebugSession((session) => {
				if (session === this.shown) this.show(undefined, []);
			}),
			command("refresh", () => this.refresh()),
			command("copy", (item) => env.clipboard.writeText(item.copies ?? item.description ?? item.label)),
			command("goToNode", (item) => item.node && this.open(item.node)),
			command("goToPrep", (item) => item.prepared && this.open(item.prepared)),
			command("select", (item) => this.select(item)),
		);
	}

	getTreeItem(item: DeviceItem): TreeItem {
		const { None, Collapsed, Expanded } = TreeItemCollapsibleState;
		const changed = this.changes.see(item.id, item.description ?? "");
		const label = { label: item.label, highlights: changed ? [[0, item.label.length] as [number, number]] : [] };
		const tree = new TreeItem(label, item.children ? (item.open ? Expanded : Collapsed) : None);
		tree.id = item.id;
		if (item.description !== undefined) tree.description = item.description;
		if (item.tooltip !== undefined) tree.tooltip = item.tooltip;
		if (item.icon !== undefined) tree.iconPath = new ThemeIcon(item.icon);
		const can = ["copy", item.node && "node", item.prepared && "prepared", item.channel && "channel"];
		tree.contextValue = can.filter(Boolean).join(" ");
		return tree;
	}

	async getChildren(item?: DeviceItem): Promise<DeviceItem[]> {
		if (!item) return [...this.items];
		try {
			return [...((await item.children?.()) ?? [])];
		} catch {
			// The machine has gone on meanwhile: the next stop brings the answer.
			return [];
		}
	}

	private hear(
		session: DebugSession,
		body: { readonly running?: unknown; readonly timeNs?: unknown } | undefined,
	): void {
		if (session !== debug.activeDebugSession) return;
		// One stop may be told of more than once.
		if (body?.timeNs !== this.time) this.changes.nextStop();
		this.time = body?.timeNs;
		if (body?.running !== true) void this.refresh();
		else if (this.view && this.items.length > 0) this.view.message = l10n.t("Running: as of the last stop.");
	}

	private async refresh(): Promise<void> {
		const session = debug.activeDebugSession;
		if (session?.type !== DEBUG_TYPE) {
			this.show(undefined, []);
			return;
		}
		try {
			const devices: DevicesMessage = await session.customRequest(DEVICES_REQUEST);
			if (session !== debug.activeDebugSession) return;
			const ask = async (device: string, channel?: number) => {
				const request: RegistersArguments = channel === undefined ? { device } : { device, channel };
				const answer: RegistersMessage = await session.customRequest(REGISTERS_REQUEST, request);
				return answer.registers;
			};
			this.show(session, deviceItems(devices, ask));
		} catch {
			// Not launched yet, running or ended: what is shown stays, unless it is another session's.
			if (session !== this.shown) this.show(undefined, []);
		}
	}

	private show(session: DebugSession | undefined, items: readonly DeviceItem[]): void {
		if (session !== this.shown) this.changes.forget();
		this.shown = session;
		this.items = items;
		if (this.view) this.view.message = "";
		this.changed.fire(undefined);
	}

	private open(place: PlaceMessage): Thenable<void> | undefined {
		return this.shown && open(this.shown, place);
	}

	/** Selects a channel in the call stack; see FOCUS_REQUEST for how. */
	private async select({ channel }: DeviceItem): Promise<void> {
		if (channel === undefined) return;
		const request: FocusArguments = { channel };
		try {
			await this.shown?.customRequest(FOCUS_REQUEST, request);
		} catch (error) {
			void window.showInformationMessage(error instanceof Error ? error.message : String(error));
		}
	}
}

/** Shows a line: of a file, or of a built-in board's read-only page. */
async function open(session: DebugSession, { file, line, builtin }: PlaceMessage): Promise<void> {
	const uri = builtin ? Uri.from({ scheme: PAGE_SCHEME, path: `/${file}` }) : uriOf(session, file);
	const at = new Range(line - 1, 0, line - 1, 0);
	await window.showTextDocument(uri, { selection: at, preserveFocus: false });
}
