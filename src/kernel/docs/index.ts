/**
 * Short texts about kernel names, for hovers and completion lists. Written for this project from what the functions do
 * here (reference: core-semantics), not taken from the kernel's documentation. A name without a text has its
 * declaration only.
 */
import { asyncTxDocs } from "./async-tx";
import { dmaMappingDocs } from "./dma-mapping";
import { dmaengineClientDocs } from "./dmaengine-client";
import { dmaengineProviderDocs } from "./dmaengine-provider";
import { fileDocs } from "./files";
import { kunitDocs } from "./kunit";
import { completionDocs, moduleDocs, simDocs } from "./others";
import { regmapDocs } from "./regmap";
import { serialDocs } from "./serial";

/** Markdown by name; struct texts are under the tag alone. */
export const kernelDocs: Readonly<Record<string, string>> = {
	...asyncTxDocs,
	...completionDocs,
	...dmaengineClientDocs,
	...dmaengineProviderDocs,
	...dmaMappingDocs,
	...fileDocs,
	...kunitDocs,
	...moduleDocs,
	...regmapDocs,
	...serialDocs,
	...simDocs,
};
