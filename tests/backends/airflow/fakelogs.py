"""The logs of a fake Airflow, followed by a token that says how far they were read."""

import base64
import json
import zlib
from collections.abc import Callable

import httpx


class Logs:
    """Answers what was written since a token."""

    version: int
    logs: dict[tuple[str, str, str, int], tuple[list[str], bool]]
    problem: Callable[[str], httpx.Response]
    _json: Callable[[object], httpx.Response]

    def _log(self, key, params):
        """What was written since the token; a log is lines, and whether it is at its end."""
        if key not in self.logs:
            return self.problem("err_404_log")
        lines, is_over = self.logs[key]
        start = _position(params["token"]) if "token" in params else 0
        token = signed(len(lines), is_over) if self.version == 1 or not is_over else None
        came = lines[start:]
        written = repr([("worker", "".join(f"{line}\n" for line in came))])
        content = written if self.version == 1 else came
        return self._json({"content": content, "continuation_token": token})


def signed(position, is_over, **more):
    """As itsdangerous signs it: packed where that is shorter."""
    told = json.dumps({"end_of_log": is_over, "log_pos": position, **more}).encode()
    packed = zlib.compress(told)
    is_packed = len(packed) < len(told) - 1
    body = base64.urlsafe_b64encode(packed if is_packed else told).decode().rstrip("=")
    return f"{'.' * is_packed}{body}.a-signature"


def _position(token):
    body = token.partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["log_pos"]
