"""How a fake Airflow lets somebody in, in either dialect."""

import base64
import json
from collections.abc import Callable

import httpx

PASSWORD = "hunter2-s3cr3t"
ENVIRONMENT = {"PASSWORD": PASSWORD, "TOKEN": "a-ready-token"}


class Door:
    """Checks who asks; 3.x gives a token for the password."""

    version: int
    door: str | None
    signed: int
    tokens: set[str]
    bad_token: str
    problem: Callable[[str], httpx.Response]

    def _token(self, request):
        if self.version == 1:
            return self.problem("err_404_path")
        given = json.loads(request.content)
        if given != {"username": "admin", "password": PASSWORD}:
            return httpx.Response(401, json={"detail": "Invalid credentials"})
        self.signed += 1
        self.tokens = {f"token-{self.signed}"}
        return httpx.Response(201, json={"access_token": f"token-{self.signed}"})

    def _refused(self, request):
        shown = request.headers.get("Authorization", "")
        pair = base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
        accepted = {
            None: [shown],
            "basic": [f"Basic {pair}"],
            "token": [f"Bearer {token}" for token in self.tokens],
        }[self.door]
        return None if shown in accepted else self.problem(self.bad_token)
