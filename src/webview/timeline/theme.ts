/** Colours of the drawing: those of the editor's theme, by custom properties that dashboard.css sets. */

const NAMES = [
	"foreground",
	"muted",
	"grid",
	"background",
	"process",
	"softirq",
	"hardirq",
	"running",
	"paused",
	"error",
	"burst",
	"throughput",
	"issued",
	"submitted",
	"fifo",
	"client",
	"hardware",
	"complete",
	"terminate",
	"log",
] as const;
type Name = (typeof NAMES)[number];

export interface Theme extends Readonly<Record<Name, string>> {
	readonly font: string;
	/** Strength of the fill of states, 0 to 1: high contrast themes draw outlines instead. */
	readonly fill: number;
	readonly outline: boolean;
}

export function readTheme(element: HTMLElement): Theme {
	const style = getComputedStyle(element);
	const colours = {} as Record<Name, string>;
	for (const name of NAMES) colours[name] = style.getPropertyValue(`--timeline-${name}`).trim() || style.color;
	const outline = style.getPropertyValue("--timeline-outline").trim() === "1";
	return { ...colours, font: `11px ${style.fontFamily}`, fill: outline ? 0.25 : 0.4, outline };
}
