import { readFileSync } from "node:fs";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { boardNames, boardSource, DEFAULT_BOARD } from "../board/boards";
import { kernelDocs } from "../kernel/docs";
import { preludeText } from "../kernel/prelude";
import { startServer } from "../lsp/server";
import type { Services } from "../lsp/services";
import { PAGE_REQUEST, TESTS_REQUEST } from "../messages/language";
import { kernelPrelude } from "../session/kernel-prelude";
import { checkFiles } from "../session/load";

/** How a client is reached, on the command line. */
const CHANNEL = /^--(stdio|node-ipc|pipe|socket)/;

/** Serves one client: over standard input and output unless the command line names Node's IPC, a pipe or a socket. */
export function startLanguageServer(): void {
	if (!process.argv.some((word) => CHANNEL.test(word))) process.argv.push("--stdio");
	const services: Services = {
		prelude: kernelPrelude(),
		preludeText,
		docs: kernelDocs,
		boards: boardNames(),
		boardSource,
		defaultBoard: DEFAULT_BOARD,
		readFile: (path) => {
			try {
				return readFileSync(path, "utf8");
			} catch {
				return null;
			}
		},
		check: (path, readFile) => checkFiles({ program: [path] }, { readFile }),
	};
	startServer(createConnection(ProposedFeatures.all), services, { tests: TESTS_REQUEST, page: PAGE_REQUEST });
}
