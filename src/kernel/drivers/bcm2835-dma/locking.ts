/** The channel's lock over several steps. */
import { virtDmaChan } from "../../dmaengine/structs";
import { channelLock } from "../common/channel-lock";
import { bcm2835Chan } from "./structs";

export const { lock, unlock } = channelLock((chan) => virtDmaChan.lock.at(bcm2835Chan.vc.at(chan)));
