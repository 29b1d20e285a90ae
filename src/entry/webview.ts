import { startPage } from "../webview/page";

startPage();
