/** An exception in words, for those who ask what stopped the machine. */
import type { ExceptionStory } from "./api";
import type { Story } from "./stop-rules";

const TITLES: Readonly<Record<string, string>> = {
	oops: "Oops",
	"bus-error": "Bus error",
	finding: "DMA sanitizer finding",
};

export function describeOops(story: Story): ExceptionStory {
	return {
		id: TITLES[story.filter] ?? story.filter,
		description: story.text,
		details: story.trace.length > 0 ? `${story.text}\n${story.trace.join("\n")}` : story.text,
		stackTrace: story.trace.join("\n"),
	};
}
