/** Writes docs/registers (`npm run docs:registers`). */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { registerPages } from "./register-pages";

const FOLDER = "docs/registers";

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
for (const [name, text] of registerPages()) writeFileSync(`${FOLDER}/${name}`, text);
console.log(`${registerPages().size} pages in ${FOLDER}`);
