// Adds to package-lock.json the optional packages of other platforms that `npm install` left out, because the registry
// it was run against does not carry them. Without them `npm ci` refuses the lock file. Run after changing dependencies.
import { readFileSync, writeFileSync } from "node:fs";

const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
let added = 0;
for (const entry of Object.values(lock.packages)) {
	for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
		const path = `node_modules/${name}`;
		const words = name.split(/[-/]/);
		const os = systems.find((system) => words.includes(system));
		const cpu = processors.find((processor) => words.includes(processor));
		if (lock.packages[path] || !os || !cpu || !/^\d/.test(version)) continue;
		const libc = words.includes("musl") ? "musl" : os === "linux" ? "glibc" : undefined;
		lock.packages[path] = { version, cpu: [cpu], dev: true, ...(libc && { libc: [libc] }), optional: true, os: [os] };
		added++;
	}
}
const sorted = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync("package-lock.json", `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`);
console.log(`${added} optional packages added`);
