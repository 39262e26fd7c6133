"""Work done beside the first thread: its order, its results, its errors, and that no thread is left."""

import threading
from collections.abc import Callable

import pytest

from sheetsim.support.beside import Beside


@pytest.mark.parametrize("ahead", [0, 1, 3])
def test_pieces_are_done_in_order_and_give_their_results(ahead: int) -> None:
    done: list[int] = []

    def noted(number: int) -> Callable[[], int]:
        return lambda: done.append(number) or number * number

    with Beside(ahead) as beside:
        results = [beside.ask(noted(number)) for number in range(20)]
        assert [result() for result in results] == [number * number for number in range(20)]
    assert done == list(range(20))


def test_the_second_thread_does_it_unless_each_is_to_be_done_at_once() -> None:
    for ahead, same in ((0, True), (1, False)):
        with Beside(ahead) as beside:
            assert (beside.ask(threading.get_ident)() == threading.get_ident()) is same


def test_no_more_waits_than_may() -> None:
    go = threading.Event()
    with Beside(2) as beside:
        for _ in range(2):
            beside.do(go.wait)
        threading.Timer(0.05, go.set).start()
        beside.do(lambda: None)  # comes back only when the first is done
        assert go.is_set()


@pytest.mark.parametrize("ahead", [0, 2])
def test_an_error_comes_out_and_what_was_given_after_it_is_done(ahead: int) -> None:
    done: list[str] = []

    def failing() -> None:
        raise OSError("no space left")

    def work() -> None:
        with Beside(ahead) as beside:
            beside.do(failing)
            beside.do(lambda: done.append("closed"))

    with pytest.raises(OSError, match="no space left"):
        work()
    assert done == (["closed"] if ahead else [])
    assert not _threads()


def test_an_interruption_joins_the_thread_once_all_is_done() -> None:
    done: list[int] = []

    def work() -> None:
        with Beside(3) as beside:
            for number in range(3):
                beside.do(lambda number=number: done.append(number))  # type: ignore[misc]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == [0, 1, 2]
    assert not _threads()


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("sheetsim-beside")]
