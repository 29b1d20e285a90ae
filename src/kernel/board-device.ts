export type { BoardDevice } from "../board/machine";
