/** Devicetree parsing for those who see the language only. */
export { type ParsedDts, parseDts } from "../devicetree/parser";
export { allNodes, cells, type DeviceTree, type DtNode, type DtRange, findNode, strings } from "../devicetree/tree";
