"""A member is proven by ConnectWise alone, on the account's own host: what a page says opens nothing by itself."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import requests
import responses

from psa.connectwise.member_proof import CannotAsk, MemberProof, NotProven, Place, SaidToBe
from psa.simulator.remote import Remote
from tests.unit.psa.servers import RawServer, Reply, answer


def place(remote: Remote, **changed: object) -> Place:
    keys = remote.credentials()
    of_ours = Place(
        account_id=1, site=remote.url, company=keys["company"], allow_private=True, codebase=keys["codebase"],
        client_id=keys["client_id"],
    )  # fmt: skip
    return replace(of_ours, **changed)  # type: ignore[arg-type]


def said(remote: Remote, member: str = "msvensson", **changed: str) -> SaidToBe:
    given = {"member": member, "member_hash": remote.member_hash(member), "context": "web"}
    return SaidToBe(**{**given, **changed})


def asked(remote: Remote) -> int:
    return len([each for each in remote.requests() if "myMembers/info" in each["path"]])


class Seconds:
    """A clock in seconds that only moves when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_connectwise_says_who_it_is_and_is_asked_again_after_a_while(remote: Remote) -> None:
    clock = Seconds()
    proof = MemberProof(clock=clock)
    assert proof.prove(place(remote), said(remote)) == "msvensson"
    assert proof.prove(place(remote), replace(said(remote), member="MSvensson")) == "msvensson"
    assert asked(remote) == 1, "remembered"
    clock.now += 301
    remote.settings(expire_hash=["msvensson"])
    with pytest.raises(NotProven):
        proof.prove(place(remote), said(remote))
    before = asked(remote)
    with pytest.raises(NotProven):
        proof.prove(place(remote), said(remote))
    assert asked(remote) == before, "a refusal is remembered too"
    remote.settings(expire_hash=[])
    clock.now += 61
    assert proof.prove(place(remote), said(remote)) == "msvensson"


def test_nobody_is_let_in_by_another_members_or_companys_proof(remote: Remote) -> None:
    proof = MemberProof()
    mine = place(remote)
    for attempt in (
        said(remote, "msvensson", member_hash=remote.member_hash("tobrien")),
        said(remote, "tobrien", member_hash=remote.member_hash("msvensson")),
        said(remote, member_hash="0" * 40),
        said(remote, member_hash=remote.member_hash("msvensson")[:-1]),
        said(remote, member_hash=remote.member_hash("msvensson").upper()),
        replace(said(remote), member="nobody"),
    ):
        with pytest.raises(NotProven):
            proof.prove(mine, attempt)
    with pytest.raises((NotProven, CannotAsk)):
        proof.prove(replace(mine, company="another"), said(remote))
    with pytest.raises(NotProven):
        proof.prove(replace(mine, client_id="wrong"), said(remote))


def test_a_proof_remembered_for_one_account_is_none_for_another(remote: Remote) -> None:
    proof = MemberProof()
    proof.prove(place(remote), said(remote))
    before = asked(remote)
    proof.prove(place(remote, account_id=2), said(remote))
    assert asked(remote) == before + 1


BENT = ("", " ", "a b", "a;b", "a,b", 'a"b', "a\\b", "a:b", "a\r\nX: y", "a\nb", "a\tb", "a\x00b", "é", "\u202e", "\ud800",
        "x" * 2000)  # fmt: skip


@pytest.mark.parametrize("bent", BENT)
@pytest.mark.parametrize("name", ["member", "member_hash", "context"])
def test_what_could_end_a_header_is_refused_before_anything_is_sent(bent: str, name: str) -> None:
    given = {"member": "msvensson", "member_hash": "a" * 40, "context": "web", name: bent}
    with pytest.raises(NotProven):
        SaidToBe(**given)


def test_a_codebase_that_moved_is_found_under_the_name_that_always_works(remote: Remote) -> None:
    assert MemberProof().prove(place(remote, codebase="v2019_9/"), said(remote)) == "msvensson"
    assert MemberProof().prove(place(remote, codebase=None), said(remote)) == "msvensson"


def test_without_an_answer_nobody_is_refused_and_nothing_is_remembered(remote: Remote) -> None:
    proof = MemberProof(deadline_s=0.3)
    for site in ("http://127.0.0.1:9", "http://169.254.169.254", "http://psa.invalid"):
        with pytest.raises(CannotAsk):
            proof.prove(place(remote, site=site), said(remote))
    assert proof.prove(place(remote), said(remote)) == "msvensson"
    with pytest.raises(CannotAsk, match="https"):
        proof.prove(place(remote, allow_private=False, account_id=3), said(remote))


def test_refusals_of_an_account_are_bounded_and_hold_up_no_other(remote: Remote) -> None:
    clock = Seconds()
    proof = MemberProof(refusals=10, clock=clock)
    for number in range(10):
        with pytest.raises(NotProven):
            proof.prove(place(remote), said(remote, member_hash=f"{number:040}"))
    before = asked(remote)
    with pytest.raises(CannotAsk, match="too many"):
        proof.prove(place(remote), said(remote, member_hash="f" * 40))
    assert asked(remote) == before
    assert proof.prove(place(remote, account_id=2), said(remote)) == "msvensson"
    clock.now += 61
    assert proof.prove(place(remote), said(remote)) == "msvensson"


def test_a_connectwise_that_hangs_holds_few_threads(remote: Remote) -> None:
    remote.fault(kind="hang", path="myMembers/info")
    proof = MemberProof(at_once=2, deadline_s=1.5)
    outcomes: list[str] = []

    def knock(number: int) -> None:
        try:
            proof.prove(place(remote, account_id=number), said(remote))
        except CannotAsk as error:
            outcomes.append(str(error))

    threads = [threading.Thread(target=knock, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    remote.clear_faults()
    assert outcomes.count("too many sign-ins wait for ConnectWise") == 4
    assert len(outcomes) == 6


def test_a_connectwise_that_hangs_leaves_the_others_their_places_and_is_left_alone_a_while(remote: Remote) -> None:
    says: list[Reply] = ["hang"]
    with RawServer(lambda *_: says[-1]) as hanging:
        proof = MemberProof(deadline_s=1.2, silent_s=0.3)
        theirs = place(remote, account_id=2, site=f"http://{hanging.netloc}")
        with ThreadPoolExecutor(8) as pool:
            knocks = [pool.submit(proof.prove, theirs, said(remote)) for _ in range(8)]
            while len(hanging.requests) < 2:
                time.sleep(0.01)
            begun = time.monotonic()
            assert proof.prove(place(remote), said(remote)) == "msvensson"
            assert time.monotonic() - begun < 1.0, "while the other's hangs"
        assert all(isinstance(knock.exception(), CannotAsk) for knock in knocks)
        assert len(hanging.requests) == 2
        with pytest.raises(CannotAsk, match="a moment ago"):
            proof.prove(theirs, said(remote))
        assert len(hanging.requests) == 2, "nor is it asked again at once"
        time.sleep(0.4)
        says.append(answer(200, {"identifier": "msvensson"}))
        assert proof.prove(theirs, said(remote)) == "msvensson"


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ({"identifier": "tobrien"}, NotProven), ({"identifier": "msvensson", "inactiveFlag": True}, NotProven),
        ({"identifier": ["msvensson"]}, CannotAsk), ({}, CannotAsk), (["msvensson"], CannotAsk), ("<html>", CannotAsk),
    ],
)  # fmt: skip
def test_an_answer_that_does_not_name_the_same_active_member_proves_nobody(answer: object, wanted: type[Exception]) -> None:
    where = Place(1, "na.myconnectwise.net", "northgate", allow_private=False, codebase="v2026_1/", client_id="c")
    with responses.RequestsMock() as web:
        web.get("https://api-na.myconnectwise.net/v2026_1/apis/3.0/system/myMembers/info", json=answer)
        with pytest.raises(wanted):
            MemberProof(session_for=lambda *_: requests.Session()).prove(where, SaidToBe("msvensson", "a" * 40, "web"))
