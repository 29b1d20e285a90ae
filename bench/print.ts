/** One measured line. `baseline` is what it is held against: a target, or a yardstick run in the same process. */
export function print(name: string, value: number, unit: string, baseline: number): void {
	const rounded = (n: number): number => Number(n.toPrecision(4));
	console.log(
		JSON.stringify({
			name,
			value: rounded(value),
			unit,
			baseline: rounded(baseline),
			ratio: rounded(value / baseline),
		}),
	);
}
