export { startLanguageClient } from "../extension/language-client";
