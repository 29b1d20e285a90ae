/** Board files are bundled as text. */
declare module "*.dtsi" {
	const text: string;
	export default text;
}
