"""An account whose PSA is silent is set aside, tried again now and then, and taken back at the first answer."""

from __future__ import annotations

import pytest

from psa.outbound.circuit_breaker import CircuitBreaker
from psa.outbound.throttle import NoThrottle
from psa.port import Ambiguous, NotFound, Unavailable


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gate(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(NoThrottle(), clock=clock)


def call(gate: CircuitBreaker, error: Exception | None = None, account: str = "na/northgate") -> None:
    with gate.slot(account, "gather", 1):
        if error:
            raise error


def silence(gate: CircuitBreaker, times: int) -> None:
    for _ in range(times):
        with pytest.raises(Unavailable, match=r"no answer$"):
            call(gate, Unavailable("GET /x: no answer"))


def test_three_silent_calls_in_a_row_set_an_account_aside_and_no_other(gate: CircuitBreaker) -> None:
    silence(gate, 3)
    with pytest.raises(Unavailable, match="set aside") as refused:
        call(gate)
    assert refused.value.retry_after == pytest.approx(2.0)
    call(gate, account="na/lakeside")


def test_an_answer_in_between_begins_the_count_anew(gate: CircuitBreaker) -> None:
    silence(gate, 2)
    call(gate)
    silence(gate, 2)
    with pytest.raises(NotFound):
        call(gate, NotFound("GET /x: 404", status=404))
    silence(gate, 2)
    call(gate)


def test_after_the_pause_one_call_tries_and_its_answer_lets_everybody_in(gate: CircuitBreaker, clock: Clock) -> None:
    silence(gate, 3)
    clock.now += 2
    with gate.slot("na/northgate", "gather", 1), pytest.raises(Unavailable, match="set aside"):
        call(gate)
    call(gate)
    call(gate)


def test_a_try_that_stays_silent_doubles_the_pause_to_less_than_a_minute(gate: CircuitBreaker, clock: Clock) -> None:
    silence(gate, 3)
    for pause in (2, 4, 8, 16, 32, 45, 45):
        clock.now += pause - 0.1
        with pytest.raises(Unavailable, match="set aside"):
            call(gate)
        clock.now += 0.1
        silence(gate, 1)


def test_calls_sent_together_count_as_one_pause(gate: CircuitBreaker) -> None:
    sent = [gate.slot("a", "post", 1) for _ in range(6)]
    for one in sent:
        one.__enter__()
    for one in sent:
        assert not one.__exit__(Ambiguous, Ambiguous("POST /x: time-out"), None)
    with pytest.raises(Unavailable) as refused:
        call(gate, account="a")
    assert refused.value.retry_after == pytest.approx(2.0)


def hung(gate: CircuitBreaker, clock: Clock, *, meanwhile: bool = False) -> None:
    silent = gate.slot("na/northgate", "gather", 1)
    silent.__enter__()
    clock.now += 10
    if meanwhile:
        call(gate)
    clock.now += 10
    assert not silent.__exit__(Unavailable, Unavailable("GET /x: no answer"), None)


def test_one_call_that_hung_is_enough(gate: CircuitBreaker, clock: Clock) -> None:
    hung(gate, clock)
    assert gate.wait_for("na/northgate", 7) == pytest.approx(2.0)
    assert gate.wait_for("na/lakeside", 7) == 0
    with pytest.raises(Unavailable, match="set aside"):
        call(gate)


def test_one_call_that_hung_while_others_were_answered_is_not(gate: CircuitBreaker, clock: Clock) -> None:
    hung(gate, clock, meanwhile=True)
    assert gate.wait_for("na/northgate", 7) == 0
    call(gate)


def test_a_defect_of_ours_is_no_silence(gate: CircuitBreaker) -> None:
    for _ in range(5):
        with pytest.raises(KeyError):
            call(gate, KeyError("x"))
    call(gate)
