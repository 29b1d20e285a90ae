/** Writes docs/registers and docs/knobs.md (`npm run docs:registers`). */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { knobPage } from "./knob-page";
import { registerPages } from "./register-pages";

const FOLDER = "docs/registers";
const pages = registerPages();

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
for (const [name, text] of pages) writeFileSync(`${FOLDER}/${name}`, text);
writeFileSync("docs/knobs.md", knobPage());
console.log(`${pages.size} pages in ${FOLDER}, and docs/knobs.md`);
