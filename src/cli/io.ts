/** The world of the command: what a test replaces. */
export interface Io {
	stdout(text: string): void;
	stderr(text: string): void;
	/** The text of a file, null when it cannot be read. */
	readFile(path: string): string | null;
	/** Throws when the file cannot be written. */
	writeFile(path: string, text: string): void;
}
