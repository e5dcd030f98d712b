"""What the executions need: a store, the services, and a word with the rooms below."""

from tarry.platform.executions.interfaces.around import (
    CallFailed,
    Capabilities,
    Intercom,
    Messenger,
    NotDelivered,
    Permits,
    Reach,
    Services,
    Vault,
    Workflows,
)
from tarry.platform.executions.interfaces.journal import Batch, JournalStore, Kept, Shown
from tarry.platform.executions.interfaces.stores import (
    AnnouncementStore,
    ExecutionStore,
    NewRun,
    OldRun,
    RetentionStore,
    Wish,
)

__all__ = [
    "AnnouncementStore",
    "Batch",
    "CallFailed",
    "Capabilities",
    "ExecutionStore",
    "Intercom",
    "JournalStore",
    "Kept",
    "Messenger",
    "NewRun",
    "NotDelivered",
    "OldRun",
    "Permits",
    "Reach",
    "RetentionStore",
    "Services",
    "Shown",
    "Vault",
    "Wish",
    "Workflows",
]
