/** Signature help: the function, macro or function pointer whose arguments are being typed. */
import type { ParameterInformation, SignatureHelp } from "vscode-languageserver";
import { printType } from "../language/print-type";
import type { CType, FunctionType } from "../language/types";
import type { Target } from "./analysis";
import { macroHead } from "./describe";
import { textAbout } from "./hover";
import { locate } from "./locate";
import { surroundings, wordAt } from "./scan";
import type { Workspace } from "./workspace";

/** null when the place is in no call. */
export function signatureHelp(workspace: Workspace, path: string, offset: number): SignatureHelp | null {
	const document = workspace.documentOf(path);
	const analysis = workspace.analysis(path);
	if (!document || !analysis) return null;
	const text = document.getText();
	const { brackets, inside } = surroundings(text, offset);
	if (inside === "comment") return null;
	for (let i = brackets.length - 1; i >= 0; i--) {
		const { character, at, commas } = brackets[i]!;
		if (character === "{") return null;
		if (character === "[") continue;
		const end = at - (/\s*$/.exec(text.slice(0, at))?.[0].length ?? 0);
		const word = wordAt(text, end);
		if (word.end !== end || word.text === "" || /^(if|for|while|switch|return|sizeof)$/.test(word.text)) continue;
		const found = locate(analysis, workspace.services, document, path, word.start);
		if (found?.kind !== "target") return null;
		const made = signatureOf(found.target, word.text);
		if (!made) return null;
		const about = textAbout(workspace, analysis, found.target);
		const last = made.parameters.length - 1;
		const active = made.variadic ? Math.min(commas, last) : commas;
		return {
			signatures: [
				{
					label: made.label,
					parameters: made.parameters,
					...(about === "" ? {} : { documentation: { kind: "markdown" as const, value: about } }),
				},
			],
			activeSignature: 0,
			activeParameter: active,
		};
	}
	return null;
}

interface Signature {
	readonly label: string;
	readonly parameters: ParameterInformation[];
	readonly variadic: boolean;
}

function signatureOf(target: Target, name: string): Signature | null {
	if (target.kind === "macro") {
		const { parameters, variadic } = target.macro;
		if (!parameters) return null;
		const names = parameters.map((parameter) => (parameter === "__VA_ARGS__" ? "..." : parameter));
		return withParameters(macroHead(target.macro).slice(0, target.macro.name.length + 1), names, ")", variadic);
	}
	const type = target.kind === "member" ? target.member.type : target.kind === "symbol" ? target.symbol.type : null;
	const fn = type && functionOf(type);
	if (!fn) return null;
	const names = fn.parameters.map((parameter) => printType(parameter.type, parameter.name ?? ""));
	if (fn.variadic) names.push("...");
	const result = printType(fn.result);
	return withParameters(`${result}${result.endsWith("*") ? "" : " "}${name}(`, names, ")", fn.variadic);
}

function functionOf(type: CType): FunctionType | null {
	if (type.kind === "function") return type;
	return type.kind === "pointer" && type.target.kind === "function" ? type.target : null;
}

function withParameters(head: string, names: readonly string[], tail: string, variadic: boolean): Signature {
	let label = head;
	const parameters = names.map((name, i): ParameterInformation => {
		if (i > 0) label += ", ";
		const start = label.length;
		label += name;
		return { label: [start, label.length] };
	});
	return { label: label + tail, parameters, variadic };
}
