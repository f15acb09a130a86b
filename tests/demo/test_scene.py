"""The storm of a day, and noise that is the same each time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from assistant.demo.scene import Scene, along, floor, hump

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Asia/Taipei"))


def test_the_storm_builds_up_and_passes() -> None:
    """It begins on the eve, is strongest in the afternoon, and is gone two days later; a quiet day has none."""
    scene = Scene(0, NOON, "typhoon")
    strength = [scene.storm(scene.midnight + timedelta(hours=hour)) for hour in (-24, -3, 6, 15, 23, 34, 60)]
    assert strength[0] == strength[-1] == 0
    assert strength[1] < strength[2] < strength[3] == 1.0
    assert strength[3] > strength[4] > strength[5] > 0
    assert Scene(0, NOON, "normal").storm(NOON) == 0


def test_noise_is_smooth_bounded_and_the_same_each_time() -> None:
    """A second changes it little, a day much; another seed is another noise."""
    scene = Scene(1, NOON, "normal")
    times = [NOON + timedelta(seconds=137 * number) for number in range(500)]
    noise = [scene.drift(at, 3600, "key") for at in times]
    assert noise == [Scene(1, NOON, "normal").drift(at, 3600, "key") for at in times]
    assert noise != [Scene(2, NOON, "normal").drift(at, 3600, "key") for at in times]
    assert -1 <= min(noise) < -0.4
    assert 0.4 < max(noise) <= 1
    assert abs(scene.drift(NOON, 3600, "key") - scene.drift(NOON + timedelta(seconds=1), 3600, "key")) < 0.01


def test_shapes_of_the_day() -> None:
    """A line through points holds at its ends, a bell goes over midnight, and steps are on the clock."""
    assert [along([(0, 1), (10, 3)], place) for place in (-5, 0, 5, 10, 99)] == [1, 1, 2, 3, 3]
    assert hump(23.5, 0.5, 2) == hump(1.5, 0.5, 2)
    assert floor(NOON.replace(minute=19, second=59), 600) == NOON.replace(minute=10)
