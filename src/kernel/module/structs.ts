/** struct module, as far as drivers look at it. */
import { listHead, unsignedInt } from "../base-structs";
import { array, as, ptr, s32, struct, u8 } from "../struct";

export const MODULE_NAME_LEN = 56;

export const module = struct("module", {
	state: as(s32, "enum module_state"),
	list: listHead.$member,
	name: array({ ...u8, c: "char %s" }, MODULE_NAME_LEN),
	version: ptr("const char"),
	srcversion: ptr("const char"),
	holders_dir: ptr("struct kobject"),
	num_exentries: unsignedInt,
	/** References of users, and one of the loader's own while the module is there (MODULE_REF_BASE). */
	refcnt: as(s32, "atomic_t"),
});

/** enum module_state. */
export const MODULE_STATE = { LIVE: 0, COMING: 1, GOING: 2, UNFORMED: 3 } as const;

/** What THIS_MODULE names: each module's own object of this name. */
export const THIS_MODULE_NAME = "__this_module";

export const moduleStructText = `enum module_state { MODULE_STATE_LIVE, MODULE_STATE_COMING, MODULE_STATE_GOING, MODULE_STATE_UNFORMED };
struct kobject;
${module.$c}`;
