/** Entry of the map's bundle: styles and the element. */
import "./styles/map.css";
import { LantuMap } from "./element";
import { keepLanguageLinks } from "./language_links";

customElements.define("lt-map", LantuMap);
keepLanguageLinks();
