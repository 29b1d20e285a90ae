/** Everything that dmaengine and dma-mapping add to the kernel. */
import { coherentFunctions } from "../dma-mapping/coherent";
import { kfifoDmaFunctions, kfifoDmaHeader } from "../dma-mapping/kfifo-dma";
import { mappingFunctions, mappingHeader } from "../dma-mapping/mapping";
import { scatterlistFunctions, scatterlistHeader } from "../dma-mapping/scatterlist";
import type { KernelFunction } from "../functions";
import { clientFunctions } from "./client";
import { clientPlainFunctions } from "./client-plain";
import { cookieFunctions } from "./cookies";
import { channelFunctions } from "./core-channels";
import { registerFunctions } from "./core-register";
import { requestFunctions } from "./core-request";
import { waitFunctions } from "./core-wait";
import { summaryFunctions } from "./files";
import { dmaengineHeader } from "./header";
import { ofDmaFunctions } from "./of-dma";
import { publicFunctions } from "./public-channels";
import { unmapFunctions } from "./unmap-data";
import { virtDmaFunctions } from "./virt-dma";

export const dmaFunctions: KernelFunction[] = [
	...clientFunctions,
	...clientPlainFunctions,
	...cookieFunctions,
	...channelFunctions,
	...requestFunctions,
	...registerFunctions,
	...publicFunctions,
	...waitFunctions,
	...unmapFunctions,
	...virtDmaFunctions,
	...ofDmaFunctions,
	...summaryFunctions,
	...scatterlistFunctions,
	...kfifoDmaFunctions,
	...mappingFunctions,
	...coherentFunctions,
];

/** Behind the headers of lists, locks, tasklets, devices and the devicetree. */
export const dmaHeaders: readonly string[] = [mappingHeader, scatterlistHeader, kfifoDmaHeader, dmaengineHeader];
