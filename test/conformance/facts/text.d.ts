/** Devicetree source is bundled as text. */
declare module "*.dts" {
	const text: string;
	export default text;
}
