/** Devices of a recording's machine that our board has under another name, by the recording's controller. */
const STAND_INS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	// Two of the three PL330s of an Exynos4210.
	pl330: { "12850000.dma-controller": "f8003000.dma-controller" },
	"pl330-pdma": { "12690000.dma-controller": "f8003000.dma-controller" },
};

/** A text of the recording with the names that its devices have here. */
export function standIn(controller: string, text: string): string {
	return Object.entries(STAND_INS[controller] ?? {}).reduce(
		(said, [there, here]) => said.replaceAll(there, here),
		text,
	);
}
