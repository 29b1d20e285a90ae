/** What the pointer or the keyboard points at, in a box beside it. */
import { make } from "../element";

export class Tooltip {
	readonly element = make("div", "tooltip");
	private readonly head = make("div", "head");
	private readonly lines = make("ul");

	constructor() {
		this.element.setAttribute("role", "tooltip");
		this.element.hidden = true;
		this.element.append(this.head, this.lines);
	}

	/** Shows a title and lines at a place of the window, inside of it. */
	show(x: number, y: number, title: string, lines: readonly string[]): void {
		const { element } = this;
		this.head.textContent = title;
		this.lines.replaceChildren(...lines.map((line) => make("li", "", line)));
		element.hidden = false;
		const { width, height } = element.getBoundingClientRect();
		const left = x + 14 + width > window.innerWidth ? Math.max(2, x - width - 10) : x + 14;
		const top = y + 18 + height > window.innerHeight ? Math.max(2, y - height - 10) : y + 18;
		element.style.left = `${left}px`;
		element.style.top = `${top}px`;
	}

	hide(): void {
		this.element.hidden = true;
	}
}
