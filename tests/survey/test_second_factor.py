"""The second factor: RFC 6238, each code once, recovery codes, who may take it away."""

from contextlib import suppress
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pyotp
import pytest
from argon2 import PasswordHasher

from data.errors import Conflict, InvalidInput, NotAllowed, NotFound, SoundingsError
from data.people_records import Awaits, PersonRecord
from data.store import Store
from survey import passwords, people, second_factor, sessions
from survey.access import OPERATOR, Actor, Role
from tests.small import ADMINISTRATOR, NOW, refused

PASSWORD = "correct horse battery"
HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_hasher", "_code_hasher"):
        monkeypatch.setattr(passwords, name, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def ana(store: Store) -> PersonRecord:
    token = people.invite(store, login="ana", name="Ana", role=Role.SECRETARIAT, actor=ADMINISTRATOR, now=NOW)
    made = people.accept_link(store, token, login="", name="", password=PASSWORD, now=NOW)
    return people.own_record(store, actor=made)


def sign_in(store: Store, now: datetime = NOW, *, required: bool = False) -> str:
    return people.sign_in(
        store, login="ana", password=PASSWORD, now=now, hours=12, address="192.0.2.7", factor_required=required
    )


def actor(store: Store, token: str, now: datetime = NOW) -> Actor:
    found = people.actor_of(store, token, now=now)
    assert found is not None
    return found


def set_up(store: Store, person: PersonRecord) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    """The person's app, and the recovery codes."""
    app = pyotp.TOTP(second_factor.begin(store, person=person, now=NOW).secret)
    codes = second_factor.confirm(store, app.at(NOW), person=person, keep="", now=NOW)
    return app, codes


# RFC 6238, appendix B, for SHA-1; the last six of its eight digits
@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(seconds: int, code: str, store: Store, ana: PersonRecord) -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    moment = datetime.fromtimestamp(seconds, NOW.tzinfo)
    with store.write() as kept:
        kept.begin_second_factor(ana.id, secret, NOW)
    with refused(InvalidInput, "second_factor.wrong"):
        second_factor.confirm(store, "000000", person=ana, keep="", now=moment)
    assert len(second_factor.confirm(store, code, person=ana, keep="", now=moment)) == second_factor.RECOVERY_CODES


def test_a_set_up_shows_the_same_secret_until_it_is_confirmed(store: Store, ana: PersonRecord) -> None:
    first, second = (second_factor.begin(store, person=ana, now=NOW) for _each in range(2))
    assert first == second
    assert first.uri.startswith("otpauth://totp/Soundings:ana?secret=")
    token = sign_in(store)
    assert actor(store, token).login == "ana", "a secret that nobody confirmed asks for nothing"
    second_factor.confirm(store, pyotp.TOTP(first.secret).at(NOW), person=ana, keep=token, now=NOW)
    with refused(Conflict, "second_factor.exists"):
        second_factor.begin(store, person=ana, now=NOW)


def test_with_a_second_factor_the_password_alone_opens_nothing(store: Store, ana: PersonRecord) -> None:
    app, _codes = set_up(store, ana)
    later = NOW + HALF_MINUTE
    half = sign_in(store, later)
    assert people.actor_of(store, half, now=later) is None
    with refused(NotAllowed, "second_factor.wrong"):
        people.give_code(store, half, "000000", now=later, hours=12)
    token = people.give_code(store, half, app.at(later), now=later, hours=12)
    assert actor(store, token, later).login == "ana"
    assert people.actor_of(store, half, now=later) is None
    with refused(NotAllowed, "sign_in.begin_again"):
        people.give_code(store, half, app.at(later + HALF_MINUTE), now=later + HALF_MINUTE, hours=12)


def test_a_code_is_taken_once_and_none_before_it(store: Store, ana: PersonRecord) -> None:
    app, _codes = set_up(store, ana)
    later = NOW + 10 * HALF_MINUTE
    second_factor.check(store, app.at(later), person=ana, now=later)
    for code in (app.at(later), app.at(later - HALF_MINUTE)):
        with refused(NotAllowed, "second_factor.wrong"):
            second_factor.check(store, code, person=ana, now=later)
    second_factor.check(store, app.at(later + HALF_MINUTE), person=ana, now=later)


def test_one_code_sent_many_times_at_once_opens_once(store: Store, ana: PersonRecord) -> None:
    app, _codes = set_up(store, ana)
    later = NOW + HALF_MINUTE
    halves = [sign_in(store, later) for _each in range(4)]
    opened, together = [], Barrier(4)

    def one(half: str) -> None:
        together.wait()
        try:
            people.give_code(store, half, app.at(later), now=later, hours=1)
        except SoundingsError:
            return
        opened.append(half)

    threads = [Thread(target=one, args=(half,)) for half in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_half_a_minute(steps: int, taken: bool, store: Store, ana: PersonRecord) -> None:
    app, _codes = set_up(store, ana)
    later = NOW + 100 * HALF_MINUTE
    code = app.at(later + steps * HALF_MINUTE)
    if taken:
        second_factor.check(store, code, person=ana, now=later)
    else:
        with refused(NotAllowed, "second_factor.wrong"):
            second_factor.check(store, code, person=ana, now=later)


def test_a_code_is_read_with_spaces_and_in_other_digits(store: Store, ana: PersonRecord) -> None:
    app, _codes = set_up(store, ana)
    for steps, digits in ((1, "٠١٢٣٤٥٦٧٨٩"), (2, "０１２３４５６７８９")):
        later = NOW + steps * HALF_MINUTE
        code = app.at(later).translate(str.maketrans("0123456789", digits))
        second_factor.check(store, f" {code[:3]} {code[3:]} ", person=ana, now=later)


def test_a_recovery_code_opens_once_however_it_is_typed(store: Store, ana: PersonRecord) -> None:
    _app, codes = set_up(store, ana)
    assert len(set(codes)) == 10
    token = people.give_code(store, sign_in(store), codes[3].lower().replace("-", " "), now=NOW, hours=1)
    assert second_factor.standing(store, actor=actor(store, token)).recovery_codes == 9
    half = sign_in(store)
    with refused(NotAllowed, "second_factor.wrong"):
        people.give_code(store, half, codes[3], now=NOW, hours=1)
    people.give_code(store, half, codes[4], now=NOW, hours=1)


def test_recovery_codes_are_kept_as_slow_hashes_each_with_a_salt_of_its_own(
    store: Store, ana: PersonRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    _app, codes = set_up(store, ana)
    with store.read() as kept:
        rows = kept._connection.exec_driver_sql("SELECT code_hash FROM recovery_codes").scalars().all()
    assert len(rows) == 10
    assert len({row.split("$")[4] for row in rows}) == 10
    assert {tuple(row.split("$")[1:4]) for row in rows} == {("argon2id", "v=19", "m=19456,t=2,p=1")}
    second_factor.check(store, codes[9], person=ana, now=NOW)


def test_one_recovery_code_sent_many_times_at_once_opens_once(store: Store, ana: PersonRecord) -> None:
    _app, codes = set_up(store, ana)
    opened, together = [], Barrier(4)

    def one(number: int) -> None:
        together.wait()
        with suppress(NotAllowed):
            second_factor.check(store, codes[2], person=ana, now=NOW)
            opened.append(number)

    threads = [Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1


def test_a_recovery_code_of_somebody_else_opens_nothing(store: Store, ana: PersonRecord) -> None:
    set_up(store, ana)
    token = people.invite(store, login="bo", name="Bo", role=Role.SECRETARIAT, actor=ADMINISTRATOR, now=NOW)
    bo = people.own_record(store, actor=people.accept_link(store, token, login="", name="", password=PASSWORD, now=NOW))
    _app, theirs = set_up(store, bo)
    with refused(NotAllowed, "second_factor.wrong"):
        second_factor.check(store, theirs[0], person=ana, now=NOW)
    second_factor.check(store, theirs[0], person=bo, now=NOW)


def test_new_recovery_codes_end_the_old_ones_and_need_a_code(store: Store, ana: PersonRecord) -> None:
    app, codes = set_up(store, ana)
    token = people.give_code(store, sign_in(store), codes[0], now=NOW, hours=1)
    who = actor(store, token)
    with refused(NotAllowed, "second_factor.wrong"):
        second_factor.new_recovery_codes(store, "123", actor=who, now=NOW)
    later = NOW + HALF_MINUTE
    fresh = second_factor.new_recovery_codes(store, app.at(later), actor=who, now=later)
    half = sign_in(store)
    with refused(NotAllowed, "second_factor.wrong"):
        people.give_code(store, half, codes[1], now=NOW, hours=1)
    people.give_code(store, half, fresh[1], now=NOW, hours=1)


def test_who_tries_codes_waits(store: Store, ana: PersonRecord) -> None:
    app, _codes = set_up(store, ana)
    later = NOW + HALF_MINUTE
    half = sign_in(store, later)
    for _attempt in range(5):
        with refused(NotAllowed, "second_factor.wrong"):
            people.give_code(store, half, "000000", now=later, hours=1)
    with refused(NotAllowed, "sign_in.locked"):
        people.give_code(store, sign_in(store, later), app.at(later), now=later, hours=1)
    after = later + timedelta(minutes=1)
    assert people.give_code(store, half, app.at(after), now=after, hours=1)


def test_where_it_is_required_it_is_set_up_at_sign_in(store: Store, ana: PersonRecord) -> None:
    half = sign_in(store, required=True)
    found = sessions.awaiting(store, half, now=NOW)
    assert found is not None
    assert found[0] is Awaits.SET_UP
    assert people.actor_of(store, half, now=NOW) is None
    with refused(NotAllowed, "sign_in.begin_again"):
        people.give_code(store, half, "000000", now=NOW, hours=1)
    app = pyotp.TOTP(second_factor.begin(store, person=found[1], now=NOW).secret)
    with refused(InvalidInput, "second_factor.wrong"):
        people.set_up_at_sign_in(store, half, "000000", now=NOW, hours=1)
    token, codes = people.set_up_at_sign_in(store, half, app.at(NOW), now=NOW, hours=1)
    assert (actor(store, token).login, len(codes)) == ("ana", 10)
    with refused(NotAllowed, "second_factor.required"):
        second_factor.remove(store, codes[0], required=True, actor=actor(store, token), token=token, now=NOW)


def test_setting_up_and_removing_end_the_other_sessions(store: Store, ana: PersonRecord) -> None:
    here, elsewhere = sign_in(store), sign_in(store)
    app = pyotp.TOTP(second_factor.begin(store, person=ana, now=NOW).secret)
    codes = second_factor.confirm(store, app.at(NOW), person=ana, keep=here, now=NOW)
    assert people.actor_of(store, elsewhere, now=NOW) is None
    other = people.give_code(store, sign_in(store), codes[0], now=NOW, hours=1)
    second_factor.remove(store, codes[1], required=False, actor=actor(store, here), token=here, now=NOW)
    assert people.actor_of(store, other, now=NOW) is None
    assert actor(store, here).login == "ana"
    assert actor(store, sign_in(store)).login == "ana"


def test_an_administrator_resets_the_second_factor_of_others_only(store: Store, ana: PersonRecord) -> None:
    _app, codes = set_up(store, ana)
    token = people.give_code(store, sign_in(store), codes[0], now=NOW, hours=1)
    second_factor.reset(store, ana.id, actor=OPERATOR, now=NOW)
    assert people.actor_of(store, token, now=NOW) is None
    assert actor(store, sign_in(store)).login == "ana"
    with refused(NotFound, "second_factor.none"):
        second_factor.reset(store, ana.id, actor=OPERATOR, now=NOW)
    with refused(InvalidInput, "second_factor.own"):
        second_factor.reset(store, ADMINISTRATOR.person_id, actor=ADMINISTRATOR, now=NOW)


def test_a_link_for_a_new_password_leaves_the_second_factor(store: Store, ana: PersonRecord) -> None:
    set_up(store, ana)
    link = people.reset_link(store, "ana", actor=OPERATOR, now=NOW)
    people.accept_link(store, link, login="", name="", password=PASSWORD, now=NOW)
    assert people.actor_of(store, sign_in(store), now=NOW) is None
