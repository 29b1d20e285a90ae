/** The sim_ functions of language.md section 6. */
export { simFunctions, simHeader } from "./functions";
export { heldTexts, releaseHolds } from "./holds";
export { createSimState, type SimState } from "./state";
