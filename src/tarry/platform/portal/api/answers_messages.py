"""The JSON of messages to running steps."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class MessageOrder(BaseModel):
    """What the program of a step is to read."""

    model_config = ConfigDict(extra="forbid")

    message: str = Field(max_length=70_000)
    from_page: bool = Field(False, description="The step's own status page says it")


class ToldAnswer(BaseModel):
    """What a service said to a message."""

    answer: str


class MessageAnswer(BaseModel):
    """A message that was sent to a step of a run."""

    model_config = ConfigDict(from_attributes=True)

    step: str
    at: datetime
    text: str
    by: str = Field(description="Whose words they are")
    from_page: bool = Field(description="The step's page sent it while that person looked at it")
    answer: str | None = Field(description="Of the service; null: nobody knows if it arrived")
