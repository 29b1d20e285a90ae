// The VS Code server out of the npm package `code-server`: installs it into .vscode-test/ and starts it. For machines
// that cannot download VS Code, such as most CI; needs python3, make, g++ and, to show it, Chromium.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";

const serverVersion = "4.139.1"; // VS Code 1.139.1
const nodeVersion = "24.21.0";

/** Runs a command quietly; when it fails, with its output and a reason. */
function run(command, args, options) {
	const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", ...options });
	if (status === 0) return;
	throw new Error(`${command} ${args.join(" ")} failed\n${error ?? ""}${stdout ?? ""}${stderr ?? ""}`);
}

/** Installs the server once; returns the paths of its Node and of its main script. */
export function installServer(log = console.log) {
	const platform = `node-${process.platform}-${process.arch}`;
	const folder = resolve(".vscode-test", `server-${serverVersion}`);
	const nodeFolder = join(folder, "node_modules", platform);
	const code = join(folder, "node_modules/code-server/lib/vscode");
	const done = join(folder, "installed");
	const paths = { node: join(nodeFolder, "bin/node"), main: join(code, "out/server-main.js"), version: serverVersion };
	if (existsSync(done)) return paths;
	log(`Installing the VS Code server ${serverVersion} into ${folder} (once, about a minute)`);
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
	const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
	run("npm", ["install", "--ignore-scripts", ...quiet, `code-server@${serverVersion}`, `${platform}@${nodeVersion}`], {
		cwd: folder,
	});
	run("npm", ["install", "--omit=dev", "--ignore-scripts", ...quiet], { cwd: code });
	// The extension host does not come up without these three, which are compiled.
	const env = {
		...process.env,
		npm_config_nodedir: nodeFolder,
		PATH: `${join(nodeFolder, "bin")}:${process.env.PATH}`,
	};
	run("npm", ["rebuild", ...quiet, "@vscode/spdlog", "@vscode/native-watchdog", "@parcel/watcher"], { cwd: code, env });
	writeFileSync(done, "");
	return paths;
}

/** A TCP port that nobody listens on. */
function freePort() {
	return new Promise((settle, fail) => {
		const probe = createServer();
		probe.once("error", fail);
		probe.listen(0, "127.0.0.1", () => {
			const { port } = probe.address();
			probe.close(() => settle(port));
		});
	});
}

/**
 * Starts a server with fresh user data.
 * @param vsix a packaged extension that is installed into it first
 * @returns its port, a function that makes the workbench's address, and one that stops it
 */
export async function startServer({
	dataFolder = ".vscode-test/data",
	settings = {},
	vsix = "",
	log = console.log,
} = {}) {
	const { node, main } = installServer(log);
	const data = resolve(dataFolder);
	rmSync(data, { recursive: true, force: true });
	const folders = ["--server-data-dir", data, "--extensions-dir", join(data, "extensions")];
	if (vsix) run(node, [main, "--accept-server-license-terms", ...folders, "--install-extension", resolve(vsix)]);
	mkdirSync(join(data, "data/Machine"), { recursive: true });
	const quiet = {
		"telemetry.telemetryLevel": "off",
		"workbench.startupEditor": "none",
		"chat.disableAIFeatures": true,
		"workbench.secondarySideBar.defaultVisibility": "hidden",
		...settings,
	};
	writeFileSync(join(data, "data/Machine/settings.json"), JSON.stringify(quiet));
	const port = await freePort();
	const options = [
		"--host",
		"127.0.0.1",
		"--port",
		String(port),
		"--without-connection-token",
		"--telemetry-level",
		"off",
	];
	options.push("--accept-server-license-terms", "--enable-smoke-test-driver", "--disable-workspace-trust");
	options.push(...folders);
	const child = spawn(node, [main, ...options], { stdio: ["ignore", "pipe", "pipe"] });
	let output = "";
	await new Promise((settle, fail) => {
		const timer = setTimeout(() => fail(new Error(`the VS Code server did not come up\n${output}`)), 60_000);
		const hear = (chunk) => {
			output += chunk;
			if (!output.includes("Extension host agent listening")) return;
			clearTimeout(timer);
			settle(undefined);
		};
		child.stdout.on("data", hear);
		child.stderr.on("data", hear);
		child.once("exit", (code) => {
			clearTimeout(timer);
			fail(new Error(`the VS Code server ended with ${code}\n${output}`));
		});
	});
	const remote = (path) => `vscode-remote://127.0.0.1:${port}${resolve(path)}`;
	return {
		port,
		/**
		 * The workbench, with this checkout's extension unless a packaged one was installed: `tests` is a module whose
		 * run() is called in the extension host.
		 */
		address({ folder, extension = ".", file, tests }) {
			const payload = [["skipWelcome", "true"]];
			if (!vsix) payload.push(["extensionDevelopmentPath", remote(extension)]);
			if (file) payload.push(["openFile", remote(file)]);
			if (tests) payload.push(["extensionTestsPath", remote(tests)]);
			const query = `folder=${encodeURIComponent(resolve(folder))}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
			return `http://127.0.0.1:${port}/?${query}`;
		},
		stop() {
			if (child.exitCode !== null) return Promise.resolve();
			return new Promise((settle) => {
				child.once("exit", () => settle(undefined));
				child.kill();
			});
		},
	};
}

/** The first Chromium or Chrome of the machine. */
export function findChromium() {
	const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
	const found = [process.env.CHROMIUM, ...places].find((path) => path && existsSync(path));
	if (!found) throw new Error("Chromium is needed: apt-get install chromium, or name one in CHROMIUM");
	return found;
}

/** What Chromium needs to run as root, without a screen and without calling home. */
export const chromiumArguments = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];
