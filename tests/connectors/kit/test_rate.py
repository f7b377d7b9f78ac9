import threading

import pytest

from connectors.kit.errors import RateLimited
from connectors.kit.net.rate import Bucket, shared_bucket


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def test_a_burst_goes_through_and_then_an_even_flow():
    clock = Clock()
    bucket = Bucket("50/m", clock)
    waits = [bucket.take() for _ in range(55)]
    assert waits[:50] == [0.0] * 50
    assert waits[50:] == pytest.approx([1.2, 2.4, 3.6, 4.8, 6.0])


def test_never_more_than_the_rate_in_any_minute():
    clock, sent = Clock(), []
    bucket = Bucket("5/10s", clock)
    for _ in range(60):
        clock.now += bucket.take(patience=100)
        sent.append(clock.now)
    assert all(later - earlier >= 10 - 1e-6 for earlier, later in zip(sent, sent[10:], strict=False))


def test_a_long_wait_is_given_back_to_the_schedule():
    clock = Clock()
    bucket = Bucket("1/h", clock)
    bucket.take()
    for _ in range(3):
        with pytest.raises(RateLimited) as raised:
            bucket.take()
        assert raised.value.retry_after == 3600
    clock.now += 3600
    assert bucket.take() == 0


def test_nobody_asks_before_the_pause_is_over():
    clock = Clock()
    bucket = Bucket(None, clock)
    bucket.pause(100)
    bucket.pause(5)
    for step in range(100):
        clock.now = 1000.0 + step
        if step < 90:
            with pytest.raises(RateLimited) as raised:
                bucket.take()
            assert raised.value.retry_after == pytest.approx(100 - step)
        else:
            assert bucket.take() == pytest.approx(100 - step)
    clock.now = 1101
    assert bucket.take() == 0


@pytest.mark.parametrize("rate", ["", "50", "50/x", "0/m", "-1/m", "1.5/m", "50 / m", "m/50"])
def test_a_rate_is_a_number_and_a_time(rate):
    with pytest.raises(ValueError, match="not a rate"):
        Bucket(rate)


def test_one_login_has_one_bucket():
    found = []
    threads = [threading.Thread(target=lambda: found.append(shared_bucket("a", "9/m"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert shared_bucket("b", "9/m") is not found[0]
