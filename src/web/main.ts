/** Where the page begins. */

import { PageApp } from "./page_app.ts";
import { openBrowserStorage } from "./model/browser_storage.ts";

new PageApp(openBrowserStorage()).start();
