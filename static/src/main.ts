import "htmx.org";
import "./elements/index";
import { watchFailures } from "./lib/failures";
import { watchLive } from "./lib/live";
import { watchRequests } from "./lib/requests";

watchRequests();
watchFailures();
watchLive();
