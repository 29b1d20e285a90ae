/** Buttons above the tracks, and what the colours mean. */
import { make, setText } from "../element";
import { duration, moment } from "./ticks";
import type { View } from "./view";

export interface ToolbarActions {
	zoom(factor: number): void;
	fit(): void;
	follow(): void;
	graphs(): void;
}

/** Name, and the class that gives it its colour in dashboard.css. */
const LEGEND = [
	["process", "process"],
	["softirq", "softirq"],
	["interrupt", "hardirq"],
	["channel runs", "running"],
	["burst", "burst"],
	["paused", "paused"],
	["error", "error"],
	["client call", "client"],
	["start", "hardware"],
	["complete, callback", "complete"],
	["terminate, pause", "terminate"],
] as const;

export class Toolbar {
	readonly element = make("div", "toolbar");
	readonly legend = make("ul", "legend");
	private readonly fit: HTMLButtonElement;
	private readonly follow: HTMLButtonElement;
	private readonly graphs: HTMLButtonElement;
	private readonly range = make("span", "range");

	constructor(actions: ToolbarActions) {
		this.element.setAttribute("role", "toolbar");
		this.element.ariaLabel = "Time line";
		const button = (text: string, title: string, action: () => void) => {
			const made = make("button", "", text);
			made.type = "button";
			made.title = title;
			made.addEventListener("click", action);
			return made;
		};
		const out = button("−", "Zoom out (-)", () => actions.zoom(2));
		out.ariaLabel = "Zoom out";
		const into = button("+", "Zoom in (+)", () => actions.zoom(0.5));
		into.ariaLabel = "Zoom in";
		this.fit = button("Fit", "All that was observed (0)", () => actions.fit());
		this.follow = button("Follow", "Keep the newest moment in view (F)", () => actions.follow());
		this.graphs = button("Graphs", "Show throughput, queues and FIFOs", () => actions.graphs());
		this.element.append(out, into, this.fit, this.follow, this.graphs, this.range);
		this.legend.ariaHidden = "true";
		for (const [name, colour] of LEGEND) {
			const entry = this.legend.appendChild(make("li"));
			entry.append(make("span", `swatch ${colour}`), make("span", "", name));
		}
	}

	show(mode: string, graphs: boolean, view: View): void {
		for (const [button, on] of [
			[this.fit, mode === "fit"],
			[this.follow, mode === "follow"],
			[this.graphs, graphs],
		] as const)
			if (button.ariaPressed !== String(on)) button.ariaPressed = String(on);
		const span = view.to - view.from;
		const step = 10 ** Math.floor(Math.log10(span / 100));
		setText(this.range, `${moment(view.from, step, view.to)} – ${moment(view.to, step)} (${duration(span)})`);
	}
}
