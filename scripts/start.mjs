// `npm start`: VS Code with this extension and the samples. The desktop program when there is one, else the VS Code
// server in the browser. Usage: node scripts/start.mjs [--server]
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { startServer } from "./vscode-server.mjs";

spawnSync(process.execPath, ["scripts/build.mjs"], { stdio: "inherit" });

const desktop =
	!process.argv.includes("--server") &&
	spawnSync("code", ["--version"], { shell: process.platform === "win32", stdio: "ignore" }).status === 0;
if (desktop) {
	const options = [`--extensionDevelopmentPath=${resolve(".")}`, resolve("samples"), resolve("samples/uart-tx.dma")];
	process.exitCode = spawnSync("code", options, { shell: process.platform === "win32", stdio: "inherit" }).status ?? 1;
} else {
	const server = await startServer({ dataFolder: ".vscode-test/start-data" });
	console.log(
		`VS Code with DMAscope (Ctrl+C ends it):\n${server.address({ folder: "samples", file: "samples/uart-tx.dma" })}`,
	);
	const stop = () => void server.stop();
	process.once("SIGINT", stop);
	process.once("SIGTERM", stop);
}
