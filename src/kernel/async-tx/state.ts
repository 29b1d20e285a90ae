export interface AsyncTxState {
	/** The module has been loaded: it is a public client of dmaengine from then on. */
	loaded: boolean;
	/** struct page of the page that takes a P or Q which nobody wants, in the synchronous path. */
	scribblePage: number;
}
export const createAsyncTxState = (): AsyncTxState => ({ loaded: false, scribblePage: 0 });
