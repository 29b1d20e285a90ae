/** The dw-axi-dmac cases of the controllers' reference (controller-cases.json), word for word. */
import text from "./dw-axi-dmac-cases.json";

export interface Lli {
	readonly at: string;
	readonly sar: string;
	readonly dar: string;
	readonly block_ts_lo: string;
	readonly llp: string;
	readonly ctl_lo: string;
	readonly ctl_hi: string;
}

export interface Operation {
	readonly src?: string;
	readonly dst?: string;
	readonly len?: number;
	readonly config?: { readonly dst_addr: string; readonly dst_addr_width: number };
	readonly sg?: readonly (readonly [string, number])[];
	readonly buf?: string;
	readonly period?: number;
	readonly xlate?: readonly number[];
	readonly runBlocks?: number;
	readonly probe?: Readonly<Record<string, number | readonly number[]>>;
}

export interface Case {
	readonly id: string;
	readonly provider: {
		readonly nrChannels: number;
		readonly blockSize: number;
		readonly chan: number;
		readonly lliPool: string;
	};
	readonly ops: readonly Operation[];
	readonly expect: {
		readonly llis?: readonly Lli[];
		readonly lliLens?: readonly number[];
		readonly descLength?: number;
		readonly log?: string;
		readonly writes?: readonly (readonly [string, string])[];
		readonly chanRegBase?: string;
		readonly irq?: readonly {
			readonly block: number;
			readonly intstatus: string;
			readonly chLlp: string;
			readonly matchIndex: number;
			readonly callback: boolean;
			readonly residueAfter: number;
			readonly reEnable: boolean;
		}[];
		readonly txStatus?: Readonly<Record<string, { readonly status: string; readonly residue: number }>>;
		readonly irqCount?: number;
		readonly intstatus?: string;
		/** dwaxi-09: what is built of the list. */
		readonly axiBlockLen?: number;
		readonly slots?: number;
		readonly segmentLen?: number;
		readonly llisBuilt?: number;
		readonly bytesCovered?: number;
		readonly bytesDropped?: number;
		readonly CFG_L?: string;
		readonly CFG_H?: string;
		readonly decoded?: Readonly<Record<string, number>>;
	};
}

export const cases: Readonly<Record<string, Case>> = Object.fromEntries(
	(text as unknown as { cases: Case[] }).cases.map((entry) => [entry.id, entry]),
);
