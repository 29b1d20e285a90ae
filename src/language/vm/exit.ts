/** Why `Vm.run` came back. */
export enum Exit {
	/** The slack is used up; the stack stands before a statement. */
	Slack = 0,
	/** Before a statement that has a breakpoint. */
	Break = 1,
	/** A step function is called: vm.exitFunction, exitBase, exitArgs. The caller's pc is past the call. */
	StepCall = 2,
	/** The innermost C frame returned into a host frame (or into nothing): vm.resultLo, resultHi. */
	HostReturn = 3,
	/** vm.faultKind, faultAddress, faultSize, faultWrite; the frame's pc is the faulting instruction. */
	Fault = 4,
	/** A plain function set vm.requestExit; the caller's pc is past the call. */
	KernelRequest = 5,
}
