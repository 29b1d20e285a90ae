/** Small helpers that make elements: the page's policy allows no HTML out of strings. */

export function make<K extends keyof HTMLElementTagNameMap>(
	tag: K,
	className = "",
	text = "",
): HTMLElementTagNameMap[K] {
	const element = document.createElement(tag);
	if (className) element.className = className;
	if (text) element.textContent = text;
	return element;
}

export function setText(element: HTMLElement, text: string): void {
	if (element.textContent !== text) element.textContent = text;
}

export function setTitle(element: HTMLElement, title: string): void {
	if (element.title !== title) element.title = title;
}

export function setClass(element: HTMLElement, className: string): void {
	if (element.className !== className) element.className = className;
}

export function setLabel(element: HTMLElement, label: string): void {
	if (element.ariaLabel !== label) element.ariaLabel = label;
}
