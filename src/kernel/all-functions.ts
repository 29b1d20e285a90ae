/** Every kernel function that C can call. An area appends its arrays; the order fixes function addresses. */

import { asyncTxFunctions } from "./async-tx";
import { bootFunctions } from "./boot-thread";
import { clockFunctions } from "./device/clocks";
import { deviceFunctions } from "./device/functions";
import { ofFunctions } from "./device/of";
import { platformFunctions } from "./device/platform";
import { probeFunctions } from "./device/probe";
import { sysfsFunctions } from "./device/sysfs";
import { dmaFunctions } from "./dmaengine";
import { prepConfigFunctions } from "./dmaengine/prep-config";
import { dmatestFunctions } from "./dmatest/module";
import { driverFunctions } from "./drivers";
import { debugfsFunctions } from "./fs/debugfs";
import { debugfsValueFunctions } from "./fs/debugfs-values";
import { fileOperationFunctions } from "./fs/file-operations";
import { seqFileFunctions } from "./fs/seq-file";
import { seqReadFunctions } from "./fs/seq-read";
import type { KernelFunction } from "./functions";
import { irqFunctions } from "./irq/irq";
import { kunitFunctions } from "./kunit/functions";
import { basicFunctions } from "./lib";
import { lockFunctions } from "./locks/locks";
import { mutexFunctions } from "./locks/mutex";
import { rwsemFunctions } from "./locks/rwsem";
import { moduleFunctions } from "./module/functions";
import { raid6Functions } from "./raid6/functions";
import { interruptFunctions } from "./sched/interrupts";
import { kthreadFunctions } from "./sched/kthread";
import { sleepFunctions } from "./sched/sleep";
import { simFunctions } from "./sim/functions";
import { timerFunctions } from "./timers/timers";
import { ttyFunctions } from "./tty/flip";
import { completionFunctions } from "./wait/completion";
import { waitQueueFunctions } from "./wait/wait-queue";
import { workFunctions } from "./work/functions";
import { taskletFunctions } from "./work/tasklet";

export const allFunctions: readonly KernelFunction[] = [
	...seqFileFunctions,
	...basicFunctions,
	...interruptFunctions,
	...bootFunctions,
	...clockFunctions,
	...deviceFunctions,
	...ofFunctions,
	...platformFunctions,
	...probeFunctions,
	...irqFunctions,
	...kthreadFunctions,
	...kunitFunctions,
	...lockFunctions,
	...moduleFunctions,
	...mutexFunctions,
	...rwsemFunctions,
	...completionFunctions,
	...simFunctions,
	...sleepFunctions,
	...taskletFunctions,
	...timerFunctions,
	...waitQueueFunctions,
	...workFunctions,
	...dmaFunctions,
	...dmatestFunctions,
	...asyncTxFunctions,
	...raid6Functions,
	...ttyFunctions,
	...driverFunctions,
	...prepConfigFunctions,
	...seqReadFunctions,
	...fileOperationFunctions,
	...debugfsFunctions,
	...debugfsValueFunctions,
	...sysfsFunctions,
];
