import type { Command } from "../arguments";
import { breakpointHandlers } from "./breakpoints";
import { dashboardHandlers } from "./dashboard";
import { deviceHandlers } from "./devices";
import type { HandlersOf } from "./handler";
import { lifecycleHandlers } from "./lifecycle";
import { lookHandlers } from "./look";
import { memoryHandlers } from "./memory";
import { runHandlers } from "./run";

/** Every request that the adapter knows; the type makes a missing one an error. */
export const handlers: HandlersOf<Command> = {
	...lifecycleHandlers,
	...breakpointHandlers,
	...runHandlers,
	...lookHandlers,
	...memoryHandlers,
	...dashboardHandlers,
	...deviceHandlers,
};
