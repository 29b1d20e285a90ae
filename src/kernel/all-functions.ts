/** Every kernel function that C can call. An area appends its arrays; the order fixes function addresses. */
import { dmaFunctions } from "./dmaengine";
import { driverFunctions } from "./drivers";
import { bootFunctions } from "./boot-thread";
import { clockFunctions } from "./device/clocks";
import { deviceFunctions } from "./device/functions";
import { ofFunctions } from "./device/of";
import { platformFunctions } from "./device/platform";
import { probeFunctions } from "./device/probe";
import { irqFunctions } from "./irq/irq";
import { kthreadFunctions } from "./sched/kthread";
import { kunitFunctions } from "./kunit/functions";
import { lockFunctions } from "./locks/locks";
import { moduleFunctions } from "./module/functions";
import { mutexFunctions } from "./locks/mutex";
import { completionFunctions } from "./wait/completion";
import { simFunctions } from "./sim/functions";
import { sleepFunctions } from "./sched/sleep";
import { taskletFunctions } from "./work/tasklet";
import { timerFunctions } from "./timers/timers";
import { waitQueueFunctions } from "./wait/wait-queue";
import { workFunctions } from "./work/functions";
import type { KernelFunction } from "./functions";
import { basicFunctions } from "./lib";
import { interruptFunctions } from "./sched/interrupts";

export const allFunctions: readonly KernelFunction[] = [
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
	...completionFunctions,
	...simFunctions,
	...sleepFunctions,
	...taskletFunctions,
	...timerFunctions,
	...waitQueueFunctions,
	...workFunctions,
	...dmaFunctions,
	...driverFunctions,
];
