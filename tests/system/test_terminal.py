"""What a terminal shows beyond what a pipe gets."""

import pytest

import sites

UTF8 = {"LC_ALL": "C.UTF-8"}
SPARKS = set("▁▂▃▄▅▆▇█")


def sparks(text):
    return [word for word in text.split() if set(word) <= SPARKS]


@pytest.fixture(name="made")
def _made(repwatch):
    sites.make(repwatch, 3, pools=1)
    return repwatch


def test_status_draws_two_weeks_where_there_is_room(made):
    wide = made.on_a_terminal("status", columns=130, codes=(1,), **UTF8)
    rows = {line.split()[1]: line for line in wide.splitlines() if line.startswith(("POOR ", "GOOD "))}
    assert len(rows) == 3 and max(map(len, wide.splitlines())) <= 130
    # sent six times as much for three days, which are yesterday and before
    (spark,) = sparks(rows["198.18.0.1"])
    assert len(spark) == 14 and spark[-4:-1].count("▁") == 0 and "█" in spark[-4:-1] and spark[:9].count("█") == 0
    assert " 4." in rows["198.18.0.1"] and "×" in rows["198.18.0.1"]
    assert len(sparks(wide)) == 3
    assert sparks(made.on_a_terminal("status", columns=80, codes=(1,), **UTF8)) == []


def test_status_of_one_has_them_at_any_width(made):
    for columns in (60, 130):
        text = made.on_a_terminal("status", "198.18.0.2", columns=columns, **UTF8)
        assert [len(spark) for spark in sparks(text)] == [14] and max(map(len, text.splitlines())) <= columns


@pytest.mark.parametrize("env", [{"LC_ALL": "C"}, {**UTF8, "TERM": "dumb"}])
def test_no_blocks_where_they_would_not_show(made, env):
    assert made.on_a_terminal("status", columns=130, codes=(1,), **env).isascii()


def test_a_pipe_gets_none(made):
    assert made("status", LC_ALL="C.UTF-8", COLUMNS="130").text.isascii()
