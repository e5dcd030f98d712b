"""Announcements by POST, to addresses that the operator allows."""

import json
from datetime import timedelta

from tarry.contract.errors import TarryError
from tarry.platform.executions.interfaces import NotDelivered
from tarry.platform.executions.model.announcing import Announcement
from tarry.soap.transport import Transport

TIME_OUT = timedelta(seconds=10)
DELIVERY_HEADER = "Tarry-Delivery"
"""Names the announcement: the same one, told twice, has the same name."""


class Webhooks:
    """Posts announcements; any answer from 200 to 299 counts as heard."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def deliver(self, address: str, announcement: Announcement) -> None:
        """Post an announcement as JSON; no redirect is followed."""
        body = json.dumps(announcement.as_json()).encode()
        headers = {
            "Content-Type": "application/json",
            DELIVERY_HEADER: f"{announcement.execution}:{announcement.key}",
        }
        try:
            reply = await self._transport.post(
                address,
                body,
                operation="webhook",
                headers=headers,
                timeout=TIME_OUT,
                retry_closed=True,
            )
        except TarryError as error:
            raise NotDelivered(reason=str(error)) from error
        if not 200 <= reply.status < 300:
            raise NotDelivered(reason=f"{address} answered with HTTP {reply.status}")
