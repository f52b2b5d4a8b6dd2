/** Where the page begins. */

import { App } from "./app.ts";
import { browserShelf } from "./shelf.ts";

new App(browserShelf()).start();
