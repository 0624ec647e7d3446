import "htmx.org";
import "./elements/index";
import { watchFailures } from "./lib/failures";
import { watchRequests } from "./lib/requests";

watchRequests();
watchFailures();
