"""The REST API of a real Airflow, asked without our client: what others do there, and its truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from tests.airflow.real import TWO

if TYPE_CHECKING:
    from tests.airflow.real import Server

_PAGE = 100
_MORE_TRIES = 4
ADMIN = ("admin", "admin")


def add_user(server: Server, name: str, *roles: str) -> None:
    """Somebody who signs in to 2.x by their name as the password."""
    user = {"username": name, "password": name, "email": f"{name}@example.com"}
    user |= {"first_name": "a", "last_name": "b"}
    _added(server, "users", user | {"roles": [{"name": role} for role in roles]})
    server.hash_quickly(name)


def add_role(server: Server, name: str, action: str, resource: str) -> None:
    """A role of 2.x that may do one thing to one resource."""
    allowed = {"action": {"name": action}, "resource": {"name": resource}}
    _added(server, "roles", {"name": name, "actions": [allowed]})


def _added(server: Server, kind: str, body: dict[str, Any]) -> None:
    url = f"{server.address}/api/v1/{kind}"
    reply = httpx.post(url, json=body, auth=ADMIN, timeout=60)
    assert reply.is_success, reply.text


class Rest:
    """One Airflow as the administrator sees it."""

    def __init__(self, server: Server, http: httpx.AsyncClient) -> None:
        self._server, self._http = server, http
        self.is_two = server.version is TWO
        self._root = server.address + ("/api/v1" if self.is_two else "/api/v2")

    async def reply(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The reply to a request, whatever it says."""
        return await self._http.request(method, self._root + path, **await self._signed(), **more)

    async def ask(self, method: str, path: str, **more: Any) -> Any:
        """What a request that is obeyed is answered."""
        reply = await self.reply(method, path, **more)
        for _ in range(_MORE_TRIES):
            if not reply.is_server_error:
                break
            # It gave way to its scheduler, which wrote at the same moment, and did nothing.
            reply = await self.reply(method, path, **more)
        assert reply.is_success, f"{method} {path}: {reply.status_code} {reply.text}"
        return reply.json() if reply.content else None

    async def every(self, path: str, key: str, **params: Any) -> list[Any]:
        """All rows under `key`."""
        rows: list[Any] = []
        while True:
            asked = {"limit": _PAGE, "offset": len(rows), **params}
            page = await self.ask("GET", path, params=asked)
            rows += page[key]
            if not page[key] or len(rows) >= page["total_entries"]:
                return rows

    async def mark_task(self, dag_id: str, run_id: str, task: str, state: str) -> None:
        """Say of a task, or of one copy of it as `TASK/INDEX`, how it ended."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task}"
        more = {"dry_run": False} if self.is_two else {}
        await self.ask("PATCH", path, json={"new_state": state, **more})

    async def _signed(self) -> dict[str, Any]:
        if self.is_two:
            return {"auth": ADMIN}
        # A token is good for some seconds only.
        given = dict(zip(("username", "password"), ADMIN, strict=True))
        reply = await self._http.post(f"{self._server.address}/auth/token", json=given)
        return {"headers": {"Authorization": f"Bearer {reply.json()['access_token']}"}}
