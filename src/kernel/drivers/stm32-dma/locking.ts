/** The channel's lock over several steps. */
import { virtDmaChan } from "../../dmaengine/structs";
import { channelLock } from "../common/channel-lock";
import { stm32DmaChan } from "./structs";

export const { lock, unlock } = channelLock((chan) => virtDmaChan.lock.at(stm32DmaChan.vchan.at(chan)));
