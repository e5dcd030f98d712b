"""Turns of several owners: fair between them, in order within each, and told places are true."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tarry.service.model.run import OwnerKey, RunName, read_rings, write_rings
from tarry.service.operations.turns import Ticket, Turns

LINE = ("Service", "run")
ANNA, BERT, CLEO = (("p", "anna"), ("p", "bert"), ("q", "anna"))


class World:
    """A service that runs and is restarted; it knows nothing but what would stand on disk."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.turns = self.made()
        self.tickets: dict[int, Ticket] = {}
        self.places: dict[int, int] = {}
        self.next = 0
        self.kept: str = write_rings({})

    def made(self) -> Turns:
        """Nothing remembered."""
        turns = Turns()
        turns.set_limit(LINE, self.limit)
        return turns

    def ask(self, owner: OwnerKey) -> int:
        """A new run of an owner."""
        self.next += 1
        self.join(self.next, owner)
        self.keep()
        return self.next

    def join(self, number: int, owner: OwnerKey) -> None:
        """Take a place under one's number."""

        def moved(place: int) -> None:
            self.places[number] = place

        self.tickets[number] = self.turns.join(
            LINE, RunName(str(number)), number=number, moved=moved, owner=owner
        )

    def end(self, number: int) -> None:
        """A run is over, or gives up waiting."""
        del self.tickets[number]
        self.turns.leave(LINE, RunName(str(number)))
        self.keep()

    def restart(self, order: list[int]) -> None:
        """All in memory is gone; runs are found in the order of their folders' names."""
        old, self.tickets = self.tickets, {}
        self.turns, self.places = self.made(), {}
        self.turns.close(read_rings(self.kept))
        for number in sorted(old, key=lambda number: order[number % len(order)]):
            if old[number].called.is_set():
                self.turns.occupy(LINE, RunName(str(number)))
                self.tickets[number] = old[number]
            else:
                self.join(number, old[number].owner)
        self.turns.open()
        self.keep()

    def keep(self) -> None:
        """As the workshop does."""
        self.kept = write_rings(self.turns.rings())

    def running(self) -> list[int]:
        """Whose turn it is, in order of asking."""
        return sorted(n for n, ticket in self.tickets.items() if ticket.called.is_set())

    def waiting(self) -> list[int]:
        """Those who wait, by their place."""
        waiting = [n for n, ticket in self.tickets.items() if not ticket.called.is_set()]
        return sorted(waiting, key=lambda number: self.places[number])

    def called_next(self) -> int:
        """End the run that has its turn for longest; gives who is called for it."""
        before = set(self.running())
        self.end(self.running()[0])
        (called,) = set(self.running()) - before
        return called


def test_who_asks_for_many_keeps_nobody_waiting_behind_all_of_them() -> None:
    world = World(limit=1)
    first = [world.ask(ANNA) for _ in range(6)]
    bert = [world.ask(BERT) for _ in range(2)]
    cleo = world.ask(CLEO)
    expected = [first[1], bert[0], cleo, first[2], bert[1], *first[3:]]
    assert world.waiting() == expected
    assert [world.called_next() for _ in expected] == expected


def test_the_same_user_in_another_project_is_another_owner() -> None:
    world = World(limit=1)
    anna = [world.ask(ANNA) for _ in range(3)]
    other = world.ask(CLEO)
    assert world.waiting() == [anna[1], other, anna[2]]


def test_nobody_gains_by_leaving_the_ring_and_coming_back() -> None:
    """An owner who asks anew whenever the last run has begun gets no more turns than the others."""
    world = World(limit=1)
    owners = {world.ask(owner): owner for owner in [ANNA] * 30 + [CLEO] * 30}
    owners[world.ask(BERT)] = BERT
    turns = Counter[OwnerKey]()
    for _ in range(30):
        owner = owners[world.called_next()]
        turns[owner] += 1
        if owner == BERT:
            owners[world.ask(BERT)] = BERT
    assert turns == {ANNA: 10, BERT: 10, CLEO: 10}


def test_an_endless_stream_of_new_owners_starves_nobody() -> None:
    world = World(limit=1)
    mine = [world.ask(ANNA) for _ in range(3)]
    called = []
    for number in range(5):
        world.ask(("p", f"new{number}"))
        world.ask(("p", f"newer{number}"))
        called.append(world.called_next())
    assert [called.index(number) for number in mine[1:]] == [0, 3]


def test_without_anything_remembered_those_who_asked_first_come_first() -> None:
    world = World(limit=1)
    anna, bert, cleo = world.ask(ANNA), world.ask(BERT), world.ask(CLEO)
    world.kept = write_rings({})
    world.restart([3, 2, 1])
    assert (world.running(), world.waiting()) == ([anna], [bert, cleo])


class Fair(RuleBasedStateMachine):
    """Runs are asked for, end and give up; the service is restarted in between."""

    @initialize(limit=st.integers(1, 3))
    def begin(self, limit: int) -> None:
        """Nobody waits."""
        self.world = World(limit)
        self.since: dict[OwnerKey, Counter[OwnerKey]] = {}
        """Turns that others had while an owner waited, since the owner's own last one."""

    @rule(owner=st.sampled_from([ANNA, BERT, CLEO]))
    def ask(self, owner: OwnerKey) -> None:
        """A run more."""
        self.world.ask(owner)
        self.count()

    @precondition(lambda self: self.world.running())
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        """A program ends: the one whose place is told as the first is called, and no other."""
        waiting, running = self.world.waiting(), set(self.world.running())
        self.world.end(data.draw(st.sampled_from(sorted(running))))
        called = set(self.world.running()) - running
        assert called == set(waiting[:1])
        for number in called:
            mine = self.world.tickets[number].owner
            for owner, turns in self.since.items():
                turns[mine] += 1
                assert owner == mine or turns[mine] <= 1, "two turns while another waited"
            self.since.pop(mine, None)
        self.count()

    @precondition(lambda self: self.world.waiting())
    @rule(data=st.data())
    def give_up(self, data: st.DataObject) -> None:
        """Who waits is aborted; the order of the others does not change between owners' own."""
        number = data.draw(st.sampled_from(self.world.waiting()))
        self.world.end(number)
        self.count()

    @rule(order=st.permutations(range(7)))
    def restart(self, order: list[int]) -> None:
        """Everybody has the place that they had."""
        running, waiting = self.world.running(), self.world.waiting()
        self.world.restart(order)
        assert (self.world.running(), self.world.waiting()) == (running, waiting)

    def count(self) -> None:
        """Begin to count for those who wait, and end for those who do not."""
        owners = {self.world.tickets[number].owner for number in self.world.waiting()}
        self.since = {owner: self.since.get(owner, Counter()) for owner in owners}

    @invariant()
    def the_places_are_true_and_in_order_within_each_owner(self) -> None:
        """From 1 without a gap, and no more runs than allowed."""
        if not hasattr(self, "world"):
            return
        world = self.world
        waiting = world.waiting()
        assert [world.places[number] for number in waiting] == list(range(1, len(waiting) + 1))
        assert len(world.running()) == min(world.limit, len(world.tickets))
        for owner in (ANNA, BERT, CLEO):
            mine = [number for number in waiting if world.tickets[number].owner == owner]
            assert mine == sorted(mine)


TestFair = Fair.TestCase
TestFair.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@given(
    st.dictionaries(
        st.tuples(st.text(), st.text()), st.lists(st.tuples(st.text(), st.text())), max_size=3
    )
)
def test_rings_are_read_as_they_were_written(
    rings: dict[tuple[str, str], list[OwnerKey]],
) -> None:
    assert read_rings(write_rings(rings)) == rings
