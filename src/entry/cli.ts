import { readFileSync, writeFileSync } from "node:fs";
import { main } from "../cli/main";

// Somebody who reads only the first lines (head, less) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

function readFile(path: string): string | null {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return null;
	}
}

const [command, ...rest] = process.argv.slice(2);
if (command === "lsp" && !rest.includes("--help") && !rest.includes("-h")) {
	void import("./language-server").then(({ startLanguageServer }) => startLanguageServer());
} else {
	void main(process.argv.slice(2), {
		stdout: (text) => void process.stdout.write(text),
		stderr: (text) => void process.stderr.write(text),
		readFile,
		writeFile: (path, text) => writeFileSync(path, text),
	}).then((status) => {
		process.exitCode = status;
	});
}
