"""操作指南 and its search (R-GRAD-3)."""

from typing import Any

from marshmallow import fields

from app import access
from app.api.fields import Input, text
from app.api.room import Room, answer
from app.api.schemas import Answer
from workflows import guide as topics

blueprint = Room("guide", __name__, description="操作指南")


class GuideQuery(Input):
    """What is looked for; nothing: everything."""

    query = text("搜索内容", 40, least=0, load_default="")


class TopicAnswer(Answer):
    """One entry of the guide."""

    name = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    also_called = fields.List(fields.String(), required=True)


class GuideAnswer(Answer):
    """The entries that were found."""

    topics = fields.List(fields.Nested(TopicAnswer), required=True)


@blueprint.get("/guide")
@blueprint.arguments(GuideQuery, location="query")
@blueprint.response(200, GuideAnswer)
@access.policy("graduate")
def guide(query: dict[str, Any]) -> Any:
    """Return the guide, or what a search finds in it; open before the data are confirmed (R-GRAD-1)."""
    listed = topics.found(query["query"])
    return answer(
        {
            "topics": [
                {"name": one.name, "title": one.title, "text": one.text, "also_called": list(one.also_called)}
                for one in listed
            ]
        }
    )
