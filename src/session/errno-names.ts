/** What a shell says for the errors that virtual files give. */
export const ERRNO_NAMES: Readonly<Record<number, string>> = {
	1: "Operation not permitted",
	2: "No such file or directory",
	5: "Input/output error",
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
};
