"""The data folder: on a disk that can be trusted, ours alone, and its secrets private."""

import stat
from pathlib import Path

import pytest

from tarry.app.folder import DataFolder, file_system
from tarry.platform.kernel.errors import InvalidSetting

MOUNTS = r"""sysfs /sys sysfs rw 0 0
/dev/sda1 / ext4 rw,relatime 0 0
server:/export /home nfs4 rw,vers=4.2 0 0
/dev/sdb1 /home/local\040disk ext4 rw 0 0
//nas/share /mnt/nas cifs rw 0 0
C:\134 /mnt/c 9p rw,aname=drvfs 0 0
me@host:/ /mnt/ssh fuse.sshfs rw 0 0
tmpfs /home/covered tmpfs rw 0 0
server:/over /home/covered nfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/tarry", "ext4"),
        ("/home/ann/tarry", "nfs4"),
        ("/home/local disk/tarry", "ext4"),
        ("/homeless", "ext4"),
        ("/mnt/nas", "cifs"),
        ("/mnt/c/Users/ann", "9p"),
        ("/home/covered/x", "nfs"),
    ],
)
def test_the_file_system_of_a_path_is_that_of_the_deepest_and_last_mount(
    path: str, kind: str
) -> None:
    assert file_system(Path(path), MOUNTS) == kind


def test_a_link_is_judged_by_where_it_leads(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("/mnt/nas")
    assert file_system(link / "tarry", MOUNTS) == "cifs"


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "lustre"])
def test_a_network_file_system_is_refused_with_the_reason(tmp_path: Path, kind: str) -> None:
    mounts = f"server:/x {tmp_path.resolve()} {kind} rw 0 0\n"
    with pytest.raises(InvalidSetting, match=rf"TARRY_DATA.*network file system \({kind}\)"):
        DataFolder.open(tmp_path / "data", mounts=mounts)
    assert not (tmp_path / "data").exists()


def test_two_platforms_never_share_a_data_folder(tmp_path: Path) -> None:
    first = DataFolder.open(tmp_path / "data")
    with pytest.raises(InvalidSetting, match="another platform"):
        DataFolder.open(tmp_path / "data")
    first.close()
    DataFolder.open(tmp_path / "data").close()


def test_the_processes_of_one_platform_share_a_folder_and_its_secret(tmp_path: Path) -> None:
    first = DataFolder.open(tmp_path / "data", shared=True)
    second = DataFolder.open(tmp_path / "data", shared=True)
    assert first.secret() == second.secret()
    with pytest.raises(InvalidSetting, match="another platform"):
        DataFolder.open(tmp_path / "data")
    first.close()
    second.close()
    alone = DataFolder.open(tmp_path / "data")
    with pytest.raises(InvalidSetting, match="another platform"):
        DataFolder.open(tmp_path / "data", shared=True)
    alone.close()


def test_a_shared_folder_may_lie_on_a_network(tmp_path: Path) -> None:
    mounts = f"server:/x {tmp_path.resolve()} nfs4 rw 0 0\n"
    DataFolder.open(tmp_path / "data", shared=True, mounts=mounts).close()


def test_whoever_comes_second_takes_the_private_text_of_the_first(tmp_path: Path) -> None:
    folder = DataFolder.open(tmp_path / "data")
    folder.write_private("note", "one")
    folder.write_private("note", "two", replace=False)
    assert folder.private_text("note") == "one"
    assert sorted(file.name for file in folder.path.iterdir()) == ["lock", "note"]
    folder.close()


def test_the_folder_and_its_secrets_are_for_their_owner_only(tmp_path: Path) -> None:
    folder = DataFolder.open(tmp_path / "data")
    folder.secret()
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder.path / "secret").stat().st_mode) == 0o600
    folder.close()


def test_the_secret_is_the_same_at_every_start(tmp_path: Path) -> None:
    folder = DataFolder.open(tmp_path / "data")
    secret = folder.secret()
    folder.close()
    again = DataFolder.open(tmp_path / "data")
    assert again.secret() == secret
    assert len(secret) == 32
    again.close()


def test_a_damaged_secret_is_never_replaced_silently(tmp_path: Path) -> None:
    folder = DataFolder.open(tmp_path / "data")
    folder.secret()
    (folder.path / "secret").write_text("abc", encoding="ascii")
    with pytest.raises(InvalidSetting, match="damaged"):
        folder.secret()
    assert (folder.path / "secret").read_text(encoding="ascii") == "abc"
    folder.close()


def test_a_private_text_can_be_replaced_and_forgotten(tmp_path: Path) -> None:
    folder = DataFolder.open(tmp_path / "data")
    assert folder.private_text("note") == ""
    folder.write_private("note", "one")
    folder.write_private("note", "two")
    assert folder.private_text("note", "three") == "two"
    folder.forget("note")
    folder.forget("note")
    assert folder.private_text("note") == ""
    folder.close()
