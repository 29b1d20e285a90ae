/**
 * Memory-to-memory bursts of 128 bytes through dw-axi-dmac, nothing observing, beside the DMA of `rp2040js` in the same
 * process (targets: 5 M bursts/s and ten times its bytes).
 */

import { BURST_BYTES, burstsPerSecond, createCopier } from "./copy";
import { print } from "./print";
import { rp2040BytesPerSecond } from "./rp2040";

const best = burstsPerSecond(createCopier());
const yardstick = rp2040BytesPerSecond(65536, 40);
print("dw-axi-dmac mem-to-mem bursts of 128 bytes", best, "bursts/s", 5e6);
print("dw-axi-dmac mem-to-mem beside rp2040js", best * BURST_BYTES, "bytes/s", yardstick);
