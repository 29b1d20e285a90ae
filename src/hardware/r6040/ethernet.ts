/** Checksums of Ethernet, and what a frame's destination address says. */

const REVERSED_POLYNOMIAL = 0xedb88320;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
	let crc = byte;
	for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ REVERSED_POLYNOMIAL : crc >>> 1;
	return crc;
});

/** The CRC's register after `bytes`, before it is inverted. */
function crcRegister(bytes: Uint8Array): number {
	let crc = 0xffffffff;
	for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255]!;
	return crc >>> 0;
}

/** The frame check sequence of a frame, as it goes over the line: four bytes, lowest first. */
export function frameCheckSequence(frame: Uint8Array): Uint8Array {
	const crc = ~crcRegister(frame);
	return Uint8Array.from([crc, crc >>> 8, crc >>> 16, crc >>> 24], (byte) => byte & 255);
}

/** The six highest bits of an address's CRC, highest bit first: its place in a table of 64 bits. */
export function hashOf(address: Uint8Array): number {
	const crc = crcRegister(address);
	let hash = 0;
	for (let bit = 0; bit < 6; bit++) hash = (hash << 1) | ((crc >>> bit) & 1);
	return hash;
}

export const ADDRESS_BYTES = 6;
export const isBroadcast = (frame: Uint8Array): boolean =>
	frame.subarray(0, ADDRESS_BYTES).every((byte) => byte === 255);
export const isGroup = (frame: Uint8Array): boolean => (frame[0]! & 1) !== 0;
