import "htmx.org";
import "./elements/index";
import { watchFailures } from "./lib/failures";
import { watchLive } from "./lib/live";
import { watchRequests } from "./lib/requests";
import { watchTabs } from "./lib/tabs";

watchRequests();
watchFailures();
watchLive();
watchTabs();
