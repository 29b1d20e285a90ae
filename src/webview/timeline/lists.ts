/** Lists of numbers with several numbers an entry, in rising order of one of them. */

/** Place of the first entry whose number at `offset` is at least `value`; the list's length when there is none. */
export function lowerBound(list: readonly number[], stride: number, offset: number, value: number): number {
	let low = 0;
	let high = list.length / stride;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((list[middle * stride + offset] as number) < value) low = middle + 1;
		else high = middle;
	}
	return low * stride;
}
