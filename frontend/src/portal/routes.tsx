/** Every page of the app, and the address where it stands. Each is loaded when it is opened. */
import { LogIn } from "./log_in/LogIn";
import type { Route } from "./router";

// The server must know these paths too: portal/api/front.py lists them.
export const routes: readonly Route[] = [
  { path: "/login", page: LogIn, open: true },
];
