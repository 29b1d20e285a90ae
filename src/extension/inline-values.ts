import { debug, type InlineValuesProvider, InlineValueVariableLookup, Range } from "vscode";
import { inlineNames } from "./inline-names";
import { DEBUG_TYPE } from "./launch";

/** Values of variables at the ends of the lines that have run, while the machine stands still in a function. */
export const inlineValues: InlineValuesProvider = {
	provideInlineValues(document, viewPort, context) {
		// C files have other debuggers, too.
		if (debug.activeDebugSession?.type !== DEBUG_TYPE) return [];
		const stopped = context.stoppedLocation.start.line;
		return inlineNames(document.getText(), stopped, viewPort.start.line, viewPort.end.line).map(
			({ name, line, column }) =>
				new InlineValueVariableLookup(new Range(line, column, line, column + name.length), name, true),
		);
	},
};
