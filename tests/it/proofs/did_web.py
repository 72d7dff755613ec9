"""Checks credentials with openbadgeslib, which asks nobody: what it would fetch lies in files.
It reads the bit of a status list, and the signature of one only where the list is a JWT, which ours is not.
usage: did_web.py ADDRESS=FILE... -- CREDENTIAL..."""
import json
import sys

from openbadgeslib.ob3.ldp import OB3LdpVerifier

split = sys.argv.index("--")
served = dict(one.split("=", 1) for one in sys.argv[1:split])


def download(address):
    with open(served[address], "rb") as file:
        return file.read()


for name in sys.argv[split + 1:]:
    try:
        with open(name, encoding="utf-8") as file:
            text = file.read()
        issuer = json.loads(text)["issuer"]["id"]
        OB3LdpVerifier.for_issuer_did(issuer).verify(
            text, check_status=True, verify_status_list=False, download=download)
        print("VALID", name)
    except Exception as error:
        print("INVALID", name, type(error).__name__, str(error)[:300])
