"""Who we are: logging in and out."""

from tarry.client.answers import Me, Session
from tarry.client.door import Door
from tarry.client.reading import read_time


class AccountCalls:
    """One method for each thing that can be done about ourselves."""

    _door: Door

    def log_in(self, user: str, password: str, project: str | None = None) -> Session:
        """Log in; this client uses the new token from now on."""
        asked = {"user": user, "password": password}
        if project:
            asked["project"] = project
        data = self._door.json("POST", "/tokens", json=asked)
        session = Session(
            token=str(data["token"]),
            user=str(data["user"]),
            project=str(data["project"]),
            expires_at=read_time(data.get("expires_at")),
        )
        self._door.token = session.token
        return session

    def log_out(self) -> None:
        """Make the token worthless, here and everywhere."""
        self._door.done("DELETE", "/tokens/current")
        self._door.token = None

    def me(self) -> Me:
        """Ask who the platform takes us for."""
        data = self._door.json("GET", "/me")
        return Me(user=str(data["user"]), project=str(data["project"]), raw=data)

    def change_password(self, old: str, new: str) -> None:
        """Change our own password."""
        self._door.done("PUT", "/me/password", json={"old": old, "new": new})
