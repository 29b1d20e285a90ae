import { join } from "node:path";

// The adapter is part of the command, which has the simulator already: the extension need not bring it twice.
process.argv.splice(2, 0, "dap");
require(join(__dirname, "cli.js"));
