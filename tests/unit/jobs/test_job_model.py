import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarry.jobs.adapters.environment import inherited
from tarry.jobs.errors import InvalidJob
from tarry.jobs.model import FINAL, NEXT, End, JobSpec, JobState, ProcessMark, Word


def test_nothing_follows_a_final_state_and_everything_else_can_end() -> None:
    assert {JobState.SUCCEEDED, JobState.FAILED, JobState.ABORTED, JobState.LOST} == FINAL
    assert set(NEXT) == set(JobState)
    assert all(NEXT[state] for state in JobState if state not in FINAL)


@given(word=st.sampled_from(Word), code=st.none() | st.integers(0, 255))
def test_an_end_reads_as_it_was_written(word: Word, code: int | None) -> None:
    assert End.read(End(word, code).write()) == End(word, code)


@given(word=st.sampled_from(Word), code=st.none() | st.integers(0, 255), cut=st.integers(0))
def test_an_end_that_was_not_written_whole_counts_as_absent(
    word: Word, code: int | None, cut: int
) -> None:
    line = End(word, code).write()
    assert End.read(line[: cut % len(line)]) is None


@given(pid=st.integers(1, 2**22), start=st.integers(0, 2**40), cut=st.integers(0))
def test_a_process_mark_that_was_not_written_whole_counts_as_absent(
    pid: int, start: int, cut: int
) -> None:
    line = f"{pid} {start}\n"
    assert ProcessMark.read(line) == ProcessMark(pid, start)
    assert ProcessMark.read(line[: cut % len(line)]) is None


@given(st.text())
def test_a_mark_can_hold_anything_without_an_error(text: str) -> None:
    End.read(text)
    ProcessMark.read(text)


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (End(Word.ENDED, 0), JobState.SUCCEEDED),
        (End(Word.ENDED, 1), JobState.FAILED),
        (End(Word.MISSING, 127), JobState.FAILED),
        (End(Word.FORBIDDEN, 126), JobState.FAILED),
        (End(Word.ABORTED, 0), JobState.ABORTED),
        (End(Word.ABORTED, None), JobState.ABORTED),
        (End(Word.LOST), JobState.LOST),
        (End(Word.REBOOTED), JobState.LOST),
        (End(Word.UNBORN), JobState.LOST),
    ],
)
def test_each_end_means_one_final_state(end: End, state: JobState) -> None:
    assert end.state is state
    assert bool(end.reason) == (state is not JobState.SUCCEEDED)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (3, "exit code 3"),
        (137, "killed by signal 9 (SIGKILL)"),
        (139, "killed by signal 11 (SIGSEGV)"),
        (255, "exit code 255"),
        (127, "not found"),
    ],
)
def test_a_failure_is_explained_in_words(code: int | None, words: str) -> None:
    assert words in End(Word.ENDED, code).reason


@pytest.mark.parametrize(
    ("command", "environment"),
    [
        ((), {}),
        (("",), {}),
        (("true", "a\0b"), {}),
        (("true",), {"A": "\0"}),
        (("true",), {"A=B": ""}),
        (("true",), {"": ""}),
        (("true",), {"TARRY_JOB": "another's"}),
    ],
)
def test_what_cannot_be_a_program_is_refused_before_anything_starts(
    command: tuple[str, ...], environment: dict[str, str]
) -> None:
    with pytest.raises(InvalidJob):
        JobSpec(command=command, environment=environment)


def test_a_job_does_not_print_its_environment() -> None:
    assert "s3cret" not in repr(JobSpec(command=("true",), environment={"KEY": "s3cret"}))


def test_a_program_inherits_where_things_are_but_no_secret_of_the_server() -> None:
    ours = {
        "PATH": "/opt/bin",
        "HOME": "/home/ann",
        "LC_ALL": "C",
        "TZ": "Europe/Oslo",
        "TARRY_DATABASE": "postgresql://u:p@h/d",
        "AWS_SECRET_ACCESS_KEY": "x",
        "PATHS": "x",
    }
    assert inherited(ours) == {
        "PATH": "/opt/bin",
        "HOME": "/home/ann",
        "LC_ALL": "C",
        "TZ": "Europe/Oslo",
    }


def test_a_program_gets_a_path_even_if_we_have_none() -> None:
    assert inherited({})["PATH"]
