import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "../kit/tokens.css";
import "../kit/kit.css";
import "./shell.css";
import { findOut } from "../api/session";
import { App } from "./Shell";
import { setRoutes } from "./router";
import { routes } from "./routes";

setRoutes(routes);
void findOut();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
