"""已签就业协议 登记信息: the data of a signed paper agreement, with its images (R-PAP-1)."""

from app.api import written
from workflows.vocabulary import Kind

blueprint = written.room(Kind.PAPER, "paper_registrations", "/paper-registrations", "已签就业协议 登记信息")
