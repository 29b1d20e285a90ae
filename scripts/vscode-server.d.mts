export interface Server {
	port: number;
	address(what: { folder: string; extension?: string; file?: string; tests?: string }): string;
	stop(): Promise<void>;
}
export interface Installation {
	node: string;
	main: string;
	version: string;
}
type Log = (text: string) => void;
export function installServer(log?: Log): Installation;
export function startServer(options?: { dataFolder?: string; settings?: Record<string, unknown>; vsix?: string; log?: Log }): Promise<Server>;
export function findChromium(): string;
export const chromiumArguments: string[];
