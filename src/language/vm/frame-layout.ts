/** Bytes of kernel stack that a frame takes besides its variables: saved registers, as a compiled frame has. */
export const FRAME_OVERHEAD = 32;
