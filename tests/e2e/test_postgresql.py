"""The platform on a PostgreSQL database: the same commands."""

from pathlib import Path

from sqlalchemy import create_engine, text
from tests.e2e.conftest import (
    READY,
    WAITER,
    Home,
    Running,
    free_tcp_port,
    log_in,
    started_processes,
    wait_for,
)
from tests.fakes.databases import Databases


def test_the_same_commands_work_on_postgresql_and_survive_a_kill(
    home: Home, started: list[Running], databases: Databases
) -> None:
    home.more["TARRY_DATABASE"] = databases.empty_url("postgresql")

    def start() -> Running:
        running = home.start("up", WAITER)
        started.append(running)
        running.wait_for_text(READY)
        return running

    first = start()
    log_in(home, first)
    run = home.tarry("run", "Waiter", "secondsToWait=3", "--detach").stdout.strip()
    first.kill()
    start()
    wait_for(lambda: "FINISHED" in home.tarry("show", run).stdout, "the run to succeed")
    assert not list((home.folder / "data").glob("*.sqlite3"))


def cut_connections(url: str) -> None:
    """End every connection to a database, on the server's side."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    engine.dispose()


def test_a_platform_whose_connections_broke_leads_again_and_ends_its_runs(
    home: Home, started: list[Running], databases: Databases
) -> None:
    url = databases.empty_url("postgresql")
    home.more["TARRY_DATABASE"] = url
    running = home.start("up", WAITER)
    started.append(running)
    running.wait_for_text(READY)
    log_in(home, running)
    run = home.tarry("run", "Waiter", "secondsToWait=4", "--detach").stdout.strip()
    wait_for(lambda: "running" in home.tarry("show", run).stdout, "the run to begin")
    cut_connections(url)
    wait_for(
        lambda: "FINISHED" in home.tarry("show", run, expect=None).stdout, "the run to succeed"
    )
    assert running.process.poll() is None
    assert "leadership.lost" in (home.folder / "data" / "platform.log").read_text()
    assert home.tarry("run", "Waiter", "secondsToWait=1").returncode == 0


def test_a_standby_goes_on_with_the_runs_of_a_killed_manager(
    home: Home, started: list[Running], databases: Databases, tmp_path: Path
) -> None:
    home.more["TARRY_DATABASE"] = databases.empty_url("postgresql")
    leader = home.start("up", WAITER)  # its services end with it, their programs go on
    started.append(leader)
    leader.wait_for_text(READY)
    log_in(home, leader)
    other = Home(folder=home.folder, tcp_port=free_tcp_port(), more=home.more)
    standby = other.start("platform")
    started.append(standby)
    standby.wait_for_text("leadership.held-by-another")
    token = {"TARRY_URL": other.url}

    # A letter that the standby's door takes is heard by the leader.
    home.tarry("login", "--user", "me", more={**token, "TARRY_PASSWORD": password(leader)})
    done = other.tarry("run", "Waiter", "secondsToWait=1", more=token)
    assert "FINISHED" in done.stdout

    run = other.tarry("run", "Waiter", "secondsToWait=6", "--detach", more=token).stdout.strip()
    wait_for(lambda: started_processes(home), "the program to begin")
    leader.kill()
    standby.wait_for_text("leadership.won", limit=10)
    again = home.start("up", WAITER)
    started.append(again)
    again.wait_for_text(READY)
    wait_for(
        lambda: "FINISHED" in other.tarry("show", run, more=token).stdout, "the run to succeed"
    )
    runs = home.folder / "data" / "services" / "runs"
    assert len(list(runs.iterdir())) == 2


def password(running: Running) -> str:
    """Give the password that the platform printed."""
    return running.wait_for_text(r"password: (\S+)")[1]
