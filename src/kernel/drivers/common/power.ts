/** Clock, reset line and runtime power in a driver's probe. */
import { EPROBE_DEFER, isErr } from "../../dmaengine/constants";
import { callPlain, devErr } from "../../dmaengine/external";
import { call, goto, next, type Step, step } from "../../functions";
import type { Kernel } from "../../kernel";

/** Gets the device's clock and enables it: the clock, or an errno. One that may still come is not complained about. */
export function enableClock(k: Kernel, dev: number, complaint: string): number {
	const clk = callPlain(k, "devm_clk_get", dev, 0);
	if (!isErr(clk)) callPlain(k, "clk_prepare_enable", clk);
	else if (clk !== -EPROBE_DEFER) devErr(k, dev, `error -ENOENT: ${complaint}\n`);
	return clk;
}

/**
 * Steps that pulse the reset line of `f.locals.dev`; without one it goes on at step `after`. A line that may still come
 * leads to step "failed", with the errno in `f.locals.error`.
 */
export const resetPulse = (after: string): Record<string, Step> => ({
	reset: step("Pulse the reset line for 2 µs, where there is one.", (k, f) => {
		const reset = callPlain(k, "devm_reset_control_get", f.locals.dev, 0);
		f.locals.reset = reset;
		f.locals.error = reset;
		if (reset === -EPROBE_DEFER) return goto("failed");
		if (isErr(reset)) return goto(after);
		callPlain(k, "reset_control_assert", reset);
		return call("udelay", [2]);
	}),
	release: step("Out of reset.", (k, f) => {
		callPlain(k, "reset_control_deassert", f.locals.reset);
		return next;
	}),
});

/** The end of a probe: the device is powered, and may sleep while nobody uses it. */
export function mayRest(k: Kernel, dev: number): void {
	for (const call of ["pm_runtime_set_active", "pm_runtime_enable", "pm_runtime_get_noresume", "pm_runtime_put"])
		callPlain(k, call, dev);
}
