/**
 * The C text that stands before every scenario: types, macros, structs of the kernel's headers, then the prototypes of
 * the kernel functions. Structs that are used by value must come before their users.
 */
import { allFunctions } from "./all-functions";
import { basicHeaders } from "./lib";
import { dmaHeaders } from "./dmaengine";

const headers: readonly string[] = [...basicHeaders, ...dmaHeaders];

/** Declarations of everything that the kernel offers to C. */
export const preludeText: string = [
	...headers,
	...allFunctions.map((fn) => `${fn.signature.prototype};`),
	"",
].join("\n");
