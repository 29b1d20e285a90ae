/** The channel's lock over several steps. */
import { virtDmaChan } from "../../dmaengine/structs";
import { channelLock } from "../common/channel-lock";
import { mdmaChan } from "./structs";

export const { lock, unlock } = channelLock((chan) => virtDmaChan.lock.at(mdmaChan.vchan.at(chan)));
