"""The platform on a PostgreSQL database: the same commands."""

from sqlalchemy import create_engine, text
from tests.e2e.conftest import READY, WAITER, Home, Running, log_in, wait_for
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


def test_a_platform_that_can_write_no_more_ends_so_that_it_is_started_again(
    home: Home, started: list[Running], databases: Databases
) -> None:
    url = databases.empty_url("postgresql")
    home.more["TARRY_DATABASE"] = url
    running = home.start("up", WAITER)
    started.append(running)
    running.wait_for_text(READY)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    engine.dispose()
    # nobody knows that the connection is gone until somebody writes
    password = running.wait_for_text(r"password: (\S+)")[1]
    home.tarry("login", "--user", "me", expect=None, more={"TARRY_PASSWORD": password})
    assert running.process.wait(30) == 1
    assert "started again" in running.text
