/** Where the page begins. */

import { App } from "./page_app.ts";
import { browserShelf } from "./model/browser_storage.ts";

new App(browserShelf()).start();
