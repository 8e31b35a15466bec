// What every page needs: partial updates, widgets in the page's language, light and dark.
import "@fontsource/noto-sans-sc/400.css";
import "@fontsource/noto-sans-sc/600.css";
import "@awesome.me/webawesome/dist/styles/themes/default.css";
import "./styles/tokens.css";
import "./styles/page.css";

import "htmx.org";
import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/dialog/dialog.js";
import "@awesome.me/webawesome/dist/components/dropdown/dropdown.js";
import "@awesome.me/webawesome/dist/components/dropdown-item/dropdown-item.js";
import "@awesome.me/webawesome/dist/components/icon/icon.js";
import "@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js";
import "@awesome.me/webawesome/dist/components/spinner/spinner.js";
import "@awesome.me/webawesome/dist/components/switch/switch.js";
import "@awesome.me/webawesome/dist/components/tab/tab.js";
import "@awesome.me/webawesome/dist/components/tab-group/tab-group.js";
import "@awesome.me/webawesome/dist/components/tab-panel/tab-panel.js";
import "@awesome.me/webawesome/dist/components/tooltip/tooltip.js";
import { registerIconLibrary } from "@awesome.me/webawesome/dist/components/icon/library.js";
import "@awesome.me/webawesome/dist/translations/zh-cn.js";

import { followColourScheme } from "./colour_scheme";
import { keepCopyButtons } from "./copying";
import { keepDialogs } from "./dialogs";
import { keepDetailsClosable } from "./menus";

// The library's own pictures come from a content network or as data addresses; ours lie beside the pages.
const LIKE_OURS: Record<string, string> = {
  xmark: "close",
  "chevron-down": "chevron-down",
  "chevron-left": "chevron-left",
  "chevron-right": "chevron-right",
  check: "check",
  indeterminate: "minus",
  minus: "minus",
  circle: "dot",
  ellipsis: "more",
};
registerIconLibrary("default", { resolver: (name) => `/static/icons/${name}.svg` });
registerIconLibrary("system", { resolver: (name) => `/static/icons/${LIKE_OURS[name] ?? "dot"}.svg` });

followColourScheme();
keepDetailsClosable();
keepDialogs();
keepCopyButtons();
