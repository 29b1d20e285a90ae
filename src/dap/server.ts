/** The adapter over stdio or TCP. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { launch } from "../session/launch";
import { Adapter, type AdapterHost } from "./adapter";
import { connect } from "./wire";

function readFile(path: string): string | null {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return null;
	}
}

/** Serves one client over a pair of streams. */
export function serve(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, exit: () => void): Adapter {
	const host: AdapterHost = { readFile, launch, exit };
	const wire = connect(input, output, {
		onMessage: (message) => adapter.receive(message),
		onGarbage: (detail) => adapter.refuseGarbage(0, detail),
		onClose: () => {
			adapter.loop.stop();
			exit();
		},
	});
	const adapter: Adapter = new Adapter(wire, host);
	return adapter;
}

/** The adapter on stdin and stdout; the process ends with the client. */
export function startAdapterOnStdio(): void {
	serve(process.stdin, process.stdout, () => process.exit(0));
}

/** The adapter on a TCP port of this machine, one session a connection. Resolves when it listens. */
export function startAdapterOnPort(port: number): Promise<Server> {
	const server = createServer((socket) => {
		serve(socket, socket, () => socket.end());
	});
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, "127.0.0.1", () => resolve(server));
	});
}
