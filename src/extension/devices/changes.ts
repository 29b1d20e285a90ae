/** Which values differ from those of the last stop at which they were in sight. */
export class Changes {
	private before = new Map<string, string>();
	private now = new Map<string, string>();

	/** Another stop: what is in sight now is what the next values are compared with. */
	nextStop(): void {
		for (const [id, value] of this.now) this.before.set(id, value);
		this.now = new Map();
	}

	/** Another machine: nothing is known of it. */
	forget(): void {
		this.before = new Map();
		this.now = new Map();
	}

	/** Notes a value that is shown; whether it has changed. */
	see(id: string, value: string): boolean {
		this.now.set(id, value);
		const before = this.before.get(id);
		return before !== undefined && before !== value;
	}
}
