import asyncio

from emgrig_console.viewer.waking import Wakers

from tests.deadlines import MS


def test_all_who_wait_are_woken_from_another_thread() -> None:
    async def wake_two() -> None:
        wakers = Wakers()
        with wakers.waiting() as one, wakers.waiting() as other:
            await asyncio.to_thread(wakers.wake)

            for woken in (one, other):
                await asyncio.wait_for(woken.wait(), 2000 * MS)

    asyncio.run(wake_two())


def test_who_no_longer_waits_is_not_woken() -> None:
    async def leave_one() -> None:
        wakers = Wakers()
        with wakers.waiting() as stays:
            with wakers.waiting() as gone:
                pass
            await asyncio.to_thread(wakers.wake)
            await asyncio.wait_for(stays.wait(), 2000 * MS)

            assert not gone.is_set()

    asyncio.run(leave_one())


def test_there_may_be_nobody_and_no_loop() -> None:
    wakers = Wakers()
    wakers.wake()

    async def come_and_go() -> None:
        with wakers.waiting():
            pass

    asyncio.run(come_and_go())
    wakers.wake()
