import { startAdapterOnStdio } from "../dap/server";

startAdapterOnStdio();
