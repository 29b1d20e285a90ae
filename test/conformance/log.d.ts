/** Recorded logs are bundled as text. */
declare module "*.log" {
	const text: string;
	export default text;
}
