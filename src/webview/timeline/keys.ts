/** What keys mean in the time line. */

export type Command =
	| { readonly do: "row"; readonly by: number }
	| { readonly do: "event"; readonly last: boolean }
	| { readonly do: "pan"; readonly part: number }
	| { readonly do: "zoom"; readonly factor: number }
	| { readonly do: "start" | "end" | "fit" | "follow" | "open" | "leave" };

/** Part of the view by which it pans, and the factor by which it zooms in. */
export const PAN = 0.2;
export const ZOOM = 0.5;

/** The command of a key; null when it means nothing here. */
export function commandOf({ key, shiftKey, ctrlKey, altKey, metaKey }: Readonly<KeyPress>): Command | null {
	if (ctrlKey || altKey || metaKey) return null;
	switch (key) {
		case "ArrowUp":
			return { do: "row", by: -1 };
		case "ArrowDown":
			return { do: "row", by: 1 };
		case "ArrowLeft":
			return shiftKey ? { do: "pan", part: -PAN } : { do: "event", last: true };
		case "ArrowRight":
			return shiftKey ? { do: "pan", part: PAN } : { do: "event", last: false };
		case "PageUp":
			return { do: "pan", part: -1 };
		case "PageDown":
			return { do: "pan", part: 1 };
		case "Home":
			return { do: "start" };
		case "End":
			return { do: "end" };
		case "+":
		case "=":
			return { do: "zoom", factor: ZOOM };
		case "-":
		case "_":
			return { do: "zoom", factor: 1 / ZOOM };
		case "0":
			return { do: "fit" };
		case "f":
		case "F":
			return { do: "follow" };
		case "Enter":
		case " ":
			return { do: "open" };
		case "Escape":
			return { do: "leave" };
		default:
			return null;
	}
}

export interface KeyPress {
	key: string;
	shiftKey: boolean;
	ctrlKey: boolean;
	altKey: boolean;
	metaKey: boolean;
}
