/** The frame around every page: who, where, where to; and what happens if nobody is logged in. */
import { Suspense, useEffect } from "react";
import { api, wordsOf } from "../api/client";
import { listenAnew, useLost } from "../api/events";
import { useLoad } from "../api/load";
import { everything } from "../api/pages";
import { findOut, logOut, switchProject, useMe, useSessionFailure, type Me } from "../api/session";
import { ErrorBoundary, Icon, Menu, Skeleton, toast, Toasts, Trouble } from "../kit";
import { chooseTheme, useTheme, type Theme } from "../kit/theme";
import { text } from "../messages/en";
import { Link, navigate, routeOf, useHere } from "./router";
import { routes } from "./routes";
import { useTitle } from "./title";
import { useWaiting, WaitingRuns } from "./waiting";
import { sections } from "./sections";

const words = text.shell;

export function App() {
  const here = useHere();
  const me = useMe();
  const failure = useSessionFailure();
  const found = routeOf(routes, here.pathname);
  const open = found?.route.open ?? false;
  useEffect(() => {
    if (me === null && !open) {
      const back = here.pathname + here.search;
      navigate(back === "/" ? "/login" : `/login?next=${encodeURIComponent(back)}`, { replace: true });
    }
  }, [me, open, here.pathname, here.search]);
  const shown = open || me;
  const frame = (
    <>
      <a className="skip" href="#main">{words.skip}</a>
      {me && !open && <Bar me={me} section={found?.route.section ?? ""} />}
      <main id="main" tabIndex={-1} className={found?.route.wide ? "wide" : open ? "alone" : undefined}>
        <ErrorBoundary key={here.pathname}>
          {failure !== undefined && me === undefined ? (
            <Trouble error={failure} onRetry={() => void findOut()} />
          ) : !shown ? null : found ? (
            <Suspense fallback={<Skeleton lines={6} />}>
              <found.route.page params={found.params} key={me ? me.project : ""} />
            </Suspense>
          ) : (
            <NotFound />
          )}
        </ErrorBoundary>
      </main>
      {me && <Lost />}
      <Toasts />
    </>
  );
  return me && !open ? <WaitingRuns project={me.project}>{frame}</WaitingRuns> : frame;
}

function Bar({ me, section }: { me: Me; section: string }) {
  return (
    <header className="bar">
      <Link className="brand" to="/">
        <img src={`${import.meta.env.BASE_URL}mark.svg`} alt="" width="28" height="28" /> {words.product}
      </Link>
      <nav aria-label={words.navigation}>
        {sections(me).map((one) => (
          <Link key={one.id} to={one.to} aria-current={one.id === section ? "page" : undefined}>
            {one.label}
            {one.id === "runs" && <Count />}
          </Link>
        ))}
      </nav>
      <AccountMenu me={me} />
    </header>
  );
}

/** How many runs wait for somebody. */
function Count() {
  const { runs, more } = useWaiting();
  if (runs.length === 0) return null;
  const count = `${runs.length}${more ? "+" : ""}`;
  return (
    <>
      <span className="count" aria-hidden="true">{count}</span>
      <span className="hidden">{words.waiting(count)}</span>
    </>
  );
}

const THEMES: readonly { theme: Theme; icon: "screen" | "sun" | "moon" }[] = [
  { theme: "system", icon: "screen" },
  { theme: "light", icon: "sun" },
  { theme: "dark", icon: "moon" },
];

function AccountMenu({ me }: { me: Me }) {
  const label = (
    <>
      <span className="avatar" aria-hidden="true">{me.user.slice(0, 1).toUpperCase()}</span>
      <span className="who clip">
        {me.user}
        <span className="muted small clip project">{me.project}</span>
      </span>
      <span className="hidden">, {words.account}</span>
    </>
  );
  return (
    <Menu label={label} className="account">
      <Projects me={me} />
      <Themes />
      <hr />
      <Link to="/account">{words.yours}</Link>
      <button type="button" data-closes onClick={() => void leave()}>{words.logOut}</button>
    </Menu>
  );
}

function Themes() {
  const theme = useTheme();
  return (
    <div role="group" aria-label={words.theme}>
      <p className="heading">{words.theme}</p>
      {THEMES.map((one) => (
        <button key={one.theme} type="button" aria-pressed={theme === one.theme} onClick={() => chooseTheme(one.theme)}>
          <Icon name={one.icon} /> {words.themes[one.theme]}
        </button>
      ))}
    </div>
  );
}

function Projects({ me }: { me: Me }) {
  const { data } = useLoad("projects", (signal) => everything((query) => api.get("/api/v1/projects", { query, signal })));
  const others = data?.items ?? [];
  if (others.length < 2) return <p className="heading">{words.project(me.project)}</p>;
  return (
    <div role="group" aria-label={words.projects}>
      <p className="heading">{words.projects}</p>
      {others.map((one) => (
        <button key={one.name} type="button" aria-pressed={one.name === me.project} data-closes onClick={() => void goOnIn(one.name)}>
          {one.name}
        </button>
      ))}
      <hr />
    </div>
  );
}

async function goOnIn(project: string): Promise<void> {
  try {
    await switchProject(project);
    listenAnew();
    navigate("/");
    toast(words.switched(project));
  } catch (error) {
    toast(wordsOf(error));
  }
}

async function leave(): Promise<void> {
  try {
    await logOut();
    navigate("/login");
  } catch (error) {
    toast(wordsOf(error));
  }
}

function Lost() {
  const lost = useLost();
  return (
    <p className="lost" role="status" hidden={!lost}>
      {words.lost}
    </p>
  );
}

function NotFound() {
  useTitle(words.notFound);
  return (
    <div className="stack narrow">
      <h1>{words.notFound}</h1>
      <p className="muted">{words.notFoundHint}</p>
      <p><Link to="/">{words.home}</Link></p>
    </div>
  );
}
