import type { Adapter } from "../adapter";
import type { ArgumentsOf, Command } from "../arguments";

type Body = object | undefined;
/** Translates one request: the body of its response, or nothing; throws RequestError or SessionError to refuse. */
export type HandlerOf<C extends Command> = (adapter: Adapter, args: ArgumentsOf<C>) => Body | Promise<Body>;
export type HandlersOf<C extends Command> = { readonly [K in C]: HandlerOf<K> };
