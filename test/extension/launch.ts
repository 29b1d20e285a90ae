import assert from "node:assert/strict";
import { type DebugConfiguration, debug, workspace } from "vscode";
import { configurationProvider, scenarioProvider } from "../../src/extension/launch";
import { fileOf, open } from "./support";

const empty = { type: "", request: "", name: "" };

async function resolve(configuration: DebugConfiguration): Promise<DebugConfiguration> {
	const resolved = await configurationProvider.resolveDebugConfiguration?.(undefined, configuration);
	assert.ok(resolved);
	return resolved;
}

/** How F5 finds out what to run. */
export function launchSuite(): void {
	describe("launch configurations", () => {
		it("F5 without launch.json runs the scenario in the editor", async () => {
			await open("uart-tx.dma");
			assert.deepEqual(await resolve(empty), {
				type: "dmascope",
				request: "launch",
				name: "DMAscope: uart-tx.dma",
				program: fileOf("uart-tx.dma").fsPath,
			});
		});

		it("keeps what launch.json says", async () => {
			const given = {
				type: "dmascope",
				request: "launch",
				name: "two",
				program: ["a.c", "b.c"],
				seed: 7,
				stopOnEntry: true,
			};
			assert.deepEqual(await resolve(given), given);
		});

		it("fills in the program of an entry that has none", async () => {
			await open("uart-tx.dma");
			const { name, program, test } = await resolve({ type: "dmascope", request: "launch", name: "cases", test: "*" });
			assert.deepEqual({ name, program, test }, { name: "cases", program: fileOf("uart-tx.dma").fsPath, test: "*" });
		});

		it("offers each scenario of the workspace", async () => {
			const folder = workspace.workspaceFolders?.[0];
			const offered = await scenarioProvider.provideDebugConfigurations?.(folder);
			const programs = offered?.map(({ program }) => program);
			assert.ok(programs?.includes(`\${workspaceFolder}/uart-tx.dma`), String(programs));
		});

		it("starts nothing by itself", () => {
			assert.equal(debug.activeDebugSession, undefined);
		});
	});
}
