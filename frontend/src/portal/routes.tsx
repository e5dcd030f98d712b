/** Every page of the app, and the address where it stands. Each is loaded when it is opened. */
import { lazy } from "react";
import { LogIn } from "./log_in/LogIn";
import type { Route } from "./router";

// The server must know these paths too: portal/api/front.py lists them.
export const routes: readonly Route[] = [
  { path: "/login", page: LogIn, open: true },
  { path: "/", page: lazy(() => import("./workflows/HomePage")), section: "workflows" },
  { path: "/workflows/:name", page: lazy(() => import("./workflows/WorkflowPage")), section: "workflows" },
  { path: "/workflows/:name/start", page: lazy(() => import("./start/StartPage")), section: "workflows" },
  { path: "/folders", page: lazy(() => import("./account/FolderPage")) },
  { path: "/runs", page: lazy(() => import("./runs/RunsPage")), section: "runs" },
  { path: "/runs/:run", page: lazy(() => import("./runs/RunPage")), section: "runs" },
  { path: "/services", page: lazy(() => import("./services/ServicesPage")), section: "services" },
  { path: "/services/register", page: lazy(() => import("./services/RegisterPage")), section: "services" },
  { path: "/services/:name", page: lazy(() => import("./services/ServicePage")), section: "services" },
  { path: "/account", page: lazy(() => import("./account/AccountPage")) },
  { path: "/admin", page: lazy(() => import("./admin/AdminPage")), section: "admin" },
  { path: "/admin/:tab", page: lazy(() => import("./admin/AdminPage")), section: "admin" },
  { path: "/new-workflow", page: lazy(() => import("./edit/NewPage")), section: "workflows" },
  { path: "/workflows/:name/edit", page: lazy(() => import("./edit/EditPage")), section: "workflows", wide: true },
];
