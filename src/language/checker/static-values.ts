/** Initialisers of objects with static storage: constants and addresses known at load time. */
import type { Expression, FunctionSymbol, LValue, StringLValue, VariableSymbol } from "../tree";
import { sizeOf } from "../types";

interface Address {
	base: VariableSymbol | FunctionSymbol | StringLValue;
	offset: number;
}

/** The expression as `constant` or `address-constant`; null when it is neither. */
export function staticValue(value: Expression): Expression | null {
	if (value.kind === "constant" || value.kind === "address-constant") return value;
	const address = addressValue(value);
	if (!address) return null;
	return { kind: "address-constant", base: address.base, offset: address.offset, type: value.type, place: value.place };
}

function addressValue(value: Expression): Address | null {
	switch (value.kind) {
		case "address-constant":
			return { base: value.base, offset: value.offset };
		case "function":
			return { base: value.symbol, offset: 0 };
		case "address":
		case "decay":
			return lvalueAddress(value.operand);
		case "cast":
			return sizeOf(value.type) === 8 ? addressValue(value.operand) : null;
		case "pointer-add": {
			const base = addressValue(value.pointer);
			const index = staticValue(value.index);
			if (!base || index?.kind !== "constant") return null;
			const by = Number(index.value) * value.scale;
			return { base: base.base, offset: base.offset + (value.subtract ? -by : by) };
		}
		case "binary": {
			if (value.operator !== "+" && value.operator !== "-") return null;
			const left = addressValue(value.left);
			if (left && value.right.kind === "constant") {
				const by = Number(value.right.value);
				return { base: left.base, offset: left.offset + (value.operator === "-" ? -by : by) };
			}
			const right = value.operator === "+" ? addressValue(value.right) : null;
			if (right && value.left.kind === "constant")
				return { base: right.base, offset: right.offset + Number(value.left.value) };
			return null;
		}
		default:
			return null;
	}
}

function lvalueAddress(node: LValue): Address | null {
	switch (node.kind) {
		case "variable":
			return node.symbol.storage === "local" || node.symbol.storage === "parameter"
				? null
				: { base: node.symbol, offset: 0 };
		case "string":
			return { base: node, offset: 0 };
		case "member": {
			const object = lvalueAddress(node.object);
			return object ? { base: object.base, offset: object.offset + node.offset } : null;
		}
		case "deref":
			return addressValue(node.pointer);
		default:
			return null;
	}
}
