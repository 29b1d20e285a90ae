/** File URIs and paths, without Node. Paths have forward slashes; other schemes stay as they are. */

/** The path of a file URI; any other URI is its own path. */
export function pathOf(uri: string): string {
	const match = /^file:\/\/([^/]*)(\/.*)$/.exec(uri);
	if (!match) return uri;
	const [, host = "", encoded = ""] = match;
	let path = encoded;
	try {
		path = decodeURIComponent(encoded);
	} catch {
		// a stray % is itself
	}
	if (host !== "") return `//${host}${path}`;
	return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
}

/** The URI of a path, as VS Code writes it. */
export function uriOf(path: string): string {
	if (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(path)) return path;
	const slashed = path.replaceAll("\\", "/");
	const drive = /^[A-Za-z]:/.test(slashed);
	const encoded = (drive ? `/${slashed[0]!.toLowerCase()}${slashed.slice(1)}` : slashed)
		.split("/")
		.map((part) =>
			encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
		)
		.join("/");
	return encoded.startsWith("//") ? `file:${encoded}` : `file://${encoded}`;
}
