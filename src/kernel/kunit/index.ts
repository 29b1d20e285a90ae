/** KUnit (lib/kunit): suites of the loaded modules, run in the machine. */
export { kunitFunctions } from "./functions";
export { kunitHeader } from "./header";
export { failedCaseTexts } from "./outcome";
export { startCase, startKunit } from "./run-suites";
export { createKunitState, type KunitFailure, type KunitResult, type KunitState } from "./state";
export { type CaseInfo, listSuites, registerSuites, type SuiteInfo, unregisterSuites } from "./suites";
