import { join } from "node:path";

// The language server is part of the command, which has the compiler and the kernel already.
process.argv.splice(2, 0, "lsp");
require(join(__dirname, "cli.js"));
