"""The log never harms whoever writes it."""

import errno

from tarry.app.logs import PatientStream


class Disk:
    """A file on a disk that has room for so many bytes more."""

    def __init__(self) -> None:
        self.content = b""
        self.room = 1000

    def write(self, piece: bytes) -> int:
        taken = piece[: self.room]
        if not taken:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.content += taken
        self.room -= len(taken)
        return len(taken)


def test_a_full_disk_harms_nobody_and_the_log_goes_on_with_a_word_about_the_gap() -> None:
    disk = Disk()
    log = PatientStream(disk.write)
    log.write("one\n")
    disk.room = 0
    log.write("two\n")
    log.write("three\n")
    disk.room = 1000
    log.write("four\n")
    log.flush()
    assert disk.content.decode() == "one\n… 2 pieces of the log were lost here\nfour\n"


def test_a_piece_that_was_cut_counts_as_lost() -> None:
    disk = Disk()
    log = PatientStream(disk.write)
    disk.room = 2
    log.write("one\n")
    disk.room = 1000
    log.write("two\n")
    assert disk.content.decode() == "on… 1 pieces of the log were lost here\ntwo\n"
