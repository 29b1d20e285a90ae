/** What a shell says for the errors that virtual files give. */
const ERRNO_NAMES: Readonly<Record<number, string>> = {
	1: "Operation not permitted",
	2: "No such file or directory",
	5: "Input/output error",
	6: "No such device or address",
	11: "Resource temporarily unavailable",
	12: "Cannot allocate memory",
	13: "Permission denied",
	16: "Device or resource busy",
	17: "File exists",
	19: "No such device",
	20: "Not a directory",
	21: "Is a directory",
	22: "Invalid argument",
	28: "No space left on device",
	34: "Numerical result out of range",
	38: "Function not implemented",
	75: "Value too large for defined data type",
	95: "Operation not supported",
	110: "Connection timed out",
};

/** The text of a negative errno. */
export function errnoText(errno: number): string {
	return ERRNO_NAMES[-errno] ?? `error ${-errno}`;
}
