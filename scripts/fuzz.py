#!/usr/bin/env python3
"""Fuzzes the API of a fresh server against its own description: no 5xx, no answer outside its schema, and no body refused that
the description allows, where nothing but the description decides.

    PARLOR_BIN=target/debug/parlor [scripts/postgres.sh] scripts/fuzz.py [--examples N]

Starts the server on a temporary folder, under scripts/postgres.sh on a database there, makes one object of every kind, and lets
schemathesis call every operation with the ids of those objects. Deletions get objects of their own, so that they do not take the
ground from under the others. Once as the app, once as the account for what only the account may do.
"""

import argparse
import base64
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
# Bodies that are good by their schema and may be refused all the same: for what is there already, for what is yet to come, or for
# what no schema can say, such as names that are to be unique. All others are accepted.
JUDGED_FURTHER = {
    "PATCH /v2/apps/{appId}/switchboards/{switchboardId}",
    "POST /oauth/token",
    "POST /v2/apps/{appId}/attachments",
    "POST /v2/apps/{appId}/attachments/remove",
    "POST /v2/apps/{appId}/bans",
    "POST /v2/apps/{appId}/conversations/{conversationId}/acceptControl",
    "POST /v2/apps/{appId}/conversations/{conversationId}/download",
    "POST /v2/apps/{appId}/conversations/{conversationId}/messages",
    "POST /v2/apps/{appId}/conversations/{conversationId}/offerControl",
    "POST /v2/apps/{appId}/conversations/{conversationId}/passControl",
    "POST /v2/apps/{appId}/integrations",
    "POST /v2/apps/{appId}/integrations/{integrationId}/keys",
    "POST /v2/apps/{appId}/integrations/{integrationId}/links",
    "POST /v2/apps/{appId}/integrations/{integrationId}/webhooks",
    "POST /v2/apps/{appId}/integrations/{integrationId}/webhooks/{webhookId}/replay",
    "POST /v2/apps/{appId}/keys",
    "POST /v2/apps/{appId}/switchboards",
    "POST /v2/apps/{appId}/switchboards/{switchboardId}/switchboardIntegrations",
}
# What the others are answered: some name what is not there, or what is there already.
ACCEPTED = ["2xx", "403", "404", "409", "413"]
# What only the account may do.
ACCOUNT = r"^/v2/apps(/\{appId\}/keys.*)?$"


class Api:
    """Calls as one key."""

    def __init__(self, url, key, secret):
        self.url, self.credentials = url, f"{key}:{secret}"

    def post(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"authorization": "Basic " + base64.b64encode(self.credentials.encode()).decode()}
        if data is not None:
            headers["content-type"] = "application/json"
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            sys.exit(f"fuzz: POST {path}: {error.code} {error.read().decode()}")


def objects(app_id, business, account):
    """The ids of one object of every kind, by the names that paths give them."""
    app = f"/v2/apps/{app_id}"
    user = business.post(f"{app}/users", {"externalId": f"fuzz-{time.time_ns()}"})["user"]
    participant = {"userId": user["id"], "subscribeSDKClient": True}
    group = business.post(f"{app}/conversations", {"type": "sdkGroup", "participants": [participant]})["conversation"]
    said = {"author": {"type": "business"}, "content": {"type": "text", "text": "hello"}}
    message = business.post(f"{app}/conversations/{group['id']}/messages", said)["messages"][0]
    hook = {"target": "https://hooks.example/parlor", "triggers": ["user:merge"]}
    custom = {"type": "custom", "displayName": "Bot", "webhooks": [hook]}
    integration = business.post(f"{app}/integrations", custom)["integration"]
    int_key = business.post(f"{app}/integrations/{integration['id']}/keys", {"displayName": "Key"})["key"]
    key = account.post(f"{app}/keys", {"displayName": "Key"})["key"]
    return {
        "appId": app_id,
        "userIdOrExternalId": user["id"],
        "conversationId": group["id"],
        "messageId": message["id"],
        "integrationId": integration["id"],
        "webhookId": integration["webhooks"][0]["id"],
        "keyId": {"app": key["id"], "integration": int_key["id"]},
    }


def switchboard(app_id, business, integration):
    app = f"/v2/apps/{app_id}"
    board = business.post(f"{app}/switchboards")["switchboard"]["id"]
    seats = f"{app}/switchboards/{board}/switchboardIntegrations"
    seat = business.post(seats, {"name": "bot", "integrationId": integration})["switchboardIntegration"]["id"]
    return {"switchboardId": board, "switchboardIntegrationId": seat}


def config(description, kept, lost):
    """A schemathesis configuration: what is checked, and for each operation the ids in its path."""
    # Not by a flag: that would go before what an operation says.
    lines = ["[checks]", "enabled = false", *(f"{check}.enabled = true" for check in CHECKS)]
    for path, operations in description["paths"].items():
        for method in operations:
            if method not in ("get", "post", "put", "patch", "delete"):
                continue
            ids = dict(lost if method == "delete" else kept)
            ids["keyId"] = ids["keyId"]["integration" if "/integrations/" in path else "app"]
            named = {name: value for name, value in ids.items() if "{" + name + "}" in path}
            called, settings = f"{method.upper()} {path}", []
            if named:
                pairs = ", ".join(f'"path.{name}" = "{value}"' for name, value in named.items())
                settings.append(f"parameters = {{ {pairs} }}")
            if method in ("post", "put", "patch") and called not in JUDGED_FURTHER:
                settings.append(f"checks.positive_data_acceptance = {{ enabled = true, expected-statuses = {ACCEPTED} }}")
            if settings:
                lines += ["[[operations]]", f'include-name = "{called}"', *settings]
    return "\n".join(lines) + "\n"


def fuzz(url, made, folder, arguments):
    business = Api(url, made["keyId"], made["secret"])
    account = Api(url, made["accountKeyId"], made["accountSecret"])
    app = made["appId"]
    kept, lost = objects(app, business, account), objects(app, business, account)
    board = switchboard(app, business, kept["integrationId"])
    with urllib.request.urlopen(f"{url}/openapi.json") as answer:
        description = json.load(answer)
    written = pathlib.Path(folder) / "schemathesis.toml"
    written.write_text(config(description, {**kept, **board}, {**lost, **board}))
    common = [
        "schemathesis", "--config-file", str(written), "run", f"{url}/openapi.json", "--no-color",
        "--phases", "examples,coverage,fuzzing", "--max-examples", str(arguments.examples),
        "--seed", str(arguments.seed), "--suppress-health-check", "all", "--generation-database", "none",
    ]
    # Deleting the app would end the run for all others; the stories do it.
    spared = ["--exclude-operation-id", "DeleteApp"]
    runs = [(business, ["--exclude-path-regex", ACCOUNT]), (account, ["--include-path-regex", ACCOUNT])]
    # Every run, whatever the first one found.
    outcomes = [
        subprocess.run([*common, *spared, *which, "--auth", caller.credentials], cwd=folder).returncode
        for caller, which in runs
    ]
    return not any(outcomes)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(url):
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit("fuzz: the server did not start")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--examples", type=int, default=30, help="bodies and queries tried per operation")
    arguments.add_argument("--seed", type=int, default=1)
    arguments = arguments.parse_args()
    parlor = os.environ.get("PARLOR_BIN", str(ROOT / "target/debug/parlor"))
    if postgres := os.environ.get("PARLOR_TEST_POSTGRES"):
        subprocess.run(["createdb", f"--maintenance-db={postgres}/postgres", "fuzz"], check=True)
        os.environ["PARLOR_DATABASE_URL"] = f"{postgres}/fuzz"
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run([parlor, "provision", "--json", "--data-dir", folder], check=True, capture_output=True)
        made = json.loads(made.stdout)
        address = f"127.0.0.1:{free_port()}"
        url = f"http://{address}"
        with open(pathlib.Path(folder) / "log", "w+", encoding="utf-8") as log:
            serve = [parlor, "serve", "--listen", address, "--data-dir", folder, "--api-rate", "0"]
            server = subprocess.Popen(serve, stderr=log)
            try:
                wait_for(url)
                is_well = fuzz(url, made, folder, arguments)
            finally:
                server.terminate()
                server.wait(timeout=20)
            log.seek(0)
            faults = [line for line in log if "ERROR" in line or "panicked" in line]
        sys.stdout.writelines(faults)
        sys.exit(0 if is_well and not faults else 1)


if __name__ == "__main__":
    main()
